import { record } from '../field.ts';
import { u16 } from '../fields.ts';
import { location } from '../location.ts';
import { message } from '../message.ts';

/** Bytes ahead of the location. */
export const serialBytes = 2;

export const locationAsked = message(
  {
    id: 0x0201,
    name: { zh: '位置信息查询应答', en: 'answer to a location query' },
    clause: 'JT/T 808-2013 8.20',
  },
  record({
    serial: { zh: '应答流水号', en: 'serial of the query', is: u16() },
    location: { zh: '位置信息', en: 'location', is: location },
  }),
);
