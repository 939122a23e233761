import { record } from '../field.ts';
import { message } from '../message.ts';

export const queryTime = message(
  {
    id: 0x0004,
    name: { zh: '查询服务器时间请求', en: 'query of the server time' },
    clause: 'JT/T 808-2019 8.4',
  },
  record({}),
);
