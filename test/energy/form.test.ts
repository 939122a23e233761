import { describe, expect, test } from 'vitest';
import { baseOfMonth } from '../../energy/form/base.ts';
import { addCoal } from '../../energy/form/coal.ts';
import { type Form, formOf } from '../../energy/form/form.ts';
import { sumOfInstitutions } from '../../energy/form/join.ts';
import { book, cell, definition, methodOf, monthOf, october, value } from './form-kit.ts';

describe('a worked example with all media', () => {
  const calorific = monthOf('calorific');
  const equivalent = monthOf('equivalent');

  test('amounts, in the units of the form, are the same in both calibres', () => {
    for (const form of [calorific, equivalent]) {
      // 30,000 + 12,286 = 42,286 kWh.
      expect(value(form, 'electricity')).toBeCloseTo(4.2286, 9);
      expect(value(form, 'water-metered')).toBe(650);
      // 650 + 50.
      expect(value(form, 'water')).toBe(700);
      expect(value(form, 'natural-gas')).toBe(1_200);
      expect(value(form, 'heat')).toBe(300);
      expect(value(form, 'coal')).toBe(2);
      expect(value(form, 'lpg')).toBe(0.15);
      // 250 + 150 of vehicles, 20 beside.
      expect(value(form, 'gasoline')).toBe(420);
      expect(value(form, 'diesel')).toBe(150);
      expect(value(form, 'gasoline-cost')).toBe(3_200);
      // 42,286 kWh / 2,000 m²; 700 m³ / 100.
      expect(value(form, 'electricity-per-m2')).toBeCloseTo(21.143, 9);
      expect(value(form, 'water-per-head')).toBeCloseTo(7, 9);
    }
  });

  test('each item in standard coal, calorific', () => {
    const kgce = (code: string) => cell(calorific, code).energyKgce;
    // 42,286 kWh × 0.1229.
    expect(kgce('electricity')).toBeCloseTo(5_196.9494, 6);
    // 1,200 m³ × 1.33.
    expect(kgce('natural-gas')).toBeCloseTo(1_596, 6);
    // 300 GJ × 34.12.
    expect(kgce('heat')).toBeCloseTo(10_236, 6);
    // 2,000 kg × 0.7143.
    expect(kgce('coal')).toBeCloseTo(1_428.6, 6);
    // 150 kg × 1.7143.
    expect(kgce('lpg')).toBeCloseTo(257.145, 6);
    // 400 L × 0.73 kg/L = 292 kg × 1.4714; 20 L × 0.73 = 14.6 kg × 1.4714.
    expect(kgce('gasoline-vehicle')).toBeCloseTo(429.6488, 6);
    expect(kgce('gasoline-other')).toBeCloseTo(21.48244, 6);
    // 100 L × 0.84 = 84 kg × 1.4571; 50 L × 0.84 = 42 kg × 1.4571.
    expect(kgce('diesel-vehicle')).toBeCloseTo(122.3964, 6);
    expect(kgce('diesel-other')).toBeCloseTo(61.1982, 6);
    // 10 L × 0.8 = 8 kg × 1.4714.
    expect(kgce('kerosene')).toBeCloseTo(11.7712, 6);
    expect(kgce('other-energy')).toBe(500);
    expect(kgce('water-metered')).toBeNull();
  });

  test('together, by head and by area, calorific', () => {
    // 5,196.9494 + 1,596 + 10,236 + 1,428.6 + 257.145 + 429.6488 + 21.48244 + 122.3964 + 61.1982 + 11.7712 + 500 = 19,861.19144 kgce.
    expect(value(calorific, 'energy')).toBeCloseTo(19.86119144, 9);
    // / 100; / 2,000.
    expect(value(calorific, 'energy-per-head')).toBeCloseTo(198.6119144, 7);
    expect(value(calorific, 'energy-per-m2')).toBeCloseTo(9.93059572, 8);
    // 19,861.19144 − 429.6488 − 122.3964 = 19,309.14624 kgce; / 2,000.
    expect(value(calorific, 'building-energy')).toBeCloseTo(19.30914624, 9);
    expect(value(calorific, 'building-energy-per-m2')).toBeCloseTo(9.65457312, 8);
  });

  test('together, equivalent: electricity at 0.31 and gas at 1.2143, the rest as it was', () => {
    expect(cell(equivalent, 'electricity').energyKgce).toBeCloseTo(13_108.66, 6); // 42,286 × 0.31
    expect(cell(equivalent, 'natural-gas').energyKgce).toBeCloseTo(1_457.16, 6); // 1,200 × 1.2143
    // 13,108.66 + 1,457.16 + 10,236 + 1,428.6 + 257.145 + 451.13124 + 183.5946 + 11.7712 + 500 = 27,634.06204 kgce.
    expect(value(equivalent, 'energy')).toBeCloseTo(27.63406204, 9);
    expect(value(equivalent, 'energy-per-head')).toBeCloseTo(276.3406204, 7);
    expect(value(equivalent, 'energy-per-m2')).toBeCloseTo(13.81703102, 8);
  });

  test('CO2 has no calibre', () => {
    // 42,286 × 0.5306 + 1,200 × 2.184 + 300 × 110 + 2,000 × 2.174 + 150 × 3.166 + 420 × 2.179 + 150 × 2.718 + 10 × 2.539
    // = 22,436.9516 + 2,620.8 + 33,000 + 4,348 + 474.9 + 915.18 + 407.7 + 25.39 = 64,228.9216 kg.
    for (const form of [calorific, equivalent]) {
      expect(value(form, 'co2')).toBeCloseTo(64.2289216, 8);
      expect(value(form, 'co2-per-m2')).toBeCloseTo(32.1144608, 7);
    }
  });

  test('each factor says which set it is of, and no form has sets of both calibres', () => {
    const sets = (form: Form) => new Set(form.factors.map(({ set }) => set));
    expect([...sets(calorific)].sort()).toEqual([
      'co2-fuel-jst303-2026',
      'co2-grid-2023',
      'gbt2589-2020-calorific',
    ]);
    expect([...sets(equivalent)].sort()).toEqual([
      'co2-fuel-jst303-2026',
      'co2-grid-2023',
      'db37-2019-equivalent',
    ]);
  });

  test('each cell says what it is made of', () => {
    expect(cell(calorific, 'electricity').parts).toMatchObject([
      {
        type: 'meter',
        id: 'e1',
        value: 3,
        quality: 'measured',
        coverage: 1,
        share: expect.closeTo(30_000 / 42_286, 9),
      },
      { type: 'meter', id: 'e2', value: 1.2286 },
    ]);
    expect(cell(calorific, 'gasoline-vehicle').parts).toMatchObject([
      { type: 'vehicle', id: 'v1', name: '鲁P1', value: 250, entries: 5, share: 0.625 },
      { type: 'vehicle', id: 'v2', value: 150 },
    ]);
  });
});

describe('calibres do not mix', () => {
  const calorific = { calibre: 'calorific', kgce: 1 } as const;
  const equivalent = { calibre: 'equivalent', kgce: 1 } as const;

  test('neither for the compiler', () => {
    // @ts-expect-error of the other calibre
    expect(() => addCoal('calorific', [equivalent])).toThrow('cannot be added');
    // @ts-expect-error one of them is of the other calibre
    expect(() => addCoal('equivalent', [calorific, equivalent])).toThrow('cannot be added');
    const context = { method: methodOf('equivalent'), book };
    const base = baseOfMonth(definition, october, { method: methodOf('calorific'), book });
    const of = { edition: 'month', date: '2026-10-01', base, entered: {} } as const;
    // @ts-expect-error the figures are of the other calibre than the method
    expect(() => formOf(definition, of, context)).toThrow('cannot be added');
  });

  test('nor where the compiler was got round', () => {
    const sneaked = JSON.parse(JSON.stringify([calorific, equivalent]));
    expect(() => addCoal('calorific', sneaked)).toThrow('cannot be added');
    const institutions = JSON.parse('[]');
    for (const calibre of ['calorific', 'equivalent'] as const)
      institutions.push({
        id: calibre,
        name: calibre,
        base: baseOfMonth(definition, october, { method: methodOf(calibre), book }),
      });
    expect(() => sumOfInstitutions('calorific', institutions)).toThrow('cannot be added');
  });
});
