import { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createApi } from '../../api/server.ts';
import { minuteMs } from '../../model/time.ts';
import { openWorld, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(async () => {
  vi.useRealTimers();
  await world.close();
});

test('a backup that begins after its caller has had an answer is let go', async () => {
  const begun = Promise.withResolvers<{ stream: Readable; bytes: number }>();
  const asked = Promise.withResolvers<void>();
  const api = await createApi(
    { ...world.options, commandToken: 'of-commands' },
    {
      ...world.services,
      backup: () => {
        asked.resolve();
        return begun.promise;
      },
    },
    world.context,
  );
  await api.ready();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const answer = api.inject({
    method: 'POST',
    url: '/api/v1/backup',
    headers: { authorization: 'Bearer of-commands' },
  });
  await asked.promise;
  vi.advanceTimersByTime(5 * minuteMs);
  expect((await answer).statusCode).toBe(503);
  vi.useRealTimers();
  const stream = new Readable({ read() {} });
  begun.resolve({ stream, bytes: 1 });
  await expect.poll(() => stream.destroyed).toBe(true);
  await api.close();
});
