import { expect, test } from 'vitest';
import type { TripView } from '../../api/contract.ts';
import {
  filterTrips,
  isInOrder,
  neverDriven,
  newestFirst,
  toneOf,
} from '../../console/lib/trips.ts';
import { dayMs, hourMs } from '../../model/time.ts';
import { tripVerdicts } from '../../model/trip.ts';
import { orderView, tripView } from './trip-views.ts';

const day = Date.UTC(2026, 10, 23);

const trip = (id: string, verdicts: TripView['verdicts'], at = day): TripView =>
  tripView(at, { id, verdicts });

test('an order of the range that is over and has no trip was never driven', () => {
  const range = { from: day, to: day + dayMs };
  const orders = [
    orderView('driven', day + hourMs),
    orderView('idle', day + 2 * hourMs),
    orderView('later', day + 3 * hourMs),
    orderView('before', day - hourMs),
    orderView('not over', day + 20 * hourMs),
    orderView('next day', day + dayMs),
  ];
  const found = neverDriven(orders, [{ dispatch: 'driven' }], range, day + 21 * hourMs);
  expect(found.map(({ id }) => id)).toEqual(['later', 'idle']);
});

test('a slip that was filed in time is in order, a trip with one fault is not', () => {
  const trips = [
    trip('a', ['matched']),
    trip('b', ['slip']),
    trip('c', ['slip', 'over-distance'], day + hourMs),
    trip('d', ['no-dispatch']),
    trip('e', []),
  ];
  expect(trips.filter(isInOrder).map(({ id }) => id)).toEqual(['a', 'b', 'e']);
  const ids = (wanted: Parameters<typeof filterTrips>[1]) =>
    filterTrips(trips, wanted).map(({ id }) => id);
  expect(ids('not-in-order')).toEqual(['c', 'd']);
  expect(ids('slip')).toEqual(['b', 'c']);
  expect(ids('all')).toHaveLength(5);
  expect(newestFirst(trips)[0]?.id).toBe('c');
});

test('only what is in order is shown as good', () => {
  expect(tripVerdicts.filter((verdict) => toneOf(verdict) === 'good')).toEqual(['matched', 'slip']);
});
