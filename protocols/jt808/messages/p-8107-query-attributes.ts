import { record } from '../field.ts';
import { message } from '../message.ts';

export const queryAttributes = message(
  {
    id: 0x8107,
    name: { zh: '查询终端属性', en: 'query of the attributes' },
    clause: 'JT/T 808-2013 8.14',
  },
  record({}),
);
