import { record } from '../field.ts';
import { u32 } from '../fields.ts';
import { counted } from '../lists.ts';
import { message } from '../message.ts';

export const querySomeParameters = message(
  {
    id: 0x8106,
    name: { zh: '查询指定终端参数', en: 'query of some parameters' },
    clause: 'JT/T 808-2013 8.11',
  },
  record({
    ids: {
      zh: '参数 ID 列表',
      en: 'parameter ids',
      is: counted(1, { zh: '参数', en: 'parameter' }, u32()),
    },
  }),
);
