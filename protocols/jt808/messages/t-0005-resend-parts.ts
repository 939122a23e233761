import { message } from '../message.ts';
import { resendRequest } from './resend-request.ts';

export const resendPartsToTerminal = message(
  {
    id: 0x0005,
    name: { zh: '终端补传分包请求', en: "terminal's request to resend parts" },
    clause: 'JT/T 808-2019 8.7',
  },
  resendRequest,
);
