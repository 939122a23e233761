import { optional, record } from '../field.ts';
import { u16, u32 } from '../fields.ts';
import { message } from '../message.ts';

/** Interval 0 ends it; then there is no validity. */
export const track = message(
  {
    id: 0x8202,
    name: { zh: '临时位置跟踪控制', en: 'track for a while' },
    clause: 'JT/T 808-2013 8.21',
  },
  record({
    intervalS: { zh: '时间间隔', en: 'interval', is: u16('s') },
    validS: { zh: '位置跟踪有效期', en: 'for', is: optional(u32('s')) },
  }),
);
