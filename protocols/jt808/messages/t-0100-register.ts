import type { Edition } from '../edition.ts';
import { record } from '../field.ts';
import { byEdition, choice, restText, u16 } from '../fields.ts';
import { message } from '../message.ts';
import { identity } from './terminal-identity.ts';

/** JT/T 415-2006 5.4.12; 2019 refers to JT/T 697.7-2014. 93 and 94 are met in practice. */
const plateColours = {
  0: { zh: '未上牌，车辆标识为 VIN', en: 'no plate: a VIN follows' },
  1: { zh: '蓝色', en: 'blue' },
  2: { zh: '黄色', en: 'yellow' },
  3: { zh: '黑色', en: 'black' },
  4: { zh: '白色', en: 'white' },
  5: { zh: '绿色', en: 'green' },
  9: { zh: '其他', en: 'other' },
  93: { zh: '黄绿双拼', en: 'yellow and green' },
  94: { zh: '渐变绿', en: 'gradient green' },
} as const;

const layoutOf = (...lengths: readonly [maker: number, model: number, id: number]) =>
  record({
    province: { zh: '省域 ID', en: 'province, first 2 digits of GB/T 2260', is: u16() },
    city: { zh: '市县域 ID', en: 'city and county, last 4 digits of GB/T 2260', is: u16() },
    ...identity(...lengths),
    plateColour: { zh: '车牌颜色', en: 'plate colour', is: choice(1, plateColours) },
    plate: { zh: '车辆标识', en: 'plate, or VIN where the colour is 0', is: restText },
  });

const layouts = {
  2011: layoutOf(5, 8, 7),
  2013: layoutOf(5, 20, 7),
  2019: layoutOf(11, 30, 30),
} as const satisfies Record<Edition, unknown>;

export const register = message(
  { id: 0x0100, name: { zh: '终端注册', en: 'register' }, clause: 'JT/T 808-2019 8.8' },
  byEdition((edition) => layouts[edition]),
);
