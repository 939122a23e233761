import { expect, test } from 'vitest';
import { amountIn } from '../../console/lib/forms.ts';
import { monthAtGlance, monthsOf } from '../../console/lib/weather.ts';

const month = (institution: string, name: string, dailyMeanC: Record<string, number>) => ({
  id: `${institution}.${name}`,
  version: 1,
  institution,
  month: name,
  dailyMeanC,
});

test('a month says how many of its days are known, and their mean and ends', () => {
  const known = { '2024-02-01': -3, '2024-02-29': 2 };
  expect(monthAtGlance(month('a', '2024-02', known))).toEqual({
    days: 2,
    of: 29,
    meanC: -0.5,
    coldestC: -3,
    warmestC: 2,
  });
  expect(monthAtGlance(month('a', '2026-12', {}))).toMatchObject({ days: 0, of: 31, meanC: null });
});

test('the months of one institution, the newest first', () => {
  const all = [month('a', '2025-12', {}), month('b', '2026-02', {}), month('a', '2026-01', {})];
  expect(monthsOf(all, 'a').map(({ month: name }) => name)).toEqual(['2026-01', '2025-12']);
});

test('an amount in ten thousands of a unit reads as one', () => {
  const unitName = { zh: '万kWh', en: '10,000 kWh' };
  expect(amountIn(3.72, { unitName, digits: 4 }, 'en')).toBe('3.72 × 10,000 kWh');
  expect(amountIn(3.72, { unitName, digits: 4 }, 'zh')).toBe('3.72 万kWh');
});
