import { location } from '../location.ts';
import { message } from '../message.ts';

export const locationReport = message(
  {
    id: 0x0200,
    name: { zh: '位置信息汇报', en: 'location report' },
    clause: 'JT/T 808-2013 8.18',
  },
  location,
);
