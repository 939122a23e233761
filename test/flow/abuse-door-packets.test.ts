import { setTimeout as wait } from 'node:timers/promises';
import mqttPacket, { type Packet } from 'mqtt-packet';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  expectNoGrowth,
  openScene,
  payloadMark,
  readingOf,
  type Scene,
  seeded,
  until,
} from './abuse-kit.ts';
import { connectAs, type Line, openAs, openLine, publishOf } from './abuse-lines.ts';
import { folderOfSuite } from './folders.ts';

/** P6 at the MQTT door: packets that are cut, broken, too large, repeated or never finished. */

const seed = 20_260_301;
const folder = folderOfSuite();
let scene: Scene;
beforeAll(async () => {
  console.log(`seed ${seed}`);
  scene = await openScene(folder, { meters: 40 });
});
afterAll(() => scene.close());

/** Subscribing, both kinds of publishing, a ping: what a device may say in one breath. @param at of its two readings, a pair of its own */
function conversation(user: string, clientId: string, at: number): Buffer {
  const topic = `v1/meters/${user}/readings`;
  const packets: Packet[] = [
    connectAs(user, { clientId }),
    { cmd: 'subscribe', messageId: 7, subscriptions: [{ topic: `v1/devices/${user}/x`, qos: 1 }] },
    publishOf(topic, readingOf(at), { messageId: 300 }),
    publishOf(topic, readingOf(at + 1), { messageId: 301, qos: 2 }),
    { cmd: 'pubrel', messageId: 301 },
    { cmd: 'pingreq' },
  ];
  return Buffer.concat(packets.map((packet) => mqttPacket.generate(packet)));
}

const wanted = ['connack', 'pingresp', 'puback 300', 'pubcomp 301', 'pubrec 301', 'suback 7'];
const told = ({ cmd, messageId }: Packet): string =>
  messageId === undefined ? cmd : `${cmd} ${messageId}`;

async function answersTo(line: Line): Promise<string[]> {
  const answers: string[] = [];
  while (answers.length < wanted.length) {
    const packet = await line.next();
    if (!packet) break;
    answers.push(told(packet));
  }
  line.socket.end(mqttPacket.generate({ cmd: 'disconnect' }));
  return answers.sort();
}

test('a conversation that is cut at any byte comes to the same', async () => {
  const began = Date.now() - 3_600_000;
  const { length } = conversation('m10', 'cut-000', began);
  const cut = async (at: number) => {
    const bytes = conversation(
      `m${10 + (at % 20)}`,
      `cut-${String(at).padStart(3, '0')}`,
      began + at * 2,
    );
    const line = await openLine(scene.mqtt);
    line.socket.write(bytes.subarray(0, at));
    await wait(15);
    line.socket.write(bytes.subarray(at));
    return { at, answers: await answersTo(line) };
  };
  for (let from = 1; from < length; from += 60) {
    const count = Math.min(60, length - from);
    const outcomes = await Promise.all(Array.from({ length: count }, (_, n) => cut(from + n)));
    for (const { at, answers } of outcomes)
      expect({ at, answers }).toEqual({ at, answers: wanted });
  }
  const line = await openLine(scene.mqtt);
  for (const byte of conversation('m10', 'bytewise', began + 2 * length)) {
    line.socket.write(Buffer.from([byte]));
    await wait(1);
  }
  expect(await answersTo(line)).toEqual(wanted);

  await scene.settled();
  const kept = await Promise.all(
    Array.from({ length: 20 }, async (_, n) => {
      const range = `from=${began}&to=${began + 2 * length + 2}`;
      const { items } = await scene.guanjia.get<{ items: unknown[] }>(
        `/api/v1/meters/m${10 + n}/readings?metric=power_kw&${range}`,
      );
      return items.length;
    }),
  );
  expect(kept.reduce((sum, count) => sum + count, 0)).toBe(2 * length);
  await scene.expectUnharmed();
}, 60_000);

test('random bytes, before and after the door has let somebody in', async () => {
  const random = seeded(seed);
  const noise = (most: number) =>
    Buffer.from(Array.from({ length: 1 + Math.floor(random() * most) }, () => random() * 256));
  const flipped = (bytes: Buffer) => {
    const copy = Buffer.from(bytes);
    for (let n = 0; n < 3; n++) copy[Math.floor(random() * copy.length)] = random() * 256;
    return copy;
  };
  const kinds = [
    () => noise(600),
    (user: string) =>
      Buffer.concat([mqttPacket.generate(connectAs(user, { clientId: 'fuzz' })), noise(600)]),
    (user: string) => flipped(conversation(user, 'fuzz', Date.now())),
  ];
  const before = scene.rssMb();
  const attack = async (n: number) => {
    const line = await openLine(scene.mqtt);
    line.socket.write(kinds[n % 3]?.(`m${(n % 36) + 2}`) ?? '');
    await Promise.race([line.closed, wait(n % 2 ? 5 : 30)]);
    line.socket.destroy();
  };
  for (let batch = 0; batch < 50; batch++)
    await Promise.all(Array.from({ length: 60 }, (_, n) => attack(batch * 60 + n)));
  await scene.expectUnharmed();
  expect(scene.rssMb() - before).toBeLessThan(80);
}, 60_000);

test('the largest of everything is taken or refused, never kept waiting', async () => {
  const before = scene.rssMb();
  const long = 'x'.repeat(65_535);
  const large = (kilobytes: number) => payloadMark.padEnd(kilobytes * 1024, '-');
  const outcome = async (packets: readonly (Packet | Buffer)[]) => {
    const line = await openLine(scene.mqtt);
    const got: string[] = [];
    for (const packet of packets) {
      line.socket.write(Buffer.isBuffer(packet) ? packet : mqttPacket.generate(packet));
      const answer = await line.next();
      if (answer)
        got.push(answer.cmd === 'connack' ? `connack ${answer.returnCode}` : told(answer));
    }
    line.socket.destroy();
    return got;
  };
  const m1 = connectAs('m1', { clientId: 'large' });
  const topic = 'v1/meters/m1/readings';
  expect(await outcome([connectAs('m1', { clientId: long })])).toEqual(['connack 2']);
  expect(await outcome([connectAs('m1', { username: long })])).toEqual(['connack 4']);
  expect(await outcome([connectAs('m1', { password: Buffer.from(long) })])).toEqual(['connack 4']);
  expect(
    await outcome([
      connectAs('m1', { clientId: long, username: long, password: Buffer.from(long) }),
    ]),
  ).toEqual([]);
  expect(await outcome([m1, publishOf(long, 'x')])).toEqual(['connack 0']);
  expect(await outcome([m1, publishOf(topic, large(64))])).toEqual(['connack 0', 'puback 1']);
  expect(await outcome([m1, publishOf(topic, `${large(64)}-`)])).toEqual(['connack 0']);
  expect(await outcome([m1, publishOf(topic, large(1024))])).toEqual(['connack 0']);
  // 256 MiB announced, and a length of five bytes.
  expect(await outcome([m1, Buffer.from([0x32, 0xff, 0xff, 0xff, 0x7f, 0, 1])])).toEqual([
    'connack 0',
  ]);
  expect(await outcome([m1, Buffer.from([0x32, 0xff, 0xff, 0xff, 0xff, 1])])).toEqual([
    'connack 0',
  ]);
  expect(await outcome([Buffer.from([0x10, 0xff, 0xff, 0xff, 0x7f])])).toEqual([]);
  await scene.expectUnharmed();
  expect(scene.rssMb() - before).toBeLessThan(60);
}, 30_000);

test('QoS 2 that is never finished is bounded', async () => {
  const payload = payloadMark.padEnd(8000, '.');
  // Every round brings 38 MB.
  await expectNoGrowth(scene, 15, async (round) => {
    const lines = await Promise.all(
      Array.from({ length: 12 }, (_, n) =>
        openAs(scene.mqtt, 'm1', { clientId: `half-${n}`, clean: round % 2 === 0 }),
      ),
    );
    for (const line of lines) {
      for (let messageId = 1; messageId <= 400 && !line.isClosed(); messageId++) {
        line.send(publishOf('v1/meters/m1/readings', payload, { messageId, qos: 2 }));
      }
    }
    await wait(1500);
    for (const line of lines) line.socket.destroy();
    await scene.settled();
  });
  await scene.expectUnharmed();
}, 40_000);

test('one message that is repeated 20,000 times is one message', async () => {
  const line = await openAs(scene.mqtt, 'm3', { clientId: 'again' });
  const message = { values: { power_kw: 33 }, note: payloadMark };
  const again = (dup: boolean) =>
    mqttPacket.generate(
      publishOf('v1/meters/m3/readings', JSON.stringify(message), { messageId: 9, dup }),
    );
  const began = Date.now();
  line.socket.write(again(false));
  const flood = Buffer.concat(Array.from({ length: 1000 }, () => again(true)));
  for (let n = 0; n < 20; n++) line.socket.write(flood);
  let heard = 0;
  await until(
    () => {
      heard += line.packets.splice(0).filter(({ cmd }) => cmd === 'puback').length;
      return heard === 20_001;
    },
    20_000,
    'every repetition is acknowledged',
  );
  line.socket.destroy();
  await scene.settled();
  const { items } = await scene.guanjia.get<{ items: unknown[] }>(
    `/api/v1/meters/m3/readings?metric=power_kw&from=${began - 1000}&to=${Date.now() + 1000}`,
  );
  expect(items).toHaveLength(1);
  await scene.expectUnharmed();
}, 40_000);
