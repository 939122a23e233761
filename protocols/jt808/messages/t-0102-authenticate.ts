import { type Field, optional, record } from '../field.ts';
import { byEdition, countedText, fixedText, restText } from '../fields.ts';
import { message } from '../message.ts';

/** What a terminal says to be let in. */
export interface Authentication {
  readonly code: string;
  /** 2019 only, as is the software version. */
  readonly imei?: string | undefined;
  readonly software?: string | undefined;
}

const code = { zh: '鉴权码', en: 'authentication code' };

const before2019: Field<Authentication> = record({ code: { ...code, is: restText } });
const since2019: Field<Authentication> = record({
  code: { ...code, is: countedText() },
  imei: { zh: '终端 IMEI', en: 'IMEI', is: optional(fixedText(15)) },
  software: { zh: '软件版本号', en: 'software version', is: optional(fixedText(20)) },
});

export const authenticate = message(
  { id: 0x0102, name: { zh: '终端鉴权', en: 'authenticate' }, clause: 'JT/T 808-2013 8.8' },
  byEdition((edition) => (edition === 2019 ? since2019 : before2019)),
);
