import type { Packet } from 'mqtt-packet';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  connectPacket,
  type House,
  openHouse,
  publishPacket,
  type Raw,
  until,
} from '../broker/harness.ts';

/** What MQTT 3.1.1 wants of a server, where clients come to rely on it. Its statements are named in brackets. */

let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(() => house.stop());

async function open(more: object = {}): Promise<{ raw: Raw; sessionPresent: boolean }> {
  const raw = await house.raw();
  raw.send(connectPacket({ username: 'bi', password: Buffer.from('bi-secret'), ...more }));
  const answer = await raw.next();
  if (answer === 'closed' || answer.cmd !== 'connack' || answer.returnCode !== 0)
    throw new Error(`want to be let in, got ${JSON.stringify(answer)}`);
  return { raw, sessionPresent: answer.sessionPresent };
}

const kept = { clientId: 'kept', clean: false };
const readings = 'v1/meters/m1/readings';

async function subscribe(raw: Raw, ...filters: readonly (readonly [string, 0 | 1 | 2])[]) {
  raw.send({
    cmd: 'subscribe',
    messageId: 7,
    subscriptions: filters.map(([topic, qos]) => ({ topic, qos })),
  });
  const answer = await raw.next();
  return answer !== 'closed' && answer.cmd === 'suback' ? answer.granted : answer;
}

async function leave(raw: Raw): Promise<void> {
  raw.send({ cmd: 'disconnect' });
  expect(await raw.next()).toBe('closed');
}

/** Nothing else has come: an answer comes behind what was sent before. */
async function expectNothing(raw: Raw): Promise<void> {
  raw.send({ cmd: 'pingreq' });
  expect(await raw.next()).toMatchObject({ cmd: 'pingresp' });
}

test('[MQTT-3.2.2-2] a session that is there is told, also where nothing is in it', async () => {
  const first = await open(kept);
  expect(first.sessionPresent).toBe(false);
  await leave(first.raw);
  const second = await open(kept);
  expect(second.sessionPresent).toBe(true);
  await subscribe(second.raw, [readings, 1]);
  await leave(second.raw);
  const third = await open(kept);
  expect(third.sessionPresent).toBe(true);
  await leave(third.raw);
  const clean = await open({ ...kept, clean: true });
  expect(clean.sessionPresent).toBe(false);
  await leave(clean.raw);
  expect((await open(kept)).sessionPresent).toBe(false);
});

test.each([1, 2] as const)('[MQTT-3.3.1-1] what is sent again with QoS %i says so', async (qos) => {
  const device = await house.client('m1');
  const before = await open(kept);
  await subscribe(before.raw, [readings, qos]);
  await device.publishAsync(readings, 'first', { qos });
  const first = await before.raw.next();
  expect(first).toMatchObject({ cmd: 'publish', dup: false });
  before.raw.socket.destroy();
  await until(() => house.broker.clients() === 1);
  await device.publishAsync(readings, 'second', { qos });
  const { raw } = await open(kept);
  const { messageId } = first as { messageId: number };
  expect(await raw.next()).toMatchObject({ cmd: 'publish', dup: true, messageId });
  expect(await raw.next()).toMatchObject({ cmd: 'publish', dup: false });
});

test('[MQTT-3.3.5-1] overlapping subscriptions of a session get a message once, of the highest QoS, and never again', async () => {
  const device = await house.client('m1');
  const before = await open(kept);
  await subscribe(before.raw, ['v1/meters/#', 1], ['v1/meters/+/readings', 2]);
  await leave(before.raw);
  await device.publishAsync(readings, 'message', { qos: 2 });
  const { raw } = await open(kept);
  const got = await raw.next();
  expect(got).toMatchObject({ cmd: 'publish', qos: 2 });
  const { messageId } = got as { messageId: number };
  raw.send({ cmd: 'pubrec', messageId });
  expect(await raw.next()).toMatchObject({ cmd: 'pubrel', messageId });
  raw.send({ cmd: 'pubcomp', messageId });
  await expectNothing(raw);
  await leave(raw);
  const after = await open(kept);
  await expectNothing(after.raw);
});

test('[MQTT-3.3.5-1] nor do they while the client is there', async () => {
  const device = await house.client('m1');
  const { raw } = await open(kept);
  await subscribe(raw, ['v1/meters/#', 1], ['v1/meters/+/readings', 1]);
  for (const message of ['first', 'second']) {
    await device.publishAsync(readings, message, { qos: 1 });
    const got = await raw.next();
    expect(got).toMatchObject({ cmd: 'publish', payload: Buffer.from(message) });
    raw.send({ cmd: 'puback', messageId: (got as { messageId: number }).messageId });
  }
  await leave(raw);
  await expectNothing((await open(kept)).raw);
});

test('[MQTT-3.8.4-6] what waited for a client comes with no higher QoS than it asked for', async () => {
  const device = await house.client('m1');
  const before = await open(kept);
  await subscribe(before.raw, [readings, 1]);
  await leave(before.raw);
  await device.publishAsync(readings, 'message', { qos: 2 });
  expect(await (await open(kept)).raw.next()).toMatchObject({ cmd: 'publish', qos: 1 });
});

test('[MQTT-4.7.1-2] a wildcard that is no level of its own is refused, the others are granted', async () => {
  const { raw } = await open();
  const filters = ['v1/#', 'v1/a#', 'v1/#/a', 'v1/+', 'v1/a+', 'v1/+a'].map(
    (filter) => [filter, 0] as const,
  );
  for (const [filter, qos] of filters) {
    const { raw: own } = await open({ clientId: filter.replaceAll(/[+#/]/g, '.') });
    const granted = await subscribe(own, [filter, qos]);
    if (['v1/#', 'v1/+'].includes(filter)) expect(granted, filter).toEqual([0]);
    else expect([[0x80], 'closed'], filter).toContainEqual(granted);
  }
  await expectNothing(raw);
});

const wrong: readonly (readonly [string, Buffer])[] = [
  ['[MQTT-3.8.3-3] SUBSCRIBE without a filter', Buffer.from([0x82, 2, 0, 5])],
  ['[MQTT-3.10.3-2] UNSUBSCRIBE without a filter', Buffer.from([0xa2, 2, 0, 5])],
  ['[MQTT-2.3.1-1] SUBSCRIBE 0', Buffer.from([0x82, 6, 0, 0, 0, 1, 0x61, 0])],
  ['[MQTT-2.3.1-1] UNSUBSCRIBE 0', Buffer.from([0xa2, 5, 0, 0, 0, 1, 0x61])],
];

test.each(wrong)('%s closes the connection', async (_, bytes) => {
  const { raw } = await open();
  raw.socket.write(bytes);
  expect(await raw.next()).toBe('closed');
  expect(house.refused('malformed')).toBe(1);
});

const published = (qos: number, packetId: number, topic: Buffer): Buffer =>
  Buffer.concat([
    Buffer.from([0x30 | (qos << 1), 2 + topic.length + 2, 0, topic.length]),
    topic,
    Buffer.from([0, packetId]),
  ]);

test.each([
  ['[MQTT-2.3.1-1] PUBLISH 0 of QoS 1', published(1, 0, Buffer.from(readings))],
  ['[MQTT-2.3.1-1] PUBLISH 0 of QoS 2', published(2, 0, Buffer.from(readings))],
  ['[MQTT-1.5.3-1] a topic that is not UTF-8', published(1, 3, Buffer.from([0x61, 0xc0]))],
  ['[MQTT-1.5.3-2] a topic with U+0000', published(1, 3, Buffer.from([0x61, 0]))],
])('%s closes the connection, and nothing is kept', async (_, bytes) => {
  const { raw } = await open({ username: 'm1', password: Buffer.from('m1-secret') });
  raw.socket.write(bytes);
  expect(await raw.next()).toBe('closed');
  expect(house.refused('malformed')).toBe(1);
  expect(house.journal.taken).toEqual([]);
});

test('[MQTT-3.1.2-22] a password without a user name closes the connection', async () => {
  const raw = await house.raw();
  const [name, id] = [Buffer.from('MQTT'), Buffer.from('c')];
  const body = Buffer.concat([
    Buffer.from([0, 4]),
    name,
    Buffer.from([4, 0x42, 0, 0, 0, 1]),
    id,
    Buffer.from([0, 1, 0x70]),
  ]);
  raw.socket.write(Buffer.concat([Buffer.from([0x10, body.length]), body]));
  expect(await raw.next()).toBe('closed');
  expect(house.refused('malformed')).toBe(1);
});

test('[MQTT-4.6.0-2] what is right goes on as it was', async () => {
  const { raw } = await open({ username: 'm1', password: Buffer.from('m1-secret') });
  const packets: readonly Packet[] = [1, 2, 3].map((n) => publishPacket(n));
  for (const packet of packets) raw.send(packet);
  for (const messageId of [1, 2, 3])
    expect(await raw.next()).toMatchObject({ cmd: 'puback', messageId });
});
