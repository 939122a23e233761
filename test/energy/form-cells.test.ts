import { describe, expect, test } from 'vitest';
import { baseOfMonth } from '../../energy/form/base.ts';
import { checkForm, valuesOf } from '../../energy/form/checks.ts';
import { cellsOf, parseForm } from '../../energy/form/definition.ts';
import { formOf } from '../../energy/form/form.ts';
import { sumOfInstitutions, yearOf } from '../../energy/form/join.ts';
import type { MeterUse } from '../../energy/indicators.ts';
import {
  book,
  cell,
  definition,
  entered,
  methodOf,
  monthOf,
  october,
  standard,
  use,
  value,
} from './form-kit.ts';

describe('units', () => {
  test('gas metered under pressure becomes standard cubic metres; without its state it is told', () => {
    const gas = {
      volumeCondition: 'working',
      temperatureC: 10,
      absolutePressureKpa: 103.325,
    } as const;
    const other = (over: Partial<MeterUse>) =>
      monthOf('calorific', {
        ...october,
        meters: [{ id: 'g', name: 'g', use: use('gas', 1_000, over) }],
      });
    // 1,000 × 103.325 / 101.325 × 293.15 / 283.15.
    expect(value(other({ gas }), 'natural-gas')).toBeCloseTo(1_055.7525, 3);
    const raw = other({});
    expect([value(raw, 'natural-gas'), cell(raw, 'natural-gas').stateKnown]).toEqual([
      1_000,
      false,
    ]);
    const checks = checkForm(definition, raw, { isOver: true });
    expect(checks.filter(({ code }) => code === 'gas-state')).toHaveLength(1);
  });

  test('a supplier’s heating value goes before the table', () => {
    // 35.169 MJ/m³ / 29.3076 = 1.2 kgce/m³.
    const gas = { ...standard, netHeatingValueMjPerM3: 35.16912 };
    const form = monthOf('calorific', {
      ...october,
      meters: [{ id: 'g', name: 'g', use: use('gas', 1_000, { gas }) }],
    });
    expect(cell(form, 'natural-gas').energyKgce).toBeCloseTo(1_200, 6);
  });

  test('heat is only where a heat meter is, and nothing is no zero', () => {
    const form = monthOf('calorific', { ...october, meters: [] });
    expect(cell(form, 'heat')).toMatchObject({ state: 'none', value: null, why: 'no-meter' });
    expect(cell(form, 'electricity')).toMatchObject({ state: 'none', value: null });
    expect(cell(form, 'electricity-per-m2')).toMatchObject({ state: 'none', value: null });
  });

  test('water is energy only as a working fluid', () => {
    const context = { method: { ...methodOf('calorific'), water: 'working-fluid' as const }, book };
    const base = baseOfMonth(definition, october, context);
    // 650 × 0.2571.
    expect(base.get('water-metered')?.coal?.kgce).toBeCloseTo(167.115, 6);
  });
});

describe('what is missing', () => {
  const holed = (over: Partial<MeterUse>) => ({
    ...october,
    meters: [
      { id: 'e1', name: 'e1', use: use('electricity', 30_000) },
      {
        id: 'e2',
        name: 'e2',
        use: use('electricity', null, { quality: 'missing', coverage: 0.5, ...over }),
      },
    ],
  });

  test('is not made up: the cell is null beside what is known, and all that rests on it too', () => {
    const form = monthOf('calorific', holed({ knownValue: 4_000 }));
    expect(cell(form, 'electricity')).toMatchObject({
      value: null,
      known: 3.4,
      state: 'missing',
      why: 'no-reading',
      coverage: 0.75,
    });
    for (const code of ['energy', 'energy-per-head', 'co2', 'electricity-per-m2'])
      expect(cell(form, code)).toMatchObject({
        value: null,
        state: 'missing',
        why: 'part-missing',
      });
    expect(checkForm(definition, form, { isOver: true })[0]).toMatchObject({
      code: 'readings-missing',
      severity: 'blocking',
      cell: 'electricity',
    });
  });

  test('may be entered from the bill; what was measured stays beside it', () => {
    const inputs = {
      ...holed({ knownValue: 4_000 }),
      entered: { electricity: entered(5, '供电公司账单') },
    };
    const form = monthOf('calorific', inputs);
    expect(cell(form, 'electricity')).toMatchObject({
      value: 5,
      measured: 3.4,
      energyKgce: expect.closeTo(6_145, 6),
      entered: { note: '供电公司账单' },
    });
    expect(checkForm(definition, form, { isOver: true }).map(({ code }) => code)).toContain(
      'entered-differs',
    );
  });

  test('heads and area that nobody recorded block the form', () => {
    const form = monthOf('calorific', { ...october, size: { newEnergyVehicles: 0 } });
    const blocking = checkForm(definition, form, { isOver: false }).filter(
      ({ severity }) => severity === 'blocking',
    );
    expect(blocking.map(({ code, cell: on }) => [code, on])).toEqual([
      ['not-over', null],
      ['size-missing', 'energy-users'],
      ['size-missing', 'floor-area'],
    ]);
  });
});

describe('checks against what was before', () => {
  const form = monthOf('calorific');
  const against = (values: Record<string, number | null>, over = {}) =>
    checkForm(definition, form, {
      isOver: true,
      last: { period: '2026-09', values: {} },
      lastYear: { period: '2025-10', values },
      ...over,
    })
      .filter(({ code }) => ['jump', 'zero', 'from-zero'].includes(code))
      .map(({ code, severity, cell: on }) => [code, severity, on]);

  test('thirty percent is still said nothing of', () => {
    expect(against({ electricity: 4.2286 / 1.3 + 1e-9 })).toEqual([]);
    expect(against({ electricity: 4.2286 / 1.301 })).toEqual([['jump', 'warning', 'electricity']]);
    expect(against({ electricity: 4.2286 / 0.69 })).toEqual([['jump', 'warning', 'electricity']]);
  });

  test('zero after something is a warning, something after nothing a word', () => {
    expect(against({ 'electricity-cost': 900 })).toEqual([['zero', 'warning', 'electricity-cost']]);
    expect(against({ coal: 0 })).toEqual([['from-zero', 'info', 'coal']]);
  });

  test('a season is no mistake: the month before weighs less where last year is known', () => {
    const last = { period: '2026-09', values: { heat: 100 } };
    expect(against({}, { last })).toEqual([['jump', 'warning', 'heat']]);
    expect(against({ heat: 290 }, { last })).toEqual([['jump', 'info', 'heat']]);
  });

  test('national values are named as such', () => {
    const odd = monthOf('calorific', {
      ...october,
      size: { energyUsers: 5, floorAreaM2: 2_000, newEnergyVehicles: 0 },
    });
    const found = checkForm(definition, odd, { isOver: true }).filter(
      ({ code }) => code === 'national',
    );
    expect(found.map(({ cell: on }) => on)).toEqual([
      'energy-per-head',
      'energy-per-m2',
      'water-per-head',
    ]);
    expect(found[0]?.text.zh).toContain('仅供判断是否合理');
  });

  test('what a form came to serves the checks of the next', () => {
    const values = valuesOf(form);
    expect([values['electricity'], values['authorised-staff'], values['electricity-cost']]).toEqual(
      [4.2286, undefined, 0],
    );
  });
});

describe('years and institutions', () => {
  const context = { method: methodOf('calorific'), book };
  const base = baseOfMonth(definition, october, context);
  const november = baseOfMonth(
    definition,
    { ...october, month: '2026-11', size: { ...october.size, energyUsers: 120 } },
    context,
  );
  const yearly = (entries = {}) =>
    formOf(
      definition,
      {
        edition: 'year',
        date: '2026-01-01',
        base: yearOf(definition, 'calorific', [base, november]),
        entered: entries,
      },
      context,
    );

  test('a year is the sum of its months, with the heads of its end', () => {
    const form = yearly();
    expect(value(form, 'electricity')).toBeCloseTo(8.4572, 9);
    expect(value(form, 'energy-users')).toBe(120);
    // 2 × 19,861.19144 / 120.
    expect(value(form, 'energy-per-head')).toBeCloseTo(331.01985733, 6);
    expect(cell(form, 'electricity').parts).toMatchObject([
      { id: 'e1', value: 6 },
      { id: 'e2', value: 2.4572 },
    ]);
  });

  test('the year has cells of its own, and what is entered for it stands for all months', () => {
    const form = yearly({ 'authorised-staff': entered(90), electricity: entered(9, '年度账单') });
    expect(value(form, 'authorised-staff')).toBe(90);
    expect(cell(form, 'electricity')).toMatchObject({
      value: 9,
      measured: expect.closeTo(8.4572, 9),
      energyKgce: expect.closeTo(11_061, 6),
    });
    expect(monthOf('calorific').cells.some(({ code }) => code === 'authorised-staff')).toBe(false);
  });

  test('institutions together, each of them a part', () => {
    const sum = sumOfInstitutions('calorific', [
      { id: 'a', name: '甲', base },
      { id: 'b', name: '乙', base: november },
    ]);
    const form = formOf(
      definition,
      { edition: 'month', date: '2026-10-01', base: sum, entered: {} },
      context,
    );
    expect(value(form, 'energy-users')).toBe(220);
    expect(value(form, 'energy')).toBeCloseTo(2 * 19.86119144, 8);
    expect(cell(form, 'heat').parts).toMatchObject([
      { type: 'institution', id: 'a', value: 300, share: 0.5 },
      { id: 'b' },
    ]);
  });
});

describe('the form as data', () => {
  test('cells change with the system in force', () => {
    const heat = (date: string) =>
      cellsOf(definition, 'month', date).find(({ code }) => code === 'heat')?.name.zh;
    expect([heat('2025-10-01'), heat('2025-11-01')]).toEqual([
      '热力消费量',
      '热力消费量（按热量收费）',
    ]);
    expect(definition.cells.every(({ verified }) => !verified)).toBe(true);
  });

  test('faults are told with their places', () => {
    const yaml = (cells: string) => `
name: f
title: { zh: 表, en: f }
issued: "2025-11-10"
source: { zh: 源, en: s }
notes: { zh: 注, en: n }
dueDay: 15
cells:
${cells}`;
    const one = (code: string, unit: string, source: string) =>
      `  - { code: ${code}, name: { zh: 甲, en: a }, unit: ${unit}, section: consumption, digits: 0, source: ${source} }\n`;
    expect(() => parseForm(yaml(one('a', 'kWh', '{ kind: entered }')))).toThrow('cells.0.unit');
    expect(() =>
      parseForm(yaml(one('a', 'm3', '{ kind: entered }') + one('a', 'm3', '{ kind: entered }'))),
    ).toThrow('stands here twice');
    expect(() => parseForm(yaml(one('s', 'm3', '{ kind: sum, of: [b] }')))).toThrow(
      'b does not stand before it',
    );
    expect(() =>
      parseForm(
        yaml(one('a', 'L', '{ kind: entered }') + one('s', 'm3', '{ kind: sum, of: [a] }')),
      ),
    ).toThrow('counted in another unit');
    expect(() =>
      parseForm(
        yaml(one('a', 't', '{ kind: entered }') + one('e', 't', '{ kind: energy, of: [a] }')),
      ),
    ).toThrow('want a unit of kgce');
  });
});
