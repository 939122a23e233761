import { record } from '../field.ts';
import { message } from '../message.ts';

export const queryLocation = message(
  {
    id: 0x8201,
    name: { zh: '位置信息查询', en: 'location query' },
    clause: 'JT/T 808-2013 8.19',
  },
  record({}),
);
