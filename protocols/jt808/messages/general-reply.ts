import { record } from '../field.ts';
import { choice, messageId, u16 } from '../fields.ts';

const results = {
  0: { zh: '成功/确认', en: 'done' },
  1: { zh: '失败', en: 'failed' },
  2: { zh: '消息有误', en: 'bad message' },
  3: { zh: '不支持', en: 'not supported' },
} as const;

const replyTo = {
  serial: { zh: '应答流水号', en: 'serial of the message answered', is: u16() },
  id: { zh: '应答 ID', en: 'id of the message answered', is: messageId },
} as const;

/** Body of the terminal's general reply. */
export const terminalReply = record({
  ...replyTo,
  result: { zh: '结果', en: 'result', is: choice(1, results) },
});

/** Body of the platform's general reply: it can confirm an alarm too. */
export const platformReply = record({
  ...replyTo,
  result: {
    zh: '结果',
    en: 'result',
    is: choice(1, { ...results, 4: { zh: '报警处理确认', en: 'alarm confirmed' } }),
  },
});
