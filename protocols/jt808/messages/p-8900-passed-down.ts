import { message } from '../message.ts';
import { passing } from './passing.ts';

export const passedDown = message(
  { id: 0x8900, name: { zh: '数据下行透传', en: 'passed down' }, clause: 'JT/T 808-2013 8.61' },
  passing,
);
