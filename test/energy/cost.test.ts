import fc from 'fast-check';
import { expect, test } from 'vitest';
import { costOf, sumCosts, type Used } from '../../energy/cost.ts';
import { dayMs, hourMs, minuteMs, startOfDay } from '../../model/time.ts';
import { at, even, hours, next, tariff, zone } from './tariffs.ts';

test('a day of one kilowatt-hour an hour, as worked out by hand', () => {
  const cost = costOf(even(at('2026-11-23T00:00:00'), 24), [tariff], zone);
  // 8 × 0.3 + 8 × 0.6 + 8 × 1.
  expect(cost.yuan).toBeCloseTo(15.2, 9);
  expect(cost.bands).toEqual([
    { band: 'peak', kwh: 8, yuan: expect.closeTo(8, 9) },
    { band: 'flat', kwh: 8, yuan: expect.closeTo(4.8, 9) },
    { band: 'valley', kwh: 8, yuan: expect.closeTo(2.4, 9) },
  ]);
  expect([cost.lowerYuan, cost.upperYuan]).toEqual([
    expect.closeTo(15.2, 9),
    expect.closeTo(15.2, 9),
  ]);
  expect(cost).toMatchObject({
    quality: 'measured',
    missingMs: 0,
    unpricedKwh: 0,
    tariffs: ['t26'],
  });
});

const priceAt = (from: number) => costOf(even(from, 1), [tariff], zone).yuan;

test('over midnight and into another season', () => {
  // 22:00 flat 0.6, 23:00 valley 0.3, then December: two hours of valley at 0.25.
  const cost = costOf(even(at('2026-11-30T22:00:00'), 4), [tariff], zone);
  expect(cost.yuan).toBeCloseTo(0.6 + 0.3 + 0.5, 9);
  // 17:00 to 21:00 is peak in November and sharp in December.
  const evening = (day: string) => costOf(even(at(`${day}T17:00:00`), 4), [tariff], zone).yuan;
  expect([evening('2026-11-30'), evening('2026-12-01')]).toEqual([4, expect.closeTo(4.8, 9)]);
});

test('over the new year, into another tariff', () => {
  const cost = costOf(even(at('2026-12-31T23:00:00'), 2), [next, tariff], zone);
  expect(cost.yuan).toBeCloseTo(0.25 + 0.5, 9);
  expect(cost.tariffs).toEqual(['t26', 't27']);
});

test('an hour that lies in two bands is shared out by time', () => {
  const from = at('2026-11-23T06:30:00');
  const cost = costOf([{ from, to: from + hourMs, kwh: 2, quality: 'measured' }], [tariff], zone);
  expect(cost.yuan).toBeCloseTo(0.3 + 0.6, 9);
  expect([cost.lowerYuan, cost.upperYuan]).toEqual([
    expect.closeTo(0.6, 9),
    expect.closeTo(1.2, 9),
  ]);
});

test('what was used in a gap may have been used at its cheapest or its dearest', () => {
  const start = at('2026-11-23T05:00:00');
  const series = [
    ...even(start, 1),
    ...hours(start + hourMs, [1, 1, 1], 'estimated'),
    ...even(start + 4 * hourMs, 1),
  ];
  // 05 valley; 06 valley, 07 flat, 08 peak are a gap of 3 kWh; 09 peak.
  const cost = costOf(series, [tariff], zone);
  expect(cost.yuan).toBeCloseTo(0.3 + (0.3 + 0.6 + 1) + 1, 9);
  expect(cost.lowerYuan).toBeCloseTo(0.3 + 3 * 0.3 + 1, 9);
  expect(cost.upperYuan).toBeCloseTo(0.3 + 3 * 1 + 1, 9);
  expect(cost.quality).toBe('estimated');
});

test('of a gap that goes on before the first hour, nothing is certain', () => {
  const start = at('2026-11-23T05:00:00');
  const cost = costOf(
    [...hours(start, [1], 'estimated'), ...even(start + hourMs, 1)],
    [tariff],
    zone,
  );
  expect(cost.yuan).toBeCloseTo(0.6, 9);
  expect([cost.lowerYuan, cost.upperYuan]).toEqual([expect.closeTo(0.3, 9), null]);
});

test('what is missing costs nobody knows how much', () => {
  const cost = costOf(hours(at('2026-11-23T00:00:00'), [1, null, 1]), [tariff], zone);
  expect(cost).toMatchObject({ missingMs: hourMs, upperYuan: null, quality: 'missing' });
  expect(cost.yuan).toBeCloseTo(0.6, 9);
  const reset = costOf(hours(at('2026-11-23T00:00:00'), [1, 1], 'reset'), [tariff], zone);
  expect(reset).toMatchObject({ upperYuan: null, quality: 'reset' });
  expect(costOf([], [tariff], zone)).toMatchObject({
    yuan: 0,
    upperYuan: null,
    quality: 'missing',
  });
});

test('without a tariff there is no cost, and it is told how much has none', () => {
  const early = costOf(even(at('2025-12-31T23:00:00'), 2), [tariff], zone);
  expect(early).toMatchObject({ unpricedKwh: 1, upperYuan: null });
  expect(early.yuan).toBeCloseTo(0.25, 9);
  expect(costOf(even(at('2025-06-01T00:00:00'), 5), [], zone)).toMatchObject({
    yuan: 0,
    unpricedKwh: 5,
    bands: [],
    upperYuan: null,
  });
});

const anyDay = fc.integer({ min: 0, max: 364 });

const values = fc.array(fc.double({ min: 0, max: 1e4, noNaN: true }), {
  minLength: 2,
  maxLength: 60,
});
const startsAt = anyDay.map((n) => startOfDay('2026-01-01', zone) + n * dayMs);

test('costs are linear, wherever the series is cut', () => {
  fc.assert(
    fc.property(startsAt, values, fc.nat(), (from, list, cut) => {
      const series = hours(from, list);
      const n = 1 + (cut % (list.length - 1));
      const both = [tariff, next];
      const whole = costOf(series, both, zone);
      const parts = sumCosts([
        costOf(series.slice(0, n), both, zone),
        costOf(series.slice(n), both, zone),
      ]);
      expect(parts.yuan).toBeCloseTo(whole.yuan, 5);
      const twice = costOf(
        hours(
          from,
          list.map((kwh) => 2 * kwh),
        ),
        both,
        zone,
      );
      expect(twice.yuan).toBeCloseTo(2 * whole.yuan, 5);
      const kwh = whole.bands.reduce((sum, band) => sum + band.kwh, 0);
      expect(kwh).toBeCloseTo(
        list.reduce((sum, value) => sum + value, 0),
        5,
      );
    }),
  );
});

test('quarter-hours cost what their hours do', () => {
  fc.assert(
    fc.property(startsAt, values, (from, list) => {
      const quarters = list.flatMap((kwh, n) =>
        [0, 1, 2, 3].map((q): Used => {
          const start = from + n * hourMs + q * 15 * minuteMs;
          return { from: start, to: start + 15 * minuteMs, kwh: kwh / 4, quality: 'measured' };
        }),
      );
      const both = [tariff, next];
      expect(costOf(quarters, both, zone).yuan).toBeCloseTo(
        costOf(hours(from, list), both, zone).yuan,
        5,
      );
    }),
  );
});

test('the bounds hold however a gap was really used', () => {
  fc.assert(
    fc.property(
      startsAt,
      values,
      fc.array(fc.double({ min: 0.01, max: 1, noNaN: true }), { minLength: 60, maxLength: 60 }),
      (from, list, weights) => {
        const total = list.reduce((sum, kwh) => sum + kwh, 0);
        const share = list.map((_, n) => weights[n] ?? 1);
        const all = share.reduce((sum, weight) => sum + weight, 0);
        const spread = list.map(() => total / list.length);
        const real = share.map((weight) => (total * weight) / all);
        const around = (kwh: readonly number[], quality: Used['quality']) => [
          ...even(from - hourMs, 1),
          ...hours(from, kwh, quality),
          ...even(from + list.length * hourMs, 1),
        ];
        const both = [{ ...tariff, validFrom: '2025-01-01' }, next];
        const told = costOf(around(spread, 'estimated'), both, zone);
        const truth = costOf(around(real, 'measured'), both, zone).yuan;
        expect(truth).toBeGreaterThanOrEqual((told.lowerYuan ?? Number.NaN) - 1e-6);
        expect(truth).toBeLessThanOrEqual((told.upperYuan ?? 0) + 1e-6);
        expect(told.yuan).toBeGreaterThanOrEqual((told.lowerYuan ?? Number.NaN) - 1e-6);
        expect(told.yuan).toBeLessThanOrEqual((told.upperYuan ?? 0) + 1e-6);
      },
    ),
  );
});

test('a difference of which a part lies in a gap costs what its bounds allow, and not what they share out', () => {
  const start = at('2026-11-23T05:00:00');
  const within = { lower: -2, upper: 3 };
  const [first, second, third] = hours(start, [1, 1, 1], 'estimated');
  if (!first || !second || !third) throw new Error('three hours');
  const cost = costOf([{ ...first, within }, { ...second, within }, third], [tariff], zone);
  expect(cost.lowerYuan).toBeCloseTo(-2 * (priceAt(start) + priceAt(start + hourMs)), 9);
  expect(cost.upperYuan).toBeNull();
  const closed = costOf(
    [
      { ...first, within },
      { ...second, within },
    ],
    [tariff],
    zone,
  );
  expect(closed.upperYuan).toBeCloseTo(3 * (priceAt(start) + priceAt(start + hourMs)), 9);
  const open = { lower: null, upper: 3 };
  for (const kwh of [1, null]) {
    const unknown = costOf([{ ...first, kwh, within: open }, second], [tariff], zone);
    expect(unknown.lowerYuan).toBeNull();
    expect(sumCosts([cost, unknown]).lowerYuan).toBeNull();
  }
  // Measured, it is what it is; below 0 it costs less than nothing.
  const [feeding] = hours(start, [-2]);
  const earned = costOf(feeding ? [{ ...feeding, within }] : [], [tariff], zone);
  expect([earned.yuan, earned.lowerYuan, earned.upperYuan]).toEqual([
    expect.closeTo(-2 * priceAt(start), 9),
    expect.closeTo(-2 * priceAt(start), 9),
    expect.closeTo(-2 * priceAt(start), 9),
  ]);
});
