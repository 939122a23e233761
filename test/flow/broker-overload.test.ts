import { generate } from 'mqtt-packet';
import { afterEach, expect, test } from 'vitest';
import type { BrokerAccess, BrokerLimits } from '../../broker/broker.ts';
import { startBroker } from '../../broker/mqtt.ts';
import { openJournal } from '../../journal/file-journal.ts';
import { quiet } from '../../model/context.ts';
import {
  type House,
  openHouse,
  openRaw,
  publishPacket as publish,
  type Raw,
  until,
} from '../broker/harness.ts';
import { folderOfTest } from './folders.ts';

let house: House | undefined;
afterEach(async () => {
  await house?.stop();
  house = undefined;
});
const open = async (limits: Partial<BrokerLimits> = {}): Promise<House> => {
  house = await openHouse({ limits });
  return house;
};

const numbers = (count: number) => Array.from({ length: count }, (_, n) => n + 1);

test('while the journal refuses nothing is acknowledged; when it takes again it has everything once, in order', async () => {
  const house = await open();
  house.journal.fail = true;
  const raw = await house.raw();
  await raw.login('m1');
  for (const id of [1, 2, 3]) raw.send(publish(id));
  await until(() => house.journal.refused >= 3);
  raw.send({ cmd: 'pingreq' });
  expect(await raw.next()).toMatchObject({ cmd: 'pingresp' });
  for (const id of [4, 5]) raw.send(publish(id));
  raw.send(publish(6, { qos: 2 }));
  await until(() => house.context.total('slowed') > 0 && house.journal.refused >= 5);
  expect(house.broker.clients()).toBe(1);
  house.journal.fail = false;
  for (const id of [1, 2, 3, 4, 5])
    expect(await raw.next()).toMatchObject({ cmd: 'puback', messageId: id });
  expect(await raw.next()).toMatchObject({ cmd: 'pubrec', messageId: 6 });
  expect(house.journal.taken.map(({ bytes }) => bytes.toString())).toEqual(
    [1, 2, 3, 4, 5, 6].map((id) => `message ${id}`),
  );
});

test('who leaves while the journal refuses was not acknowledged, and comes again', async () => {
  const house = await open();
  house.journal.fail = true;
  const raw = await house.raw();
  await raw.login('m1');
  raw.send(publish(7));
  await until(() => house.journal.refused > 0);
  raw.socket.destroy();
  await until(() => house.context.total('refused') === 1);
  house.journal.fail = false;
  const again = await house.raw();
  await again.login('m1');
  again.send(publish(7, { dup: true }));
  expect(await again.next()).toMatchObject({ cmd: 'puback', messageId: 7 });
  expect(house.journal.taken.map(({ resend }) => resend)).toEqual([
    { client: 'm1/raw', packetId: 7, dup: true },
  ]);
});

for (const qos of [0, 1] as const) {
  test(`a flood of QoS ${qos} is read only as far as it may be under way, and all of it is taken in the end`, async () => {
    const house = await open({ connectionMessages: 50 });
    house.journal.hold = true;
    const raw = await house.raw();
    await raw.login('m1');
    const payload = Buffer.alloc(1000);
    for (const id of numbers(20_000)) raw.send(publish(id, { qos, payload }));
    await until(() => house.journal.waiting() === 50);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(house.journal.waiting()).toBe(50);
    expect(raw.socket.writableLength).toBeGreaterThan(5_000_000);
    const other = await house.raw();
    await other.login('m2');
    other.send(publish(1, { topic: 'v1/meters/m2/readings' }));
    await until(() => house.journal.waiting() === 51);
    house.journal.release();
    expect(await other.next()).toMatchObject({ cmd: 'puback' });
    await until(() => house.journal.taken.length === 20_001);
    expect(house.context.total('received')).toBe(20_001);
    expect(house.context.total('slowed')).toBeGreaterThan(0);
  });
}

test('the connections of one user share what it may have under way, and all users what there is', async () => {
  const limits = { connectionMessages: 50, userMessages: 120, waitingBytes: 150_000 };
  const house = await open(limits);
  house.journal.hold = true;
  const flood = async (user: string, client: string) => {
    const raw = await house.raw();
    await raw.login(user, true, client);
    const topic = `v1/meters/${user}/readings`;
    for (const id of numbers(500)) raw.send(publish(id, { topic, payload: Buffer.alloc(1000) }));
  };
  for (const client of ['a', 'b', 'c', 'd']) await flood('m1', client);
  await until(() => house.journal.waiting() >= 120);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(house.journal.waiting()).toBe(120);
  await flood('m2', 'a');
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(house.journal.waiting()).toBe(150);
  house.journal.release();
  await until(() => house.journal.taken.length === 2500);
});

test('who sends faster than its devices may is read more slowly; nobody else is', async () => {
  const house = await open({ deviceMessagesPerS: 100, deviceBurstS: 1 });
  const [fast, slow] = [await house.raw(), await house.raw()];
  await fast.login('m1');
  await slow.login('m2');
  const started = performance.now();
  for (const id of numbers(300)) fast.send(publish(id, { payload: Buffer.alloc(1000) }));
  slow.send(publish(1, { topic: 'v1/meters/m2/readings' }));
  await slow.next();
  expect(house.journal.taken.length).toBeLessThan(250);
  for (const id of numbers(300)) expect(await fast.next()).toMatchObject({ messageId: id });
  fast.send(publish(301));
  await fast.next();
  // 100 at once, 200 at 100 a second.
  expect(performance.now() - started).toBeGreaterThan(1900);
  expect(house.context.total('slowed')).toBeGreaterThan(0);
});

const anybody: BrokerAccess = {
  authenticate: async ({ username = '' }) => ({ user: username, speaksFor: [username] }),
  mayPublish: ({ user }) => ({ to: 'journal', device: user, protocol: 'mqtt-json', retain: false }),
  maySubscribe: () => false,
  mayWill: () => undefined,
  isCurrent: () => true,
};

/** Sends one message after the other for a while. @returns how long each acknowledgement took, ms */
async function bePolite(raw: Raw, forMs: number): Promise<number[]> {
  const took: number[] = [];
  for (const until = performance.now() + forMs; performance.now() < until; ) {
    const sent = performance.now();
    raw.send(publish((took.length % 60_000) + 1, { topic: 'a' }));
    await raw.next();
    took.push(performance.now() - sent);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return took;
}

test('fifty polite clients do not suffer from five that flood', async () => {
  const folder = folderOfTest();
  const journal = await openJournal(folder, { maxBytes: 1 << 30, keepDays: 0 }, quiet);
  const where = { host: '127.0.0.1', port: 0 };
  const broker = await startBroker(where, anybody, journal.take, quiet);
  const raws: Raw[] = [];
  const connect = async (user: string) => {
    const raw = await openRaw(broker.port);
    raws.push(raw);
    await raw.login(user);
    return raw;
  };
  const polite = await Promise.all(numbers(50).map((n) => connect(`polite${n}`)));
  const p99 = async () => {
    const all = (await Promise.all(polite.map((raw) => bePolite(raw, 1500)))).flat();
    return all.sort((a, b) => a - b)[Math.floor(all.length * 0.99)] ?? Number.NaN;
  };
  const alone = await p99();
  const bulk = Buffer.concat(
    numbers(2000).map((id) => generate(publish(id, { topic: 'a', payload: Buffer.alloc(200) }))),
  );
  const flooding = { on: true };
  for (const n of numbers(5)) {
    const { socket } = await connect(`flood${n}`);
    const pour = () => {
      if (flooding.on) socket.write(bulk, pour);
    };
    pour();
    pour();
  }
  const rssBefore = process.memoryUsage().rss;
  const beside = await p99();
  flooding.on = false;
  const flooded = journal.status().head;
  for (const { socket } of raws) socket.destroy();
  await broker.stop();
  await journal.close();
  console.log(
    `p99 alone ${alone.toFixed(1)} ms, beside floods ${beside.toFixed(1)} ms, ${flooded} taken`,
  );
  expect(flooded).toBeGreaterThan(10_000);
  expect(beside).toBeLessThan(5 * alone + 250);
  expect(process.memoryUsage().rss - rssBefore).toBeLessThan(150 << 20);
});
