import { record } from '../field.ts';
import { message } from '../message.ts';

/** Empty; what some terminals append is passed over. */
export const heartbeat = message(
  { id: 0x0002, name: { zh: '终端心跳', en: 'heartbeat' }, clause: 'JT/T 808-2013 8.3' },
  record({}),
);
