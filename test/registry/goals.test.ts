import { describe, expect, test } from 'vitest';
import { actor, faultsOf, mustImport, testRegistry } from './city.ts';

const base = `institutions:
  - { id: a, name: 甲, level: municipal, climateZone: A, department: b }
  - { id: b, name: 乙, level: municipal }
targets:
  - { id: t1, institution: a, indicator: per-m2-kgce, year: 2026, baseYear: 2025, changePct: -3.5 }
caps:
  - { id: c1, institution: a, item: energy-kgce, calibre: equivalent, year: 2026, cap: 90000 }
corrections:
  - { id: k1, institution: a, item: water-m3, from: "2026-01", to: "2026-06", amount: -120, reason: 分摊 }
`;

test('goals are kept as they were written, and the same again changes nothing', async () => {
  const { registry } = testRegistry();
  await mustImport(registry, base);
  expect(registry.get('targets', 't1')).toMatchObject({ calibre: 'calorific', changePct: -3.5 });
  expect(registry.get('caps', 'c1')).toMatchObject({ calibre: 'equivalent', cap: 90_000 });
  expect(registry.get('corrections', 'k1')).toMatchObject({ amount: -120, to: '2026-06' });
  expect(registry.get('institutions', 'a')).toMatchObject({ climateZone: 'A', department: 'b' });
  const again = await registry.import(base, actor);
  expect(again.ok && again.changes.every(({ change }) => change === 'unchanged')).toBe(true);
});

test('they belong to their institution and keep it from being removed', async () => {
  const { registry } = testRegistry();
  await mustImport(registry, base);
  const directory = registry.directory();
  expect(directory.belongs('targets', 't1', new Set(['a']))).toBe(true);
  expect(directory.belongs('corrections', 'k1', new Set(['b']))).toBe(false);
  await expect(registry.remove('institutions', 'a', actor)).rejects.toMatchObject({
    code: 'INPUT_INVALID',
  });
});

describe('what is wrong is told with its place', () => {
  const wrong: readonly [what: string, text: string, path: string, message: RegExp][] = [
    [
      'a cap of standard coal without a calibre',
      'caps: [{ id: c2, institution: a, item: energy-kgce, year: 2027, cap: 5 }]',
      'caps[0].calibre',
      /wants a calibre/,
    ],
    [
      'a calibre for water',
      'caps: [{ id: c2, institution: a, item: water-m3, calibre: calorific, year: 2027, cap: 5 }]',
      'caps[0].calibre',
      /no other takes one/,
    ],
    [
      'a second cap for the same figure of a year',
      'caps: [{ id: c2, institution: a, item: energy-kgce, calibre: equivalent, year: 2026, cap: 5 }]',
      'caps[0].year',
      /"c1" too/,
    ],
    [
      'a second target, its calibre left out',
      'targets: [{ id: t2, institution: a, indicator: per-m2-kgce, year: 2026, baseYear: 2024, changePct: -1 }]',
      'targets[0].year',
      /"t1" too/,
    ],
    [
      'a base year that is not before',
      'targets: [{ id: t2, institution: a, indicator: co2-kg, year: 2026, baseYear: 2026, changePct: -1 }]',
      'targets[0].baseYear',
      /before that of the target/,
    ],
    [
      'a correction in standard coal',
      'corrections: [{ id: k2, institution: a, item: energy-kgce, from: "2026-01", to: "2026-01", amount: 5, reason: x }]',
      'corrections[0].item',
      /want electricity-kwh \| water-m3/,
    ],
    [
      'a correction that ends before it begins',
      'corrections: [{ id: k2, institution: a, item: water-m3, from: "2026-05", to: "2026-01", amount: 5, reason: x }]',
      'corrections[0].to',
      /not before/,
    ],
    [
      'a department that does not exist',
      'institutions: [{ id: a, name: 甲, level: municipal, department: z }]',
      'institutions[0].department',
      /exists/,
    ],
  ];
  test.each(wrong)('%s', async (_, text, path, message) => {
    expect(await faultsOf(text, base)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ path, message: expect.stringMatching(message) }),
      ]),
    );
  });

  test('the same figure in the other calibre is another', async () => {
    const { registry } = testRegistry();
    await mustImport(registry, base);
    await mustImport(
      registry,
      'caps: [{ id: c2, institution: a, item: energy-kgce, calibre: calorific, year: 2026, cap: 5 }]',
    );
  });
});
