import { restBytes, u16, u32 } from '../fields.ts';
import { type ItemKind, kind } from '../item.ts';

/** Items of JT/T 1078, video terminals; they say nothing of where the vehicle is. */
export const video: readonly ItemKind<unknown>[] = [
  kind(0x14, 4, '视频相关报警 (JT/T 1078)', 'video alarms (JT/T 1078)', u32()),
  kind(0x15, 4, '视频信号丢失通道 (JT/T 1078)', 'channels without video (JT/T 1078)', u32()),
  kind(0x16, 4, '视频信号遮挡通道 (JT/T 1078)', 'channels covered (JT/T 1078)', u32()),
  kind(0x17, 2, '存储器故障 (JT/T 1078)', 'memory faults (JT/T 1078)', u16()),
  kind(0x18, 3, '异常驾驶行为 (JT/T 1078)', 'abnormal driving (JT/T 1078)', restBytes),
];
