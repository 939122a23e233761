import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { forecastYear } from '../../energy/standing/forecast.ts';
import { capStanding, targetStanding } from '../../energy/standing/goal.ts';
import type { Cap, Target } from '../../model/goals.ts';
import { byMonth, even } from './month-figures.ts';

describe('the forecast of a year', () => {
  const days = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  const season = [13, 11, 9, 7, 6, 8, 12, 12, 8, 6, 8, 12];
  const yearOf = (values: readonly (number | null)[]) =>
    days.map((each, n) => ({ days: each, value: values[n] ?? null }));
  const past = [yearOf(season.map((each) => each * 100))];

  test('follows the seasons of the year before', () => {
    const half = yearOf(season.map((each, n) => (n < 6 ? each * 110 : null)));
    const forecast = forecastYear(half, past);
    expect(forecast?.value).toBeCloseTo(11_200 * 1.1, 6);
    expect(forecast?.method.en).toContain('1 earlier full year');
    const byDays = forecastYear(half, []);
    expect(Math.abs((byDays?.value ?? 0) - 12_320)).toBeGreaterThan(100);
    const widthOf = (of: typeof forecast) => (of?.upper ?? 0) - (of?.lower ?? 0);
    expect(widthOf(byDays)).toBeGreaterThan(2 * widthOf(forecast));
  });

  test('is the year itself when every month is known, and nothing when none is', () => {
    const whole = forecastYear(past[0] ?? [], []);
    expect(whole).toMatchObject({ value: 11_200, lower: 11_200, upper: 11_200 });
    expect(forecastYear(yearOf([]), past)).toBeNull();
  });

  test('never promises less than was used already, and narrows as months come in', () => {
    const strays = fc.array(fc.double({ min: 0.7, max: 1.3, noNaN: true }), {
      minLength: 12,
      maxLength: 12,
    });
    fc.assert(
      fc.property(strays, fc.integer({ min: 3, max: 11 }), (each, known) => {
        const values = season.map((share, n) => share * 100 * (each[n] ?? 1));
        const forecast = forecastYear(
          yearOf(values.map((value, n) => (n < known ? value : null))),
          past,
        );
        const used = values.slice(0, known).reduce((sum, value) => sum + value, 0);
        expect(forecast?.lower).toBeGreaterThanOrEqual(used);
        expect(forecast?.upper).toBeGreaterThanOrEqual(forecast?.value ?? Number.NaN);
      }),
      { numRuns: 50 },
    );
  });

  test('holds the year within its interval about as often as it says', () => {
    let seed = 7;
    const random = () => {
      seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
      return seed / 2 ** 31;
    };
    const normal = () => Array.from({ length: 12 }, random).reduce((sum, x) => sum + x, -6);
    let held = 0;
    const runs = 400;
    for (let run = 0; run < runs; run++) {
      const values = season.map((share) => share * 100 * (1 + 0.08 * normal()));
      const total = values.reduce((sum, value) => sum + value, 0);
      const before = yearOf(season.map((share) => share * 100 * (1 + 0.08 * normal())));
      const forecast = forecastYear(yearOf(values.map((value, n) => (n < 6 ? value : null))), [
        before,
      ]);
      if (forecast && forecast.lower <= total && total <= forecast.upper) held++;
    }
    expect(held / runs).toBeGreaterThan(0.82);
    expect(held / runs).toBeLessThan(0.99);
  });
});

describe('targets and caps', () => {
  const target: Target = {
    id: 't1',
    institution: 'a',
    indicator: 'per-m2-kgce',
    year: 2026,
    baseYear: 2025,
    changePct: -3.5,
    calibre: 'calorific',
  };
  const figures = (kwh: number, upTo: number) =>
    byMonth([...even(2025, { electricity: 10_000 }), ...even(2026, { electricity: kwh }, upTo)]);

  test('the base is what was counted in the base year, where none is given', () => {
    const told = targetStanding(target, { figures: figures(9000, 6), upTo: '2026-06' });
    expect(told.baseFrom).toBe('measured');
    expect(told.goal).toBeCloseTo(((120_000 * 0.1229) / 5000) * 0.965, 9);
    expect(told.state).toBe('on-course');
    const given = targetStanding(
      { ...target, baseValue: 2 },
      { figures: figures(9000, 6), upTo: '2026-06' },
    );
    expect(given).toMatchObject({ baseFrom: 'given', goal: 1.93 });
  });

  test.each([
    [8500, 6, 'on-course'],
    [10_800, 6, 'at-risk'],
    [9700, 3, 'uncertain'],
    [9000, 2, 'unknown'],
    [10_800, 11, 'exceeded'],
    [9700, 12, 'missed'],
    [9600, 12, 'met'],
  ] as const)('%d kWh a month, %d months over: %s', (kwh, upTo, state) => {
    const upToMonth = `2026-${String(upTo).padStart(2, '0')}`;
    const told = targetStanding(target, { figures: figures(kwh, upTo), upTo: upToMonth });
    expect(told.state).toBe(state);
    expect(told.reason === null).toBe(state !== 'unknown');
  });

  test('nothing that lies later is looked at', () => {
    const whole = targetStanding(target, { figures: figures(10_800, 12), upTo: '2026-06' });
    const half = targetStanding(target, { figures: figures(10_800, 6), upTo: '2026-06' });
    expect(whole).toEqual(half);
  });

  test('a base year that is not known in full is no base', () => {
    const told = targetStanding(target, {
      figures: byMonth([
        ...even(2025, { electricity: 10_000 }, 9),
        ...even(2026, { electricity: 1 }),
      ]),
      upTo: '2026-12',
    });
    expect(told).toMatchObject({ goal: null, baseValue: null, state: 'unknown' });
    expect(told.reason?.en).toContain('2025-10');
  });

  test('a target is held against figures of its own calibre', () => {
    const equivalent = targetStanding(
      { ...target, calibre: 'equivalent' },
      { figures: figures(9000, 6), upTo: '2026-06' },
    );
    expect(equivalent.goal).toBeCloseTo(((120_000 * 0.31) / 5000) * 0.965, 9);
    expect(equivalent.actual).toBeCloseTo((54_000 * 0.31) / 5000, 9);
  });

  test('a cap is exceeded as soon as the months that are over are above it', () => {
    const cap: Cap = { id: 'k', institution: 'a', item: 'water-m3', year: 2026, cap: 1000 };
    const past = (upTo: number) => ({
      figures: byMonth(even(2026, { water: 150 }, upTo)),
      upTo: `2026-0${upTo}`,
    });
    expect(capStanding(cap, past(6)).state).toBe('at-risk');
    expect(capStanding(cap, past(7))).toMatchObject({ state: 'exceeded', actual: 1050 });
  });
});
