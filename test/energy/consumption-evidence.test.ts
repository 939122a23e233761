import { expect, test } from 'vitest';
import type { Facts } from '../../energy/consumption/course.ts';
import { limitsOf } from '../../energy/counter.ts';
import type { Reading } from '../../energy/hourly.ts';
import { dayMs, minuteMs } from '../../model/time.ts';
import {
  blind,
  hours,
  limits,
  meter,
  reading,
  start,
  steady,
  told,
  unrated,
} from './counter-kit.ts';

/** What a counter's fall or jump is evidence of, and what it is not. */

const { digits: _, ...undeclared } = unrated;
const dark: Facts = { limits: limitsOf(undeclared) };

/** A reading every quarter of an hour: what a counter shows that counts so many a quarter, down ones too. */
function counting(first: number, modulus: number, ...changes: readonly number[]): Reading[] {
  let shown = first;
  return [
    reading(0, first),
    ...changes.map((change, n) => {
      shown = Math.round((shown + change + modulus) * 100) % Math.round(modulus * 100);
      shown /= 100;
      return reading(15 * (n + 1), shown);
    }),
  ];
}

const quarters = (count: number, each: number): number[] => Array(count).fill(each);

const most = (list: ReturnType<typeof hours>) =>
  Math.max(...list.map(({ value, lower }) => Math.max(value ?? 0, lower)));

test.each([
  ['u32 of hundredths', dark, 2 ** 32 / 100],
  ['i32 of hundredths', dark, 2 ** 31 / 100],
  ['six digits', blind, 1e6],
  ['six digits, rated', { limits }, 1e6],
])(
  '%s: running backwards past zero is neither a spike nor a wrong reading',
  (_name, facts, size) => {
    const changes = [...quarters(48, 2), ...quarters(16, -3.1), ...quarters(48, 2)];
    // It wraps four hours before it turns, and comes back over zero; so it does once more.
    const found = hours(counting(Math.floor(size) - 64, size, ...changes), 28, facts);
    expect(most(found)).toBeLessThanOrEqual(8);
    for (const back of found.slice(12, 16)) {
      expect(back.quality).not.toBe('measured');
      expect(back.upper === null || back.upper >= 12).toBe(true);
    }
    for (const forward of [...found.slice(0, 12), ...found.slice(17)])
      expect(forward).toMatchObject({ value: 8, quality: 'measured' });
  },
);

test('of a meter of which nothing is known yet neither end of its range is believed', () => {
  for (const facts of [blind, dark]) {
    for (const readings of [
      [reading(0, 5), reading(15, 999_990), reading(30, 999_980)],
      [reading(0, 999_990), reading(15, 5), reading(30, 10)],
    ]) {
      const [found] = hours(
        [...readings, reading(60, (readings.at(-1)?.value ?? 0) + 4)],
        1,
        facts,
      );
      expect(found?.quality).not.toBe('measured');
      expect(found?.value).toBeLessThan(10);
    }
  }
});

test('a counter of coarse steps that begins anew shortly before it would wrap has not wrapped', () => {
  const { digits, ctRatio } = { digits: 6, ctRatio: 40 };
  const modbus = { host: '127.0.0.1', port: 502, unit: 1, profile: 'generic' };
  const coarse = { limits: limitsOf({ ...unrated, digits, ctRatio, decimals: 0, modbus }) };
  const upTo = (last: number) =>
    counting(last - 24 * 40, 40e6, ...Array(12).fill([40, 40, 0, 0]).flat());
  const after = Array.from({ length: 24 }, (__, n) => reading(735 + 15 * n, 40 * (n >> 1)));
  for (const last of [39_999_600, 39_999_920]) {
    const [found] = hours([...upTo(last), ...after], 18, coarse).slice(12);
    expect(found).toMatchObject({ quality: 'reset', lower: 0 });
    expect(found?.value).toBeLessThanOrEqual(80);
  }
  const [wrapped] = hours([...upTo(39_999_960), ...after], 18, coarse).slice(12);
  expect(wrapped).toMatchObject({ quality: 'measured', notes: ['rollover'] });
});

test('a fall onto nothing at all, with many steps to go, is a counter that began anew', () => {
  const before = counting(999_961.53 - 48 * 30.1, 1e6, ...quarters(48, 30.1));
  const fallen = (to: number) =>
    hours(
      [...before, ...steady(735, 900, to).map(({ at }, n) => ({ at, value: to + 30.1 * n }))],
      14,
      {
        limits,
      },
    )[12];
  expect(fallen(0)).toMatchObject({ quality: 'reset', value: 90.3 });
  expect(fallen(1.2)).toMatchObject({ quality: 'measured', notes: ['rollover'] });
});

test('what falls no faster than the meter goes may have run backwards, rated or not', () => {
  const changes = [...quarters(48, 20), -19.95, 23.11, ...quarters(24, 20)];
  for (const facts of [blind, { limits }]) {
    const found = hours(counting(400, 1e6, ...changes), 18, facts);
    expect(found[12]).toMatchObject({ quality: 'replaced', notes: ['backwards'] });
    expect(found[12]?.upper === null || (found[12]?.upper ?? 0) > 80).toBe(true);
  }
});

test('up and down at its own pace is no spike, though it comes by where it was', () => {
  const changes = [...quarters(44, 2.5), 2.4, 3.4, 1.4, -1.4, -2.6, -3.1, ...quarters(8, -4), 2];
  const found = hours(counting(40, 1e6, ...changes), 14, blind);
  expect(found.flatMap(({ notes }) => notes)).not.toContain('wrong-reading');
  expect(found[11]).toMatchObject({ quality: 'replaced' });
  expect(found[11]?.lower).toBeCloseTo(7.19, 6);
});

test('a wrong reading of a counter that has only begun is one by what the circuit can do', () => {
  const wrong = [...quarters(48, 20), 34.59, 8.98, ...quarters(22, 12)];
  const readings = counting(42_949_672 - 46 * 20, 2 ** 32 / 100, ...wrong).map((each, n) =>
    n === 48 ? { ...each, value: 0 } : each,
  );
  const found = hours(readings, 17, dark);
  expect(found[11]).toMatchObject({ notes: ['rollover', 'wrong-reading'] });
  expect(found.every(({ lower, value }) => lower <= (value ?? 0) && (value ?? 0) <= 90)).toBe(true);
  expect(found.map(({ quality }) => quality)).not.toContain('reset');
});

test('where the steps of a float double, the bounds still hold what rounding hides', () => {
  const { decimals: __, ...about } = undeclared;
  const counted = Array.from({ length: 9 }, (___, n) => 2 ** 20 - 40.031 + 16.5 * n);
  const readings = counted.map((value, n) => reading(15 * n, Math.fround(value)));
  for (const { lower, upper } of hours(readings, 2, { limits: limitsOf(about) })) {
    expect(lower).toBeLessThanOrEqual(66);
    expect(upper).toBeGreaterThanOrEqual(66);
    expect((upper ?? 0) - lower).toBeLessThan(0.3);
  }
  const [first] = hours([reading(0, 2 ** 20 - 1.9375), reading(60, 2 ** 20 + 2)], 1, {
    limits: limitsOf({ ...about, everyS: 3600 }),
  });
  expect(first).toMatchObject({ value: 3.9375, upper: 4.0625 });
  // Half a step of each of both readings.
  expect(first?.lower).toBeLessThanOrEqual(3.9375 - 0.03125 - 0.0625);
});

test.each([
  [40, 60],
  [60, 40],
])(
  'whole steps behind a ratio that changes from %i to %i: the day’s bounds hold the truth',
  (before, after) => {
    const modbus = { host: '127.0.0.1', port: 502, unit: 1, profile: 'generic' };
    const facts = {
      limits: limitsOf({ ...meter, decimals: 0, ctRatio: after, modbus }),
      ratioChanges: [{ at: start + 12 * 60 * minuteMs + 7 * minuteMs, before, after }],
    };
    // What is hidden of the first step, and what is counted up to the change and from there on.
    for (const [hidden, upTo, since] of [
      [0.97, 1, 1.06],
      [0.001, 0.97, 1],
      [0.5, 0.3, 2.2],
    ] as const) {
      const count = (minute: number) =>
        500 +
        hidden +
        (upTo * Math.min(minute, 727)) / 727 +
        (since * Math.max(0, minute - 727)) / 713;
      const readings = Array.from({ length: 97 }, (__, n) =>
        reading(15 * n, Math.floor(count(15 * n)) * (n <= 48 ? before : after)),
      );
      const truth = upTo * before + since * after;
      const [day] = told(readings, 'day', dayMs, facts);
      expect(day?.lower).toBeLessThanOrEqual(truth);
      expect(day?.upper).toBeGreaterThanOrEqual(truth);
      expect((day?.upper ?? 0) - (day?.lower ?? 0)).toBeLessThanOrEqual(120);
    }
  },
);

test('a counter of coarse steps that wraps, and hours later runs back over zero, was not wrong meanwhile', () => {
  const facts = { limits: limitsOf({ ...meter, decimals: 0, digits: 6 }) };
  const up = Array(16).fill([0, 0, 1]).flat();
  const changes = [...up, ...up.map((change) => -change), ...up];
  const found = hours(counting(1e6 - 8, 1e6, ...changes), 36, facts);
  expect(found.flatMap(({ notes }) => notes)).not.toContain('wrong-reading');
  expect(most(found)).toBeLessThanOrEqual(2);
  for (const forward of [...found.slice(0, 11), ...found.slice(26)])
    expect(forward.quality).toBe('measured');
  for (const back of found.slice(13, 23)) expect(back.quality).not.toBe('measured');
});

test('beside a fall of one coarse step another may be hidden, up and down', () => {
  const coarse = { limits: limitsOf({ ...meter, digits: 7, decimals: 0 }) };
  // Counted 100.1, up to 101.9, down to 100.05, up to 100.95.
  const readings = [100, 101, 101, 101, 101, 101, 100, 100, 100, 100, 100, 101, 102].map(
    (value, n) => reading(15 * n, value),
  );
  const [, second] = hours(readings, 3, coarse);
  expect(second).toMatchObject({ quality: 'replaced', notes: ['backwards'] });
  const [beside] = told(readings, 'quarter', 60 * minuteMs, coarse).slice(2);
  expect(beside).toMatchObject({ value: 0, lower: 0, upper: 2 });
});

test('a fall of one coarse step is no wrong reading’s end', () => {
  const modbus = { host: '127.0.0.1', port: 502, unit: 1, profile: 'generic' };
  const facts = { limits: limitsOf({ ...unrated, decimals: 0, ctRatio: 60, modbus }) };
  const values = [0, 0, 60, ...quarters(8, 120), 60, 60, 60, 0, 60, 120, 180, 240];
  const found = hours(
    values.map((value, n) => reading(15 * n, value)),
    4,
    facts,
  );
  expect(found.flatMap(({ notes }) => notes)).not.toContain('wrong-reading');
  expect(found.flatMap(({ notes }) => notes)).toContain('backwards');
});
