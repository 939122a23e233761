import { record } from '../field.ts';
import { message } from '../message.ts';
import { media } from './media.ts';

export const mediaEvent = message(
  {
    id: 0x0800,
    name: { zh: '多媒体事件信息上传', en: 'media event' },
    clause: 'JT/T 808-2013 8.51',
  },
  record(media),
);
