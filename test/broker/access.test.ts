import { expect, test } from 'vitest';
import { createAccess } from '../../broker/access.ts';
import type { ConnectRequest, Session } from '../../broker/broker.ts';
import { quiet } from '../../model/context.ts';
import { directoryOf, verifyPlain } from './directory.ts';

const devices = ['m1', 'm2', 'v1'];
const credentials = [
  { id: 'm1' },
  { id: 'm2' },
  { id: 'v1' },
  { id: 'g1', kind: 'gateway' as const, devices: ['m1', 'm2', 'gone'] },
  {
    id: 'bi',
    kind: 'service' as const,
    devices: [],
    subscribe: ['v1/alerts/i1/#', 'v1/devices/+/state'],
  },
];

const open = () => createAccess(directoryOf(credentials, devices), verifyPlain, quiet);

const request = (username: string, more: Partial<ConnectRequest> = {}): ConnectRequest => ({
  clientId: 'c',
  clean: true,
  username,
  password: `${username}-secret`,
  address: '127.0.0.1',
  ...more,
});

async function sessionOf(access: ReturnType<typeof open>, user: string): Promise<Session> {
  const session = await access.authenticate(request(user));
  if ('refused' in session) throw new Error(session.refused);
  return session;
}

test('only who knows the secret of its own name gets in', async () => {
  const access = open();
  expect(await access.authenticate(request('m1'))).toMatchObject({ user: 'm1', speaksFor: ['m1'] });
  expect(await access.authenticate(request('m1', { password: 'm2-secret' }))).toEqual({
    refused: 'credentials',
  });
  expect(await access.authenticate(request('nobody'))).toEqual({ refused: 'credentials' });
  expect(await access.authenticate(request('__proto__'))).toEqual({ refused: 'credentials' });
  expect(await access.authenticate(request('m1', { clientId: '' }))).toEqual({
    refused: 'client-id',
  });
  expect(await access.authenticate(request(''))).toEqual({ refused: 'anonymous' });
  expect(await access.authenticate({ clientId: 'c', clean: true, address: 'a' })).toEqual({
    refused: 'anonymous',
  });
  expect(
    await access.authenticate({ clientId: 'c', clean: true, address: 'a', username: 'm1' }),
  ).toEqual({ refused: 'anonymous' });
});

test('a device publishes to its own topics, by what it is', async () => {
  const access = open();
  const meter = await sessionOf(access, 'm1');
  expect(access.mayPublish(meter, 'v1/meters/m1/readings')).toEqual({
    to: 'journal',
    device: 'm1',
    protocol: 'mqtt-json',
    retain: false,
  });
  expect(access.mayPublish(meter, 'v1/devices/m1/state')).toEqual({ to: 'state' });
  for (const topic of [
    'v1/meters/m2/readings',
    'v1/vehicles/m1/positions',
    'v1/devices/m2/state',
    'v1/alerts/i1/m1',
    '$SYS/a',
    'm1',
  ]) {
    expect(access.mayPublish(meter, topic), topic).toBeUndefined();
  }
  const vehicle = await sessionOf(access, 'v1');
  expect(access.mayPublish(vehicle, 'v1/vehicles/v1/nmea')).toMatchObject({ protocol: 'nmea' });
  expect(access.mayPublish(vehicle, 'v1/meters/v1/readings')).toBeUndefined();
});

test('a gateway speaks for its devices, a service account for none', async () => {
  const access = open();
  const gateway = await sessionOf(access, 'g1');
  expect(gateway.speaksFor).toEqual(['g1', 'm1', 'm2', 'gone']);
  expect(access.mayPublish(gateway, 'v1/meters/m2/readings')).toMatchObject({ device: 'm2' });
  expect(access.mayPublish(gateway, 'v1/vehicles/v1/positions')).toBeUndefined();
  expect(access.mayPublish(gateway, 'v1/meters/gone/readings')).toBeUndefined();
  const service = await sessionOf(access, 'bi');
  expect(service.speaksFor).toEqual([]);
  expect(access.mayPublish(service, 'v1/alerts/i1/x')).toBeUndefined();
  expect(access.mayPublish(service, 'v1/devices/bi/state')).toBeUndefined();
});

test('devices hear what is theirs, service accounts what was granted', async () => {
  const access = open();
  const meter = await sessionOf(access, 'm1');
  expect(access.maySubscribe(meter, 'v1/devices/m1/#')).toBe(true);
  for (const filter of [
    '#',
    'v1/#',
    'v1/meters/+/readings',
    'v1/devices/m2/state',
    'v1/alerts/i1/#',
    '$SYS/#',
  ]) {
    expect(access.maySubscribe(meter, filter), filter).toBe(false);
  }
  const service = await sessionOf(access, 'bi');
  expect(access.maySubscribe(service, 'v1/alerts/i1/+')).toBe(true);
  expect(access.maySubscribe(service, 'v1/devices/m2/state')).toBe(true);
  expect(access.maySubscribe(service, 'v1/alerts/i2/#')).toBe(false);
  expect(access.maySubscribe(service, '#')).toBe(false);
});

test('a will is the own state or nothing', async () => {
  const access = open();
  const meter = await sessionOf(access, 'm1');
  expect(access.mayWill(meter, 'v1/devices/m1/state')).toEqual({ retain: true });
  expect(access.mayWill(meter, 'v1/devices/m2/state')).toBeUndefined();
  expect(access.mayWill(meter, 'v1/meters/m1/readings')).toBeUndefined();
  expect(access.mayWill(await sessionOf(access, 'bi'), 'v1/devices/m1/state')).toBeUndefined();
});

test('a session ends with the credential it began with', async () => {
  const access = open();
  const meter = await sessionOf(access, 'm1');
  const gateway = await sessionOf(access, 'g1');
  access.refresh(directoryOf(credentials, devices));
  expect(access.isCurrent(meter)).toBe(true);
  access.refresh(
    directoryOf(
      [
        { id: 'm1', hash: 'hash of another' },
        { id: 'g1', kind: 'gateway', devices: ['m1'] },
      ],
      devices,
    ),
  );
  expect(access.isCurrent(meter)).toBe(false);
  expect(access.isCurrent(gateway)).toBe(false);
  expect(await access.authenticate(request('m1'))).toEqual({ refused: 'credentials' });
  expect(await access.authenticate(request('m1', { password: 'another' }))).toMatchObject({
    user: 'm1',
  });
  expect(await access.authenticate(request('v1'))).toEqual({ refused: 'credentials' });
});
