import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { KeptTrip } from '../../model/trip.ts';
import type { Motion, RuleKind } from '../../rules/rule.ts';
import { disordered, numbers } from '../energy/random.ts';
import { aJourney, at, type Leg, start } from '../fleet/tracks.ts';
import { aVehicle, aWorld, type Things, type World } from './world.ts';

/* Vehicles through the engine: what the book has of their trips. */

const office = at([0, 0]);
const things: Things = {
  vehicles: [aVehicle('v1')],
  places: [
    {
      id: 'yard',
      institution: 'hq',
      name: '停车场',
      kind: 'parking',
      circle: { center: [office.lon, office.lat], radiusM: 120 },
    },
  ],
};
const legs: readonly Leg[] = [
  { stand: 1800, acc: false },
  { drive: 4000 },
  { stand: 400, acc: true },
  { drive: 2500, kmh: 60 },
  { stand: 2400, acc: false },
  { drive: 5000, tunnel: { fromM: 2000, lengthM: 1500 } },
  { stand: 1500, acc: false, basement: 'silent' },
  { drive: 1500 },
  { stand: 1800, acc: false },
];
const day = aJourney(3, legs, { everyS: 10, says: 'all' });

/** Without what depends on when it was told. */
const said = ({ id: _, firstStartedAt: _1, revision: _2, revisedAt: _3, ...trip }: KeptTrip) =>
  trip;
const tripsOf = async (it: World) =>
  (await it.trips.list({ vehicle: 'v1', from: 0, to: 1e14, limit: 100 })).items;

async function live(fixes = day.fixes, lot = 7): Promise<World> {
  const it = aWorld(things, []);
  for (let next = 0; next < fixes.length; next += lot) await it.give(fixes.slice(next, next + lot));
  return it;
}

test('a day has its trips, with stops, places and both distances', async () => {
  const trips = await tripsOf(await live());
  expect(trips).toHaveLength(day.truth.length);
  trips.forEach((trip, index) => {
    const { fromS = 0, toS = 0, metres = 0 } = day.truth[index] ?? {};
    expect(Math.abs(trip.startedAt - start - fromS * 1000)).toBeLessThan(60_000);
    expect(Math.abs((trip.endedAt ?? 0) - start - toS * 1000)).toBeLessThan(60_000);
    expect(trip.distanceKm).toBeGreaterThan((0.9 * metres) / 1000);
    expect(trip.distanceKm).toBeLessThan((1.05 * metres) / 1000);
    expect(Math.abs((trip.odometerKm ?? 0) - metres / 1000)).toBeLessThan(0.25);
    expect(trip.institution).toBe('hq');
  });
  const [first] = trips;
  expect(first).toMatchObject({ stopCount: 1, endedBy: 'ignition-off', revision: 2 });
  expect(first?.start.places).toEqual(['yard']);
  expect(first?.stops[0]?.idlingS).toBeGreaterThan(360);
});

test('a trip under way is there once it has certainly begun, and grows', async () => {
  const soFar = day.fixes.filter(({ at: when }) => when < start + 2100_000);
  const [trip] = await tripsOf(await live(soFar));
  expect(trip).toMatchObject({ endedAt: null, endedBy: null });
  expect(trip?.distanceKm).toBeGreaterThan(1);
});

describe('late fixes', () => {
  test('amend a trip, which keeps its id', async () => {
    const isLate = (when: number) => when > start + 1900_000 && when < start + 2300_000;
    const it = await live(day.fixes.filter(({ at: when }) => !isLate(when)));
    const before = await tripsOf(it);
    await it.give(day.fixes.filter(({ at: when }) => isLate(when)));
    const after = await tripsOf(it);
    expect(after.map(said)).toEqual((await tripsOf(await live())).map(said));
    expect(after.map(({ id }) => id)).toEqual(before.map(({ id }) => id));
    expect(after[0]?.revision).toBeGreaterThan(before[0]?.revision ?? 0);
    expect(after.slice(1).map(({ revision }) => revision)).toEqual(
      before.slice(1).map(({ revision }) => revision),
    );
  });

  test('that join two trips withdraw one, and the trail says so', async () => {
    // Silent for forty minutes, found elsewhere: nobody knows that it drove.
    const drive: readonly Leg[] = [
      { stand: 900, acc: false },
      { drive: 30_000, kmh: 36, straight: true },
      { stand: 900, acc: false },
    ];
    const { fixes } = aJourney(5, drive, { everyS: 10, says: 'all' });
    const isLate = (when: number) => when > start + 1500_000 && when < start + 3600_000;
    const it = await live(fixes.filter(({ at: when }) => !isLate(when)));
    const before = await tripsOf(it);
    expect(before.map(({ endedBy }) => endedBy)).toEqual(['silence', 'ignition-off']);
    expect(before[1]?.unseenKm).toBeGreaterThan(20);
    await it.give(fixes.filter(({ at: when }) => isLate(when)));
    const [trip, ...others] = await tripsOf(it);
    expect(others).toEqual([]);
    expect(trip?.distanceKm).toBeGreaterThan(29);
    const changes = await it.trips.changes(0, 100);
    const withdrawn = changes.filter(({ change }) => change === 'withdrawn');
    expect(withdrawn).toHaveLength(1);
    expect(before.map(({ id }) => id)).toContain(withdrawn[0]?.trip.id);
    expect(before.map(({ id }) => id)).toContain(trip?.id);
    expect(changes.map(({ n }) => n)).toEqual(changes.map((_, index) => index + 1));
  });

  test('in any order, in any lots, over kills: the same trips', async () => {
    const expected = (await tripsOf(await live())).map(said);
    const sparse = day.fixes.filter((_, index) => index % 3 === 0);
    const expectedSparse = (await tripsOf(await live(sparse))).map(said);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 1e6 }), fc.boolean(), async (seed, isWild) => {
        const random = numbers(seed);
        const fixes = isWild ? [...new Set(disordered(sparse, random))] : nearly(day.fixes, random);
        const it = await giveAtRandom(fixes, isWild ? 40 : 5, random);
        expect((await tripsOf(it)).map(said)).toEqual(isWild ? expectedSparse : expected);
      }),
      { numRuns: 8 },
    );
  });
});

/** In lots of any size, with a kill now and then. */
async function giveAtRandom(
  fixes: typeof day.fixes,
  leastLot: number,
  random: () => number,
): Promise<World> {
  const it = aWorld(things, []);
  for (let next = 0; next < fixes.length; ) {
    const lot = leastLot + Math.floor(120 * random());
    await it.give(fixes.slice(next, next + lot));
    next += lot;
    if (random() < 0.2) it.restart();
  }
  await it.give([]);
  return it;
}

/** As lines have it: a stretch comes late now and then. */
function nearly<T>(list: readonly T[], random: () => number): readonly T[] {
  const from = Math.floor(random() * list.length * 0.7);
  const to = from + Math.floor(random() * list.length * 0.3);
  const until = Math.min(list.length, to + Math.floor(random() * 200));
  return [
    ...list.slice(0, from),
    ...list.slice(to, until),
    ...list.slice(from, to),
    ...list.slice(until),
  ];
}

test('kinds see the motion of the fix at hand', async () => {
  const seen: Motion[] = [];
  const witness: RuleKind<unknown, null> = {
    kind: 'vehicle.witness',
    version: 1,
    title: { zh: '', en: '' },
    description: { zh: '', en: '' },
    severity: 'info',
    params: z.object({}),
    appliesTo: ({ type }) => type === 'vehicle',
    initial: () => null,
    step(state, _event, _subject, _params, { motion }) {
      if (motion) seen.push(motion);
      return { state, findings: [] };
    },
  };
  const it = aWorld(things, [witness as RuleKind]);
  await it.give(day.fixes);
  expect(seen).toHaveLength(day.fixes.length);
  expect(seen[30]).toMatchObject({ mark: 'good', standing: true, trip: null, at: ['yard'] });
  expect(seen.flatMap(({ left }) => left)).toEqual(['yard']);
  expect(seen.flatMap(({ ended }) => ended)).toHaveLength(day.truth.length);
  const driving = seen.find(({ trip }) => trip !== null);
  expect(driving?.trip?.startedAt).toBeLessThan(driving?.trip?.now.at ?? 0);
});
