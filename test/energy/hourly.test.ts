import fc from 'fast-check';
import { expect, test } from 'vitest';
import { differenceOf, limitsOf } from '../../energy/counter.ts';
import { type Hour, hourlyConsumption, type Reading } from '../../energy/hourly.ts';
import { hourMs, minuteMs } from '../../model/time.ts';
import { limits, meter, readingsFrom } from './counter-kit.ts';

const start = Date.UTC(2026, 10, 2);
const hourly = limitsOf({ ...meter, everyS: 3600 });
const { reading, steady } = readingsFrom(start);
const hours = (readings: readonly Reading[], count: number, of = limits): readonly Hour[] =>
  hourlyConsumption(readings, start, start + count * hourMs, of);
const short = (list: readonly Hour[]) =>
  list.map(({ value, quality }) => [
    value === null ? null : Math.round(value * 1000) / 1000,
    quality,
  ]);

test('an hour is what the counter has risen by, and the hour that is running is not known yet', () => {
  expect(short(hours(steady(0, 135), 3))).toEqual([
    [4, 'measured'],
    [4, 'measured'],
    [null, 'missing'],
  ]);
});

test('readings beside the hour are shared out by time', () => {
  expect(
    short(hours([reading(0, 0), reading(40, 4), reading(80, 10), reading(120, 11)], 2)),
  ).toEqual([
    [7, 'measured'],
    [4, 'measured'],
  ]);
});

test('an hour that began before the first reading is missing, not small', () => {
  expect(short(hours(steady(30, 120), 2))).toEqual([
    [null, 'missing'],
    [4, 'measured'],
  ]);
});

test('while a gap is open its hours are missing; then they are estimated and sum to the difference', () => {
  const before = steady(0, 60);
  expect(short(hours(before, 5))).toEqual([
    [4, 'measured'],
    [null, 'missing'],
    [null, 'missing'],
    [null, 'missing'],
    [null, 'missing'],
  ]);
  const after = [...before, ...steady(240, 300, 122)];
  const found = hours(after, 5);
  expect(short(found)).toEqual([
    [4, 'measured'],
    [6, 'estimated'],
    [6, 'estimated'],
    [6, 'estimated'],
    [4, 'measured'],
  ]);
  expect(found.map(({ coverage }) => coverage)).toEqual([1, 0, 0, 0, 1]);
});

test('a wrap at the end of the digits is consumption, when the meter could have counted so much', () => {
  expect(short(hours([reading(0, 999_998), reading(60, 3)], 1, hourly))).toEqual([[5, 'measured']]);
  expect(differenceOf(999_000, 500, 15 * minuteMs, limits)).toEqual({ type: 'replaced' });
});

test('a 32-bit register of hundredths wraps at 42,949,672.96, also behind a transformer', () => {
  const big = limitsOf({ ...meter, ctRatio: 40 });
  expect(differenceOf(42_949_670, 5, hourMs, big)).toMatchObject({
    type: 'used',
    value: expect.closeTo(7.96, 5),
  });
  expect(differenceOf(42_949_672.96 * 40 - 10, 30, hourMs, big)).toMatchObject({
    type: 'used',
    value: expect.closeTo(40, 4),
  });
});

test('a counter that starts from zero is a reset: what it did not see is not counted', () => {
  const found = hours([...steady(0, 75, 5000), ...steady(90, 180, 0.5)], 3);
  expect(short(found)).toEqual([
    [4, 'measured'],
    [3, 'reset'],
    [4, 'measured'],
  ]);
});

test('another meter is never counted, up or down', () => {
  expect(short(hours([...steady(0, 75, 5000), ...steady(90, 180, 3000)], 3))).toEqual([
    [4, 'measured'],
    [3, 'replaced'],
    [4, 'measured'],
  ]);
  expect(short(hours([...steady(0, 75, 5000), ...steady(90, 180, 700_000)], 3))).toEqual([
    [4, 'measured'],
    [3, 'replaced'],
    [4, 'measured'],
  ]);
});

test('between a lost counter and a new one hours without readings are missing', () => {
  const found = hours([...steady(0, 75, 5000), ...steady(225, 300, 3000)], 5);
  expect(short(found)).toEqual([
    [4, 'measured'],
    [1, 'replaced'],
    [null, 'missing'],
    [1, 'replaced'],
    [4, 'measured'],
  ]);
});

test('a wrong reading, or several, and then the old course again: nothing is counted twice or lost', () => {
  const wrong = [...steady(0, 60, 5000), reading(75, 0), reading(90, 0), ...steady(105, 180, 5007)];
  const found = hours(wrong, 3);
  expect(found.reduce((sum, { value }) => sum + (value ?? 0), 0)).toBeCloseTo(12, 9);
  expect(short(found)[2]).toEqual([4, 'measured']);
});

test('a gap within one hour leaves its sum known; across hours it does not', () => {
  const found = hours([reading(0, 1), reading(59, 7), reading(120, 9), reading(180, 10)], 3);
  expect(short(found)).toEqual([
    [6.033, 'estimated'],
    [1.967, 'estimated'],
    [1, 'measured'],
  ]);
  expect(found[2]?.coverage).toBe(0);
});

test('the last digit of a float may tremble', () => {
  expect(
    short(hours([reading(0, 131_072.02), reading(30, 131_072.01), reading(60, 131_073.02)], 1)),
  ).toEqual([[1.01, 'measured']]);
});

test('a meter that is read hourly is measured', () => {
  expect(short(hours([reading(0, 1), reading(60, 2), reading(120, 4)], 2, hourly))).toEqual([
    [1, 'measured'],
    [2, 'measured'],
  ]);
});

const ascending = fc
  .array(
    fc.record({
      minutes: fc.integer({ min: 1, max: 400 }),
      used: fc.integer({ min: 0, max: 100 }),
    }),
    { minLength: 1, maxLength: 60 },
  )
  .map((steps) => {
    let minute = 0;
    let value = 1000;
    return [
      reading(0, value),
      ...steps.map(({ minutes, used }) => {
        minute += minutes;
        value += used;
        return reading(minute, value);
      }),
    ];
  });

test('closed hours sum to what the counter has risen by at their ends, whatever the gaps', () => {
  fc.assert(
    fc.property(ascending, (readings) => {
      const last = readings.at(-1) as Reading;
      const closing = reading(Math.ceil((last.at - start) / hourMs) * 60, last.value);
      const all = closing.at > last.at ? [...readings, closing] : readings;
      const found = hours(all, (closing.at - start) / hourMs);
      const sum = found.reduce((total, { value }) => total + (value ?? Number.NaN), 0);
      expect(sum).toBeCloseTo(last.value - 1000, 6);
      expect(found.every(({ value }) => value !== null && value >= 0)).toBe(true);
    }),
  );
});

test.each([
  ['DL/T 645', { dlt645: { address: '202107072529' } }, 1],
  ['DL/T 645 behind transformers', { dlt645: { address: '202107072529' }, ctRatio: 40 }, 40],
  ['CJ/T 188', { medium: 'water', cjt188: { address: '00112233445566' } }, 1],
] as const)(
  'a counter of %s goes round behind 999,999.99 though nobody told its digits',
  (_, way, ratio) => {
    const { digits: _digits, decimals: _decimals, ratedKw: _rated, ...plain } = meter;
    expect(
      differenceOf(999_999.5 * ratio, 0.3 * ratio, 15 * minuteMs, limitsOf({ ...plain, ...way })),
    ).toEqual({ type: 'used', value: expect.closeTo(0.8 * ratio, 6) });
  },
);
