import { choice, u8, u32 } from '../fields.ts';

/** What a picture, sound or film is. */
export const media = {
  id: { zh: '多媒体数据 ID', en: 'media id', is: u32() },
  kind: {
    zh: '多媒体类型',
    en: 'kind',
    is: choice(1, {
      0: { zh: '图像', en: 'picture' },
      1: { zh: '音频', en: 'sound' },
      2: { zh: '视频', en: 'film' },
    }),
  },
  format: {
    zh: '多媒体格式编码',
    en: 'format',
    is: choice(1, {
      0: { zh: 'JPEG', en: 'JPEG' },
      1: { zh: 'TIF', en: 'TIF' },
      2: { zh: 'MP3', en: 'MP3' },
      3: { zh: 'WAV', en: 'WAV' },
      4: { zh: 'WMV', en: 'WMV' },
    }),
  },
  event: {
    zh: '事件项编码',
    en: 'event',
    is: choice(1, {
      0: { zh: '平台下发指令', en: 'asked by the platform' },
      1: { zh: '定时动作', en: 'timer' },
      2: { zh: '抢劫报警触发', en: 'robbery alarm' },
      3: { zh: '碰撞侧翻报警触发', en: 'collision or rollover alarm' },
      // Since 2013.
      4: { zh: '门开拍照', en: 'door opened' },
      5: { zh: '门关拍照', en: 'door closed' },
      6: { zh: '车门由开变关，车速由低变高', en: 'doors closed and driven off' },
      7: { zh: '定距拍照', en: 'distance driven' },
    }),
  },
  channel: { zh: '通道 ID', en: 'channel', is: u8() },
} as const;
