import { record } from '../field.ts';
import { choice, sized, u16 } from '../fields.ts';
import { many } from '../lists.ts';
import { location } from '../location.ts';
import { message } from '../message.ts';

/** Locations with their length ahead; the count, which some terminals get wrong, is not needed to read them. */
export const locationBatch = message(
  {
    id: 0x0704,
    name: { zh: '定位数据批量上传', en: 'batch of locations' },
    clause: 'JT/T 808-2013 8.49',
  },
  record({
    count: { zh: '数据项个数', en: 'count', is: u16() },
    kind: {
      zh: '位置数据类型',
      en: 'kind',
      is: choice(1, {
        0: { zh: '正常位置批量汇报', en: 'normal' },
        1: { zh: '盲区补报', en: 'blind-area resend' },
      }),
    },
    locations: {
      zh: '位置汇报数据项',
      en: 'locations',
      is: many({ zh: '位置', en: 'location' }, sized(2, location)),
    },
  }),
);
