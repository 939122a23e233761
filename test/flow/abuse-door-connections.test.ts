import { setTimeout as wait } from 'node:timers/promises';
import mqttPacket from 'mqtt-packet';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openScene, readingOf, type Scene, until } from './abuse-kit.ts';
import { connectAs, openAs, openLine, openMany, publishOf } from './abuse-lines.ts';
import { folderOfSuite } from './folders.ts';

/** P6 at the MQTT door: those who connect and do not behave. A polite meter beside them must notice nothing. */

const connectTimeoutMs = 10_000;
const folder = folderOfSuite();
let scene: Scene;
beforeAll(async () => {
  scene = await openScene(folder);
});
afterAll(() => scene.close());

test('thousands that connect and say nothing, or a byte a second, are closed in time', async () => {
  const before = scene.rssMb();
  const silent = await openMany(2000, scene.mqtt);
  const slow = await openMany(200, scene.mqtt);
  const hello = mqttPacket.generate(connectAs('m0'));
  const began = performance.now();
  for (let n = 0; n < hello.length && slow.some((line) => !line.isClosed()); n++) {
    for (const line of slow) if (!line.isClosed()) line.socket.write(hello.subarray(n, n + 1));
    await wait(1000);
    if (performance.now() - began > connectTimeoutMs + 8000) break;
  }
  expect([...silent, ...slow].filter((line) => !line.isClosed())).toHaveLength(0);
  const { p99Ms } = await scene.expectUnharmed();
  console.log(`2,200 half-open connections: p99 ${p99Ms.toFixed(0)} ms`);
  expect(scene.rssMb() - before).toBeLessThan(100);
}, 60_000);

test('a message that never ends harms nobody, not even other connections of its sender', async () => {
  const slow = await Promise.all(
    Array.from({ length: 8 }, (_, n) => openAs(scene.mqtt, 'm1', { clientId: `slow${n}` })),
  );
  const message = mqttPacket.generate(publishOf('v1/meters/m1/readings', 'x'.repeat(60_000)));
  for (const line of slow) line.socket.write(message.subarray(0, message.length - 100));
  for (let n = 0; n < 20; n++) {
    for (const line of slow) line.socket.write('x');
    await wait(20);
  }
  const other = await openAs(scene.mqtt, 'm1', { clientId: 'other' });
  other.send(publishOf('v1/meters/m1/readings', readingOf(Date.now())));
  expect(await other.next()).toMatchObject({ cmd: 'puback', messageId: 1 });
  await scene.expectUnharmed();
  for (const line of [...slow, other]) line.socket.destroy();
});

test('a flood of wrong passwords is refused, slowed per user, and lets the others in', async () => {
  const before = await scene.counter('refused', { reason: 'rate-limited' });
  const guess = async (n: number) => {
    const line = await openLine(scene.mqtt);
    line.send(connectAs(`m${10 + (n % 5)}`, { password: Buffer.from(`guess ${n}`) }));
    const answer = await line.next();
    await line.closed;
    return answer?.cmd === 'connack' ? answer.returnCode : undefined;
  };
  const codes: (number | undefined)[] = [];
  for (let batch = 0; batch < 10; batch++)
    codes.push(
      ...(await Promise.all(Array.from({ length: 200 }, (_, n) => guess(batch * 200 + n)))),
    );
  expect(codes.filter((code) => code === 0)).toHaveLength(0);
  expect((await scene.counter('refused', { reason: 'rate-limited' })) - before).toBeGreaterThan(
    1500,
  );
  for (const user of ['m9', 'm10', 'm14']) {
    const right = await openAs(scene.mqtt, user);
    right.socket.destroy();
  }
  await scene.expectUnharmed();
}, 30_000);

test('two that fight for one client id: each newer one gets in, nothing is left behind', async () => {
  const before = scene.rssMb();
  let letIn = 0;
  const fight = async () => {
    for (let n = 0; n < 300; n++) {
      const line = await openLine(scene.mqtt);
      line.send(connectAs('m2', { clientId: 'fought-for', clean: n % 2 === 0 }));
      const answer = await line.next();
      if (answer?.cmd === 'connack' && answer.returnCode === 0) letIn++;
      if (n % 3 === 0) line.socket.destroy();
      else await Promise.race([line.closed, wait(20)]);
    }
  };
  await Promise.all([fight(), fight()]);
  expect(letIn).toBeGreaterThan(300);
  const last = await openAs(scene.mqtt, 'm2', { clientId: 'fought-for' });
  last.send(publishOf('v1/meters/m2/readings', readingOf(Date.now())));
  expect(await last.next()).toMatchObject({ cmd: 'puback' });
  last.socket.destroy();
  await scene.expectUnharmed();
  expect(scene.rssMb() - before).toBeLessThan(80);
}, 40_000);

test('one user cannot take all places', async () => {
  const lines = await openMany(100, scene.mqtt);
  for (const [n, line] of lines.entries()) line.send(connectAs('m3', { clientId: `c${n}` }));
  const answers = await Promise.all(lines.map((line) => line.next()));
  const letIn = answers.filter((packet) => packet?.cmd === 'connack' && packet.returnCode === 0);
  expect(letIn).toHaveLength(16);
  for (const line of lines) line.socket.destroy();
  // The places are free again.
  await until(async () => {
    const line = await openLine(scene.mqtt);
    line.send(connectAs('m3', { clientId: 'after' }));
    const answer = await line.next();
    line.socket.destroy();
    return answer?.cmd === 'connack' && answer.returnCode === 0;
  }, 5000);
  await scene.expectUnharmed();
});

test('pings without end, and wills by the hundred', async () => {
  const before = scene.rssMb();
  const pings = await openAs(scene.mqtt, 'm4', { clientId: 'ping' });
  const storm = Buffer.concat(Array.from({ length: 5000 }, () => Buffer.from([0xc0, 0])));
  let heard = 0;
  pings.socket.on('data', () => {
    heard += pings.packets.splice(0).filter(({ cmd }) => cmd === 'pingresp').length;
  });
  for (let n = 0; n < 20; n++) pings.socket.write(storm);
  await until(() => heard === 100_000, 15_000, 'every ping is answered');
  pings.socket.destroy();
  for (let n = 0; n < 300; n++) {
    const will = {
      topic: 'v1/devices/m4/state',
      payload: Buffer.from('offline'),
      qos: 1,
      retain: true,
    };
    const line = await openAs(scene.mqtt, 'm4', { clientId: `w${n % 10}`, will });
    line.socket.destroy();
  }
  const foreign = await openLine(scene.mqtt);
  const will = {
    topic: 'v1/devices/m5/state',
    payload: Buffer.from('offline'),
    qos: 0,
    retain: false,
  };
  foreign.send(connectAs('m4', { clientId: 'foreign', will }));
  expect(await foreign.next()).toMatchObject({ cmd: 'connack', returnCode: 5 });
  await scene.expectUnharmed();
  expect(scene.rssMb() - before).toBeLessThan(80);
}, 40_000);
