import { record } from '../field.ts';
import { clock } from '../fields.ts';
import { message } from '../message.ts';

export const serverTime = message(
  {
    id: 0x8004,
    name: { zh: '查询服务器时间应答', en: 'server time' },
    clause: 'JT/T 808-2019 8.5',
  },
  record({ time: { zh: '服务器时间', en: 'server time', is: clock } }),
);
