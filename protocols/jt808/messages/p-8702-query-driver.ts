import { record } from '../field.ts';
import { message } from '../message.ts';

export const queryDriver = message(
  {
    id: 0x8702,
    name: { zh: '上报驾驶员身份信息请求', en: 'query of the driver' },
    clause: 'JT/T 808-2013 8.47',
  },
  record({}),
);
