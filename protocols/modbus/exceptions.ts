/** Words in both languages. */
export interface Bilingual {
  readonly zh: string;
  readonly en: string;
}

/** What a slave or gateway said no with, and what to try next. */
export interface ExceptionText {
  readonly name: Bilingual;
  readonly next: Bilingual;
}

type Row = readonly [code: number, zh: string, en: string, nextZh: string, nextEn: string];

/** Modbus Application Protocol 1.1b3, §7; 9 is not defined there. */
// biome-ignore format: a table
const rows: readonly Row[] = [
  [1, '非法功能码', 'illegal function',
    '改用另一功能码（3 保持寄存器，4 输入寄存器），或确认从站已设为 Modbus 规约',
    'try the other function code (3 holding, 4 input registers), and see that the slave is set to Modbus'],
  [2, '非法数据地址', 'illegal data address',
    '此处地址从 0 起：手册中的 40001 或 30001 即 0。试减 1、改用另一功能码，或一次少读几个寄存器',
    'addresses count from 0 here: 40001 or 30001 of a manual is 0. Try one less, the other function code, or fewer registers at once'],
  [3, '非法数据值', 'illegal data value',
    '一次读的寄存器太多：减小 maxRegisters；有的表只接受偶数个',
    'too many registers at once: lower maxRegisters; some meters take even numbers only'],
  [4, '从站故障', 'slave device failure',
    '从站读不出该值：换一个地址，查看表上的故障指示',
    'the slave could not read the value: try another address, look for a fault shown on the meter'],
  [5, '已收到，处理需时', 'acknowledged, it takes long', '稍后再读', 'ask again later'],
  [6, '从站忙', 'slave device busy',
    '稍后再读；同一总线上可能另有主站',
    'ask again later; another master may be on the same bus'],
  [7, '否定应答', 'negative acknowledge',
    '从站不支持这一请求：改用另一功能码或地址',
    'the slave cannot do this: try another function code or address'],
  [8, '存储器奇偶校验错误', 'memory parity error',
    '表内存储器有误，须检修',
    'the memory of the meter is damaged; have it repaired'],
  [10, '网关通道不可用', 'gateway path unavailable',
    '检查网关的串口设置与该从站地址的路由',
    'check the serial port of the gateway and which units it passes on'],
  [11, '网关后的从站无应答', 'gateway target failed to respond',
    '检查从站地址、A/B 接线、波特率与校验位、表计电源',
    'check the unit id, the A/B wires, baud rate and parity, and that the meter has power'],
];

const texts: ReadonlyMap<number, ExceptionText> = new Map(
  rows.map(([code, zh, en, nextZh, nextEn]) => [
    code,
    { name: { zh, en }, next: { zh: nextZh, en: nextEn } },
  ]),
);

/** Of any code a slave may send, 0 to 255. */
export const exceptionText = (code: number): ExceptionText =>
  texts.get(code) ?? {
    name: { zh: '未定义的异常', en: 'an exception Modbus does not define' },
    next: { zh: '查阅该表的手册', en: 'see the manual of the meter' },
  };
