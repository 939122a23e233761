import { expect, test } from 'vitest';
import { consumptionIn } from '../../energy/consumption/consumption.ts';
import { dayMs } from '../../model/time.ts';
import { meterYear, quarterMs } from './meter-year.ts';
import { disordered, numbers } from './random.ts';
import { checkYear, factsOf } from './year-check.ts';

const from = Date.parse('2026-01-01T00:00:00+08:00');
const days = 366;
const to = from + days * dayMs;

const years = Array.from({ length: 24 }, (_, n) =>
  meterYear(n, { from, days, everyMs: 2 * quarterMs }),
);

test('the years hold every fault, and counters that wrap', () => {
  const faults = new Set(years.flatMap(({ labels }) => labels.map(({ fault }) => fault)));
  expect([...faults].sort()).toEqual([
    'backwards',
    'gap',
    'ratio',
    'reset',
    'swap',
    'swap-recorded',
    'wrong-readings',
  ]);
  expect(years.reduce((sum, { rollovers }) => sum + rollovers, 0)).toBeGreaterThan(10);
});

test('months are the truth to the counter’s step or flagged, and no hour is silently wrong', () => {
  const checked = years.map((year) => checkYear(year, from, to));
  const problems = checked.flatMap((each) => each.problems);
  expect(problems.slice(0, 12), `${problems.length} problems`).toEqual([]);
  const sum = (pick: (each: (typeof checked)[number]) => number) =>
    checked.reduce((total, each) => total + pick(each), 0);
  expect(sum(({ exactMonths }) => exactMonths)).toBeGreaterThan(90);
  expect(sum(({ flaggedMonths }) => flaggedMonths)).toBeGreaterThan(80);
  expect(sum(({ measuredHours }) => measuredHours)).toBeGreaterThan(24 * 24 * 300);
}, 60_000);

test('the check itself can fail', () => {
  const year = meterYear(0, { from, days: 40, everyMs: 2 * quarterMs });
  const skewed = year.readings.map(({ at, value }, n) => ({
    at,
    value: n > 900 ? value + 50 : value,
  }));
  const { problems } = checkYear(year, from, from + 40 * dayMs, skewed);
  expect(problems.join()).toContain('silently wrong');
  expect(problems.join()).toMatch(/not exact|not flagged|bound/);
});

test('random order and repeated readings change nothing', () => {
  for (const year of years.slice(0, 6)) {
    const mixed = disordered(year.readings, numbers(77));
    expect(mixed.length).toBeGreaterThan(year.readings.length);
    const grid = [{ from, to }];
    expect(consumptionIn(mixed, 'hour', grid, factsOf(year))).toEqual(
      consumptionIn(year.readings, 'hour', grid, factsOf(year)),
    );
  }
}, 60_000);
