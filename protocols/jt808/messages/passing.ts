import { record } from '../field.ts';
import { choice, restBytes } from '../fields.ts';

/** Bytes of something else, passed through by the terminal. */
export const passing = record({
  kind: {
    zh: '透传消息类型',
    en: 'kind',
    is: choice(1, {
      0: { zh: 'GNSS 模块详细定位数据', en: 'details of the GNSS module' },
      11: { zh: '道路运输证 IC 卡信息', en: 'IC card' },
      65: { zh: '串口 1', en: 'serial port 1' },
      66: { zh: '串口 2', en: 'serial port 2' },
    }),
  },
  data: { zh: '透传消息内容', en: 'data', is: restBytes },
});
