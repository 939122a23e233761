import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openExpenseBook } from '../../expenses/book.ts';
import type { NamedVehicle } from '../../expenses/expenses.ts';
import { dayMs } from '../../model/time.ts';

const zone = 'Asia/Shanghai';
const now = Date.UTC(2026, 10, 22, 8);
const fleet: Readonly<Record<string, readonly NamedVehicle[]>> = {
  v1: [{ id: 'v1', zone }],
  鲁P12345: [{ id: 'v1', zone }],
  鲁P2: [{ id: 'v2', zone }],
  twice: [
    { id: 'v1', zone },
    { id: 'v2', zone },
  ],
};

function aBook() {
  const book = openExpenseBook(new DatabaseSync(':memory:'), { now: () => now });
  const take = (text: string | Uint8Array, dryRun = false) =>
    book.import(typeof text === 'string' ? Buffer.from(text) : text, {
      dryRun,
      find: (name) => fleet[name] ?? [],
      by: 'desk',
    });
  return { take, list: (vehicle = 'v1') => book.list(vehicle, 0, now + dayMs) };
}

const chinese = `某市加油卡对账单,,,,,,
持卡单位：市机关事务管理局,,,,,,
车牌号,交易时间,加油量（升）,金额（元）,加油站,油品,卡号
鲁P12345,2026-11-05 08:30:15,45.20,"￥1,234.50",中石化东昌路站,95#汽油,1000 1137 0000 4321
鲁P2,2026年11月6日 9时5分,30,240元,"一站,南门",0#柴油,123456
`;

test('a statement in Chinese, with a title above', () => {
  const { take, list } = aBook();
  expect(take(chinese)).toEqual({ ok: true, added: 2, unchanged: 0 });
  expect(list()).toEqual([
    {
      id: expect.stringMatching(/^ex-[0-9a-f]{20}$/),
      vehicle: 'v1',
      at: Date.UTC(2026, 10, 5, 0, 30, 15),
      dayOnly: false,
      kind: 'fuel',
      yuan: 1234.5,
      litres: 45.2,
      kwh: null,
      station: '中石化东昌路站',
      product: '95#汽油',
      card: '****4321',
    },
  ]);
  expect(list('v2')).toMatchObject([
    { at: Date.UTC(2026, 10, 6, 1, 5), station: '一站,南门', card: '****456', yuan: 240 },
  ]);
});

/** 车牌,时间,升数,金额,油品 and 鲁P12345,2026/11/5 8:30,45.2,350,汽油. */
const gbk = Buffer.concat([
  Buffer.from('b3b5c5c62ccab1bce42cc9fdcafd2cbdf0b6ee2cd3cdc6b70d0ac2b3', 'hex'),
  Buffer.from('P12345,2026/11/5 8:30,45.2,350,'),
  Buffer.from('c6fbd3cd', 'hex'),
]);

test('GBK, UTF-8 with its mark and UTF-16 as Excel writes them say the same', () => {
  const text = '车牌,时间,升数,金额,油品\r\n鲁P12345,2026/11/5 8:30,45.2,350,汽油';
  const forms = [
    gbk,
    Buffer.from(text),
    Buffer.from(`\uFEFF${text}`),
    Buffer.from(`\uFEFF${text.replaceAll(',', '\t')}`, 'utf16le'),
  ];
  const kept = forms.map((form) => {
    const { take, list } = aBook();
    expect(take(form)).toMatchObject({ ok: true, added: 1 });
    return list();
  });
  expect(kept[0]).toMatchObject([
    { at: Date.UTC(2026, 10, 5, 0, 30), litres: 45.2, yuan: 350, product: '汽油', card: null },
  ]);
  for (const each of kept) expect(each).toEqual(kept[0]);
});

test('English headings, other kinds, a day without a time, date and time apart', () => {
  const { take, list } = aBook();
  const text = `Vehicle ID,Date,Time,Kind,Litres,kWh,Amount (CNY),Merchant
v1,2026-11-01,,insurance,,,3000,
v1,2026-11-02,13:45,toll,,,20,
v1,2026-11-02,13:45,toll,,,20,
v1,2026-11-03,07:00,,,31.5,40,
v1,2026-11-03,2026-11-04T07:00:00Z,维修,,,560,
`;
  expect(take(text)).toEqual({ ok: true, added: 5, unchanged: 0 });
  const told = list().map(({ at, dayOnly, kind, kwh, yuan }) => [at, dayOnly, kind, kwh, yuan]);
  expect(told).toEqual([
    [Date.UTC(2026, 9, 31, 16), true, 'insurance', null, 3000],
    [Date.UTC(2026, 10, 2, 5, 45), false, 'toll', null, 20],
    [Date.UTC(2026, 10, 2, 5, 45), false, 'toll', null, 20],
    [Date.UTC(2026, 10, 2, 23), false, 'charging', 31.5, 40],
    [Date.UTC(2026, 10, 4, 7), false, 'maintenance', null, 560],
  ]);
});

test('the same again changes nothing, nor does a dry run', () => {
  const { take, list } = aBook();
  expect(take(chinese, true)).toEqual({ ok: true, added: 2, unchanged: 0 });
  expect(list()).toEqual([]);
  take(chinese);
  const before = [list(), list('v2')];
  expect(take(chinese)).toEqual({ ok: true, added: 0, unchanged: 2 });
  expect(take(`${chinese}v1,2026-11-07 10:00,20,160,,,`)).toEqual({
    ok: true,
    added: 1,
    unchanged: 2,
  });
  expect(list()).toHaveLength(2);
  expect([list().slice(0, 1), list('v2')]).toEqual(before);
});

test('every fault has its line, and with one of them nothing is kept', () => {
  const { take, list } = aBook();
  const text = `plate,time,litres,amount,kind,station
v1,2026-11-05 08:30,45,350,,
none,2026-11-05 08:30,45,350,,"two
lines"
twice,2026-11-05 08:30,45,350,,

v1,5 November,45,350,,
v1,2026-11-31 08:30,45,350,,
v1,2026-12-05 08:30,45,350,,
v1,2026-11-05 08:30,forty,350,,
v1,2026-11-05 08:30,-4,350,,
v1,2026-11-05 08:30,,350,,
v1,2026-11-05 08:30,45,,,
v1,2026-11-05 08:30,45,350,充值,
,2026-11-05 08:30,45,350,,
v1,,45,350,,
`;
  const result = take(text);
  expect(result.ok).toBe(false);
  const faults = result.ok ? [] : result.faults;
  expect(faults.map(({ line }) => line)).toEqual([3, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]);
  const said = faults.map(({ message }) => message).join('\n');
  for (const word of ['没有车辆 none', '几辆车', 'want a number', 'is to come', '充值'])
    expect(said).toContain(word);
  expect(list()).toEqual([]);
});

test.each([
  ['', '缺少表头'],
  ['a,b\n1,2\n', '缺少表头'],
  ['plate,time,amount\n', '没有内容'],
  ['plate,time,amount,金额\nv1,2026-11-05,3,3\n', '含义相同'],
  ['plate,time,amount\nv1,"2026-11-05,3\n', '引号未闭合'],
  ['plate,time,amount\nv1,"2026-11-05"x,3\n', '引号之后'],
  ['plate,time,amount\nv1,\0,3\n', '不是'],
])('what is no statement is refused: %j', (text, word) => {
  const result = aBook().take(text);
  expect(result.ok ? [] : result.faults.map(({ message }) => message)).toEqual([
    expect.stringContaining(word),
  ]);
});

test('bytes of any kind are refused or taken, never more than that', () => {
  const { take } = aBook();
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.string({ unit: 'binary' }), (bytes, text) => {
      take(bytes);
      take(`plate,time,litres,amount\nv1,${text}\n`);
    }),
  );
});

test('no more of a card than its last four digits is kept', () => {
  const { take, list } = aBook();
  take(
    'plate,time,litres,amount,card\nv1,2026-11-05 08:30,45,350,12\nv1,2026-11-06 08:30,45,350,7',
  );
  expect(list().map(({ card }) => card)).toEqual(['****2', '****']);
});
