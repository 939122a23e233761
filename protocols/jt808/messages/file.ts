import { record } from '../field.ts';
import { choice, countedText, u32 } from '../fields.ts';

/** A file of an alarm: T/JSATL 12-2017. Its numbers of clauses were not checked. */
export const fileClause = 'T/JSATL 12-2017';

export const fileName = { zh: '文件名称', en: 'file', is: countedText() };

export const fileKind = {
  zh: '文件类型',
  en: 'kind',
  is: choice(1, {
    0: { zh: '图片', en: 'picture' },
    1: { zh: '音频', en: 'sound' },
    2: { zh: '视频', en: 'film' },
    3: { zh: '文本', en: 'text' },
    4: { zh: '其它', en: 'other' },
  }),
};

/** Told before and behind its bytes. */
export const file = record({
  name: fileName,
  kind: fileKind,
  size: { zh: '文件大小', en: 'size', is: u32('B') },
});
