import { record } from '../field.ts';
import { choice, u32 } from '../fields.ts';
import { counted } from '../lists.ts';
import { message } from '../message.ts';
import { fileClause, fileKind, fileName } from './file.ts';

export const fileReceived = message(
  { id: 0x9212, name: { zh: '文件上传完成消息应答', en: 'file received' }, clause: fileClause },
  record({
    name: fileName,
    kind: fileKind,
    result: {
      zh: '上传结果',
      en: 'result',
      is: choice(1, { 0: { zh: '完成', en: 'whole' }, 1: { zh: '需要补传', en: 'parts wanted' } }),
    },
    missing: {
      zh: '补传数据包',
      en: 'parts wanted',
      is: counted(
        1,
        { zh: '数据包', en: 'part' },
        record({
          offset: { zh: '数据偏移量', en: 'offset', is: u32('B') },
          bytes: { zh: '数据长度', en: 'bytes', is: u32('B') },
        }),
      ),
    },
  }),
);
