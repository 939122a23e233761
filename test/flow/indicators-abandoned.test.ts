import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startApi } from '../../api/server.ts';
import { openWorld, type World } from '../api/world.ts';

/** A question about a year of many meters is long; who goes away meanwhile is not worked for any longer. */

const meters = 15;
let world: World;
let running: Awaited<ReturnType<typeof startApi>>;
let asked = 0;

beforeAll(async () => {
  world = await openWorld();
  const imported = await world.registry.import(
    JSON.stringify({
      institutions: [{ id: 'large', name: '大院', level: 'unit', parent: 'west' }],
      buildings: [{ id: 'large-b', institution: 'large', name: '楼' }],
      meters: Array.from({ length: meters }, (_, n) => ({
        id: `large-${n}`,
        building: 'large-b',
        medium: 'electricity',
      })),
    }),
    { user: 'system' },
  );
  expect(imported.ok).toBe(true);
  const { readings } = world.store;
  world.store.readings = async (...range) => {
    asked++;
    await wait(2);
    return readings(...range);
  };
  running = await startApi(world.options, world.services, world.context);
});
afterAll(async () => {
  await running.stop();
  await world.close();
});

const ask = (signal?: AbortSignal) =>
  fetch(`http://127.0.0.1:${running.port}/api/v1/institutions/large/indicators?year=2026`, {
    headers: { authorization: `Bearer ${world.sessions.start('viewer').token}` },
    ...(signal ? { signal } : {}),
  });

test('who goes away is not worked for any longer', async () => {
  expect((await ask()).status).toBe(200);
  const whole = asked;
  expect(whole).toBeGreaterThan(meters);

  asked = 0;
  const leaving = new AbortController();
  const answer = ask(leaving.signal).catch(() => 'left');
  while (asked < 5) await wait(1);
  leaving.abort();
  expect(await answer).toBe('left');
  await wait(200);
  const atRest = asked;
  await wait(200);
  expect(asked).toBe(atRest);
  expect(asked).toBeLessThan(whole / 2);
  expect(world.log.filter((line) => line.startsWith('error'))).toEqual([]);
});
