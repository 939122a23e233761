import { expect, test } from 'vitest';
import type { IndicatorsView } from '../../api/contract.ts';
import { figuresAsked, lastMonth, warningsOf } from '../../console/lib/figures.ts';
import { texts } from '../../console/texts/index.ts';

test('nothing chosen is the month before this one, in the calorific calibre', () => {
  expect(figuresAsked(new URLSearchParams(), 'hq', '2026-11-22')).toEqual({
    institution: 'hq',
    year: 2026,
    month: 10,
    calibre: 'calorific',
  });
  expect(lastMonth('2027-01-03')).toEqual({ year: 2026, month: 12 });
});

test('what is chosen stands in the address; what cannot be is not taken', () => {
  const asked = (query: string) => figuresAsked(new URLSearchParams(query), 'hq', '2026-11-22');
  expect(asked('year=2025&month=3&calibre=equivalent')).toMatchObject({
    year: 2025,
    month: 3,
    calibre: 'equivalent',
  });
  expect(asked('month=all').month).toBeUndefined();
  expect(asked('year=abc&month=13&calibre=both')).toEqual(asked(''));
});

const figures: IndicatorsView = {
  year: 2026,
  month: 10,
  factorSet: 'a',
  calibre: 'calorific',
  energyKgce: 1,
  co2Kg: 1,
  perHeadKgce: 1,
  perM2Kgce: 1,
  co2PerM2Kg: 1,
  electricityPerM2Kwh: 1,
  waterPerHeadM3: 1,
  coverage: 1,
  quality: 'measured',
  grid: 'national',
  water: 'excluded',
  parts: [],
};

test('whole figures need no warning; every other one says what is wrong', () => {
  const of = (over: Partial<IndicatorsView>) => warningsOf({ ...figures, ...over }, texts.zh);
  expect(of({})).toEqual([]);
  expect(of({ quality: 'missing' })).toEqual([texts.zh.figures.partial]);
  expect(of({ quality: 'estimated' })).toEqual([texts.zh.figures.estimated]);
  expect(of({ quality: 'replaced' })).toEqual([texts.zh.figures.broken]);
  expect(of({ perHeadKgce: null })).toEqual([texts.zh.figures.sizeMissing]);
  expect(of({ energyKgce: null, perHeadKgce: null, perM2Kgce: null })).toEqual([]);
});
