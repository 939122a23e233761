import { setTimeout as wait } from 'node:timers/promises';
import { generate, type Packet } from 'mqtt-packet';
import { afterEach, expect, test } from 'vitest';
import type { BrokerLimits } from '../../broker/broker.ts';
import { connectPacket, type House, openHouse, until } from '../broker/harness.ts';

/** What the MQTT door closes, paces or refuses, with its reason. */

let house: House;
const open = async (limits: Partial<BrokerLimits> = {}): Promise<House> => {
  house = await openHouse({ limits });
  return house;
};
afterEach(() => house.stop());

const refused = (reason: string): number => house.refused(reason);
const subscribe = (topics: readonly string[], messageId = 1): Packet => ({
  cmd: 'subscribe',
  messageId,
  subscriptions: topics.map((topic) => ({ topic, qos: 0 })),
});
const own = (count: number, from = 0) =>
  Array.from({ length: count }, (_, n) => `v1/devices/m1/${from + n}`);
const reading = (more: object): Packet => ({
  cmd: 'publish',
  topic: 'v1/meters/m1/readings',
  payload: 'x',
  qos: 1,
  messageId: 1,
  retain: false,
  dup: false,
  ...more,
});

test('who says nothing, or only the beginning of a CONNECT, is closed and counted', async () => {
  await open({ connectTimeoutMs: 50 });
  const silent = await house.raw();
  const slow = await house.raw();
  slow.socket.write(Buffer.from([0x10, 40, 0, 4]));
  expect(await silent.next()).toBe('closed');
  expect(await slow.next()).toBe('closed');
  expect(refused('connect-timeout')).toBe(2);
  expect(house.context.total('refused')).toBe(2);
});

test('silent connections give way to those who come, and keep nobody out', async () => {
  await open({ silentConnections: 5, silentPerAddress: 3 });
  const silent = [];
  for (let n = 0; n < 6; n++) silent.push(await house.raw());
  const polite = await house.raw();
  expect(await polite.login('m1')).toMatchObject({ returnCode: 0 });
  await until(() => refused('limit') === 4);
  for (const raw of silent.slice(0, 4)) expect(await raw.next()).toBe('closed');
  for (const raw of silent.slice(4)) expect(raw.socket.destroyed).toBe(false);
});

test('what is not MQTT closes the connection and is counted once; what was counted already, or was the network, is not', async () => {
  await open();
  const malformed: (Packet | Buffer)[] = [
    reading({ topic: 'a/'.repeat(16) }),
    connectPacket({ username: 'm1', password: Buffer.from('m1-secret') }),
    Buffer.from([0x36, 5, 0, 1, 0x61, 0, 1]),
    Buffer.from([0x20, 2, 0, 0]),
    Buffer.from([0xc1, 0]),
    Buffer.from([0x82, 7, 0, 1, 0xff, 0xff, 0x61, 0x61, 0]),
  ];
  for (const [n, bytes] of malformed.entries()) {
    const raw = await house.raw();
    await raw.login('m1');
    if (Buffer.isBuffer(bytes)) raw.socket.write(bytes);
    else raw.send(bytes);
    expect(await raw.next()).toBe('closed');
    await until(() => refused('malformed') === n + 1);
  }
  const stranger = await house.raw();
  stranger.socket.write('GET / HTTP/1.1\r\n\r\n');
  expect(await stranger.next()).toBe('closed');
  expect(refused('malformed')).toBe(malformed.length + 1);

  const foreign = await house.raw();
  await foreign.login('m1');
  foreign.send(reading({ topic: 'v1/meters/m2/readings' }));
  expect(await foreign.next()).toBe('closed');
  const gone = await house.raw();
  await gone.login('m1');
  gone.socket.resetAndDestroy();
  await until(() => house.broker.clients() === 0);
  expect(refused('topic')).toBe(1);
  expect(house.context.total('refused')).toBe(malformed.length + 2);
});

for (const clean of [true, false]) {
  test(`a packet may name 64 filters and no more, ${clean ? 'and' : 'kept or'} not`, async () => {
    await open();
    const raw = await house.raw();
    await raw.login('m1', clean);
    raw.send(subscribe(own(64)));
    expect(await raw.next()).toMatchObject({ cmd: 'suback', granted: Array(64).fill(0) });
    raw.send(subscribe(own(65)));
    expect(await raw.next()).toBe('closed');
    expect(refused('subscribe')).toBe(1);
    const other = await house.raw();
    await other.login('m1', clean);
    other.send({ cmd: 'unsubscribe', messageId: 1, unsubscriptions: own(65) });
    expect(await other.next()).toBe('closed');
    expect(refused('subscribe')).toBe(2);
  });
}

test('a session has 256 subscriptions at most, also when it comes back; what it gives up makes room', async () => {
  await open();
  const raw = await house.raw();
  await raw.login('m1', false);
  const granted = async (topics: readonly string[], via = raw) => {
    via.send(subscribe(topics));
    const answer = await via.next();
    return answer !== 'closed' && answer.cmd === 'suback' ? answer.granted : [];
  };
  for (let from = 0; from < 256; from += 64)
    expect(await granted(own(64, from))).toEqual(Array(64).fill(0));
  expect(await granted([...own(2, 255), ...own(1, 999)])).toEqual([0, 128, 128]);
  raw.send({ cmd: 'unsubscribe', messageId: 2, unsubscriptions: own(2) });
  expect(await raw.next()).toMatchObject({ cmd: 'unsuback' });
  expect(await granted(own(3, 1000))).toEqual([0, 0, 128]);
  raw.socket.destroy();
  await until(() => house.broker.clients() === 0);

  const again = await house.raw();
  expect(await again.login('m1', false)).toMatchObject({ sessionPresent: true });
  expect(await granted(own(1, 5000), again)).toEqual([128]);
  expect(await granted(own(1, 1000), again)).toEqual([0]);
});

test('subscribing is paced, and a flood of it holds up nobody', async () => {
  await open({ deviceBurstS: 1 });
  const flood = await house.raw();
  await flood.login('bi');
  for (let n = 1; n <= 500; n++) flood.send(subscribe(['v1/devices/+/state'], n));
  const polite = await house.raw();
  await polite.login('m1');
  polite.send(reading({ messageId: 7 }));
  expect(await polite.next()).toMatchObject({ cmd: 'puback', messageId: 7 });
  await wait(500);
  let answered = 0;
  const counted = (async () => {
    for (let packet = await flood.next(); packet !== 'closed'; packet = await flood.next())
      if (packet.cmd === 'suback') answered++;
  })();
  await wait(200);
  // Of 2,000 messages' worth, and 2,000 for each second.
  expect(answered).toBeGreaterThan(20);
  expect(answered).toBeLessThan(150);
  flood.socket.destroy();
  await counted;
});

test('acknowledgements and pings are not paced as if they were messages', async () => {
  await open({ deviceBurstS: 1 });
  const raw = await house.raw();
  await raw.login('m1');
  const began = performance.now();
  const puback = Buffer.from([0x40, 2, 0, 9]);
  raw.socket.write(Buffer.concat(Array.from({ length: 15_000 }, () => puback)));
  raw.socket.write(Buffer.from(Array.from({ length: 15_000 }, () => [0xc0, 0]).flat()));
  for (let n = 0; n < 15_000; n++) expect(await raw.next()).toMatchObject({ cmd: 'pingresp' });
  expect(performance.now() - began).toBeLessThan(4000);
});

test('who reads no acknowledgements is read no further, and closed in the end; meanwhile others are served', async () => {
  await open({ deviceMessagesPerS: 1e9, deviceBytesPerS: 1e12, unreadMs: 1500 });
  const deaf = await house.raw();
  await deaf.login('m1');
  deaf.socket.pause();
  const message = reading({});
  const many = 2000;
  const flood = Buffer.concat(Array.from({ length: many }, () => generate(message)));
  const deadline = Date.now() + 50_000;
  let taken = 0;
  let takenAt = 0;
  while (refused('unread') === 0 && Date.now() < deadline) {
    if (house.journal.taken.length > taken) takenAt = Date.now();
    taken = house.journal.taken.length;
    if (deaf.socket.writableLength < 1 << 20) deaf.socket.write(flood);
    await wait(5);
  }
  expect(refused('unread')).toBe(1);
  expect(Date.now() - takenAt).toBeGreaterThan(1000);
  expect(house.context.total('refused')).toBe(1);
  const polite = await house.raw();
  expect(await polite.login('m1', true, 'polite')).toMatchObject({ returnCode: 0 });
  polite.send(reading({ messageId: 7 }));
  expect(await polite.next()).toMatchObject({ cmd: 'puback', messageId: 7 });
}, 60_000);
