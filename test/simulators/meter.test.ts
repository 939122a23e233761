import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { counterOf, isMetric, metrics } from '../../model/metrics.ts';
import { dayMs, hourMs, minuteMs } from '../../model/time.ts';
import { consumptionAnomaly } from '../../rules/kinds/energy/consumption-anomaly.ts';
import { createFaultBook } from '../../simulators/faults.ts';
import type { Fault } from '../../simulators/simulator.ts';
import { aTown, judge, meterStory, monday, surroundingsOf, thingsOf } from './town.ts';

const town = aTown();
const counterFor = ({ medium }: { readonly medium: keyof typeof counterOf }) => counterOf[medium];
const used = (id: string, from: number, to: number, { meters, city } = town): number => {
  const meter = city.meters.find((each) => each.id === id);
  const metric = meter && counterFor(meter);
  if (!metric) throw new Error(`${id} counts nothing`);
  return (
    (meters.read(id, to)[metric] ?? Number.NaN) - (meters.read(id, from)[metric] ?? Number.NaN)
  );
};

test('the same seed shows the same, in whatever order it is asked', () => {
  const [one, other] = [aTown(7), aTown(7)];
  const instants = Array.from({ length: 50 }, (_, i) => monday + ((i * 7919) % 5000) * minuteMs);
  const all = (it: typeof one, order: readonly number[]) =>
    new Map(order.map((at) => [at, it.city.meters.map(({ id }) => it.meters.read(id, at))]));
  const forward = all(one, instants);
  const backward = all(other, instants.toReversed());
  for (const at of instants) expect(backward.get(at)).toEqual(forward.get(at));
});

test('every value is a number within the range of the catalogue', () => {
  for (const { id } of town.city.meters)
    for (let at = monday; at < monday + 3 * dayMs; at += 47 * minuteMs)
      for (const [name, value] of Object.entries(town.meters.read(id, at))) {
        if (!isMetric(name)) throw new Error(`${name} is no metric`);
        expect(Number.isFinite(value), `${id} ${name}`).toBe(true);
        expect(value).toBeGreaterThanOrEqual(metrics[name].min);
        expect(value).toBeLessThanOrEqual(metrics[name].max);
      }
});

test('counters never fall, faults or not', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...town.city.meters.filter((meter) => counterFor(meter) !== null)),
      fc.integer({ min: 0, max: 40 * 24 * 3600 }),
      fc.integer({ min: 1, max: 7200 }),
      fc.constantFrom('spike' as const, 'stuck' as const, 'leak' as const, undefined),
      (meter, second, stepS, kind) => {
        const at = monday + second * 1000;
        const from = at - 40 * minuteMs;
        const fault: Fault[] = kind
          ? [{ fault: kind, device: meter.id, from, to: at + hourMs, magnitude: 50 }]
          : [];
        const it = aTown(1, createFaultBook(fault));
        expect(used(meter.id, at, at + stepS * 1000, it)).toBeGreaterThanOrEqual(0);
      },
    ),
    { numRuns: 60 },
  );
});

test('power is what the counter rises by', () => {
  for (const { id, medium } of town.city.meters) {
    if (medium !== 'electricity') continue;
    const at = monday + 10 * hourMs;
    const mean = used(id, at, at + 5 * minuteMs) * 12;
    expect(town.meters.read(id, at + 2 * minuteMs).power_kw).toBeGreaterThan(0.9 * mean - 0.2);
    expect(town.meters.read(id, at + 2 * minuteMs).power_kw).toBeLessThan(1.1 * mean + 0.2);
  }
});

test('a meter measures what the meters below it measure, and more', () => {
  for (const { id, parent } of town.city.meters) {
    if (parent === undefined) continue;
    expect(used(parent, monday, monday + dayMs)).toBeGreaterThan(used(id, monday, monday + dayMs));
  }
});

describe('days', () => {
  const office = 'district-b1-ea';
  test('nights are quiet, weekends quieter than working days, holidays like weekends', () => {
    const night = used(office, monday + hourMs, monday + 5 * hourMs) / 4;
    const day = used(office, monday + 9 * hourMs, monday + 11 * hourMs) / 2;
    expect(night).toBeLessThan(0.3 * day);
    const saturday = used(office, monday + 5 * dayMs, monday + 6 * dayMs);
    const tuesday = used(office, monday + dayMs, monday + 2 * dayMs);
    expect(saturday).toBeLessThan(0.6 * tuesday);
    const nationalDay = Date.parse('2026-10-01T00:00:00+08:00');
    expect(used(office, nationalDay, nationalDay + dayMs)).toBeLessThan(0.6 * tuesday);
  });
  test('a Saturday that is worked in exchange is a working day', () => {
    const exchanged = Date.parse('2026-10-10T00:00:00+08:00');
    const saturday = Date.parse('2026-10-17T00:00:00+08:00');
    expect(used(office, exchanged, exchanged + dayMs)).toBeGreaterThan(
      1.6 * used(office, saturday, saturday + dayMs),
    );
  });
  test('a server room does not sleep', () => {
    const id = 'hq-b1-ed';
    const night = used(id, monday + hourMs, monday + 5 * hourMs) / 4;
    const day = used(id, monday + 9 * hourMs, monday + 13 * hourMs) / 4;
    expect(night).toBeGreaterThan(0.8 * day);
  });
  test('no jump at midnight, where one day’s shape ends and another begins', () => {
    for (const { id, medium } of town.city.meters) {
      if (medium === 'environment') continue;
      for (const midnight of [monday, monday + 5 * dayMs]) {
        const before = used(id, midnight - 10 * minuteMs, midnight);
        const after = used(id, midnight, midnight + 10 * minuteMs);
        expect(after, id).toBeLessThan(1.8 * before + 0.02);
        expect(after, id).toBeGreaterThan(before / 1.8 - 0.02);
      }
    }
  });
});

describe('faults', () => {
  const at = monday + 10 * hourMs;
  const townWith = (fault: Fault['fault'], device: string, magnitude = 0) =>
    aTown(1, createFaultBook([{ fault, device, from: at, to: at + 2 * hourMs, magnitude }]));

  test('a load is in the counter of the meter and of those above it, exactly and for good', () => {
    const it = townWith('spike', 'district-b1-ea', 30);
    for (const id of ['district-b1-ea', 'district-b1-e0']) {
      const extra = used(id, at, at + dayMs, it) - used(id, at, at + dayMs);
      expect(extra).toBeCloseTo(60, 1);
    }
    expect(used('district-b1-eb', at, at + dayMs, it)).toBe(used('district-b1-eb', at, at + dayMs));
  });
  test('nothing changes before the fault begins', () => {
    const it = townWith('spike', 'district-b1-ea', 30);
    expect(it.meters.read('district-b1-e0', at)).toMatchObject({
      energy_import_kwh: town.meters.read('district-b1-e0', at).energy_import_kwh,
    });
  });
  test('a stuck counter stands, goes on from there, and says that nothing flows', () => {
    const it = townWith('stuck', 'hq-b1-w0');
    expect(used('hq-b1-w0', at, at + 2 * hourMs, it)).toBe(0);
    expect(it.meters.read('hq-b1-w0', at + hourMs).flow_m3h).toBe(0);
    expect(used('hq-b1-w0', at + 2 * hourMs, at + 3 * hourMs, it)).toBeCloseTo(
      used('hq-b1-w0', at + 2 * hourMs, at + 3 * hourMs),
      2,
    );
  });
});

test('three weeks in which nothing is wrong: the rule finds nothing', () => {
  const things = thingsOf(town.city, monday);
  const around = surroundingsOf(town.city, monday);
  const found = things.meters
    .filter(({ medium }) => counterOf[medium] !== null)
    .flatMap((meter) =>
      judge(consumptionAnomaly, { meter }, meterStory(town, meter.id, monday, 21), around),
    );
  expect(found.map(({ subject, summary }) => `${subject.id} ${summary.en}`)).toEqual([]);
}, 60_000);
