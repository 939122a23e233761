import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type HttpScene, openPlain as openAt, openHttp, type Plain } from './abuse-http-kit.ts';
import { seeded, until } from './abuse-kit.ts';

/** P6 at the HTTP door: clients that begin and do not end, or take more than their share. Times are shorter than in service. */

const limits = {
  connections: 120,
  connectionsPerAddress: 30,
  headMs: 600,
  requestMs: 1200,
  idleMs: 2000,
  stalledMs: 5000,
  checkEveryMs: 100,
};
/** Not where a proxy would come from. */
const stranger = '127.0.0.2';
const seed = 20_260_302;

let scene: HttpScene;
beforeAll(async () => {
  console.log(`seed ${seed}`);
  scene = await openHttp({ limits });
});
afterAll(() => scene.close());

const openPlain = (localAddress = stranger) => openAt(scene.port, localAddress);
const openSome = (count: number, localAddress?: string) =>
  Promise.all(Array.from({ length: count }, () => openPlain(localAddress)));

test('connections that say nothing, and heads and bodies that trickle, are closed in time', async () => {
  const silent = await openSome(5);
  const heads = await openSome(5);
  const bodies = await openSome(5);
  for (const { socket } of heads) socket.write('GET /healthz HTTP/1.1\r\nHost: x\r\n');
  for (const { socket } of bodies)
    socket.write(
      'POST /api/v1/session HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 4000\r\n\r\n{',
    );
  const all = [...silent, ...heads, ...bodies];
  const began = performance.now();
  while (all.some((plain) => !plain.isClosed()) && performance.now() - began < 8000) {
    for (const plain of heads) if (!plain.isClosed()) plain.socket.write('X-A: b\r\n');
    for (const plain of bodies) if (!plain.isClosed()) plain.socket.write(' ');
    await wait(50);
  }
  expect(all.filter((plain) => !plain.isClosed())).toHaveLength(0);
  expect(heads.map((plain) => plain.heard().split('\r\n')[0])).toEqual(
    Array(5).fill('HTTP/1.1 408 Request Timeout'),
  );
  await scene.expectServed();
});

test('a kept connection that asks no more is closed; one whose answers are not read as well', async () => {
  const idle = await openPlain();
  idle.socket.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n');
  const deaf = await openPlain();
  deaf.socket.pause();
  for (let n = 0; n < 300; n++)
    deaf.socket.write('GET /api/openapi.json HTTP/1.1\r\nHost: x\r\n\r\n');
  await until(() => idle.heard().includes('200 OK') && idle.isClosed());
  // It sees its end only once it reads: what we hold for it is what counts.
  await until(async () => {
    deaf.socket.write('x');
    await wait(100);
    return deaf.isClosed() || deaf.socket.destroyed;
  }, 10_000);
  await scene.expectServed();
}, 20_000);

test('one address gets so many connections, all together a few more', async () => {
  const own = await openSome(50);
  await until(() => own.filter((plain) => plain.isClosed()).length === 20);
  await scene.expectServed();
  const others: Plain[] = [];
  for (let n = 3; n < 8; n++) others.push(...(await openSome(30, `127.0.0.${n}`)));
  const openNow = () => [...own, ...others].filter((plain) => !plain.isClosed()).length;
  await until(() => openNow() <= 120);
  // Nothing was closed that was within bounds.
  expect(openNow()).toBeGreaterThanOrEqual(115);
  for (const { socket } of [...own, ...others]) socket.destroy();
  // The places are free again.
  await until(async () => {
    const plain = await openPlain();
    plain.socket.write('GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    await until(() => plain.isClosed());
    return plain.heard().includes('200 OK');
  }, 5000);
  expect(scene.world.counted).toContain('refused');
  await scene.expectServed();
});

test('what is not HTTP is answered once and closed, though the other side keeps its end open', async () => {
  const random = seeded(seed);
  for (let round = 0; round < 10; round++) {
    const garbage = await openSome(20);
    for (const { socket } of garbage) {
      const length = 1 + Math.floor(random() * 2000);
      socket.write(Buffer.from(Array.from({ length }, () => random() * 256)));
    }
    if (round % 5 === 0) {
      const large = garbage[0];
      large?.socket.write(`GET / HTTP/1.1\r\nX: ${'x'.repeat(40_000)}\r\n\r\n`);
      await until(() => garbage.every((plain) => plain.isClosed()));
    }
    for (const { socket } of garbage) socket.destroy();
    await wait(50);
  }
  const halves = await openPlain();
  halves.socket.write('NONSENSE\r\n\r\n');
  await until(() => halves.isClosed());
  expect(halves.heard()).toContain('400 Bad Request');
  await scene.expectServed();
}, 40_000);
