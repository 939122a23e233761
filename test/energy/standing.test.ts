import { describe, expect, test } from 'vitest';
import { sumOf } from '../../energy/standing/amount.ts';
import { correct, correctionsIn } from '../../energy/standing/figure.ts';
import { compare, type Peer } from '../../energy/standing/peer.ts';
import type { Correction } from '../../model/goals.ts';
import { aMonth, byMonth, even, months, options } from './month-figures.ts';

describe('figures', () => {
  test('a year of 100,000 kWh is 12.29 t in one calibre and 31 t in the other, never a mixture', () => {
    const figures = byMonth(even(2026, { electricity: 100_000 / 12 }));
    const of = (calibre: 'calorific' | 'equivalent') =>
      sumOf(figures, months(2026), 'energy-kgce', calibre).value;
    expect(of('calorific')).toBeCloseTo(12_290, 6);
    expect(of('equivalent')).toBeCloseTo(31_000, 6);
  });

  test('a month that is not known makes the sum unknown, and says which it is', () => {
    const figures = byMonth([
      ...even(2026, { electricity: 1000 }, 11),
      aMonth('2026-12', { electricity: null }),
    ]);
    expect(sumOf(figures, months(2026), 'electricity-kwh', 'calorific')).toMatchObject({
      value: null,
      missing: ['2026-12'],
    });
  });

  test('without floor area there is no figure by area', () => {
    const figures = byMonth(even(2026, { electricity: 1000 }, 12, { energyUsers: 10 }));
    expect(sumOf(figures, months(2026), 'per-m2-kgce', 'calorific')).toMatchObject({
      value: null,
      isSizeless: true,
    });
    expect(sumOf(figures, months(2026), 'per-head-kgce', 'calorific').value).toBeCloseTo(
      (12_000 * 0.1229) / 10,
      9,
    );
  });
});

describe('corrections', () => {
  const shared: Correction = {
    id: 'c1',
    institution: 'a',
    item: 'electricity-kwh',
    from: '2026-01',
    to: '2026-02',
    amount: 590,
    reason: '合署办公',
  };

  test('are spread over the days of their months', () => {
    expect(correctionsIn('2026-01', [shared])[0]?.amount).toBeCloseTo(310, 9);
    expect(correctionsIn('2026-02', [shared])[0]?.amount).toBeCloseTo(280, 9);
    expect(correctionsIn('2026-03', [shared])).toEqual([]);
  });

  test('are added before anything is divided, in both calibres and CO2', () => {
    const figure = aMonth('2026-01', { electricity: 1000 });
    const [corrected] = [correct(figure, correctionsIn('2026-01', [shared]), options)];
    const [medium] = corrected.media;
    expect(medium?.value).toBeCloseTo(1310, 9);
    expect(medium?.energyKgce.calorific).toBeCloseTo(1310 * 0.1229, 9);
    expect(medium?.energyKgce.equivalent).toBeCloseTo(1310 * 0.31, 9);
    expect(medium?.co2Kg).toBeCloseTo(1310 * 0.5306, 6);
    expect(figure.media[0]?.value).toBe(1000);
  });

  test('stand alone where nothing of the kind is metered', () => {
    const corrected = correct(
      aMonth('2026-01', { electricity: 1000 }),
      correctionsIn('2026-01', [{ ...shared, item: 'water-m3', amount: 59 }]),
      options,
    );
    expect(corrected.media.find(({ medium }) => medium === 'water')?.value).toBeCloseTo(31, 9);
  });
});

describe('peers', () => {
  const peer = (id: string, kwh: number | null, size = { floorAreaM2: 1000 }): Peer => {
    const figures = byMonth(even(2026, { electricity: kwh }, 3, size));
    const institution = { id, name: id, level: 'municipal', kind: 'party-government' } as const;
    return { institution, measured: figures, corrected: figures };
  };
  const options = {
    figure: 'per-m2-kgce',
    calibre: 'calorific',
    months: months(2026, 3),
    leastMembers: 5,
  } as const;

  test('the mean is of all that count, and those left out say why', () => {
    const peers = [
      ...['a', 'b', 'c', 'd'].map((id) => peer(id, 1000)),
      peer('e', 2000),
      peer('f', null),
      peer('g', 900, {} as { floorAreaM2: number }),
    ];
    const { ranked, leftOut } = compare(peers, options);
    expect(ranked[0]).toMatchObject({ id: 'e', rank: 1 });
    expect(ranked[0]?.abovePct).toBeCloseTo((2000 / 1200 - 1) * 100, 9);
    expect(ranked).toHaveLength(5);
    expect(leftOut.map(({ id, reason }) => [id, reason])).toEqual([
      ['f', 'coverage'],
      ['g', 'no-size'],
    ]);
  });

  test('four have no mean', () => {
    const { ranked } = compare(
      ['a', 'b', 'c', 'd'].map((id) => peer(id, 1000)),
      options,
    );
    expect(ranked.map(({ mean }) => mean)).toEqual([null, null, null, null]);
  });
});
