import { type Field, optional, record } from '../field.ts';
import { byEdition, choice, clock, countedText, digits, fixedText } from '../fields.ts';
import { message, unverified2011 } from '../message.ts';

/** Who drives, by the card. What a card pulled out or not read cannot say is undefined. */
export interface Driver {
  /** 1 card put in, 2 pulled out. Not in 2011. */
  readonly status?: number | undefined;
  /** YYMMDDhhmmss of the terminal's clock. Not in 2011. */
  readonly time?: string | undefined;
  /** 0 read. */
  readonly result?: number | undefined;
  readonly driver?: string | undefined;
  readonly certificate?: string | undefined;
  readonly issuer?: string | undefined;
  /** YYYYMMDD. */
  readonly expires?: string | undefined;
  /** 2011 and 2019. */
  readonly identityCard?: string | undefined;
}

const states = {
  1: { zh: '从业资格证 IC 卡插入', en: 'card put in' },
  2: { zh: '从业资格证 IC 卡拔出', en: 'card pulled out' },
} as const;
const results = {
  0: { zh: '读卡成功', en: 'read' },
  1: { zh: '卡片密钥认证未通过', en: 'key refused' },
  2: { zh: '卡片已被锁定', en: 'card locked' },
  3: { zh: '卡片被拔出', en: 'card pulled out' },
  4: { zh: '数据校验错误', en: 'data damaged' },
} as const;

const name = { zh: '驾驶员姓名', en: 'driver' };
const certificate = { zh: '从业资格证编码', en: 'certificate' };
const issuer = { zh: '发证机构名称', en: 'issuer' };
const identityCard = { zh: '驾驶员身份证号', en: 'identity card' };

const of2013 = {
  status: { zh: '状态', en: 'status', is: choice(1, states) },
  time: { zh: '插拔卡时间', en: 'time', is: clock },
  result: { zh: 'IC 卡读取结果', en: 'result', is: optional(choice(1, results)) },
  driver: { ...name, is: optional(countedText()) },
  certificate: { ...certificate, is: optional(fixedText(20)) },
  issuer: { ...issuer, is: optional(countedText()) },
  expires: { zh: '证件有效期', en: 'expires', is: optional(digits(4)) },
};
const layout2011: Field<Driver> = record({
  driver: { ...name, is: countedText() },
  identityCard: { ...identityCard, is: fixedText(20) },
  certificate: { ...certificate, is: fixedText(40) },
  issuer: { ...issuer, is: countedText() },
});
const layout2013: Field<Driver> = record(of2013);
const layout2019: Field<Driver> = record({
  ...of2013,
  identityCard: { ...identityCard, is: optional(fixedText(20)) },
});
const layouts = { 2011: layout2011, 2013: layout2013, 2019: layout2019 } as const;

export const driver = message(
  {
    id: 0x0702,
    name: { zh: '驾驶员身份信息采集上报', en: 'driver' },
    clause: 'JT/T 808-2013 8.48',
    clauses: unverified2011,
  },
  byEdition((edition) => layouts[edition]),
);
