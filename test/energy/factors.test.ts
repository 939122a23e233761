import { expect, test } from 'vitest';
import { loadFactorSets, parseFactorSet } from '../../energy/factor-set.ts';
import { createFactorBook } from '../../energy/factors.ts';
import { isAppError } from '../../model/errors.ts';

const sets = loadFactorSets();
const book = createFactorBook(sets);
const national = { grid: 'national' } as const;

function faultsOf(run: () => unknown): readonly string[] {
  try {
    run();
  } catch (error) {
    if (isAppError(error)) return error.faults.map(({ path }) => path);
    throw error;
  }
  return [];
}

/** Written down a second time, from the table of the standard and not from the files. */
const table = [
  ['electricity', 0.1229],
  ['natural-gas', 1.33],
  ['heat', 34.12],
  ['fresh-water', 0.2571],
  ['raw-coal', 0.7143],
  ['coke', 0.9714],
  ['crude-oil', 1.4286],
  ['fuel-oil', 1.4286],
  ['gasoline', 1.4714],
  ['kerosene', 1.4714],
  ['diesel', 1.4571],
  ['lpg', 1.7143],
  ['lng', 1.7572],
] as const;

test.each(table)('%s is %d kgce in the calorific calibre', (item, value) => {
  const factor = book.coal(item, 'calorific', '2026-11-01');
  expect(factor).toMatchObject({ value, set: 'gbt2589-2020-calorific' });
});

test('a kilowatt-hour is 0.31 kgce in the equivalent calibre, and says where that is from', () => {
  const factor = book.coal('electricity', 'equivalent', '2026-11-01');
  expect(factor).toMatchObject({ value: 0.31, set: 'db37-2019-equivalent', verified: false });
  expect(factor.source.en).toContain('DB37');
  expect(book.coal('natural-gas', 'equivalent', '2026-11-01').value).toBe(1.2143);
});

test('a hundred thousand kilowatt-hours are 12.29 t in one calibre and 31.0 t in the other', () => {
  const kwh = 100_000;
  const of = (calibre: 'calorific' | 'equivalent') =>
    (kwh * book.coal('electricity', calibre, '2026-01-01').value) / 1000;
  expect(of('calorific')).toBeCloseTo(12.29, 9);
  expect(of('equivalent')).toBeCloseTo(31, 9);
});

test('water has no place in the equivalent calibre', () => {
  expect(faultsOf(() => book.coal('fresh-water', 'equivalent', '2026-01-01'))).toEqual(['calibre']);
});

test.each([
  ['2021-01-01', 0.5568, 'co2-grid-2021'],
  ['2021-12-31', 0.5568, 'co2-grid-2021'],
  ['2022-01-01', 0.5366, 'co2-grid-2022'],
  ['2023-01-01', 0.5306, 'co2-grid-2023'],
  ['2026-11-22', 0.5306, 'co2-grid-2023'],
])('grid electricity of %s has the factor of its year', (date, value, set) => {
  expect(book.co2('electricity', date, national)).toMatchObject({ value, set, verified: true });
});

test('region and province go by the division of the institution', () => {
  const of = (grid: 'regional' | 'provincial', division: string) =>
    book.co2('electricity', '2026-01-01', { grid, division }).value;
  expect(of('regional', '371500')).toBe(0.6361);
  expect(of('provincial', '371500')).toBe(0.6191);
  expect(of('regional', '440100')).toBe(0.4042);
  expect(of('provincial', '510100')).toBe(0.1564);
  expect(of('provincial', '110105')).toBe(0.5554);
});

test('every province has a factor, and none two', () => {
  const rows = sets.find(({ name }) => name === 'co2-grid-2023')?.rows ?? [];
  const of = (grid: string) =>
    rows.filter((row) => row.grid === grid).flatMap(({ divisions }) => divisions ?? []);
  expect(new Set(of('provincial')).size).toBe(31);
  expect(of('provincial')).toHaveLength(31);
  // Chongqing, Sichuan and Tibet: the region's value is not known here.
  expect(of('regional')).toHaveLength(28);
});

test('what there is no factor for is refused, never guessed', () => {
  const ask = (date: string, choice: Parameters<typeof book.co2>[2]) =>
    faultsOf(() => book.co2('electricity', date, choice));
  expect(ask('2026-01-01', { grid: 'provincial' })).toEqual(['grid']);
  expect(ask('2026-01-01', { grid: 'regional', division: '510100' })).toEqual(['grid']);
  expect(ask('2022-06-01', { grid: 'provincial', division: '371500' })).toEqual(['grid']);
  expect(ask('2020-12-31', national)).toEqual(['year']);
  expect(faultsOf(() => book.coal('electricity', 'calorific', '2020-12-31'))).toEqual(['year']);
});

test('fuels and heat as the guide for public institutions has them', () => {
  const of = (item: Parameters<typeof book.co2>[0]) => book.co2(item, '2026-01-01', national);
  expect(of('natural-gas')).toMatchObject({ value: 2.184, per: 'm3' });
  expect(of('heat')).toMatchObject({ value: 110, per: 'GJ' });
  expect(of('gasoline')).toMatchObject({ value: 2.179, per: 'L' });
});

test('no footprint factor, and nobody else’s, is taken for an emission factor', () => {
  const values = sets.flatMap(({ rows }) => rows.map(({ value }) => value));
  for (const stranger of [0.6205, 0.5777, 0.928, 0.785, 0.404])
    expect(values).not.toContain(stranger);
});

test('every set says in both languages what it is, and from where', () => {
  expect(sets.length).toBeGreaterThan(5);
  for (const { title, source, quantity, calibre } of sets) {
    expect(title.zh).toMatch(/\p{Script=Han}/u);
    expect(title.en).not.toMatch(/\p{Script=Han}/u);
    expect(source.zh).toMatch(/\p{Script=Han}/u);
    expect(source.en.length).toBeGreaterThan(20);
    expect(source.en).not.toMatch(/\p{Script=Han}/u);
    expect(calibre === undefined).toBe(quantity === 'kgco2');
  }
});

const good = `
name: own
title: { zh: 自有, en: Own }
quantity: kgce
calibre: calorific
validFrom: "2030-01-01"
source: { zh: 实测, en: a measurement }
rows:
  - { item: heat, per: GJ, value: 34 }
`;

test.each([
  ['no calibre of standard coal', good.replace('calibre: calorific\n', ''), 'calibre'],
  ['a calibre of CO2', good.replace('kgce', 'kgco2'), 'calibre'],
  ['both calibres', good.replace('calorific', '[calorific, equivalent]'), 'calibre'],
  ['an end before the beginning', `${good}validTo: "2029-01-01"\n`, 'validTo'],
  ['a row twice', `${good}  - { item: heat, per: GJ, value: 35 }\n`, 'rows.1'],
  ['a factor of nothing', good.replace('value: 34', 'value: 0'), 'rows.0.value'],
  ['an item nobody knows', good.replace('item: heat', 'item: hope'), 'rows.0.item'],
  [
    'a province without divisions',
    good.replace('value: 34', 'value: 34, grid: provincial'),
    'rows.0.divisions',
  ],
  ['no source', good.replace(/source: .*\n/, ''), 'source'],
])('a file with %s is refused with its place', (_, text, path) => {
  expect(parseFactorSet(good).name).toBe('own');
  expect(faultsOf(() => parseFactorSet(text))).toContain(path);
});

test('two sets of the same kind on the same day are refused', () => {
  const own = parseFactorSet(good);
  expect(() => createFactorBook([...sets, own])).toThrow('overlap');
  const later = parseFactorSet(good.replace('2030', '2031').replace('name: own', 'name: later'));
  expect(() => createFactorBook([{ ...own, validTo: '2031-01-01' }, later])).not.toThrow();
});
