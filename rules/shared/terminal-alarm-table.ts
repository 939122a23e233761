import type { Text } from '../../model/alert.ts';
import type { Severity } from '../../model/entities.ts';

/** An alarm of a vehicle terminal that is held to be worth an alert. */
export interface TerminalAlarm {
  /** After `vehicle.terminal-`. */
  readonly name: string;
  /** Any of these bits of JT/T 808-2019 table 25. */
  readonly bits: readonly number[];
  readonly severity: Severity;
  readonly title: Text;
  readonly description: Text;
  /** How it is said of a vehicle, behind its plate: in the middle of a sentence. */
  readonly says: Text;
  /** How long it must be held to be told, seconds, where nothing else is set. */
  readonly minS: number;
  /** Counts only while the ignition is on. */
  readonly ignitionOnly?: true;
  /** The place the terminal names with it. A crossing of another place is another episode. */
  readonly about?: 'overspeed' | 'area' | 'route';
}

/**
 * Faults of positioning and of the supply must last: a tunnel, an underpass or a starter motor are none. Positioning counts only under way,
 * since an underground garage looks the same to the receiver as a cut antenna. All else the terminal has judged itself, by limits it was set.
 */
const faultS = 120;

export const terminalAlarmTable: readonly TerminalAlarm[] = [
  {
    name: 'emergency',
    bits: [0],
    severity: 'critical',
    title: { zh: '紧急报警', en: 'Emergency' },
    description: {
      zh: '驾驶员触动紧急报警开关。',
      en: 'The driver has pressed the emergency switch.',
    },
    says: { zh: '紧急报警', en: 'emergency switch pressed' },
    minS: 0,
  },
  {
    name: 'overspeed',
    bits: [1],
    severity: 'warning',
    title: { zh: '终端超速报警', en: 'Overspeed by the terminal' },
    description: {
      zh: '终端按其设定的限速判定超速。',
      en: 'Faster than the limit that is set in the terminal.',
    },
    says: { zh: '超速', en: 'over the speed limit' },
    minS: 0,
    about: 'overspeed',
  },
  {
    name: 'fatigue',
    bits: [2],
    severity: 'warning',
    title: { zh: '疲劳驾驶报警', en: 'Fatigue driving' },
    description: {
      zh: '终端判定连续驾驶时间过长。',
      en: 'Driven without a rest for longer than is set in the terminal.',
    },
    says: { zh: '疲劳驾驶', en: 'driven too long without a rest' },
    minS: 0,
  },
  {
    name: 'gnss-fault',
    bits: [4],
    severity: 'warning',
    title: { zh: '卫星定位模块故障', en: 'Positioning module fault' },
    description: {
      zh: '行车中终端的卫星定位模块发生故障。',
      en: 'The positioning module of the terminal fails under way.',
    },
    says: { zh: '定位模块故障', en: 'positioning module failing' },
    minS: faultS,
    ignitionOnly: true,
  },
  {
    name: 'antenna-fault',
    bits: [5, 6],
    severity: 'warning',
    title: { zh: '卫星定位天线故障', en: 'Antenna fault' },
    description: {
      zh: '行车中定位天线未接、被剪断或短路，可能有人为破坏。',
      en: 'The antenna is off, cut or shorted under way; somebody may have tampered with it.',
    },
    says: { zh: '定位天线断开或短路', en: 'antenna open or shorted' },
    minS: faultS,
    ignitionOnly: true,
  },
  {
    name: 'under-voltage',
    bits: [7],
    severity: 'info',
    title: { zh: '终端主电源欠压', en: 'Main power under-voltage' },
    description: {
      zh: '终端主电源电压过低，多为电瓶亏电。',
      en: 'The main power of the terminal is too low, mostly by a weak battery.',
    },
    says: { zh: '主电源欠压', en: 'main power too low' },
    minS: faultS,
  },
  {
    name: 'power-cut',
    bits: [8],
    severity: 'warning',
    title: { zh: '终端主电源掉电', en: 'Main power lost' },
    description: {
      zh: '终端主电源断开，靠备用电池工作；可能被拆除。',
      en: 'The terminal has lost its main power and runs on its battery; it may have been taken out.',
    },
    says: { zh: '主电源掉电', en: 'main power lost' },
    minS: 0,
  },
  {
    name: 'area',
    bits: [20],
    severity: 'warning',
    title: { zh: '进出区域报警', en: 'Area entered or left' },
    description: {
      zh: '车辆进入或驶出终端内设定的区域。',
      en: 'The vehicle enters or leaves an area that is set in the terminal.',
    },
    says: { zh: '进出区域', en: 'entered or left an area' },
    minS: 0,
    about: 'area',
  },
  {
    name: 'route',
    bits: [21],
    severity: 'warning',
    title: { zh: '进出路线报警', en: 'Route entered or left' },
    description: {
      zh: '车辆进入或驶出终端内设定的路线。',
      en: 'The vehicle enters or leaves a route that is set in the terminal.',
    },
    says: { zh: '进出路线', en: 'entered or left a route' },
    minS: 0,
    about: 'route',
  },
  {
    name: 'route-deviation',
    bits: [23],
    severity: 'warning',
    title: { zh: '终端路线偏离报警', en: 'Route deviation by the terminal' },
    description: {
      zh: '终端判定车辆偏离其内设定的路线；与派车单的路线无关。',
      en: 'The vehicle is off the route that is set in the terminal, whatever its dispatch says.',
    },
    says: { zh: '偏离终端内的路线', en: 'off the route set in the terminal' },
    minS: 0,
  },
  {
    name: 'illegal-ignition',
    bits: [27],
    severity: 'warning',
    title: { zh: '非法点火报警', en: 'Illegal ignition' },
    description: {
      zh: '设防状态下车辆被点火。',
      en: 'The ignition was turned on though it must not be.',
    },
    says: { zh: '非法点火', en: 'ignition turned on illegally' },
    minS: 0,
  },
  {
    name: 'illegal-displacement',
    bits: [28],
    severity: 'warning',
    title: { zh: '非法位移报警', en: 'Illegal displacement' },
    description: {
      zh: '车辆熄火后被移动，可能被拖走。',
      en: 'The vehicle moves with its ignition off; it may be towed away.',
    },
    says: { zh: '非法位移', en: 'moved with the ignition off' },
    minS: 0,
  },
  {
    name: 'collision',
    bits: [29],
    severity: 'critical',
    title: { zh: '碰撞侧翻报警', en: 'Collision' },
    description: {
      zh: '终端检测到碰撞或侧翻；2019 版以前的终端为碰撞预警。',
      en: 'The terminal feels a collision or a rollover; before the edition of 2019 a warning of one.',
    },
    says: { zh: '碰撞或侧翻', en: 'collision or rollover' },
    minS: 0,
  },
  {
    name: 'rollover',
    bits: [30],
    severity: 'critical',
    title: { zh: '侧翻预警', en: 'Rollover warning' },
    description: {
      zh: '终端检测到侧翻危险。',
      en: 'The terminal feels that the vehicle tips over.',
    },
    says: { zh: '侧翻预警', en: 'about to roll over' },
    minS: 0,
  },
];
