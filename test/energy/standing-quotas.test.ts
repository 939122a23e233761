import { describe, expect, test } from 'vitest';
import { positionOf, quotaStanding } from '../../energy/standing/quota.ts';
import { loadQuotaTables, parseQuotaTable, quotasOf } from '../../energy/standing/quota-table.ts';
import { isAppError } from '../../model/errors.ts';
import { byMonth, even } from './month-figures.ts';

const tables = loadQuotaTables();

describe('quotas', () => {
  const organ = {
    kind: 'party-government',
    level: 'municipal',
    climateZone: 'A',
    division: '371500',
  } as const;

  test('the tables hold what was written down, and say that nobody checked it', () => {
    const found = quotasOf(tables, organ, '2026-06-28');
    const non = found.find(({ row }) => row.indicator === 'non-heating-per-m2-kgce');
    expect(non?.row).toMatchObject({
      constraint: 20,
      benchmark: 11.9,
      leading: 6.5,
      verified: false,
    });
    expect(non?.table.calibre).toBe('equivalent');
    const water = found.find(({ row }) => row.indicator === 'water-per-head-m3');
    expect(water?.row).toMatchObject({ benchmark: 25, leading: 10 });
    expect(water?.table.calibre).toBeUndefined();
    const provincial = quotasOf(
      tables,
      { ...organ, level: 'provincial', climateZone: 'B' },
      '2026-06-28',
    );
    expect(provincial[0]?.row).toMatchObject({ constraint: 25.5, benchmark: 16.6, leading: 9.6 });
    const hospital = quotasOf(tables, { ...organ, kind: 'medical' }, '2026-06-28');
    expect(hospital.map(({ row }) => row.constraint)).toEqual([22.6, 73.1, 907.4]);
  });

  test('hold nowhere else: not in another province, for another kind, or before their day', () => {
    expect(quotasOf(tables, { ...organ, division: '420100' }, '2026-06-28')).toEqual([]);
    expect(quotasOf(tables, { ...organ, kind: 'education' }, '2026-06-28')).toEqual([]);
    expect(quotasOf(tables, organ, '2018-06-28')).toEqual([]);
  });

  test.each([
    [6.5, 'leading'],
    [6.51, 'benchmark'],
    [11.9, 'benchmark'],
    [20, 'constraint'],
    [20.01, 'above'],
  ] as const)('%d kgce/m² is %s', (value, position) => {
    const [quota] = quotasOf(tables, organ, '2026-06-28');
    if (!quota) throw new Error('no quota');
    expect(positionOf(value, quota)).toBe(position);
  });

  test('the twelve months are reckoned in the calibre of the table', () => {
    const [quota] = quotasOf(tables, organ, '2026-06-28');
    if (!quota) throw new Error('no quota');
    const figures = byMonth(even(2026, { electricity: 20_000, heat: 100 }));
    const told = quotaStanding(quota, { figures, upTo: '2026-12' });
    expect(told.value).toBeCloseTo((240_000 * 0.31) / 5000, 9);
    expect(told).toMatchObject({ calibre: 'equivalent', position: 'constraint', from: '2026-01' });
  });

  const faultsOf = (yaml: string): readonly string[] => {
    try {
      parseQuotaTable(yaml);
    } catch (error) {
      if (isAppError(error)) return error.faults.map(({ path }) => path);
      throw error;
    }
    return [];
  };
  const head = `name: x
title: { zh: 甲, en: a }
kinds: [medical]
divisions: ["37"]
validFrom: "2019-01-01"
source: { zh: 乙, en: b }
`;

  test.each([
    [
      'no calibre for standard coal',
      'rows: [{ indicator: per-head-kgce, constraint: 3 }]',
      'calibre',
    ],
    [
      'a calibre for water',
      'calibre: equivalent\nrows: [{ indicator: water-per-head-m3, benchmark: 3 }]',
      'calibre',
    ],
    [
      'a leading value above the constraint',
      'rows: [{ indicator: water-per-head-m3, leading: 5, constraint: 3 }]',
      'rows.0',
    ],
    [
      'the same row twice',
      'rows: [{ indicator: water-per-head-m3, constraint: 3 }, { indicator: water-per-head-m3, constraint: 4 }]',
      'rows.1',
    ],
    [
      'nothing to hold it against',
      'rows: [{ indicator: water-per-head-m3, leading: 3 }]',
      'rows.0',
    ],
  ])('%s is a fault', (_, rest, path) => {
    expect(faultsOf(head + rest)).toContain(path);
  });
});
