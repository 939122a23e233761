import { afterAll, beforeAll, expect, test } from 'vitest';
import { tripsShape } from '../../api/trip-shape.ts';
import { hourMs } from '../../model/time.ts';
import { recordTrips } from './a-trip.ts';
import { morning, openWorld, type World } from './world.ts';

let world: World;

beforeAll(async () => {
  world = await openWorld();
  recordTrips(world, 'west', 0, 60, 120);
  recordTrips(world, 'east', 10);
});
afterAll(() => world.close());

const range = `from=${morning}&to=${morning + 24 * hourMs}`;
const get = (path: string, user = 'viewer') => world.as(user).get(`/v1/${path}`);

test('the trips of a vehicle ascend, in the time of its institution', async () => {
  const { status, body } = await get(`vehicles/west-v/trips?${range}`);
  expect(status).toBe(200);
  const { items, next } = tripsShape.strict().parse(body);
  expect(next).toBeNull();
  expect(items.map(({ startedAt }) => startedAt)).toEqual([
    '2026-11-23T08:00:00+08:00',
    '2026-11-23T09:00:00+08:00',
    '2026-11-23T10:00:00+08:00',
  ]);
  expect(items[0]).toMatchObject({
    vehicle: 'west-v',
    state: 'over',
    endedAt: '2026-11-23T08:30:00+08:00',
    distanceKm: 21.5,
    odometerKm: 21.9,
    end: { lat: 36.6, lon: 115.85, places: [] },
    stops: [{ from: '2026-11-23T08:05:00+08:00', idlingS: 240 }],
  });
});

test('pages, and coordinates in the datum asked for', async () => {
  const first = await get(`vehicles/west-v/trips?${range}&limit=2&datum=gcj02`);
  const page = tripsShape.parse(first.body);
  expect(page.items).toHaveLength(2);
  expect(Math.abs((page.items[0]?.start.lon ?? 0) - 115.98)).toBeGreaterThan(0.003);
  const second = await get(`vehicles/west-v/trips?${range}&limit=2&cursor=${page.next}`);
  expect(tripsShape.parse(second.body).items).toHaveLength(1);
});

test('everybody sees the trips of his own institutions only', async () => {
  const ids = async (path: string, user?: string) => {
    const { body } = await get(path, user);
    return tripsShape.parse(body).items.map(({ vehicle }) => vehicle);
  };
  expect(await ids(`trips?${range}`, 'root')).toEqual(['west-v', 'east-v', 'west-v', 'west-v']);
  expect(await ids(`trips?${range}`)).toEqual(['west-v', 'west-v', 'west-v']);
  expect(await ids(`trips?${range}&institution=east`)).toEqual([]);
  expect((await get(`vehicles/east-v/trips?${range}`)).status).toBe(404);
  const { body } = await get(`trips?${range}&vehicle=east-v`, 'root');
  const [foreign] = tripsShape.parse(body).items;
  expect((await get(`trips/${foreign?.id}`, 'root')).status).toBe(200);
  expect((await get(`trips/${foreign?.id}`)).status).toBe(404);
});

test('each is compared with the orders of its vehicle as they stand today', async () => {
  const verdicts = async () => {
    const { body } = await get(`vehicles/west-v/trips?${range}`);
    return tripsShape.parse(body).items.map(({ dispatch, verdicts: all }) => [dispatch, ...all]);
  };
  const before = await verdicts();
  expect(before.map(([dispatch]) => dispatch)).not.toContain('west-slip');
  const { status } = await world.as('root').post('/v1/dispatches', {
    id: 'west-slip',
    vehicle: 'west-v',
    from: '2026-11-23T09:50:00+08:00',
    to: '2026-11-23T10:40:00+08:00',
    distanceKm: 5,
  });
  expect(status).toBe(201);
  expect((await verdicts())[2]).toEqual(['west-slip', 'over-distance']);
});
