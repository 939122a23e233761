import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Accepted } from '../../model/observation.ts';
import { morning } from '../api/world.ts';
import { type HttpScene, openHttp, openPlain } from './abuse-http-kit.ts';
import { until } from './abuse-kit.ts';

/** P6 at the live stream: who does not read is dropped and not remembered, and nobody has more streams than his share. */

let scene: HttpScene;
let world: HttpScene['world'];
let token: string;
beforeAll(async () => {
  scene = await openHttp();
  world = scene.world;
  token = world.sessions.start('root').token;
});
afterAll(() => scene.close());

async function openStream(bearer = token) {
  const plain = await openPlain(scene.port);
  plain.socket.write(
    `GET /api/v1/live HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${bearer}\r\n\r\n`,
  );
  await until(() => plain.heard().includes('\r\n\r\n') || plain.isClosed());
  return plain;
}

test('streams that are not read are dropped with a bound on what waits for them; one that reads misses nothing', async () => {
  const reader = await openStream(world.sessions.start('officer').token);
  const deaf = await Promise.all(Array.from({ length: 15 }, () => openStream()));
  for (const { socket } of deaf) socket.pause();
  const before = process.memoryUsage().rss;
  let seq = 0;
  const say = () => {
    seq++;
    const observation = {
      type: 'fix',
      device: 'west-v',
      at: morning,
      timeSource: 'device',
      lat: 36,
      lon: 116 + seq / 1e6,
      fixed: true,
      seq,
      receivedAt: morning,
    } satisfies Accepted;
    world.emit({ type: 'observation', observation });
  };
  const deadline = Date.now() + 10_000;
  while (Date.now() < deadline) {
    for (let n = 0; n < 600; n++) say();
    await wait(100);
  }
  const grownMb = (process.memoryUsage().rss - before) / 2 ** 20;
  console.log(`${seq} events to 15 deaf streams: +${grownMb.toFixed(0)} MB`);
  // 15 streams of more than 10 MB each were meant for them.
  expect(grownMb).toBeLessThan(120);
  expect(world.counted).not.toContain('live_dropped');
  world.clock.at += 31_000;
  await until(() => world.counted.filter((name) => name === 'live_dropped').length === 15);
  await until(() => reader.heard().split('event: position').length - 1 === seq);
  expect(reader.isClosed()).toBe(false);
  reader.socket.destroy();
  for (const { socket } of deaf) socket.destroy();
}, 40_000);

test('one user has twenty streams, and is told when to come again', async () => {
  const own = await Promise.all(Array.from({ length: 25 }, () => openStream()));
  const refused = own.filter((stream) => stream.heard().startsWith('HTTP/1.1 429'));
  expect(refused).toHaveLength(5);
  expect(refused[0]?.heard()).toMatch(/retry-after: 10/i);
  const other = await openStream(world.sessions.start('viewer').token);
  expect(other.heard()).toMatch(/^HTTP\/1\.1 200/);
  for (const { socket } of [...own, other]) socket.destroy();
  await until(async () => {
    const again = await openStream();
    again.socket.destroy();
    return again.heard().startsWith('HTTP/1.1 200');
  }, 5000);
});
