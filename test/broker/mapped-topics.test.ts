import { expect, test } from 'vitest';
import { createAccess } from '../../broker/access.ts';
import type { Session } from '../../broker/broker.ts';
import { createMappedTopics } from '../../broker/mapped-topics.ts';
import { quiet } from '../../model/context.ts';
import { directoryOf, verifyPlain } from './directory.ts';

const topics: Readonly<Record<string, readonly string[]>> = {
  fixed: ['platform/acrel/+', 'DATA'],
  named: ['dtu/{id}/up'],
  batch: ['device/+/up/{id}'],
};
const topicsOf = (mapping: string) => topics[mapping] ?? [];

test('a sender has the topics of its mapping, in its own name', () => {
  const deviceOf = createMappedTopics(
    'm1',
    [{ device: 'm1', mapping: 'named', name: 'serial-1' }],
    topicsOf,
  );
  expect(deviceOf('dtu/serial-1/up')).toBe('m1');
  for (const topic of ['dtu/m1/up', 'dtu/serial-2/up', 'dtu/{id}/up', 'dtu/serial-1/up/x', 'DATA'])
    expect(deviceOf(topic), topic).toBeUndefined();
});

test('a word that stands for any is one word', () => {
  const deviceOf = createMappedTopics(
    'g1',
    [{ device: 'g1', mapping: 'batch', name: 'g1' }],
    topicsOf,
  );
  expect(deviceOf('device/power/up/g1')).toBe('g1');
  for (const topic of [
    'device/power/up/g2',
    'device/a/b/up/g1',
    'device//up/g1',
    'device/up/g1',
    'device/电/up/g1',
  ])
    expect(deviceOf(topic), topic).toBeUndefined();
});

test('a gateway has those of its meters that say in the topic whose they are', () => {
  const deviceOf = createMappedTopics(
    'g1',
    [
      { device: 'g1', mapping: 'fixed', name: 'g1' },
      { device: 'm1', mapping: 'named', name: 'a' },
      { device: 'm2', mapping: 'named', name: 'b' },
      { device: 'm3', mapping: 'fixed', name: 'c' },
      { device: 'm4', mapping: 'gone', name: 'd' },
    ],
    topicsOf,
  );
  expect(deviceOf('platform/acrel/0000')).toBe('g1');
  expect(deviceOf('dtu/a/up')).toBe('m1');
  expect(deviceOf('dtu/b/up')).toBe('m2');
  expect(deviceOf('dtu/c/up')).toBeUndefined();
});

test('nobody publishes by the mapping of another', async () => {
  const credentials = [
    { id: 'm1', mapped: [{ device: 'm1', mapping: 'named', name: 'm1' }] },
    { id: 'm2', mapped: [{ device: 'm2', mapping: 'fixed', name: 'm2' }] },
    { id: 'm3' },
    { id: 'bi', kind: 'service' as const, devices: [], subscribe: ['dtu/#'] },
  ];
  const directory = directoryOf(credentials, ['m1', 'm2', 'm3']);
  const access = createAccess(directory, verifyPlain, quiet, topicsOf);
  const enter = async (username: string): Promise<Session> => {
    const session = await access.authenticate({
      clientId: 'c',
      clean: true,
      username,
      password: `${username}-secret`,
      address: '127.0.0.1',
    });
    if ('refused' in session) throw new Error(session.refused);
    return session;
  };
  const [m1, m2, m3, bi] = await Promise.all(['m1', 'm2', 'm3', 'bi'].map(enter));
  if (!m1 || !m2 || !m3 || !bi) throw new Error('nobody came in');
  const granted = { to: 'journal', protocol: 'mqtt-mapping', retain: false };
  expect(access.mayPublish(m1, 'dtu/m1/up')).toEqual({ ...granted, device: 'm1' });
  expect(access.mayPublish(m2, 'DATA')).toEqual({ ...granted, device: 'm2' });
  expect(access.mayPublish(m1, 'v1/meters/m1/readings')).toMatchObject({ protocol: 'mqtt-json' });
  for (const [session, topic] of [
    [m1, 'DATA'],
    [m1, 'dtu/m2/up'],
    [m2, 'dtu/m2/up'],
    [m2, 'dtu/m1/up'],
    [m3, 'dtu/m3/up'],
    [m3, 'DATA'],
    [bi, 'DATA'],
  ] as const)
    expect(access.mayPublish(session, topic), `${session.user} ${topic}`).toBeUndefined();
  expect(access.maySubscribe(m1, 'dtu/m1/up')).toBe(false);
  expect(access.mayWill(m1, 'dtu/m1/up')).toBeUndefined();
});

test('a session ends when what its messages are read by has changed', async () => {
  const directoryWith = (mapping: string) =>
    directoryOf([{ id: 'm1', mapped: [{ device: 'm1', mapping, name: 'm1' }] }], ['m1']);
  const access = createAccess(directoryWith('named'), verifyPlain, quiet, topicsOf);
  const session = await access.authenticate({
    clientId: 'c',
    clean: true,
    username: 'm1',
    password: 'm1-secret',
    address: '127.0.0.1',
  });
  if ('refused' in session) throw new Error(session.refused);
  expect(access.isCurrent(session)).toBe(true);
  access.refresh(directoryWith('fixed'));
  expect(access.isCurrent(session)).toBe(false);
});
