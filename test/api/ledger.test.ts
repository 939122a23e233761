import { afterAll, beforeAll, expect, test } from 'vitest';
import { ledgerShape } from '../../api/ledger-shape.ts';
import { gapsOf } from '../../api/routes/ledger.ts';
import { ledgerDay } from './ledger-day.ts';
import { openWorld, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

test('a device has its counts of the day, for who may see it', async () => {
  const answer = await world.as('root').get('/v1/devices/west-m/ledger?date=2026-11-20');
  expect(answer.status).toBe(200);
  expect(ledgerShape.parse(answer.body)).toMatchObject({
    device: 'west-m',
    date: '2026-11-20',
    ...ledgerDay,
  });
});

test('a device of others, none, and a day that is none', async () => {
  const west = world.as('west-admin');
  expect((await west.get('/v1/devices/east-m/ledger')).status).toBe(404);
  expect((await west.get('/v1/devices/nobody/ledger')).status).toBe(404);
  expect((await west.get('/v1/devices/west-m/ledger?date=2026-02-30')).status).toBe(400);
});

test('gaps are longer than two intervals, the ends of the day included', () => {
  const day = { from: 0, to: 1_000 };
  expect(gapsOf(day, [100, 200, 400, 401, 950], 100)).toEqual([{ from: 401, to: 950 }]);
  expect(gapsOf(day, [], 100)).toEqual([day]);
  expect(gapsOf({ from: 0, to: 0 }, [], 100)).toEqual([]);
});
