import { message } from '../message.ts';
import { file, fileClause } from './file.ts';

export const fileComing = message(
  { id: 0x1211, name: { zh: '文件信息上传', en: 'file of an alarm' }, clause: fileClause },
  file,
);
