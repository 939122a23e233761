import { message } from '../message.ts';
import { file, fileClause } from './file.ts';

export const fileSent = message(
  { id: 0x1212, name: { zh: '文件上传完成消息', en: 'file sent' }, clause: fileClause },
  file,
);
