import { message } from '../message.ts';
import { platformReply } from './general-reply.ts';

export const generalReply = message(
  {
    id: 0x8001,
    name: { zh: '平台通用应答', en: 'platform general reply' },
    clause: 'JT/T 808-2013 8.2',
  },
  platformReply,
);
