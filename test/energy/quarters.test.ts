import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CounterLimits } from '../../energy/counter.ts';
import { countReading, newHourly } from '../../energy/hourly.ts';
import { addReading, newQuarters, type Quarter, quarterMs } from '../../energy/quarters.ts';
import { hourMs, minuteMs } from '../../model/time.ts';

const limits: CounterLimits = {
  ratio: 1,
  maxGapMs: 90 * minuteMs,
  closeMs: 20 * minuteMs,
  step: 0.01,
  isMultiplied: false,
  mayBeFloat: false,
};

/** Counts readings `[minute, counter]` as the engine does and spreads them over quarters. */
function quartersOf(readings: readonly (readonly [minute: number, value: number])[]): Quarter[] {
  let hourly = newHourly;
  let state = newQuarters;
  return readings.flatMap(([minute, value]) => {
    const at = minute * minuteMs;
    const counted = countReading(hourly, { at, value }, limits);
    hourly = counted.state;
    const added = addReading(state, at, counted.closed, hourly.open);
    state = added.state;
    return [...added.quarters];
  });
}

const told = (quarters: readonly Quarter[]) =>
  quarters.map(({ start, kwh, isMeasured }) => [
    start / quarterMs,
    Number(kwh.toFixed(6)),
    isMeasured,
  ]);

test('readings every quarter of an hour are its quarters, every minute their sums, every hour a quarter of it each', () => {
  expect(told(quartersOf([0, 1, 2, 3, 4, 5].map((n) => [15 * n, n * n])))).toEqual([
    [0, 1, true],
    [1, 3, true],
    [2, 5, true],
    [3, 7, true],
    [4, 9, true],
  ]);
  expect(told(quartersOf(Array.from({ length: 31 }, (_, n) => [n, n * 0.1])))).toEqual([
    [0, 1.5, true],
    [1, 1.5, true],
  ]);
  expect(
    told(
      quartersOf([
        [0, 0],
        [60, 8],
      ]),
    ),
  ).toEqual([0, 1, 2, 3].map((n) => [n, 2, true]));
});

test('a reading in the middle of a quarter belongs to both', () => {
  const readings = [0, 10, 20, 30].map((minute) => [minute, minute] as const);
  expect(told(quartersOf(readings))).toEqual([
    [0, 15, true],
    [1, 15, true],
  ]);
});

test('what lies in a gap is not measured', () => {
  const quarters = quartersOf([
    [0, 0],
    [15, 1],
    [200, 20],
    [240, 24],
  ]);
  expect(quarters.map(({ isMeasured }) => isMeasured)).toEqual([
    true,
    ...Array.from({ length: 15 }, () => false),
  ]);
});

test('the quarters of a whole number of hours come to what the counter did', () => {
  const steps = fc.array(
    fc.tuple(fc.integer({ min: 1, max: 80 }), fc.double({ min: 0, max: 9, noNaN: true })),
    {
      minLength: 1,
      maxLength: 40,
    },
  );
  fc.assert(
    fc.property(steps, (all) => {
      let [minute, value] = [0, 0];
      const readings: (readonly [number, number])[] = [[0, 0]];
      for (const [minutes, kwh] of all) {
        minute += minutes;
        value += kwh;
        readings.push([minute, value]);
      }
      const end = Math.ceil((minute * minuteMs) / hourMs) * 60;
      if (end > minute) readings.push([end, value]);
      const quarters = quartersOf(readings);
      const sum = quarters.reduce((total, { kwh }) => total + kwh, 0);
      expect(sum).toBeCloseTo(value, 6);
      expect(quarters.map(({ start }) => start / quarterMs)).toEqual(quarters.map((_, n) => n));
    }),
  );
});
