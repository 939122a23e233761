import type { Packet } from 'mqtt-packet';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  connectPacket,
  type House,
  listen,
  openHouse,
  type Raw,
  publishPacket as reading,
  until,
} from '../broker/harness.ts';

/** A connection needs the broker library from its first subscription on; that it came late is not to be noticed. */

let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(() => house.stop());

const subscribe = (topic: string, messageId = 1): Packet => ({
  cmd: 'subscribe',
  messageId,
  subscriptions: [{ topic, qos: 1 }],
});
const will = {
  topic: 'v1/devices/m1/state',
  payload: Buffer.from('gone'),
  qos: 1 as const,
  retain: false,
};
const hello = (user: string, more: object = {}): Packet =>
  connectPacket({ username: user, password: Buffer.from(`${user}-secret`), ...more });

async function commandsOf(raw: Raw, count: number): Promise<string[]> {
  const commands = [];
  for (let n = 0; n < count; n++) {
    const packet = await raw.next();
    commands.push(packet === 'closed' ? packet : `${packet.cmd} ${packet.messageId ?? ''}`.trim());
  }
  return commands;
}

test('what comes around the first subscription in one piece is answered, each once and nothing else', async () => {
  const raw = await house.raw();
  raw.send(hello('m1'));
  raw.send(reading(1));
  raw.send(subscribe('v1/devices/m1/commands', 2));
  for (const id of [3, 4, 5]) raw.send(reading(id));
  raw.send({ cmd: 'pingreq' });
  expect((await commandsOf(raw, 7)).sort()).toEqual(
    ['connack', 'pingresp', 'puback 1', 'puback 3', 'puback 4', 'puback 5', 'suback 2'].sort(),
  );
  await house.broker.publish('v1/devices/m1/commands', 'go', { qos: 1 });
  expect(await raw.next()).toMatchObject({ cmd: 'publish', payload: Buffer.from('go') });
  expect(house.journal.taken.map(({ bytes }) => bytes.toString())).toEqual(
    [1, 3, 4, 5].map((id) => `message ${id}`),
  );
});

for (const [older, newer] of [
  [false, true],
  [true, false],
  [true, true],
] as const) {
  test(`a newer connection takes over: ${older ? 'one with' : 'one without'} subscriptions, by ${newer ? 'one with' : 'one without'}`, async () => {
    const first = await house.raw();
    await first.login('m1', true, 'same');
    if (older) {
      first.send(subscribe('v1/devices/m1/x'));
      expect(await first.next()).toMatchObject({ cmd: 'suback' });
    }
    const second = await house.raw();
    expect(await second.login('m1', true, 'same')).toMatchObject({ returnCode: 0 });
    expect(await first.next()).toBe('closed');
    if (newer) {
      second.send(subscribe('v1/devices/m1/x'));
      expect(await second.next()).toMatchObject({ cmd: 'suback' });
    }
    expect(house.broker.clients()).toBe(1);
    await house.broker.publish('v1/devices/m1/x', 'for whom', { qos: 1 });
    second.send(reading(7));
    const heard = await commandsOf(second, newer ? 2 : 1);
    expect(heard.some((command) => command === 'puback 7')).toBe(true);
    expect(heard.some((command) => command.startsWith('publish'))).toBe(newer);
  });
}

test('a clean connection ends what was kept for its client id', async () => {
  const kept = await house.raw();
  await kept.login('alerts', false, 'same');
  kept.send(subscribe('v1/alerts/i1/#'));
  await kept.next();
  kept.socket.destroy();
  await until(() => house.broker.clients() === 0);
  await house.broker.publish('v1/alerts/i1/m1', 'kept', { qos: 1 });
  const clean = await house.raw();
  expect(await clean.login('alerts', true, 'same')).toMatchObject({ sessionPresent: false });
  clean.send({ cmd: 'disconnect' });
  expect(await clean.next()).toBe('closed');
  const back = await house.raw();
  expect(await back.login('alerts', false, 'same')).toMatchObject({ sessionPresent: false });
  back.send({ cmd: 'pingreq' });
  expect(await back.next()).toMatchObject({ cmd: 'pingresp' });
});

for (const clean of [true, false]) {
  test(`a will is published when a ${clean ? 'clean' : 'kept'} connection ends without DISCONNECT, and only then`, async () => {
    const service = await house.client('bi');
    const heard = listen(service);
    await service.subscribeAsync('v1/devices/m1/state', { qos: 1 });
    const gone = () => heard.filter((line) => line.endsWith(' gone')).length;
    for (const farewell of ['disconnect', 'break'] as const) {
      const raw = await house.raw();
      raw.send(hello('m1', { clean, will }));
      expect(await raw.next()).toMatchObject({ returnCode: 0 });
      if (farewell === 'break') raw.socket.destroy();
      else raw.send({ cmd: 'disconnect' });
      await until(() => house.broker.clients() === 1);
      if (farewell === 'disconnect') {
        await new Promise((resolve) => setTimeout(resolve, 50));
        expect(gone()).toBe(0);
      }
    }
    await until(() => gone() === 1);
  });
}

test('a version that is not spoken is told so, and anything that is no CONNECT is not answered', async () => {
  const version = await house.raw();
  version.socket.write(Buffer.from([0x10, 13, 0, 4, 0x4d, 0x51, 0x54, 0x54, 7, 2, 0, 0, 0, 1, 99]));
  expect(await version.next()).toMatchObject({ cmd: 'connack', returnCode: 1 });
  expect(await version.next()).toBe('closed');
  const reserved = await house.raw();
  reserved.socket.write(
    Buffer.from([0x10, 13, 0, 4, 0x4d, 0x51, 0x54, 0x54, 4, 3, 0, 0, 0, 1, 99]),
  );
  expect(await reserved.next()).toBe('closed');
  expect(house.refused('protocol-version')).toBe(1);
  expect(house.refused('malformed')).toBe(1);
});

test('a device that says its state without end is answered in order, and holds up nobody', async () => {
  const raw = await house.raw();
  await raw.login('m1');
  const count = 500;
  for (let id = 1; id <= count; id++)
    raw.send(reading(id, { topic: 'v1/devices/m1/state', payload: 'online' }));
  const other = await house.raw();
  await other.login('m2');
  other.send({ cmd: 'pingreq' });
  expect(await other.next()).toMatchObject({ cmd: 'pingresp' });
  for (let messageId = 1; messageId <= count; messageId++)
    expect(await raw.next()).toMatchObject({ cmd: 'puback', messageId });
});
