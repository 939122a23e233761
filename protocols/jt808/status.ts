import type { Edition } from './edition.ts';
import type { Words } from './field.ts';

/** Masks of the status flags that decide how a report is read, JT/T 808-2019 table 24. */
export const status = { acc: 1, positioned: 2, south: 4, west: 8 } as const;

/** Bits 8 and 9. */
const loadBits = { shift: 8, mask: 3 } as const;
const loads: readonly Words[] = [
  { zh: '空车', en: 'empty' },
  { zh: '半载', en: 'half loaded' },
  { zh: '保留', en: 'reserved' },
  { zh: '满载', en: 'fully loaded' },
];

/** How full the vehicle says it is. */
export const loadOf = (flags: number): Words =>
  loads[(flags >> loadBits.shift) & loadBits.mask] ?? { zh: '保留', en: 'reserved' };

const common: Readonly<Record<number, Words>> = {
  0: { zh: 'ACC 开', en: 'ignition on' },
  1: { zh: '已定位', en: 'positioned' },
  2: { zh: '南纬', en: 'south latitude' },
  3: { zh: '西经', en: 'west longitude' },
  4: { zh: '停运', en: 'out of operation' },
  5: { zh: '经纬度已加密', en: 'position encrypted' },
  8: { zh: '载重低位', en: 'load, lower bit' },
  9: { zh: '载重高位', en: 'load, upper bit' },
  10: { zh: '车辆油路断开', en: 'fuel line cut' },
  11: { zh: '车辆电路断开', en: 'circuit cut' },
  12: { zh: '车门加锁', en: 'doors locked' },
  13: { zh: '前门开', en: 'front door open' },
  14: { zh: '中门开', en: 'middle door open' },
  15: { zh: '后门开', en: 'back door open' },
  16: { zh: '驾驶席门开', en: "driver's door open" },
  17: { zh: '自定义门开', en: 'other door open' },
  18: { zh: '使用 GPS', en: 'GPS used' },
  19: { zh: '使用北斗', en: 'BeiDou used' },
  20: { zh: '使用 GLONASS', en: 'GLONASS used' },
  21: { zh: '使用 Galileo', en: 'Galileo used' },
};

const since2019: Readonly<Record<number, Words>> = {
  ...common,
  6: { zh: '紧急刹车系统采集的前撞预警', en: 'forward-collision warning' },
  7: { zh: '车道偏移预警', en: 'lane departure' },
  22: { zh: '车辆行驶状态', en: 'vehicle moving' },
};

/** Names of the bits as an edition has them; those it has not are reserved. */
export const statusNames = (edition: Edition): Readonly<Record<number, Words>> =>
  edition === 2019 ? since2019 : common;
