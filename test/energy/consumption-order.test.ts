import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dayMs, minuteMs } from '../../model/time.ts';
import { blind, hours, limits, reading, start, steady, told, total } from './counter-kit.ts';
import { disordered, numbers } from './random.ts';

test('offline for three days, swapped on the fourth, rolled over on the fifth', () => {
  const minute = (day: number, hour: number) => (day * 24 + hour) * 60;
  const before = steady(0, minute(0, 9), 5000);
  const back = steady(minute(3, 9), minute(4, 10), 5300);
  const swapped = steady(minute(4, 10) + 15, minute(7, 0), 999_930.5).map(({ at, value }) => ({
    at,
    value: value < 1e6 ? value : value - 1e6,
  }));
  const readings = [...before, ...back, ...swapped];
  const swaps = [
    { at: start + (minute(4, 10) + 5) * minuteMs, finalReading: 5400.3, firstReading: 999_930 },
  ];
  for (const [facts, ofSwap] of [
    [{ limits, swaps }, 0.8],
    [{ limits }, 0],
  ] as const) {
    const days = told(disordered(readings, numbers(5)), 'day', 7 * dayMs, facts);
    const parts = hours(readings, 7 * 24, facts);
    expect(parts.every(({ value }) => value !== null && value >= 0)).toBe(true);
    expect(Math.max(...parts.map(({ value }) => value ?? 0))).toBeLessThan(5);
    expect(days.map(({ quality }) => quality)).toEqual([
      'estimated',
      'estimated',
      'estimated',
      'estimated',
      'replaced',
      'measured',
      'measured',
    ]);
    expect(total(days.slice(0, 4))).toBe(5300 + 15 * 4 - 5000);
    expect(days[4]?.value).toBeCloseTo(40 + 55 + ofSwap, 6);
    expect(days.slice(5).map(({ value }) => value)).toEqual([96, 96]);
    expect(days[5]?.notes).toEqual(['rollover']);
    const flagged = parts.filter(({ quality }) => quality !== 'measured');
    expect(flagged).toHaveLength(3 * 24 + 1);
  }
});

const messy = fc.array(
  fc.record({
    minutes: fc.integer({ min: 0, max: 2000 }),
    value: fc.oneof(
      fc.integer({ min: 0, max: 100_000 }).map((n) => n / 100),
      fc.constantFrom(0, 999_999.99, 2 ** 31 / 100, 1e9),
      fc.double({ min: 0, max: 1e9, noNaN: true }),
    ),
  }),
  { maxLength: 60 },
);

test('whatever comes in whatever order: never negative, bounds hold the value, parts sum to the whole', () => {
  fc.assert(
    fc.property(messy, fc.integer(), fc.boolean(), (raw, seed, isRated) => {
      const readings = raw.map(({ minutes, value }) => reading(minutes, value));
      const facts = isRated ? { limits } : blind;
      const mixed = disordered(readings, numbers(seed));
      const parts = hours(mixed, 48, facts);
      expect(parts).toEqual(hours(readings, 48, facts));
      for (const { value, lower, upper, quality, coverage } of parts) {
        expect(quality === 'missing' ? value === null : true).toBe(true);
        expect(lower).toBeGreaterThanOrEqual(0);
        expect(upper ?? Number.POSITIVE_INFINITY).toBeGreaterThanOrEqual(lower);
        expect(coverage).toBeLessThanOrEqual(1);
        if (value === null) continue;
        expect(value).toBeGreaterThanOrEqual(lower);
        expect(value).toBeLessThanOrEqual((upper ?? Number.POSITIVE_INFINITY) + 1e-6);
      }
      for (const [n, day] of told(mixed, 'day', 2 * dayMs, facts).entries()) {
        const own = parts.slice(24 * n, 24 * n + 24);
        const known = own.filter(({ value }) => value !== null);
        expect(day.value ?? day.knownValue ?? 0).toBeCloseTo(total(known), 4);
        expect(day.value === null).toBe(known.length < 24);
      }
    }),
    { numRuns: 60 },
  );
});
