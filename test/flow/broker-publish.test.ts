import type { Packet } from 'mqtt-packet';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  type House,
  listen,
  openHouse,
  publishPacket as publish,
  until,
} from '../broker/harness.ts';

let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(() => house.stop());

const topic = 'v1/meters/m1/readings';

test('a message is acknowledged only when the journal has it', async () => {
  house.journal.hold = true;
  const client = await house.client('m1');
  let acknowledged = false;
  const published = client.publishAsync(topic, 'one', { qos: 1 }).then(() => {
    acknowledged = true;
  });
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(acknowledged).toBe(false);
  house.journal.release();
  await published;
  expect(house.journal.taken).toHaveLength(1);
});

test('what is journalled is what was sent, by whom and when', async () => {
  const before = Date.now();
  const client = await house.client('m1/my-client');
  await client.publishAsync(topic, 'zero', { qos: 0 });
  await client.publishAsync(topic, Buffer.from([0, 255, 10]), { qos: 1 });
  await client.publishAsync(topic, 'two', { qos: 2 });
  const vehicle = await house.client('v1');
  await vehicle.publishAsync('v1/vehicles/v1/nmea', '$GPRMC', { qos: 1 });
  const [zero, one, two, nmea] = house.journal.taken;
  expect(zero).toMatchObject({
    door: 'mqtt',
    protocol: 'mqtt-json',
    device: 'm1',
    bytes: Buffer.from('zero'),
  });
  expect(zero).not.toHaveProperty('resend');
  expect(one?.bytes).toEqual(Buffer.from([0, 255, 10]));
  expect(one?.resend).toMatchObject({ client: 'm1/m1/my-client', dup: false });
  expect(two?.resend?.packetId).not.toBe(one?.resend?.packetId);
  expect(nmea).toMatchObject({ protocol: 'nmea', device: 'v1' });
  expect(one?.receivedAt).toBeGreaterThanOrEqual(before);
  expect(house.context.total('received')).toBe(4);
});

test('publishing to the topic of another closes the connection, unacknowledged and counted', async () => {
  for (const foreign of [
    'v1/meters/m2/readings',
    'v1/vehicles/m1/positions',
    'v1/devices/m2/state',
    'v1/alerts/i1/m1',
    '$SYS/x',
    'a',
  ]) {
    const raw = await house.raw();
    await raw.login('m1');
    raw.send(publish(1, { topic: foreign }));
    expect(await raw.next(), foreign).toBe('closed');
  }
  expect(house.journal.taken).toEqual([]);
  expect(house.context.total('refused')).toBe(6);
});

test('64 KiB are taken, one byte more is not, and a larger packet is refused before it has come', async () => {
  const raw = await house.raw();
  await raw.login('m1');
  raw.send(publish(1, { payload: Buffer.alloc(65_536) }));
  expect(await raw.next()).toMatchObject({ cmd: 'puback' });
  raw.send(publish(2, { payload: Buffer.alloc(65_537) }));
  expect(await raw.next()).toBe('closed');
  const other = await house.raw();
  await other.login('m1');
  // PUBLISH, 256 MiB announced, nothing of it sent.
  other.socket.write(Buffer.from([0x32, 0xff, 0xff, 0xff, 0x7f]));
  expect(await other.next()).toBe('closed');
  const unknown = await house.raw();
  unknown.socket.write(Buffer.from([0x10, 0xff, 0xff, 0xff, 0x7f]));
  expect(await unknown.next()).toBe('closed');
  expect(house.context.total('refused')).toBe(3);
  expect(house.journal.taken).toHaveLength(1);
});

test('a QoS 2 message is journalled once, however often it is sent before it is released', async () => {
  const raw = await house.raw();
  await raw.login('m1', false);
  const service = await house.client('bi');
  const heard = listen(service);
  await service.subscribeAsync(topic);
  const message = publish(9, { qos: 2 });
  raw.send(message);
  raw.send({ ...message, dup: true } as Packet);
  for (let n = 0; n < 2; n++)
    expect(await raw.next()).toMatchObject({ cmd: 'pubrec', messageId: 9 });
  raw.send({ ...message, dup: true } as Packet);
  expect(await raw.next()).toMatchObject({ cmd: 'pubrec' });
  raw.socket.destroy();
  await until(() => house.broker.clients() === 1);
  const again = await house.raw();
  expect(await again.login('m1', false)).toMatchObject({ cmd: 'connack', returnCode: 0 });
  again.send({ ...message, dup: true } as Packet);
  expect(await again.next()).toMatchObject({ cmd: 'pubrec' });
  expect(house.journal.taken).toHaveLength(1);
  again.send({ cmd: 'pubrel', messageId: 9 });
  expect(await again.next()).toMatchObject({ cmd: 'pubcomp' });
  again.send(publish(9, { qos: 2, payload: Buffer.from('another') }));
  expect(await again.next()).toMatchObject({ cmd: 'pubrec' });
  expect(house.journal.taken).toHaveLength(2);
  await until(() => heard.length === 2);
  expect(heard).toEqual([`${topic} message 9`, `${topic} another`]);
});

test('what the journal has is routed to who may hear it; a device retains nothing', async () => {
  const service = await house.client('bi');
  const heard = listen(service);
  await service.subscribeAsync('v1/#', { qos: 1 });
  const client = await house.client('m1');
  await client.publishAsync(topic, 'one', { qos: 1, retain: true });
  await until(() => heard.includes(`${topic} one`));
  const late = await house.client('bi/late');
  const heardLate = listen(late);
  await late.subscribeAsync('v1/#');
  await until(() => heardLate.some((line) => line.endsWith('online retained')));
  expect(heardLate.filter((line) => line.startsWith(topic))).toEqual([]);
});

test('a subscriber that does not read holds up nobody, and is closed', async () => {
  const slow = await house.raw();
  await slow.login('bi', true, 'slow');
  slow.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 'v1/#', qos: 0 }] });
  expect(await slow.next()).toMatchObject({ cmd: 'suback' });
  slow.socket.pause();
  const client = await house.client('m1');
  const started = Date.now();
  const send = () => client.publishAsync(topic, Buffer.alloc(30_000), { qos: 1 });
  for (let n = 0; n < 30; n++) await Promise.all(Array.from({ length: 10 }, send));
  expect(Date.now() - started).toBeLessThan(10_000);
  expect(house.journal.taken).toHaveLength(300);
  await until(() => house.broker.clients() === 1);
  expect(house.context.total('dropped')).toBeGreaterThan(0);
});

test('Guanjia publishes, and a subscriber that was away gets what was kept for it', async () => {
  const service = await house.client('alerts', { clean: false });
  await service.subscribeAsync('v1/alerts/i1/#', { qos: 1 });
  await service.endAsync();
  await until(() => house.broker.clients() === 0);
  await house.broker.publish('v1/alerts/i1/m1', '{"n":1}', { qos: 1 });
  const back = house.client('alerts', { clean: false });
  const heard: string[] = [];
  (await back).on('message', (_, payload) => heard.push(payload.toString()));
  await until(() => heard.length === 1);
  expect(heard).toEqual(['{"n":1}']);
});

test('what follows in the stream is dealt with behind it: acknowledgements in order, DISCONNECT loses nothing', async () => {
  house.journal.hold = true;
  const raw = await house.raw();
  await raw.login('m1');
  raw.send(publish(1));
  raw.send(publish(2, { topic: 'v1/devices/m1/state', payload: 'online' }));
  raw.send(publish(3));
  await until(() => house.context.total('received') === 1);
  house.journal.release();
  for (const id of [1, 2, 3])
    expect(await raw.next()).toMatchObject({ cmd: 'puback', messageId: id });
  house.journal.hold = true;
  raw.send(publish(4));
  raw.send({ cmd: 'disconnect' });
  raw.send(publish(5));
  expect(await raw.next()).toBe('closed');
  house.journal.release();
  await until(() => house.journal.taken.length === 3);
  expect(house.journal.taken.map(({ bytes }) => bytes.toString())).toEqual([
    'message 1',
    'message 3',
    'message 4',
  ]);
});

test('a subscriber hears what is published from the moment it subscribes until it leaves', async () => {
  const device = await house.client('m1');
  const service = await house.client('bi');
  const heard = listen(service);
  const send = (text: string) => device.publishAsync(topic, text, { qos: 1 });
  await send('before');
  await service.subscribeAsync(topic, { qos: 1 });
  await send('one');
  await until(() => heard.length === 1);
  await service.unsubscribeAsync(topic);
  await send('between');
  await service.subscribeAsync('v1/meters/+/readings');
  await send('two');
  await until(() => heard.length === 2);
  expect(heard).toEqual([`${topic} one`, `${topic} two`]);
  const away = await house.client('bi/away', { clean: false });
  await away.subscribeAsync(topic, { qos: 1 });
  await away.endAsync();
  await service.endAsync();
  await until(() => house.broker.clients() === 1);
  await send('three');
  const back = house.client('bi/away', { clean: false });
  const heardAway = listen(await back);
  await until(() => heardAway.length === 1);
  expect(heardAway).toEqual([`${topic} three`]);
});
