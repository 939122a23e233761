import { describe, expect, test } from 'vitest';
import type { TripView } from '../../api/contract.ts';
import {
  fieldsOfOrder,
  freshOrderId,
  mayFileSlip,
  newFields,
  orderBody,
  orderRows,
  slipFields,
} from '../../console/lib/dispatches.ts';
import { dayMs, hourMs, minuteMs } from '../../model/time.ts';
import { iso, orderView, tripView } from './trip-views.ts';

const zone = 'Asia/Shanghai';
/** 2026-11-23 12:00 there. */
const noon = Date.UTC(2026, 10, 23, 4);

const trip = (
  dispatch: string | null,
  verdicts: TripView['verdicts'],
  more: Partial<TripView> = {},
): TripView =>
  tripView(noon - 3 * hourMs, {
    endedAt: iso(noon - 2 * hourMs - 20_000),
    ...{ dispatch, verdicts, ...more },
  });

test('what became of an order: to come, under way, driven as ordered or not, never driven', () => {
  const before = noon - 4 * hourMs;
  const orders = [
    orderView('to-come', noon + hourMs),
    orderView('begun', noon - hourMs),
    orderView('driven', before),
    orderView('late', before),
    orderView('by-slip', before),
    orderView('driving', before),
    orderView('back-early', noon - hourMs),
    orderView('idle', before),
  ];
  const trips = [
    trip('driven', ['matched']),
    trip('late', ['matched']),
    trip('late', ['late', 'over-distance']),
    trip('by-slip', ['matched', 'slip']),
    trip('driving', ['late'], { state: 'under-way', endedAt: null }),
    trip('back-early', ['matched']),
    trip(null, ['no-dispatch']),
  ];
  const rows = orderRows(orders, trips, noon);
  const told = Object.fromEntries(rows.map(({ order: { id }, state }) => [id, state]));
  expect(told).toEqual({
    'to-come': 'planned',
    begun: 'under-way',
    driven: 'as-ordered',
    late: 'differs',
    'by-slip': 'as-ordered',
    driving: 'under-way',
    'back-early': 'under-way',
    idle: 'never-driven',
  });
  expect(rows[0]?.order.id).toBe('to-come');
  expect(rows.find((row) => row.order.id === 'late')?.verdicts).toEqual([
    'matched',
    'late',
    'over-distance',
  ]);
});

describe('what is sent', () => {
  const filled = {
    ...newFields('v', zone, noon),
    driver: '李师傅',
    passengers: '0',
    distanceKm: '42.5',
  };

  test('a new order of the next hour, by the clock of the institution, with what was filled in', () => {
    expect(orderBody(filled, zone)).toEqual({
      vehicle: 'v',
      from: '2026-11-23T12:00:00+08:00',
      to: '2026-11-23T20:00:00+08:00',
      driver: '李师傅',
      passengers: 0,
      distanceKm: 42.5,
    });
  });

  test('when it was filed is never sent: the service says it', () => {
    const late = { ...filled, from: '2020-11-23T09:00' };
    expect(orderBody(late, zone)).not.toHaveProperty('filedAt');
    const before = { ...orderView('o', noon - hourMs), filedAt: iso(noon) };
    expect(orderBody(late, zone, before)).not.toHaveProperty('filedAt');
  });

  test('a change takes away what was emptied', () => {
    const before = { ...orderView('o', noon - hourMs), driver: '李师傅', purpose: '取文件' };
    const fields = { ...fieldsOfOrder(before, zone), driver: '' };
    const body = orderBody(fields, zone, before);
    expect(body).toMatchObject({ version: 3, driver: null, purpose: '取文件', passengers: null });
  });

  test('a time that is none is left to the service to refuse', () => {
    expect(orderBody({ ...filled, to: '' }, zone)).toHaveProperty('to', '');
  });
});

test('a slip covers its trip, and counts for a day', () => {
  const driven = trip(null, ['no-dispatch']);
  const body = orderBody(slipFields(driven, zone, noon), zone);
  expect(Date.parse(String(body['from']))).toBeLessThanOrEqual(Date.parse(driven.startedAt));
  expect(Date.parse(String(body['to']))).toBeGreaterThanOrEqual(Date.parse(driven.endedAt ?? ''));
  const driving = slipFields({ ...driven, endedAt: null }, zone, noon);
  expect(driving.to).toBe('2026-11-23T13:00');
  expect(mayFileSlip(driven, noon)).toBe(true);
  expect(mayFileSlip(driven, noon - 3 * hourMs + dayMs)).toBe(true);
  expect(mayFileSlip(driven, noon - 3 * hourMs + dayMs + minuteMs)).toBe(false);
  expect(mayFileSlip(trip('o', ['late']), noon)).toBe(false);
});

test('an id says its day and keeps its length', () => {
  expect(freshOrderId('2026-11-23T12:00', () => 0)).toBe('d-20261123-000000');
  expect(freshOrderId('2026-11-23T12:00')).toMatch(/^d-20261123-[a-z0-9]{6}$/);
});
