import { record } from '../field.ts';
import { message } from '../message.ts';

export const queryParameters = message(
  {
    id: 0x8104,
    name: { zh: '查询终端参数', en: 'query of all parameters' },
    clause: 'JT/T 808-2013 8.10',
  },
  record({}),
);
