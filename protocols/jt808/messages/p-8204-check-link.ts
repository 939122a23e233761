import { record } from '../field.ts';
import { message } from '../message.ts';

export const checkLink = message(
  {
    id: 0x8204,
    name: { zh: '服务器向终端发起链路检测请求', en: 'link check' },
    clause: 'JT/T 808-2019',
  },
  record({}),
);
