import { expect, test } from 'vitest';
import type { Dispatch } from '../../model/entities.ts';
import { ruleKinds } from '../../rules/index.ts';
import { type Story, tell } from './vehicle-story.ts';
import { day, order, places } from './vehicle-world.ts';
import { aVehicle, aWorld, type Things } from './world.ts';

/* The same stories with nothing but their fixes: motion is what the engine makes of them, and every kind looks on. */

const vehicles = [
  aVehicle('v1', { parking: 'p1', sealed: [{ from: '2026-10-01', to: '2026-10-08' }] }),
];
const other = order('2026-12-20T08:00:00+08:00', '2026-12-20T10:00:00+08:00', { id: 'd0' });
const covering: Dispatch = order('2026-09-01T00:00:00+08:00', '2026-12-01T00:00:00+08:00');

async function bookOf(parts: readonly Story['fixes'][], more: Things = {}) {
  const it = aWorld({ vehicles, places, day, dispatches: [other], ...more }, ruleKinds);
  for (const part of parts) await it.give(part);
  return it.book.standing();
}

const kindsOf = async ({ fixes }: Story, more: Things = {}) =>
  (await bookOf([fixes], more)).map(({ last, clearedAt }) => [last.kind, clearedAt !== null]);

test('a working day under an order says nothing', async () => {
  const story = tell('2026-11-02T07:00:00+08:00', places)
    .park(60)
    .drive(12_000, 0, 50)
    .park(60)
    .drive(20_000, 3000, 60)
    .park(10, { acc: true })
    .drive(0, 0, 60)
    .park(900)
    .story();
  expect(await kindsOf(story, { dispatches: [covering] })).toEqual([]);
});

const sunday = () =>
  tell('2026-11-08T15:00:00+08:00', places)
    .park(60)
    .drive(12_000, 0, 50)
    .drive(30_000, 0, 140)
    .park(20, { acc: true })
    .park(14 * 60)
    .drive(0, 0, 60)
    .park(30)
    .story();

test('a Sunday trip without an order, too fast, and a night elsewhere', async () => {
  expect(await kindsOf(sunday())).toEqual([
    ['vehicle.undispatched-trip', true],
    ['vehicle.off-hours', true],
    ['vehicle.overspeed', true],
    ['vehicle.idling', true],
    ['vehicle.overnight-parking', true],
    ['vehicle.undispatched-trip', false],
    // Home on Monday before the office opens.
    ['vehicle.off-hours', true],
  ]);
});

test('the same, sent in no order at all, is the same', async () => {
  const { fixes } = sunday();
  const parts = [2, 0, 3, 1].map((part) =>
    fixes.filter((_, index) => Math.floor(index / 40 + (index % 3)) % 4 === part),
  );
  const said = async (all: readonly Story['fixes'][]) =>
    (await bookOf(all))
      .filter(({ last }) => last.kind !== 'vehicle.offline')
      .map(({ openedAt, clearedAt, last }) => [last.kind, openedAt, clearedAt, last.summary.zh]);
  expect(await said(parts)).toEqual(await said([fixes]));
});

test('a sealed vehicle that is driven off over the holidays', async () => {
  const story = tell('2026-09-30T20:00:00+08:00', places)
    .park(12 * 60)
    .drive(9000, 0, 40)
    .park(60)
    .story();
  const found = await kindsOf(story, { dispatches: [] });
  expect(found).toEqual([
    ['vehicle.sealed-moved', false],
    ['vehicle.off-hours', true],
  ]);
});
