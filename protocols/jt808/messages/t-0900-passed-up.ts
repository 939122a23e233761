import { message } from '../message.ts';
import { passing } from './passing.ts';

export const passedUp = message(
  { id: 0x0900, name: { zh: '数据上行透传', en: 'passed up' }, clause: 'JT/T 808-2013 8.62' },
  passing,
);
