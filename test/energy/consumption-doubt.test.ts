import { expect, test } from 'vitest';
import type { Facts } from '../../energy/consumption/course.ts';
import type { Interval } from '../../energy/consumption/interval.ts';
import { limitsOf } from '../../energy/counter.ts';
import type { Reading } from '../../energy/hourly.ts';
import { dayMs } from '../../model/time.ts';
import { blind, hours, limits, meter, reading, told, total, unrated } from './counter-kit.ts';

/** Readings that may be wrong and may be right: nothing is told that holds in one case alone. */

const { digits: _, ...undeclared } = unrated;
const dark: Facts = { limits: limitsOf(undeclared) };

/** A reading every quarter of an hour, from the start on. */
const quarterly = (values: readonly number[]): Reading[] =>
  values.map((value, n) => reading(15 * n, Math.round(value * 100) / 100));

/** Values that go on by each of the changes. */
const going = (first: number, ...changes: readonly number[]): number[] => {
  let at = first;
  return [first, ...changes.map((change) => (at += change))];
};

const times = (count: number, each: number): number[] => Array(count).fill(each);

/** So much was truly used in each hour: nothing told contradicts it. */
function mayBe(found: readonly Interval[], truth: readonly number[]): void {
  for (const [n, used] of truth.entries()) {
    const hour = found[n];
    expect(hour?.lower, `hour ${n}`).toBeLessThanOrEqual(used + 0.001);
    expect(hour?.upper ?? Number.POSITIVE_INFINITY, `hour ${n}`).toBeGreaterThanOrEqual(used);
    if (hour?.quality === 'measured') expect(hour.value, `hour ${n}`).toBeCloseTo(used, 1);
  }
}

/** Counts ten a quarter for twelve hours, wraps and shows 4. */
const ontoFour = going(999_524, ...times(48, 10)).map((value) => value % 1e6);

test('a zero shortly after a wrap is a wrong reading, or the counter began anew', () => {
  for (const facts of [{ limits }, blind]) {
    const readings = quarterly([...ontoFour, 0, ...going(10, ...times(14, 3))]);
    const found = hours(readings, 16, facts);
    // From 4 on to 10 it used 6; or 3, and 10 from zero on.
    mayBe(found, [...times(12, 40), 6 + 6, 12, 12, 12]);
    mayBe(found, [...times(12, 40), 3 + 10 + 6, 12, 12, 12]);
    expect(found[12]).toMatchObject({ value: 12, quality: 'reset' });
    expect(found[12]?.lower).toBeCloseTo(11.98, 6);
    expect(found.filter(({ quality }) => quality === 'measured')).toHaveLength(15);
  }
});

test('what looks like the counter’s return, and falls to zero again, may be as wrong as the zero before it', () => {
  for (const facts of [{ limits }, blind]) {
    const readings = quarterly([...ontoFour, 5.5, 0, 11, 0, ...going(11.5, ...times(11, 2))]);
    const found = hours(readings, 16, facts);
    mayBe(found, [...times(12, 40), 6, 9.5, 8, 8]);
    expect(found.slice(14).every(({ quality }) => quality === 'measured')).toBe(true);
  }
});

test('one reading above both its neighbours, that the circuit may just have counted, is not held to be true', () => {
  const readings = quarterly([
    ...going(100, ...times(48, 10)),
    594,
    ...going(582, ...times(14, 3)),
  ]);
  for (const facts of [{ limits }, blind]) {
    const found = hours(readings, 16, facts);
    mayBe(found, [...times(12, 40), 2 + 6, 12, 12, 12]);
    expect(found[12]).toMatchObject({ value: 8 });
    expect(found[12]?.quality).not.toBe('measured');
  }
});

test('a counter that runs backwards slowly past zero, and comes over it again within a day, was never wrong', () => {
  for (const [facts, size] of [
    [{ limits }, 1e6],
    [blind, 1e6],
    [dark, 2 ** 31 / 100],
    [dark, 2 ** 32 / 100],
  ] as const) {
    const changes = [...times(48, 2.2), ...times(36, -3.1), ...times(48, 9)];
    const shown = going(-4.6, ...changes).map((value) => (value + size) % size);
    const found = hours(quarterly(shown), 33, facts);
    expect(found.flatMap(({ notes }) => notes)).not.toContain('wrong-reading');
    mayBe(found, [...times(12, 8.8), ...times(9, 12.4), ...times(12, 36)]);
    for (const back of found.slice(12, 21)) expect(back.quality).not.toBe('measured');
    for (const forward of found.slice(22)) expect(forward.quality).toBe('measured');
  }
});

test('a counter of coarse steps that wraps and soon begins anew was right up to then', () => {
  const modbus = { host: '127.0.0.1', port: 502, unit: 1, profile: 'generic' };
  const coarse = { limits: limitsOf({ ...unrated, ctRatio: 40, decimals: 0, modbus }) };
  const upTo = going(40e6 - 24 * 40, ...Array(24).fill([40, 0]).flat()).map(
    (value) => value % 40e6,
  );
  const after = [0, 40, 80, 80, 120, 0, 0, 40, 40, 80, 80, 80, 120, 120, 120, 160];
  const found = hours(quarterly([...upTo, ...after]), 15, coarse);
  expect(found.flatMap(({ notes }) => notes)).not.toContain('wrong-reading');
  expect(found[12]).toMatchObject({ value: 80, quality: 'measured' });
  expect(found[13]).toMatchObject({ quality: 'reset', notes: ['reset'] });
});

test('a zero where the counter was about to wrap may be wrong, and so may what follows it: it may have wrapped beside it', () => {
  for (const facts of [{ limits }, blind])
    for (const wrong of [[0], [0, 1_399_993, 0]]) {
      const upTo = going(999_988 - 470, ...times(47, 10));
      const after = going(9, ...times(16 - wrong.length, 6));
      const found = hours(quarterly([...upTo, ...wrong, ...after]), 16, facts);
      const quarters = wrong.length + 1;
      const since = 6 * (4 - wrong.length);
      // It wrapped, and 21 lie between; or it began anew at the first zero, after what nobody knows.
      const each = 21 / quarters;
      mayBe(found, [...times(11, 40), 30 + each, 21 - each + since, 24, 24]);
      mayBe(found, [...times(11, 40), 30 + 5, 9 + since, 24, 24]);
      for (const doubtful of found.slice(11, 13)) expect(doubtful.quality).toBe('reset');
      expect(found.filter(({ quality }) => quality === 'measured')).toHaveLength(14);
    }
});

test('a counter that runs backwards turns where it turns', () => {
  const changes = [...times(48, 3), ...times(18, -3), ...times(14, 3.2)];
  const found = hours(quarterly(going(5000, ...changes)), 20, { limits });
  mayBe(found, [...times(12, 12), ...times(4, 12), 12.4, ...times(3, 12.8)]);
  expect(found.slice(17).every(({ quality }) => quality === 'measured')).toBe(true);
  expect(found[16]).toMatchObject({ value: 6.4, quality: 'replaced', notes: ['backwards'] });
});

test('a counter of coarse steps that runs backwards, stands, and runs forward again was never wrong', () => {
  const modbus = { host: '127.0.0.1', port: 502, unit: 1, profile: 'generic' };
  const coarse = { limits: limitsOf({ ...meter, ctRatio: 40, decimals: 0, modbus }) };
  // A step an hour forward, one every hour back, then nothing for five hours, and forward again.
  const still = times(3, 0);
  const changes = [
    ...Array(12)
      .fill([...still, 40])
      .flat(),
    ...Array(6)
      .fill([...still, -40])
      .flat(),
    ...times(19, 0),
    ...Array(6)
      .fill([40, ...still])
      .flat(),
  ];
  const found = hours(quarterly(going(4000, ...changes)), 28, coarse);
  expect(found.flatMap(({ notes }) => notes)).not.toContain('wrong-reading');
  for (const hour of found.slice(12, 18)) expect(hour.quality).not.toBe('measured');
  mayBe(found, [...times(18, 40), ...times(4, 0), ...times(6, 40)]);
  for (const hour of found.slice(18)) expect(hour).toMatchObject({ quality: 'measured' });
  expect(total(found.slice(18))).toBe(240);
});

test('a meter that is read once a day: one reading far above or below both its neighbours counts nothing', () => {
  for (const facts of [
    { limits: limitsOf({ ...unrated, everyS: 86_400 }) },
    { limits: limitsOf({ ...meter, everyS: 86_400 }) },
  ])
    for (const wrong of [6000, 0, 1.3]) {
      const values = [1000, 1104, 1201, wrong, 1409, 1500, 1604];
      const readings = values.map((value, n) => reading(24 * 60 * n, value));
      const days = told(readings, 'day', 6 * dayMs, facts);
      expect(total(days)).toBe(604);
      expect(days.map(({ quality }) => quality)).toEqual(Array(6).fill('estimated'));
      expect(days[2]).toMatchObject({ value: 104, notes: ['wrong-reading'] });
    }
});

test('ten coarse steps at once, of a circuit that never made two, are another meter though nothing is known of it', () => {
  const modbus = { host: '127.0.0.1', port: 502, unit: 1, profile: 'generic' };
  const coarse = { limits: limitsOf({ ...unrated, ctRatio: 40, decimals: 0, modbus }) };
  const changes = Array(24).fill([40, 0]).flat();
  const found = hours(quarterly(going(80_000, ...changes, 400, ...changes)), 24, coarse);
  mayBe(found, [...times(12, 80), 80, ...times(11, 80)]);
  expect(found[12]).toMatchObject({ quality: 'replaced' });
});

test('a counter that is read every minute goes as fast as it does when it is read every quarter of an hour', () => {
  const shown = [...going(250_000, ...times(122, 1)), ...going(3, ...times(117, 1))];
  // Of 13 and 15: it was wrong, or it began anew once more and then counted 8 in a minute.
  const minutes = shown.map((value, minute) => reading(minute, minute === 134 ? 7 : value));
  const isKept = (minute: number) => minute % 15 === 0 || (minute > 117 && minute < 140);
  const fewer = minutes.filter((_reading, minute) => isKept(minute));
  for (const facts of [{ limits }, blind]) {
    const found = hours(minutes, 4, facts);
    mayBe(found, [60, 60, 2 + 10 + 2 + 45, 60]);
    expect(found[2]).toMatchObject({ value: 59, quality: 'reset' });
    expect(hours(fewer, 4, facts).map(({ lower }) => lower)).toEqual(
      found.map(({ lower }) => lower),
    );
  }
});

/** Read once a day: about a hundred each. */
const daily: Facts = { limits: limitsOf({ ...unrated, everyS: 86_400 }) };
const daysOf = (...changes: readonly number[]) =>
  told(
    going(1000, ...changes).map((value, n) => reading(24 * 60 * n, value)),
    'day',
    changes.length * dayMs,
    daily,
  );
const usual = Array.from({ length: 20 }, (_, n) => 90 + ((n * 7) % 20));

test('a meter that is read once a day and once counts ten times what it did in weeks may have been replaced', () => {
  for (const jump of [1_200, 50_000]) {
    const days = daysOf(...usual, jump, ...usual);
    expect(days[20]).toMatchObject({
      value: null,
      lower: 0,
      upper: null,
      quality: 'missing',
      notes: ['replaced'],
    });
    const others = days.toSpliced(20, 1);
    expect(others.map(({ value }) => value)).toEqual([...usual, ...usual]);
    expect(others.every(({ quality }) => quality === 'estimated')).toBe(true);
  }
});

test('what a meter that is read once a day goes on with, or has stood still before, or of which little is known, it counted', () => {
  for (const changes of [
    [...usual, 5_000, 6_000, ...usual],
    [...usual, ...times(3, 5_000)],
    [...times(20, 0), 5_000, ...times(5, 0)],
    [...usual.slice(0, 13), 5_000, ...usual],
    [...usual, 1_000, ...usual],
    [...usual, 50_000],
  ]) {
    const days = daysOf(...changes);
    expect(days.map(({ value }) => value)).toEqual(changes);
    expect(days.every(({ quality }) => quality === 'estimated')).toBe(true);
  }
});
