import { expect, test } from 'vitest';
import type { MonthFigure } from '../../energy/standing/figure.ts';
import { passingOf, soFarOf, yearUpTo } from '../../energy/standing/so-far.ts';
import { aMonth, byMonth, even, zone } from './month-figures.ts';

const limit = { item: 'electricity-kwh', year: 2026, calibre: 'calorific' } as const;

/** A month with the same on each of its days but for some. */
function daily(month: string, days: readonly number[]): MonthFigure {
  const figure = aMonth(month, { electricity: days.reduce((sum, each) => sum + each, 0) });
  return { ...figure, media: figure.media.map((medium) => ({ ...medium, days })) };
}

const of31 = (each: number): readonly number[] => Array.from({ length: 31 }, () => each);

test('a cap is passed by the day on which the sum is above it, not on which it is reached', () => {
  const figures = byMonth([aMonth('2026-01', { electricity: 1_000 }), daily('2026-03', of31(10))]);
  const at = (cap: number) => passingOf({ ...limit, cap }, figures, zone);
  expect(at(1_050)).toEqual({
    month: '2026-03',
    at: Date.parse('2026-03-07T00:00:00+08:00'),
    actual: expect.closeTo(1_060, 9),
  });
  expect(at(1_310)).toBeNull();
  // Passed in a month of which only the sum is known: that is told at its end.
  expect(at(900)).toBeNull();
});

test('what was corrected is spread as what was measured', () => {
  const measured = daily('2026-03', of31(10));
  const [medium] = measured.media;
  const corrected = { ...measured, media: medium ? [{ ...medium, value: 155 }] : [] };
  const passing = passingOf({ ...limit, cap: 99 }, byMonth([corrected]), zone);
  expect(passing?.at).toBe(Date.parse('2026-03-21T00:00:00+08:00'));
});

const running = { ...aMonth('2026-04', { electricity: 600 }) };
const tenDays = { ...running, to: Date.parse('2026-04-11T00:00:00+08:00') };
const asked = { figure: 'electricity-kwh', calibre: 'calorific', zone } as const;

test('a year so far is held against the same part of the year before', () => {
  const figures = byMonth([
    ...even(2025, { electricity: 1_000 }),
    ...even(2026, { electricity: 2_000 }, 3),
    tenDays,
  ]);
  expect(soFarOf(figures, tenDays, 12_000, asked)).toEqual({
    actual: 6_600,
    months: 4,
    allowance: expect.closeTo(3_333.333, 2),
    usedPct: expect.closeTo(198, 6),
  });
  expect(soFarOf(figures, tenDays, null, asked)).toMatchObject({ allowance: null, usedPct: null });
});

test('without a year before by its days, and months that are not known are in neither', () => {
  const figures = byMonth([...even(2026, { electricity: 2_000 }, 3), tenDays]);
  expect(soFarOf(figures, tenDays, 36_500, asked)?.allowance).toBeCloseTo(10_000, 6);
  const holed = byMonth([aMonth('2026-01', { electricity: 1_000 }), tenDays]);
  expect(soFarOf(holed, tenDays, 36_500, asked)).toMatchObject({
    actual: 1_600,
    months: 2,
    allowance: expect.closeTo(4_100, 6),
  });
  const unknown = { ...aMonth('2026-04', { electricity: null }), to: tenDays.to };
  expect(soFarOf(byMonth([unknown]), unknown, 36_500, asked)).toBeNull();
});

test('twelve months up to a day leave out as much of the oldest', () => {
  const figures = byMonth([
    ...even(2025, { electricity: 900 }),
    ...even(2026, { electricity: 900 }, 3),
    tenDays,
  ]);
  // 20 of 30 days of April 2025, eleven months, and ten days.
  expect(yearUpTo(figures, tenDays, asked)).toBeCloseTo(600 + 11 * 900 + 600, 6);
  expect(yearUpTo(byMonth([tenDays]), tenDays, asked)).toBeNull();
});
