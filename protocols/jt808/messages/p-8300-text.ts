import { type Field, record } from '../field.ts';
import { byEdition, choice, flags, restText } from '../fields.ts';
import { message } from '../message.ts';

/** Text to the driver. `flags` bit 0 urgent, 2 on the display, 3 read aloud. */
export interface DriverText {
  readonly flags: number;
  /** 2019 only: 1 notice, 2 service. */
  readonly kind?: number | undefined;
  readonly text: string;
}

const meanings = {
  0: { zh: '紧急', en: 'urgent' },
  2: { zh: '终端显示器显示', en: 'on the display' },
  3: { zh: '终端 TTS 播读', en: 'read aloud' },
  4: { zh: '广告屏显示', en: 'on the outer display' },
  5: { zh: 'CAN 故障码信息', en: 'CAN fault code' },
} as const;
const kinds = { 1: { zh: '通知', en: 'notice' }, 2: { zh: '服务', en: 'service' } } as const;

const how = { zh: '标志', en: 'flags', is: flags(1, meanings) };
const text = { zh: '文本信息', en: 'text', is: restText };
const before2019: Field<DriverText> = record({ flags: how, text });
const since2019: Field<DriverText> = record({
  flags: how,
  kind: { zh: '文本类型', en: 'kind', is: choice(1, kinds) },
  text,
});

export const driverText = message(
  {
    id: 0x8300,
    name: { zh: '文本信息下发', en: 'text to the driver' },
    clause: 'JT/T 808-2013 8.23',
  },
  byEdition((edition) => (edition === 2019 ? since2019 : before2019)),
);
