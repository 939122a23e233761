import { optional, record } from '../field.ts';
import { u16, u32 } from '../fields.ts';
import { counted } from '../lists.ts';
import { message } from '../message.ts';

/** Without a list all has come. */
export const mediaReceived = message(
  {
    id: 0x8800,
    name: { zh: '多媒体数据上传应答', en: 'answer to media' },
    clause: 'JT/T 808-2013 8.53',
  },
  record({
    id: { zh: '多媒体 ID', en: 'media id', is: u32() },
    missing: {
      zh: '重传包 ID 列表',
      en: 'parts wanted',
      is: optional(counted(1, { zh: '包', en: 'part' }, u16())),
    },
  }),
);
