import { expect, test } from 'vitest';
import type { InstitutionPageView, StretchFigures } from '../../api/contract.ts';
import {
  amountText,
  changeOf,
  changeText,
  figureOf,
  itemsOf,
  monthPairs,
} from '../../console/lib/institution.ts';
import { unitText } from '../../console/lib/standing.ts';
import { texts } from '../../console/texts/index.ts';

type Medium = StretchFigures['media'][number];

const part = (medium: Medium['medium'], value: number, more: Partial<Medium> = {}): Medium => ({
  medium,
  unit: medium === 'electricity' ? 'kWh' : 'm³',
  value,
  energyKgce: medium === 'water' ? null : value * 0.1229,
  co2Kg: null,
  quality: 'measured',
  coverage: 1,
  ...more,
});

const figures = (from: string, media: readonly Medium[]): StretchFigures => ({
  from: `${from}T00:00:00+08:00`,
  to: `${from}T01:00:00+08:00`,
  energyKgce: media.find(({ medium }) => medium === 'electricity')?.energyKgce ?? null,
  co2Kg: null,
  perHeadKgce: 3,
  perM2Kgce: null,
  co2PerM2Kg: null,
  electricityPerM2Kwh: null,
  waterPerHeadM3: null,
  quality: 'measured',
  coverage: 1,
  media,
});

const own = figures('2026-01-01', [part('electricity', 90), part('water', 5)]);
const before = figures('2025-01-01', [part('electricity', 100)]);

test('what was used is compared with the year before', () => {
  const change = changeOf(
    figureOf(own, 'electricity', '人'),
    figureOf(before, 'electricity', '人'),
  );
  expect(change?.share).toBeCloseTo(-0.1, 12);
  expect(change?.isSure).toBe(true);
  expect(changeText(-0.1, 'zh')).toBe('−10 %');
  expect(changeText(0.0004, 'en')).toBe('0 %');
  expect(changeText(0.123, 'en')).toBe('+12.3 %');
});

test('what is known in part is not compared, and what nearly all is known of only about', () => {
  const whole = figureOf(before, 'electricity', '人');
  const with95 = (coverage: number) =>
    figureOf(
      figures('2026-01-01', [part('electricity', 90, { quality: 'missing', coverage })]),
      'electricity',
      '人',
    );
  expect(changeOf(with95(0.6), whole)).toBeUndefined();
  expect(changeOf(with95(0.97), whole)).toMatchObject({ isSure: false });
  expect(changeOf(figureOf(own, 'gas', '人'), whole)).toBeUndefined();
  expect(changeOf(whole, { ...whole, value: 0 })).toBeUndefined();
});

test('water that is missing takes nothing from the energy', () => {
  const media = [part('electricity', 90), part('water', 5, { quality: 'missing', coverage: 0.1 })];
  const dry = figures('2026-01-01', media);
  expect(figureOf(dry, 'energy', '人').known).toBe('whole');
  expect(figureOf(dry, 'waterPerHead', '人').known).toBe('partly');
  expect(figureOf(dry, 'perHead', 'person')).toMatchObject({ value: 3, unit: 'kgce/person' });
});

const page = {
  year: 2026,
  yearSoFar: { own, before },
  yearBefore: before,
  months: [before, own],
} as unknown as InstitutionPageView;

test('only what there is anything of is shown', () => {
  expect(itemsOf(page)).toEqual(['electricity', 'water', 'energy', 'perHead']);
});

test('months stand beside those of the year before', () => {
  const [january, february] = monthPairs(page, 'electricity', '人');
  expect(january?.own?.value).toBe(90);
  expect(january?.before?.value).toBe(100);
  expect(february).toEqual({ month: 2, own: undefined, before: undefined });
});

test('small amounts keep what they say, big ones no decimals', () => {
  expect(amountText(0.000_44, 'kgce/m²', 'zh')).toBe('0.00044 kgce/m²');
  expect(amountText(0, 'kWh', 'zh')).toBe('0 kWh');
  expect(amountText(12_345.6, 'kWh', 'zh')).toBe('12,346 kWh');
  expect(amountText(12.34, 'kWh', 'zh')).toBe('12.3 kWh');
  expect(amountText(null, 'kWh', 'zh')).toBe('—');
  expect(unitText('kgce/person', texts.zh)).toBe('kgce/人');
});
