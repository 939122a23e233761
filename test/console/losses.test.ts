import { expect, test } from 'vitest';
import { toCsv } from '../../console/lib/csv.ts';
import { heatOf } from '../../console/lib/heat.ts';
import { flaggedIn, loadHours } from '../../console/lib/load.ts';
import { lossesOf, lossOf, sortLosses, sumLosses } from '../../console/lib/losses.ts';
import { hourMs, isoInZone, startOfDay } from '../../model/time.ts';
import { alertView } from './alert-view.ts';

const template = alertView();
const alert = (id: string, observed: Record<string, unknown>, openedAt = template.openedAt) =>
  alertView({
    id,
    openedAt,
    kind: 'energy.night-load',
    evidence: { ...template.evidence, observed },
  });

const night = alert('a', { wastedKwh: 420, yuan: 273.5 }, '2026-11-20T00:00:00+08:00');
const leak = alert('b', { unit: 'm³', lostM3: 18, yuan: null }, '2026-11-21T00:00:00+08:00');
const anomaly = alert(
  'c',
  { unit: 'kWh', wasted: 35, wastedYuan: 24 },
  '2026-11-22T00:00:00+08:00',
);
const stuck = alert('d', { value: 3 });

test('each kind of alert says in its own names what was lost', () => {
  expect(lossOf(night)).toEqual({ amount: 420, unit: 'kWh', yuan: 273.5 });
  expect(lossOf(leak)).toEqual({ amount: 18, unit: 'm³', yuan: null });
  expect(lossOf(anomaly)).toEqual({ amount: 35, unit: 'kWh', yuan: 24 });
  expect(lossOf(alert('e', { surchargeYuan: 900 }))).toMatchObject({ amount: null, yuan: 900 });
  expect(lossOf(stuck)).toBeUndefined();
  expect(lossOf(alert('f', { unit: 'kWh', wasted: 0, wastedYuan: null }))).toBeUndefined();
});

test('losses are summed by unit, and what has no price is counted', () => {
  expect(sumLosses(lossesOf([night, leak, anomaly, stuck]))).toEqual({
    count: 3,
    yuan: 297.5,
    unpriced: 1,
    amounts: [
      ['kWh', 455],
      ['m³', 18],
    ],
  });
});

test('they are put in order of money, amount or time', () => {
  const losses = lossesOf([leak, night, anomaly]);
  const ids = (order: Parameters<typeof sortLosses>[1]) =>
    sortLosses(losses, order).map((lost) => lost.alert.id);
  expect(ids('yuan')).toEqual(['a', 'c', 'b']);
  expect(ids('amount')).toEqual(['a', 'c', 'b']);
  expect(ids('newest')).toEqual(['c', 'b', 'a']);
});

test('a file says what it was given, and nothing in it is a formula', () => {
  const text = toCsv([
    ['名称', 'kWh'],
    ['=HYPERLINK("x")', -3.5],
    ['a,b', null],
  ]);
  expect(text).toBe('\ufeff名称,kWh\r\n"\'=HYPERLINK(""x"")",-3.5\r\n"a,b",\r\n');
});

const zone = 'Asia/Shanghai';
const first = startOfDay('2026-11-20', zone);
const hour = (n: number, value: number | null, quality: 'measured' | 'estimated' | 'missing') => ({
  from: isoInZone(first + n * hourMs, zone),
  to: isoInZone(first + (n + 1) * hourMs, zone),
  value,
  quality,
  lower: null,
  upper: null,
  coverage: 1,
  notes: [],
  revision: 0,
  revisedAt: null,
});

test('days by hours: what is missing has no level, and what is to come is not there', () => {
  const hours = [hour(0, 5, 'measured'), hour(1, null, 'missing'), hour(25, 10, 'estimated')];
  const { days, most } = heatOf(hours, '2026-11-20', 2, zone, first + 26.5 * hourMs);
  expect(most).toBe(10);
  expect(days.map(({ date, cells }) => [date, cells.length])).toEqual([
    ['2026-11-20', 24],
    ['2026-11-21', 2],
  ]);
  expect(days[0]?.cells.slice(0, 3)).toMatchObject([
    { hour: 0, value: 5, level: 0.5 },
    { hour: 1, value: null, level: undefined },
    { hour: 2, value: null, quality: 'missing' },
  ]);
  expect(days[1]?.cells[1]).toMatchObject({ level: 1, quality: 'estimated' });
  expect(days[0]?.sum).toBe(5);
});

test('a meter that used nothing is pale, not unknown', () => {
  const { days } = heatOf([hour(0, 0, 'measured')], '2026-11-20', 1, zone, first + hourMs);
  expect(days[0]?.cells[0]?.level).toBe(0);
});

test('hours an alert of use holds to be wrong are flagged; those of a withdrawn one are not', () => {
  const items = [0, 1, 2].map((n) => ({
    ...hour(n, 5, 'measured' as const),
    expected: n === 0 ? null : 4,
    low: n === 0 ? null : 3,
    high: n === 0 ? null : 6,
    days: 10,
    rest: false,
  }));
  const hours = loadHours({ unit: 'kWh', items });
  expect(hours[0]).toEqual({ at: first, value: 5, quality: 'measured' });
  expect(hours[1]).toMatchObject({ expected: 4, low: 3, high: 6 });
  const flagging = (state: 'open' | 'withdrawn', kind: string, n: number) =>
    alertView({
      state,
      kind,
      evidence: { ...template.evidence, flagged: [isoInZone(first + n * hourMs, zone)] },
    });
  const alerts = [
    flagging('open', 'energy.consumption-anomaly', 1),
    flagging('withdrawn', 'energy.consumption-anomaly', 2),
    flagging('open', 'meter.stuck', 0),
  ];
  expect(flaggedIn(alerts, hours)).toEqual([first + hourMs]);
});
