import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import type { Context } from '../../model/context.ts';
import { hourMs, minuteMs } from '../../model/time.ts';
import type { Trip, TripSoFar } from '../../model/trip.ts';
import { openTripBook } from '../../trips/book.ts';
import type { ToldTrip, TripOwner } from '../../trips/trips.ts';

const start = Date.UTC(2026, 10, 2);
const owner: TripOwner = { vehicle: 'v1', institutionAt: () => 'hq' };

/** Minutes after the start. */
const soFar = (from: number, to: number, more: Partial<TripSoFar> = {}): TripSoFar => ({
  vehicle: 'v1',
  startedAt: start + from * minuteMs,
  start: { at: start + from * minuteMs, lat: 36.45, lon: 115.98, places: [] },
  now: { at: start + to * minuteMs, lat: 36.5, lon: 115.98, places: [] },
  distanceKm: to - from,
  gapKm: 0,
  odometerKm: null,
  unseenKm: 0,
  movingS: 60 * (to - from),
  idlingS: 0,
  maxSpeedKmh: 60,
  stops: [],
  stopCount: 0,
  visited: [],
  way: [[36.45, 115.98]],
  ...more,
});
const over = (from: number, to: number, more: Partial<TripSoFar> = {}): Trip => ({
  ...soFar(from, to, more),
  endedAt: start + to * minuteMs,
  endedBy: 'ignition-off',
});
const told = (trip: Trip | TripSoFar, minute: number): ToldTrip => ({
  trip,
  decidedAt: start + minute * minuteMs,
});

function open() {
  const clock = { at: start };
  const context: Context = { log() {}, count() {}, now: () => clock.at };
  const book = openTripBook(new DatabaseSync(':memory:'), context);
  const list = async () =>
    (await book.list({ from: start, to: start + 24 * hourMs, limit: 100 })).items;
  const changes = async () => (await book.changes(0, 100)).map(({ change }) => change);
  return { clock, book, list, changes };
}

test('a trip begins, grows and ends under one id; what is repeated changes nothing', async () => {
  const { book, list, changes } = open();
  book.record(owner, [told(soFar(0, 5), 5)]);
  const [begun] = await list();
  expect(begun).toMatchObject({ endedAt: null, distanceKm: 5, revision: 1, institution: 'hq' });
  book.record(owner, [told(soFar(0, 9), 9)]);
  expect(await list()).toMatchObject([{ id: begun?.id, distanceKm: 9, revision: 1 }]);
  book.record(owner, [told(over(0, 12), 17)]);
  const ended = await list();
  expect(ended).toMatchObject([{ id: begun?.id, endedBy: 'ignition-off', revision: 2 }]);
  // After a kill the same is judged once more.
  book.record(owner, [told(soFar(0, 5), 5)]);
  book.record(owner, [told(over(0, 12), 17)]);
  expect(await list()).toEqual(ended);
  expect(await changes()).toEqual(['begun', 'ended']);
});

test('judged again: what overlaps keeps its id, what is not found again is withdrawn', async () => {
  const { book, list, changes } = open();
  book.record(owner, [told(over(0, 12), 17), told(over(60, 90), 95), told(over(120, 150), 155)]);
  const before = await list();
  book.rejudge(owner, start + 90 * minuteMs, [told(over(50, 91), 96), told(over(200, 220), 225)]);
  const after = await list();
  expect(after.map(({ id }) => id).slice(0, 2)).toEqual(before.slice(0, 2).map(({ id }) => id));
  expect(after[1]).toMatchObject({
    startedAt: start + 50 * minuteMs,
    firstStartedAt: start + 60 * minuteMs,
    revision: 2,
  });
  expect(after.map(({ id }) => id)).not.toContain(before[2]?.id);
  expect(await changes()).toEqual(['ended', 'ended', 'ended', 'withdrawn', 'amended', 'ended']);
  const [, , third, gone] = await book.changes(0, 100);
  expect([third?.trip.id, gone?.trip.id]).toEqual([before[2]?.id, before[2]?.id]);
});

test('one that began before what is judged again, and ends in it, stays the same', async () => {
  const { book, list, changes } = open();
  book.record(owner, [told(soFar(0, 5), 5)]);
  const [begun] = await list();
  book.rejudge(owner, start + 10 * minuteMs, [told(soFar(0, 14), 14), told(over(0, 20), 26)]);
  expect(await list()).toMatchObject([{ id: begun?.id, endedAt: start + 20 * minuteMs }]);
  expect(await changes()).toEqual(['begun', 'ended']);
});

test('two that become one, and one that becomes two', async () => {
  const { book, list } = open();
  book.record(owner, [told(over(0, 30), 35), told(over(60, 100), 105)]);
  const [first, second] = await list();
  book.rejudge(owner, start, [told(over(0, 100), 105)]);
  expect((await list()).map(({ id }) => id)).toEqual([second?.id]);
  book.rejudge(owner, start, [told(over(0, 30), 35), told(over(60, 100), 105)]);
  const [again, still] = await list();
  expect(still?.id).toBe(second?.id);
  expect(again?.id).toBe(first?.id);
});

test('an id that another has taken with it is not given twice', async () => {
  const { book, list } = open();
  book.record(owner, [told(over(0, 30), 35)]);
  book.rejudge(owner, start, [told(over(20, 50), 55)]);
  book.rejudge(owner, start, [told(over(0, 10), 15), told(over(20, 50), 55)]);
  const ids = (await list()).map(({ id }) => id);
  expect(new Set(ids).size).toBe(2);
});

test('where the motion was forgotten, the trip before is over where it was seen last', async () => {
  const { book, list } = open();
  book.record(owner, [told(soFar(0, 5), 5)]);
  book.record(owner, [told(soFar(30, 33), 33)]);
  expect(await list()).toMatchObject([
    { endedAt: start + 5 * minuteMs, endedBy: 'silence' },
    { endedAt: null },
  ]);
});

test('under way without a word for half an hour it is shown as over', async () => {
  const { book, clock, list } = open();
  book.record(owner, [told(soFar(0, 5), 5)]);
  clock.at = start + 35 * minuteMs;
  expect(await list()).toMatchObject([{ endedAt: null }]);
  clock.at += 1;
  const [trip] = await list();
  expect(trip).toMatchObject({ endedAt: start + 5 * minuteMs, endedBy: 'silence', revision: 1 });
  expect(await book.get(trip?.id ?? '')).toEqual(trip);
});

test('pages ascend; a cursor that is none is refused', async () => {
  const { book } = open();
  const all = Array.from({ length: 7 }, (_, index) =>
    told(over(60 * index, 60 * index + 30), 60 * index + 35),
  );
  book.record(owner, all);
  book.record({ vehicle: 'v2', institutionAt: () => 'school' }, [
    told({ ...over(0, 30), vehicle: 'v2' }, 35),
  ]);
  const range = { from: start, to: start + 24 * hourMs, limit: 3 };
  const seen: number[] = [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof book.list>> = await book.list({
      ...range,
      institutions: ['hq'],
      ...(cursor !== null && { cursor }),
    });
    seen.push(...page.items.map(({ startedAt }) => (startedAt - start) / hourMs));
    cursor = page.next;
  } while (cursor !== null);
  expect(seen).toEqual([0, 1, 2, 3, 4, 5, 6]);
  expect((await book.list({ ...range, vehicle: 'v2' })).items).toHaveLength(1);
  await expect(book.list({ ...range, cursor: 'x' })).rejects.toThrow('cursor');
});
