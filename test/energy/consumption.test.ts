import { expect, test } from 'vitest';
import type { Interval } from '../../energy/consumption/interval.ts';
import { limitsOf, stepOf } from '../../energy/counter.ts';
import { dayMs, hourMs, minuteMs } from '../../model/time.ts';
import {
  blind,
  hours,
  limits,
  meter,
  reading,
  start,
  steady,
  told,
  total,
  unrated,
} from './counter-kit.ts';

const short = (list: readonly Interval[]) => list.map(({ value, quality }) => [value, quality]);

test('an hour is what the counter has risen by; the counter’s step is in its bounds', () => {
  const [first, second, third] = hours(steady(0, 135), 3);
  expect(first).toEqual({
    from: start,
    to: start + hourMs,
    value: 4,
    quality: 'measured',
    lower: 3.99,
    upper: 4.01,
    coverage: 1,
    notes: [],
  });
  expect(second).toMatchObject({ value: 4, quality: 'measured' });
  expect(third).toMatchObject({ value: null, quality: 'missing', coverage: 0.25, lower: 0.99 });
});

test('an hour between readings beside it lies between what they allow', () => {
  const [first] = hours([reading(-5, 0), reading(10, 4), reading(50, 10), reading(65, 13)], 1);
  expect(first).toMatchObject({ value: 10.666667, quality: 'measured', lower: 5.99, upper: 13.01 });
});

test('a gap keeps its total exactly: its hours are estimated, and the day around it is certain', () => {
  const readings = [...steady(0, 60), reading(455, 111.37), ...steady(480, 1440, 120)];
  const parts = hours(readings, 24);
  expect(parts.slice(1, 8).map(({ quality }) => quality)).toEqual(Array(7).fill('estimated'));
  expect(parts[3]).toMatchObject({ lower: 0, upper: 7.38, coverage: 0 });
  expect(total(parts)).toBe(84);
  expect(told(readings, 'day', dayMs)).toEqual([
    expect.objectContaining({ value: 84, quality: 'estimated', lower: 83.99, upper: 84.01 }),
  ]);
  const quarters = told(readings, 'quarter', 8 * hourMs);
  expect(total(quarters)).toBe(total(parts.slice(0, 8)));
});

test('a meter that is read every hour, or every two, tells no quarter and no hour', () => {
  const hourly = { limits: limitsOf({ ...meter, everyS: 3600 }) };
  const readings = [reading(0, 0), reading(60, 8), reading(120, 12)];
  expect(short(hours(readings, 2, hourly))).toEqual([
    [8, 'measured'],
    [4, 'measured'],
  ]);
  expect(short(told(readings, 'quarter', hourMs, hourly))).toEqual(Array(4).fill([2, 'estimated']));
  const slow = { limits: limitsOf({ ...meter, everyS: 7200 }) };
  expect(short(hours([reading(0, 0), reading(120, 8)], 2, slow))).toEqual([
    [4, 'estimated'],
    [4, 'estimated'],
  ]);
});

test.each([
  ['six digits', { digits: 6 }, 1e6],
  ['u32 of hundredths', {}, 2 ** 32 / 100],
  ['i32 of hundredths', {}, 2 ** 31 / 100],
  ['u32 of tenths', { decimals: 1 }, 2 ** 32 / 10],
  ['six digits behind transformers of 40', { digits: 6, ctRatio: 40 }, 40e6],
  ['u32 behind transformers of 40', { ctRatio: 40 }, (2 ** 32 / 100) * 40],
])('%s: the counter wraps, and the total is exact', (_name, about, modulus) => {
  const { digits: __, ...bare } = meter;
  const facts = { limits: limitsOf({ ...bare, ...about }) };
  const first = Math.floor(modulus) - 3;
  const readings = steady(0, 120, first).map(({ at, value }) => ({
    at,
    value: value >= modulus ? value - modulus : value,
  }));
  const [one, two] = hours(readings, 2, facts);
  expect(one?.value).toBeCloseTo(4, 5);
  expect(two?.value).toBeCloseTo(4, 5);
  expect(one?.notes).toEqual(['rollover']);
});

test('a wrap within a gap of three days keeps the total', () => {
  const readings = [...steady(0, 60, 999_900), ...steady(60 + 3 * 1440, 1500 + 3 * 1440, 188)];
  const days = told(readings, 'day', 5 * dayMs);
  expect(total(days.slice(0, 4))).toBe(100 + 280);
  expect(days.slice(0, 4).every(({ quality }) => quality === 'estimated')).toBe(true);
});

test('without a rating a fall near a round number is a wrap only where the meter goes on as before', () => {
  const { digits: __, ...dark } = unrated;
  const wrapped = [...steady(0, 240, 999_983), ...steady(255, 480, 0)];
  expect(total(hours(wrapped, 8, { limits: limitsOf(dark) }))).toBe(32);
  const swapped = [...steady(0, 240, 995_000), ...steady(255, 480, 0)];
  const found = hours(swapped, 8, { limits: limitsOf(dark) });
  expect(found[4]?.quality).toBe('reset');
  expect(Math.max(...found.map(({ value }) => value ?? 0))).toBeLessThanOrEqual(4);
});

test('a reset and another meter are never counted; what is known is, and bounds tell the rest', () => {
  const reset = hours([...steady(0, 75, 5000), ...steady(90, 180, 0.5)], 3);
  expect(short(reset)).toEqual([
    [4, 'measured'],
    [3, 'reset'],
    [4, 'measured'],
  ]);
  // A quarter of an hour at 400 kW and a fifth more.
  expect(reset[1]).toMatchObject({ lower: 2.98, upper: 123.02, notes: ['reset'] });
  for (const next of [3000, 700_000]) {
    const [, second] = hours([...steady(0, 75, 5000), ...steady(90, 180, next)], 3);
    expect(second).toMatchObject({ value: 3, quality: 'replaced', notes: ['replaced'] });
  }
  const [, unknown] = hours([...steady(0, 75, 5000), ...steady(90, 180, 3000)], 3, blind);
  expect(unknown?.upper).toBeNull();
});

test('hours without readings between two meters are missing, and the day says what is known', () => {
  const readings = [...steady(0, 75, 5000), ...steady(225, 1440, 3000)];
  expect(short(hours(readings, 5))).toEqual([
    [4, 'measured'],
    [1, 'replaced'],
    [null, 'missing'],
    [1, 'replaced'],
    [4, 'measured'],
  ]);
  expect(told(readings, 'day', dayMs)[0]).toMatchObject({
    value: null,
    knownValue: 86,
    quality: 'missing',
  });
});

test('a recorded replacement makes the total whole again, and says so', () => {
  const readings = [...steady(0, 75, 5000), ...steady(225, 1440, 3000)];
  const swaps = [{ at: start + 150 * minuteMs, finalReading: 5009.5, firstReading: 2996 }];
  const [day] = told(readings, 'day', dayMs, { limits, swaps });
  expect(day).toMatchObject({ value: 9.5 + 4 + 81, quality: 'replaced', notes: ['swap-recorded'] });
  expect(day?.lower).toBeCloseTo(94.48, 6);
  expect(day?.upper).toBeCloseTo(94.52, 6);
  const parts = hours(readings, 24, { limits, swaps });
  expect(total(parts)).toBe(94.5);
  expect(parts[2]?.quality).toBe('replaced');
});

test('a record that contradicts the readings makes nothing negative', () => {
  const readings = [...steady(0, 75, 5000), ...steady(225, 600, 3000)];
  const swaps = [{ at: start + 150 * minuteMs, finalReading: 4000, firstReading: 3100 }];
  const parts = hours(readings, 10, { limits, swaps });
  expect(parts.every(({ value }) => value === null || value >= 0)).toBe(true);
  expect(parts[2]?.quality).not.toBe('measured');
});

test('the transformers’ ratio changes at a date: what each ratio counted, with bounds', () => {
  const at = (minute: number, ratio: number) => reading(minute, (5000 + minute / 60) * ratio);
  const readings = [0, 15, 30, 45]
    .map((m) => at(m, 40))
    .concat([60, 75, 90, 120].map((m) => at(m, 60)));
  const ratioChanges = [{ at: start + 52.5 * minuteMs, before: 40, after: 60 }];
  const facts = { limits: limitsOf({ ...meter, ctRatio: 60 }), ratioChanges };
  const [first, second] = hours(readings, 2, facts);
  expect(first).toMatchObject({ value: 42.5, quality: 'estimated', notes: ['ratio-changed'] });
  expect(first?.lower).toBeLessThanOrEqual(40);
  expect(first?.upper).toBeGreaterThanOrEqual(45);
  expect(second).toMatchObject({ value: 60, quality: 'measured' });
  const unmultiplied = steady(0, 120, 5000);
  expect(short(hours(unmultiplied, 2, facts))).toEqual([
    [4, 'measured'],
    [4, 'measured'],
  ]);
});

test('a counter that runs backwards counts nothing, and is not a hole of zeros', () => {
  const back = steady(0, 240, 5000).map(({ at }, n) => ({ at, value: 5000 - n * 10 }));
  const found = hours(back, 4);
  expect(found.every(({ value, quality }) => value === null && quality !== 'measured')).toBe(true);
  expect(found[1]?.notes).toEqual(['backwards']);
});

test('readings that are wrong for a moment change nothing, below and above', () => {
  for (const wrong of [0, 12, 1_000_000_000]) {
    const readings = [
      ...steady(0, 60, 5000),
      reading(75, wrong),
      reading(90, wrong),
      ...steady(105, 180, 5007),
    ];
    expect(total(hours(readings, 3))).toBe(12);
    expect(hours(readings, 3)[1]?.notes).toEqual(['wrong-reading']);
  }
});

test('a jump that the meter may just do, and back, is never counted; whether it ran backwards is not known', () => {
  const readings = [...steady(0, 60, 5000), reading(75, 5100), ...steady(90, 180, 5006)];
  const [, second] = hours(readings, 3);
  // The two that it counted in any case are in it.
  expect(second).toMatchObject({
    value: 4,
    lower: 3.98,
    quality: 'replaced',
    notes: ['backwards'],
  });
});

test('a small counter that starts anew and passes its old value is not taken for a wrong reading', () => {
  const readings = [...steady(0, 60, 1), ...steady(75, 240, 0)];
  const found = hours(readings, 4);
  expect(found[1]?.quality).toBe('reset');
  expect(total(found)).toBe(4 + 3 + 4 + 4);
});

test('a float’s steps are in the bounds, and a trembling last digit adds nothing', () => {
  const float = { limits: limitsOf({ ...unrated, digits: 9 }) };
  const { decimals: __, ...about } = unrated;
  const facts = { limits: limitsOf(about) };
  const values = [2_000_000, 2_000_000.125, 2_000_000, 2_000_000.25, 2_000_001.5];
  const readings = values.map((value, n) => reading(15 * n, Math.fround(value)));
  expect(hours(readings, 1, facts)[0]).toMatchObject({ value: 1.5, lower: 1.375, upper: 1.625 });
  expect(stepOf(2_000_000.125, float.limits)).toBe(0.01);
  expect(stepOf(16_777_215 * 40, limitsOf({ ...about, ctRatio: 40 }))).toBe(40);
});
