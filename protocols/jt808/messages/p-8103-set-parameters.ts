import { record } from '../field.ts';
import { counted } from '../lists.ts';
import { message } from '../message.ts';
import { parameterItem } from '../parameters.ts';

export const setParameters = message(
  { id: 0x8103, name: { zh: '设置终端参数', en: 'set parameters' }, clause: 'JT/T 808-2013 8.9' },
  record({
    parameters: {
      zh: '参数项列表',
      en: 'parameters',
      is: counted(1, { zh: '参数', en: 'parameter' }, parameterItem),
    },
  }),
);
