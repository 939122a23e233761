import { expect, test } from 'vitest';
import { type ComparedTrip, type Ordered, reconcile, reconcileAll } from '../../fleet/reconcile.ts';
import type { Dispatch, Place, Route } from '../../model/entities.ts';
import { hourMs, minuteMs } from '../../model/time.ts';

const start = Date.parse('2026-11-02T08:00:00+08:00');
const order = (more: Partial<Dispatch> = {}): Dispatch => ({
  id: 'd1',
  vehicle: 'v1',
  driver: '张三',
  from: start,
  to: start + 4 * hourMs,
  ...more,
});
const area: Place = {
  id: 'z1',
  institution: 'hq',
  name: '四区',
  kind: 'area',
  polygon: [
    [115.9, 36.4],
    [116.1, 36.4],
    [116.1, 36.5],
    [115.9, 36.5],
  ],
};
const yard: Place = {
  id: 'p1',
  institution: 'hq',
  name: '停车场',
  kind: 'parking',
  circle: { center: [115.8, 36.45], radiusM: 200 },
};
const route: Route = {
  id: 'r1',
  institution: 'hq',
  name: '城区到临清',
  widthM: 150,
  line: [
    [115.98, 36.45],
    [115.98, 36.95],
  ],
};
const ordered = (...dispatches: readonly Dispatch[]): Ordered => ({
  dispatches,
  place: (id) => [area, yard].find((place) => place.id === id),
  route: (id) => (id === 'r1' ? route : undefined),
  parking: 'p1',
});
const point = (at: number, lat: number, lon: number) => ({ at, lat, lon, places: [] });
const trip = (
  fromMinutes: number,
  minutes: number,
  more: Partial<ComparedTrip> = {},
): ComparedTrip => {
  const from = start + fromMinutes * minuteMs;
  return {
    startedAt: from,
    start: point(from, 36.45, 115.98),
    now: point(from + minutes * minuteMs, 36.46, 115.98),
    endedAt: from + minutes * minuteMs,
    distanceKm: 20,
    odometerKm: null,
    stops: [],
    way: [
      [36.45, 115.98],
      [36.455, 115.98],
    ],
    ...more,
  };
};
const verdicts = (of: ComparedTrip, by: Ordered) => reconcile(of, by).verdicts;

test('a trip within its order is matched, with half an hour of tolerance at both ends', () => {
  expect(reconcile(trip(10, 60), ordered(order()))).toEqual({
    dispatch: 'd1',
    verdicts: ['matched'],
    approvedKm: null,
    extraStops: [],
  });
  expect(verdicts(trip(-29, 60), ordered(order()))).toEqual(['matched']);
  expect(verdicts(trip(200, 69), ordered(order()))).toEqual(['matched']);
});

test('early and late are told, and far from any order there is none', () => {
  expect(verdicts(trip(-31, 60), ordered(order()))).toEqual(['early']);
  expect(verdicts(trip(200, 71), ordered(order()))).toEqual(['late']);
  expect(verdicts(trip(-181, 60), ordered(order()))).toEqual(['no-dispatch']);
  expect(verdicts(trip(361, 60), ordered(order()))).toEqual(['no-dispatch']);
  expect(reconcile(trip(10, 60), ordered())).toMatchObject({ dispatch: null });
});

test('of two orders the one it lies in wins', () => {
  const next = order({ id: 'd2', from: start + 4 * hourMs, to: start + 8 * hourMs });
  expect(reconcile(trip(230, 120), ordered(order(), next))).toMatchObject({
    dispatch: 'd2',
    verdicts: ['matched'],
  });
});

test('a slip filed within 24 hours of the start covers the trip, one filed later does not', () => {
  const filed = (hours: number) => ordered(order({ filedAt: start + hours * hourMs }));
  expect(verdicts(trip(0, 60), filed(-1))).toEqual(['matched']);
  expect(verdicts(trip(0, 60), filed(24))).toEqual(['matched', 'slip']);
  expect(verdicts(trip(0, 60), filed(24.1))).toEqual(['no-dispatch']);
});

test('elsewhere than the area or the route is the wrong area, the own yard aside', () => {
  const within = ordered(order({ area: 'z1' }));
  expect(verdicts(trip(0, 60), within)).toEqual(['matched']);
  const out = trip(0, 60, {
    way: [
      [36.45, 115.98],
      [36.53, 115.98],
    ],
  });
  expect(verdicts(out, within)).toEqual(['wrong-area']);
  const home = trip(0, 60, { now: point(start + hourMs, 36.45, 115.8) });
  expect(verdicts(home, within)).toEqual(['matched']);
  const on = ordered(order({ route: 'r1' }));
  expect(
    verdicts(
      trip(0, 60, {
        way: [
          [36.45, 115.98],
          [36.8, 115.985],
        ],
      }),
      on,
    ),
  ).toEqual(['matched']);
  expect(
    verdicts(
      trip(0, 60, {
        way: [
          [36.45, 115.98],
          [36.8, 115.99],
        ],
      }),
      on,
    ),
  ).toEqual(['wrong-area']);
});

test('a long stop where nothing was ordered is extra, a short one and one within are not', () => {
  const stop = (minutes: number, lat: number) => ({
    from: start,
    to: start + minutes * minuteMs,
    lat,
    lon: 115.98,
    places: [],
    idlingS: null,
  });
  const within = ordered(order({ area: 'z1' }));
  const stops = [stop(14, 36.6), stop(60, 36.45), stop(15, 36.6)];
  const found = reconcile(trip(0, 100, { stops }), within);
  expect(found).toMatchObject({ verdicts: ['extra-stop'], extraStops: [stops[2]] });
});

test('the way of all trips of an order is held against what was approved', () => {
  const by = ordered(order({ distanceKm: 30 }));
  const trips = [trip(0, 30), trip(60, 30), trip(120, 30, { odometerKm: 2 })];
  const { trips: compared } = reconcileAll(trips, by, start);
  expect(compared.map(({ reconciled }) => reconciled.verdicts)).toEqual([
    ['matched'],
    ['matched'],
    ['over-distance'],
  ]);
});

test('an order is never driven once it is over and no trip has to do with it', () => {
  const later = order({ id: 'd2', from: start + 20 * hourMs, to: start + 24 * hourMs });
  const by = ordered(order(), later);
  const until = start + 48 * hourMs;
  const never = (trips: readonly ComparedTrip[], at = until) =>
    reconcileAll(trips, by, at).neverDriven.map(({ id }) => id);
  expect(never([trip(10, 60)])).toEqual(['d2']);
  expect(never([trip(10, 60), trip(21 * 60, 30)])).toEqual([]);
  expect(never([], start + 5 * hourMs)).toEqual(['d1']);
});
