import { optional, record } from '../field.ts';
import { choice, restText, u16 } from '../fields.ts';
import { message } from '../message.ts';

const results = {
  0: { zh: '成功', en: 'done' },
  1: { zh: '车辆已被注册', en: 'the vehicle is registered already' },
  2: { zh: '数据库中无该车辆', en: 'no such vehicle' },
  3: { zh: '终端已被注册', en: 'the terminal is registered already' },
  4: { zh: '数据库中无该终端', en: 'no such terminal' },
} as const;

export const registered = message(
  {
    id: 0x8100,
    name: { zh: '终端注册应答', en: 'answer to a registration' },
    clause: 'JT/T 808-2013 8.6',
  },
  record({
    serial: { zh: '应答流水号', en: 'serial of the registration', is: u16() },
    result: { zh: '结果', en: 'result', is: choice(1, results) },
    /** Only with result 0. */
    code: { zh: '鉴权码', en: 'authentication code', is: optional(restText) },
  }),
);
