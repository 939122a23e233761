import { record } from '../field.ts';
import { bytes, digits, u16, u32 } from '../fields.ts';
import { many } from '../lists.ts';
import { message } from '../message.ts';

/** `id`: bit 31 channel, 30 extended frame, 29 average instead of raw, 0 to 28 the id on the bus. */
const frame = record({
  id: { zh: 'CAN ID', en: 'CAN id', is: u32() },
  data: { zh: 'CAN 数据', en: 'CAN data', is: bytes(8) },
});

export const canData = message(
  {
    id: 0x0705,
    name: { zh: 'CAN 总线数据上传', en: 'CAN bus data' },
    clause: 'JT/T 808-2013 8.50',
  },
  record({
    count: { zh: '数据项个数', en: 'count', is: u16() },
    /** hhmmss and milliseconds. */
    receivedAt: { zh: 'CAN 数据接收时间', en: 'received at', is: digits(5) },
    frames: { zh: 'CAN 数据项', en: 'frames', is: many({ zh: '数据', en: 'frame' }, frame) },
  }),
);
