import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectAsync } from 'mqtt';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { directoryOf } from '../broker/directory.ts';
import {
  connectPacket as connect,
  credentials,
  devices,
  type House,
  openHouse,
  publishPacket as publish,
  until,
} from '../broker/harness.ts';

let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(() => house.stop());

test('who is refused is told why, and counted', async () => {
  const cases = [
    [{}, 5],
    [{ username: 'm1' }, 5],
    [{ username: 'm1', password: Buffer.from('guess') }, 4],
    [{ username: 'nobody', password: Buffer.from('m1-secret') }, 4],
    [{ username: 'm1', password: Buffer.from('m1-secret'), clientId: '' }, 2],
    [{ username: 'm1', password: Buffer.from('m1-secret'), clientId: 'x'.repeat(257) }, 2],
    [
      {
        username: 'm1',
        password: Buffer.from('m1-secret'),
        will: { topic: 'v1/devices/m2/state', payload: Buffer.from('x'), qos: 0, retain: true },
      },
      5,
    ],
  ] as const;
  for (const [more, returnCode] of cases) {
    const raw = await house.raw();
    raw.send(connect(more));
    expect(await raw.next()).toMatchObject({ cmd: 'connack', returnCode });
    expect(await raw.next()).toBe('closed');
  }
  expect(house.context.total('refused')).toBe(cases.length);
  expect(house.broker.clients()).toBe(0);
});

test('an MQTT 5 client is told that its version is not spoken', async () => {
  const raw = await house.raw();
  raw.send({
    ...connect({ username: 'm1', password: Buffer.from('m1-secret') }),
    protocolVersion: 5,
  });
  expect(await raw.next()).toMatchObject({ cmd: 'connack', reasonCode: 0x84 });
  expect(await raw.next()).toBe('closed');
});

test('nothing but CONNECT begins a connection, and a second one ends it', async () => {
  const raw = await house.raw();
  raw.send(publish(1));
  expect(await raw.next()).toBe('closed');
  const twice = await house.raw();
  await twice.login('m1');
  twice.send(connect({}));
  expect(await twice.next()).toBe('closed');
  expect(house.journal.taken).toEqual([]);
});

test('messages sent behind CONNECT in one piece are all taken', async () => {
  const raw = await house.raw();
  const login = raw.login('m1');
  for (let messageId = 1; messageId <= 200; messageId++) raw.send(publish(messageId));
  expect(await login).toMatchObject({ returnCode: 0 });
  for (let messageId = 1; messageId <= 200; messageId++) {
    expect(await raw.next()).toMatchObject({ cmd: 'puback', messageId });
  }
  expect(house.journal.taken).toHaveLength(200);
});

test('subscriptions are granted as far as they are allowed', async () => {
  const raw = await house.raw();
  await raw.login('m1');
  const ask = async (...topics: string[]) => {
    raw.send({
      cmd: 'subscribe',
      messageId: 5,
      subscriptions: topics.map((topic) => ({ topic, qos: 1 })),
    });
    const packet = await raw.next();
    return packet !== 'closed' && packet.cmd === 'suback' ? packet.granted : packet;
  };
  expect(await ask('v1/devices/m1/#', '#', 'v1/meters/m2/readings', '$SYS/#')).toEqual([
    1, 0x80, 0x80, 0x80,
  ]);
});

test('a refused subscription is not kept for a client that comes back', async () => {
  const raw = await house.raw();
  await raw.login('alerts', false);
  raw.send({
    cmd: 'subscribe',
    messageId: 5,
    subscriptions: [
      { topic: 'v1/alerts/i1/#', qos: 1 },
      { topic: 'v1/meters/#', qos: 1 },
    ],
  });
  expect(await raw.next()).toMatchObject({ granted: [1, 0x80] });
  raw.socket.destroy();
  await until(() => house.broker.clients() === 0);
  const device = await house.client('m1');
  await device.publishAsync('v1/meters/m1/readings', 'not for alerts', { qos: 1 });
  await house.broker.publish('v1/alerts/i1/m1', 'for alerts', { qos: 1 });
  const again = await house.raw();
  expect(await again.login('alerts', false)).toMatchObject({ sessionPresent: true });
  expect(await again.next()).toMatchObject({ cmd: 'publish', topic: 'v1/alerts/i1/m1' });
  again.send({ cmd: 'pingreq' });
  expect(await again.next()).toMatchObject({ cmd: 'pingresp' });
});

test('a client id that comes ten times at once leaves one connection, which works', async () => {
  const raws = await Promise.all(Array.from({ length: 10 }, () => house.raw()));
  const logins = raws.map((raw) => raw.login('m1', false, 'same'));
  for (const raw of raws)
    raw.send({
      cmd: 'subscribe',
      messageId: 1,
      subscriptions: [{ topic: 'v1/devices/m1/#', qos: 1 }],
    });
  await Promise.all(logins);
  await until(() => raws.filter(({ socket }) => !socket.closed).length === 1);
  expect(house.broker.clients()).toBe(1);
  const left = raws.find(({ socket }) => !socket.closed);
  left?.send(publish(3));
  await until(() => house.journal.taken.length === 1);
});

test('a silent client is closed after one and a half times its keep-alive', async () => {
  const raw = await house.raw();
  raw.send(connect({ username: 'm1', password: Buffer.from('m1-secret'), keepalive: 1 }));
  await raw.next();
  const started = Date.now();
  expect(await raw.next()).toBe('closed');
  expect(Date.now() - started).toBeGreaterThan(1200);
});

test('when a credential changes or goes, its connection and what was kept for it go too', async () => {
  const changed = await house.raw();
  await changed.login('m1');
  const same = await house.raw();
  await same.login('m2');
  const away = await house.client('alerts', { clean: false });
  await away.subscribeAsync('v1/alerts/i1/#', { qos: 1 });
  await away.endAsync();
  await until(() => house.broker.clients() === 2);
  await house.broker.publish('v1/alerts/i1/m1', 'kept', { qos: 1 });
  const others = credentials.filter(({ id }) => id !== 'm1' && id !== 'alerts');
  const narrowed = {
    id: 'alerts',
    kind: 'service' as const,
    devices: [],
    subscribe: ['v1/alerts/i2/#'],
  };
  house.access.refresh(directoryOf([...others, narrowed], devices));
  house.broker.closeStale();
  expect(await changed.next()).toBe('closed');
  same.send({ cmd: 'pingreq' });
  expect(await same.next()).toMatchObject({ cmd: 'pingresp' });
  const back = await house.raw();
  expect(await back.login('alerts', false, 'alerts')).toMatchObject({
    returnCode: 0,
    sessionPresent: false,
  });
  back.send({ cmd: 'pingreq' });
  expect(await back.next()).toMatchObject({ cmd: 'pingresp' });
});

test('there is an end to connections, altogether and of one user', async () => {
  const small = await openHouse({
    limits: { connections: 4, connectionsPerUser: 2, connectTimeoutMs: 200 },
  });
  const one = await small.raw();
  await one.login('m1', true, 'a');
  await (await small.raw()).login('m1', true, 'b');
  const third = await small.raw();
  expect(await third.login('m1', true, 'c')).toMatchObject({ returnCode: 3 });
  expect(await third.next()).toBe('closed');
  const silent = await small.raw();
  await (await small.raw()).login('m2');
  const over = await small.raw();
  expect(await over.next()).toBe('closed');
  expect(await silent.next()).toBe('closed');
  expect(small.broker.clients()).toBe(3);
  await small.stop();
});

test('a port in use is told plainly', async () => {
  await expect(openHouse({ port: house.broker.port })).rejects.toMatchObject({
    code: 'PORT_UNAVAILABLE',
  });
});

const openssl = spawnSync('openssl', ['version']).error === undefined;
if (!openssl) console.log('SKIPPED 1: openssl is not installed');

test.skipIf(!openssl)('with a certificate the door speaks TLS only', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'guanjia-tls-'));
  const [key, cert] = [join(dir, 'key.pem'), join(dir, 'cert.pem')];
  const made = spawnSync('openssl', [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-keyout',
    key,
    '-out',
    cert,
    '-days',
    '1',
    '-subj',
    '/CN=localhost',
    '-addext',
    'subjectAltName=IP:127.0.0.1',
  ]);
  expect(made.status).toBe(0);
  const tls = { key: await readFile(key), cert: await readFile(cert) };
  const safe = await openHouse({ tls });
  const client = await connectAsync(`mqtts://127.0.0.1:${safe.broker.port}`, {
    ca: tls.cert,
    clientId: 'c',
    username: 'm1',
    password: 'm1-secret',
    reconnectPeriod: 0,
  });
  await client.publishAsync('v1/meters/m1/readings', 'safe', { qos: 1 });
  expect(safe.journal.taken).toHaveLength(1);
  client.end(true);
  const plain = await safe.raw();
  plain.send(connect({ username: 'm1', password: Buffer.from('m1-secret') }));
  expect(await plain.next()).toBe('closed');
  await safe.stop();
  await rm(dir, { recursive: true });
});
