import type { Text } from './alert.ts';

/** Bit of the alarm flags, JT/T 808-2019 table 25. */
export interface AlarmBit extends Text {
  readonly bit: number;
  /** `held`: set in every report until the cause has ended; `cleared`: until the platform has answered. */
  readonly until: 'held' | 'cleared';
  /** What 2011 and 2013 say instead; null: reserved there, and put to other uses by makers. */
  readonly before2019?: (Text & Pick<AlarmBit, 'until'>) | null;
}

const alarm = (
  bit: number,
  until: AlarmBit['until'],
  zh: string,
  en: string,
  before2019?: AlarmBit['before2019'],
): AlarmBit => ({ bit, until, zh, en, ...(before2019 !== undefined && { before2019 }) });

/** All that a fix may carry, by bit. */
export const alarms: readonly AlarmBit[] = [
  alarm(0, 'cleared', '紧急报警', 'emergency'),
  alarm(1, 'held', '超速报警', 'overspeed'),
  alarm(2, 'held', '疲劳驾驶报警', 'fatigue driving'),
  alarm(3, 'held', '危险驾驶行为报警', 'dangerous driving', {
    zh: '危险预警',
    en: 'danger warning',
    until: 'cleared',
  }),
  alarm(4, 'held', 'GNSS 模块故障', 'GNSS module fault'),
  alarm(5, 'held', 'GNSS 天线未接或被剪断', 'GNSS antenna open'),
  alarm(6, 'held', 'GNSS 天线短路', 'GNSS antenna short'),
  alarm(7, 'held', '终端主电源欠压', 'main power under-voltage'),
  alarm(8, 'held', '终端主电源掉电', 'main power lost'),
  alarm(9, 'held', '终端 LCD 或显示器故障', 'display fault'),
  alarm(10, 'held', 'TTS 模块故障', 'speech module fault'),
  alarm(11, 'held', '摄像头故障', 'camera fault'),
  alarm(12, 'held', '道路运输证 IC 卡模块故障', 'IC card module fault'),
  alarm(13, 'held', '超速预警', 'overspeed warning'),
  alarm(14, 'held', '疲劳驾驶预警', 'fatigue warning'),
  alarm(15, 'held', '违规行驶报警', 'driving in a forbidden period', null),
  alarm(16, 'held', '胎压预警', 'tyre pressure warning', null),
  alarm(17, 'held', '右转盲区异常报警', 'right-turn blind area', null),
  alarm(18, 'held', '当天累计驾驶超时', 'daily driving over limit'),
  alarm(19, 'held', '超时停车', 'parking over limit'),
  alarm(20, 'cleared', '进出区域', 'area entered or left'),
  alarm(21, 'cleared', '进出路线', 'route entered or left'),
  alarm(22, 'cleared', '路段行驶时间不足或过长', 'time on segment too short or too long'),
  alarm(23, 'held', '路线偏离报警', 'off the route'),
  alarm(24, 'held', '车辆 VSS 故障', 'speed sensor fault'),
  alarm(25, 'held', '车辆油量异常', 'fuel abnormal'),
  alarm(26, 'held', '车辆被盗', 'vehicle stolen'),
  alarm(27, 'cleared', '车辆非法点火', 'illegal ignition'),
  alarm(28, 'cleared', '车辆非法位移', 'illegal displacement'),
  alarm(29, 'held', '碰撞侧翻报警', 'collision or rollover', {
    zh: '碰撞预警',
    en: 'collision warning',
    until: 'held',
  }),
  alarm(30, 'held', '侧翻预警', 'rollover warning'),
];

const noBits: readonly number[] = [];

/** Numbers of the bits that are set, ascending. */
export const alarmBits = (flags: number): readonly number[] =>
  flags === 0
    ? noBits
    : Array.from({ length: 32 }, (_, bit) => bit).filter((bit) => (flags >>> bit) & 1);
