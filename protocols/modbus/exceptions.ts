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

/** Modbus Application Protocol 1.1b3, §7; 9 is not defined there. */
const texts: Readonly<Record<number, ExceptionText>> = {
  1: {
    name: { zh: '非法功能码', en: 'illegal function' },
    next: {
      zh: '改用另一功能码（3 保持寄存器，4 输入寄存器），或确认从站已设为 Modbus 规约',
      en: 'try the other function code (3 holding, 4 input registers), and see that the slave is set to Modbus',
    },
  },
  2: {
    name: { zh: '非法数据地址', en: 'illegal data address' },
    next: {
      zh: '此处地址从 0 起：手册中的 40001 或 30001 即 0。试减 1、改用另一功能码，或一次少读几个寄存器',
      en: 'addresses count from 0 here: 40001 or 30001 of a manual is 0. Try one less, the other function code, or fewer registers at once',
    },
  },
  3: {
    name: { zh: '非法数据值', en: 'illegal data value' },
    next: {
      zh: '一次读的寄存器太多：减小 maxRegisters；有的表只接受偶数个',
      en: 'too many registers at once: lower maxRegisters; some meters take even numbers only',
    },
  },
  4: {
    name: { zh: '从站故障', en: 'slave device failure' },
    next: {
      zh: '从站读不出该值：换一个地址，查看表上的故障指示',
      en: 'the slave could not read the value: try another address, look for a fault shown on the meter',
    },
  },
  5: {
    name: { zh: '已收到，处理需时', en: 'acknowledged, it takes long' },
    next: { zh: '稍后再读', en: 'ask again later' },
  },
  6: {
    name: { zh: '从站忙', en: 'slave device busy' },
    next: {
      zh: '稍后再读；同一总线上可能另有主站',
      en: 'ask again later; another master may be on the same bus',
    },
  },
  7: {
    name: { zh: '否定应答', en: 'negative acknowledge' },
    next: {
      zh: '从站不支持这一请求：改用另一功能码或地址',
      en: 'the slave cannot do this: try another function code or address',
    },
  },
  8: {
    name: { zh: '存储器奇偶校验错误', en: 'memory parity error' },
    next: {
      zh: '表内存储器有误，须检修',
      en: 'the memory of the meter is damaged; have it repaired',
    },
  },
  10: {
    name: { zh: '网关通道不可用', en: 'gateway path unavailable' },
    next: {
      zh: '检查网关的串口设置与该从站地址的路由',
      en: 'check the serial port of the gateway and which units it passes on',
    },
  },
  11: {
    name: { zh: '网关后的从站无应答', en: 'gateway target failed to respond' },
    next: {
      zh: '检查从站地址、A/B 接线、波特率与校验位、表计电源',
      en: 'check the unit id, the A/B wires, baud rate and parity, and that the meter has power',
    },
  },
};

/** Of any code a slave may send, 0 to 255. */
export const exceptionText = (code: number): ExceptionText =>
  texts[code] ?? {
    name: { zh: '未定义的异常', en: 'an exception Modbus does not define' },
    next: { zh: '查阅该表的手册', en: 'see the manual of the meter' },
  };
