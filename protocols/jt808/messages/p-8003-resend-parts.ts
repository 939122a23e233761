import { message } from '../message.ts';
import { resendRequest } from './resend-request.ts';

export const resendParts = message(
  {
    id: 0x8003,
    name: { zh: '服务器补传分包请求', en: 'request to resend parts' },
    clause: 'JT/T 808-2013 8.4',
  },
  resendRequest,
);
