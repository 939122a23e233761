import { expect, test } from 'vitest';
import { readWeather } from '../../energy/weather-file.ts';

const today = '2026-11-23';
const read = (text: string) => {
  const found = readWeather(Buffer.from(text), today);
  return 'days' in found ? Object.fromEntries(found.days) : found.faults;
};
const linesOf = (text: string) => {
  const found = readWeather(Buffer.from(text), today);
  return 'faults' in found ? found.faults.map(({ line, path }) => [line, path]) : [];
};

test('a line a day, under Chinese or English headings or none', () => {
  const days = { '2026-11-21': -3.5, '2026-11-22': 0 };
  expect(read('2026-11-21,-3.5\n2026-11-22,0\n')).toEqual(days);
  expect(read('日期,日平均气温（℃）\n2026/11/21,-3.5\n2026年11月22日,0℃')).toEqual(days);
  expect(read('station;Date;Mean temperature [°C]\nA;20261121;−3.5\nA;2026.11.22;+0.0 °C')).toEqual(
    days,
  );
  expect(read('time\ttavg\r\n2026-11-21 00:00:00\t-3.5\r\n2026-11-22\t0\r\n')).toEqual(days);
});

test('GBK, as spreadsheets in China save it', () => {
  // 日期,气温
  const head = Buffer.from([0xc8, 0xd5, 0xc6, 0xda, 0x2c, 0xc6, 0xf8, 0xce, 0xc2, 0x0a]);
  const found = readWeather(Buffer.concat([head, Buffer.from('2026-11-01,9.25\n')]), today);
  expect('days' in found && [...found.days]).toEqual([['2026-11-01', 9.25]]);
});

test('every fault with its line, and nothing of the rest', () => {
  const text =
    'date,mean\n2026-02-30,1\n2026-11-01,warm\n2026-11-02,77\n2026-11-03,\n,4\n2026-11-04,5';
  expect(linesOf(text)).toEqual([
    [2, 'date'],
    [3, 'mean'],
    [4, 'mean'],
    [5, 'mean'],
    [6, 'date'],
  ]);
  expect(JSON.stringify(read(text))).toContain('°F');
});

test('a day is told once, and once it is over', () => {
  expect(linesOf('2026-11-01,1\n2026-11-01,1\n2026-11-01,2')).toEqual([[3, 'date']]);
  expect(linesOf('2026-11-22,1\n2026-11-23,1')).toEqual([[2, 'date']]);
});

test('what is no such file is said to be none', () => {
  expect(linesOf('')).toEqual([[1, '']]);
  expect(linesOf('date,mean\n')).toEqual([[1, '']]);
  expect(linesOf('day,humidity\n2026-11-01,60')).toEqual([[1, '']]);
  expect(linesOf('\0\x01')).toEqual([[1, '']]);
  expect(linesOf('date,mean\n"2026-11-01,5')).toContainEqual([2, '']);
});
