import { record } from '../field.ts';
import { choice, restText } from '../fields.ts';
import { message } from '../message.ts';

const commands = {
  1: { zh: '无线升级', en: 'upgrade' },
  2: { zh: '控制终端连接指定服务器', en: 'connect to a server' },
  3: { zh: '终端关机', en: 'shut down' },
  4: { zh: '终端复位', en: 'restart' },
  5: { zh: '终端恢复出厂设置', en: 'factory reset' },
  6: { zh: '关闭数据通信', en: 'close the data link' },
  7: { zh: '关闭所有无线通信', en: 'close all wireless links' },
} as const;

/** `parameters` only with commands 1 and 2, separated by semicolons. */
export const control = message(
  { id: 0x8105, name: { zh: '终端控制', en: 'terminal control' }, clause: 'JT/T 808-2013 8.13' },
  record({
    command: { zh: '命令字', en: 'command', is: choice(1, commands) },
    parameters: { zh: '命令参数', en: 'command parameters', is: restText },
  }),
);
