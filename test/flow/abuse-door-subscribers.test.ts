import { setTimeout as wait } from 'node:timers/promises';
import mqttPacket from 'mqtt-packet';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  expectNoGrowth,
  openScene,
  payloadMark,
  readingOf,
  type Scene,
  until,
} from './abuse-kit.ts';
import { connectAs, openAs, openLine, publishOf } from './abuse-lines.ts';
import { folderOfSuite } from './folders.ts';

/** P6 at the MQTT door: topics without number, and those who ask for more than they read. */

const folder = folderOfSuite();
let scene: Scene;
beforeAll(async () => {
  scene = await openScene(folder);
});
afterAll(() => scene.close());

test('topics without number: each foreign one ends its connection and leaves nothing', async () => {
  const before = await scene.counter('refused', { reason: 'topic' });
  await expectNoGrowth(scene, 10, async (round) => {
    for (let batch = 0; batch < 10; batch++) {
      await Promise.all(
        Array.from({ length: 100 }, async (_, n) => {
          const line = await openLine(scene.mqtt);
          const id = `${round}-${batch}-${n}`;
          line.send(connectAs(`m${n % 18}`, { clientId: `t${n}` }));
          line.send(publishOf(`v1/meters/${id.padEnd(4000, 'x')}/readings`, payloadMark));
          await line.closed;
        }),
      );
    }
  });
  expect((await scene.counter('refused', { reason: 'topic' })) - before).toBeGreaterThan(1500);
  await scene.expectUnharmed();
}, 40_000);

test('a subscribe storm: to everything, again and again, by those who may not', async () => {
  const line = await openAs(scene.mqtt, 'm1', { clientId: 'storm' });
  for (let n = 0; n < 3000; n++) {
    const topic = ['#', 'v1/#', `v1/meters/m${n}/readings`, '$SYS/#'][n % 4] ?? '#';
    line.send({
      cmd: 'subscribe',
      messageId: (n % 60_000) + 1,
      subscriptions: [{ topic, qos: 1 }],
    });
  }
  let granted = 0;
  let answers = 0;
  await until(() => {
    for (const packet of line.packets.splice(0)) {
      if (packet.cmd === 'suback') answers++;
      if (packet.cmd === 'suback' && packet.granted.some((qos) => qos !== 128)) granted++;
    }
    return answers === 3000 || line.isClosed();
  });
  // Of all these only its own topic, once: `v1/meters/m1/readings` is not among every fourth.
  expect(granted).toBe(0);
  await scene.expectUnharmed();
  line.socket.destroy();
}, 30_000);

test('filters without number: in one packet they end the connection, in many they are refused', async () => {
  const before = scene.rssMb();
  const filters = (count: number, round = 0) =>
    Array.from({ length: count }, (_, n) => ({
      topic: `v1/devices/m4/${round}-${n}`,
      qos: 1 as const,
    }));
  for (let n = 0; n < 20; n++) {
    const line = await openAs(scene.mqtt, 'm4', { clientId: `many-${n}`, clean: n % 2 === 0 });
    line.send({ cmd: 'subscribe', messageId: 1, subscriptions: filters(3000) });
    expect(await line.next()).toBeUndefined();
  }
  const line = await openAs(scene.mqtt, 'm4', { clientId: 'patient', clean: false });
  let granted = 0;
  for (let round = 0; round < 20; round++) {
    line.send({ cmd: 'subscribe', messageId: 1, subscriptions: filters(60, round) });
    const answer = await line.next();
    if (answer?.cmd === 'suback') granted += answer.granted.filter((qos) => qos === 1).length;
  }
  expect(granted).toBe(256);
  line.socket.destroy();
  expect(scene.rssMb() - before).toBeLessThan(60);
  await scene.expectUnharmed({ p99Ms: 500 });
}, 40_000);

test('a subscriber that reads nothing is let go, and costs a megabyte at most', async () => {
  const before = scene.rssMb();
  const deaf = await Promise.all(
    Array.from({ length: 10 }, (_, n) => openAs(scene.mqtt, 'bi', { clientId: `deaf-${n}` })),
  );
  for (const line of deaf) {
    line.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 'v1/#', qos: 0 }] });
    await line.next();
    line.socket.pause();
  }
  const dropped = await scene.counter('dropped', { reason: 'slow-subscriber' });
  const speaker = await openAs(scene.mqtt, 'm2', { clientId: 'speaker' });
  const message = publishOf('v1/meters/m2/readings', payloadMark.padEnd(60_000, '.'));
  for (let n = 0; n < 400; n++) {
    speaker.send({ ...message, messageId: n + 1 });
    expect(await speaker.next()).toMatchObject({ cmd: 'puback' });
  }
  const now = await scene.counter('dropped', { reason: 'slow-subscriber' });
  expect(now - dropped).toBeGreaterThanOrEqual(10);
  // 240 MB were meant for them.
  expect(scene.rssMb() - before).toBeLessThan(120);
  await scene.expectUnharmed();
  for (const line of [...deaf, speaker]) line.socket.destroy();
}, 40_000);

test('a client that never reads its acknowledgements is no longer read either', async () => {
  const before = scene.rssMb();
  const line = await openAs(scene.mqtt, 'm3', { clientId: 'deaf' });
  line.socket.pause();
  const message = publishOf('v1/meters/m3/readings', payloadMark);
  const bytes = Buffer.concat(Array.from({ length: 1000 }, () => mqttPacket.generate(message)));
  const deadline = Date.now() + 12_000;
  // Until nothing more goes through for a second.
  let taken = -1;
  while (Date.now() < deadline && !line.isClosed()) {
    if (line.socket.writableLength < 1 << 20) line.socket.write(bytes);
    await wait(20);
    if (line.socket.writableLength >= 1 << 20) {
      if (taken === line.socket.bytesWritten - line.socket.writableLength) break;
      taken = line.socket.bytesWritten - line.socket.writableLength;
      await wait(1000);
    }
  }
  expect(scene.rssMb() - before).toBeLessThan(100);
  await scene.expectUnharmed();
  line.socket.destroy();
  const again = await openAs(scene.mqtt, 'm3', { clientId: 'deaf' });
  again.send(publishOf('v1/meters/m3/readings', readingOf(Date.now())));
  expect(await again.next()).toMatchObject({ cmd: 'puback' });
  again.socket.destroy();
}, 40_000);

test('asking for what is retained, without reading it, is bounded', async () => {
  const before = scene.rssMb();
  const others = await Promise.all(
    Array.from({ length: 18 }, (_, n) => openAs(scene.mqtt, `m${n}`)),
  );
  const line = await openAs(scene.mqtt, 'bi', { clientId: 'retained' });
  line.socket.pause();
  const ask = {
    cmd: 'subscribe' as const,
    messageId: 5,
    subscriptions: [{ topic: 'v1/devices/+/state', qos: 0 as const }],
  };
  for (let n = 0; n < 20_000 && !line.isClosed(); n++) {
    line.send(ask);
    if (n % 100 === 0) await wait(20);
  }
  await wait(2000);
  expect(scene.rssMb() - before).toBeLessThan(120);
  await scene.expectUnharmed();
  for (const each of [line, ...others]) each.socket.destroy();
}, 40_000);
