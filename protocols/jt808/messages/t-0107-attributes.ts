import { record } from '../field.ts';
import { byEdition, countedText, digits, flags } from '../fields.ts';
import { message } from '../message.ts';
import { identity } from './terminal-identity.ts';

const kinds = {
  0: { zh: '适用客运车辆', en: 'passenger vehicles' },
  1: { zh: '适用危险品车辆', en: 'dangerous goods' },
  2: { zh: '适用普通货运车辆', en: 'freight' },
  3: { zh: '适用出租车辆', en: 'taxis' },
  6: { zh: '支持硬盘录像', en: 'records video' },
  7: { zh: '分体机', en: 'split unit' },
} as const;
const gnss = {
  0: { zh: '支持 GPS', en: 'GPS' },
  1: { zh: '支持北斗', en: 'BeiDou' },
  2: { zh: '支持 GLONASS', en: 'GLONASS' },
  3: { zh: '支持 Galileo', en: 'Galileo' },
} as const;
const networks = {
  0: { zh: '支持 GPRS', en: 'GPRS' },
  1: { zh: '支持 CDMA', en: 'CDMA' },
  2: { zh: '支持 TD-SCDMA', en: 'TD-SCDMA' },
  3: { zh: '支持 WCDMA', en: 'WCDMA' },
  4: { zh: '支持 CDMA2000', en: 'CDMA2000' },
  5: { zh: '支持 TD-LTE', en: 'TD-LTE' },
  7: { zh: '支持其他通信方式', en: 'other' },
} as const;

const layoutOf = (...lengths: readonly [maker: number, model: number, id: number]) =>
  record({
    kinds: { zh: '终端类型', en: 'terminal type', is: flags(2, kinds) },
    ...identity(...lengths),
    iccid: { zh: '终端 SIM 卡 ICCID', en: 'ICCID', is: digits(10) },
    hardware: { zh: '终端硬件版本号', en: 'hardware version', is: countedText() },
    firmware: { zh: '终端固件版本号', en: 'firmware version', is: countedText() },
    gnss: { zh: 'GNSS 模块属性', en: 'GNSS module', is: flags(1, gnss) },
    networks: { zh: '通信模块属性', en: 'communication module', is: flags(1, networks) },
  });

const before2019 = layoutOf(5, 20, 7);
/** The maker keeps five bytes here, unlike in the registration. */
const since2019 = layoutOf(5, 30, 30);

export const attributes = message(
  {
    id: 0x0107,
    name: { zh: '查询终端属性应答', en: 'answer with attributes' },
    clause: 'JT/T 808-2013 8.15',
  },
  byEdition((edition) => (edition === 2019 ? since2019 : before2019)),
);
