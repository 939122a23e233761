import { alarms } from '../../../model/terminal-alarms.ts';
import { confirmableBits } from '../alarms.ts';
import { record } from '../field.ts';
import { flags, u16 } from '../fields.ts';
import { message } from '../message.ts';

const confirmable = Object.fromEntries(
  alarms
    .filter(({ bit }) => confirmableBits.includes(bit))
    .map(({ bit, zh, en }) => [bit, { zh, en }]),
);

export const confirmAlarm = message(
  {
    id: 0x8203,
    name: { zh: '人工确认报警消息', en: 'confirm an alarm' },
    clause: 'JT/T 808-2013 8.22',
  },
  record({
    serial: { zh: '报警消息流水号', en: 'serial of the report, 0 for all', is: u16() },
    alarms: { zh: '人工确认报警类型', en: 'alarms confirmed', is: flags(4, confirmable) },
  }),
);
