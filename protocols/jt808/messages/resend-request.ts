import { record } from '../field.ts';
import { u16 } from '../fields.ts';
import { counted } from '../lists.ts';

/** Which parts of a split message are wanted once more; the count is a byte until 2013 and a word since 2019. */
export const resendRequest = record({
  firstSerial: {
    zh: '原始消息流水号',
    en: 'serial of the first part',
    is: u16(),
  },
  parts: {
    zh: '重传包 ID 列表',
    en: 'parts wanted',
    is: counted((edition) => (edition === 2019 ? 2 : 1), { zh: '包', en: 'part' }, u16()),
  },
});
