import { message } from '../message.ts';
import { terminalReply } from './general-reply.ts';

export const generalReplyOfTerminal = message(
  {
    id: 0x0001,
    name: { zh: '终端通用应答', en: 'terminal general reply' },
    clause: 'JT/T 808-2013 8.1',
  },
  terminalReply,
);
