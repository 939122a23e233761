import { record } from '../field.ts';
import { u16 } from '../fields.ts';
import { counted } from '../lists.ts';
import { message } from '../message.ts';
import { parameterItem } from '../parameters.ts';

export const parametersAnswered = message(
  {
    id: 0x0104,
    name: { zh: '查询终端参数应答', en: 'answer with parameters' },
    clause: 'JT/T 808-2013 8.12',
  },
  record({
    serial: { zh: '应答流水号', en: 'serial of the query', is: u16() },
    parameters: {
      zh: '参数项列表',
      en: 'parameters',
      is: counted(1, { zh: '参数', en: 'parameter' }, parameterItem),
    },
  }),
);
