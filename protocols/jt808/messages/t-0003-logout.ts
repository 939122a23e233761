import { record } from '../field.ts';
import { message } from '../message.ts';

export const logout = message(
  { id: 0x0003, name: { zh: '终端注销', en: 'logout' }, clause: 'JT/T 808-2013 8.7' },
  record({}),
);
