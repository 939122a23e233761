import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  inspectedShape,
  quarantineSummaryShape,
  requeuedShape,
} from '../../api/quarantine-shape.ts';
import { openWorld, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
  for (const [seq, device] of [
    [7, 'west-m'],
    [8, 'east-m'],
  ] as const)
    world.quarantined.push({
      seq,
      part: 0,
      door: 'mqtt',
      protocol: 'mqtt-json',
      device,
      receivedAt: world.clock.at,
      reason: 'malformed',
      detail: 'got half a list',
      bytes: Buffer.from('[1,'),
      times: 2,
      lastAt: world.clock.at,
      requeuedAt: null,
    });
});
afterAll(() => world.close());

test('a message is shown with its bytes as text and hex, and what today’s codec says', async () => {
  const { body } = await world.as('integrator').get('/v1/quarantine/7');
  expect(inspectedShape.strict().parse(body)).toMatchObject({
    device: 'west-m',
    text: '[1,',
    hex: '5b312c',
    items: [{ part: 0, times: 2, reason: 'malformed' }],
    reading: { observations: [], refused: [{ reason: 'malformed', detail: 'still' }] },
  });
  expect((await world.as('integrator').get('/v1/quarantine/8')).status).toBe(404);
  expect((await world.as('root').get('/v1/quarantine/9')).status).toBe(404);
  expect((await world.as('viewer').get('/v1/quarantine/7')).status).toBe(403);
});

test('bytes that are no text are told as such', async () => {
  world.quarantined.push({
    ...world.quarantined[0],
    seq: 9,
    bytes: Uint8Array.of(0, 255),
  } as never);
  expect((await world.as('root').get('/v1/quarantine/9')).body.text).toBeNull();
  world.quarantined.pop();
});

test('the whole is told to who sees all of it', async () => {
  const root = (await world.as('root').get('/v1/quarantine/summary')).body;
  expect(quarantineSummaryShape.strict().parse(root).whole).toMatchObject({ given: 4, dropped: 0 });
  const west = (await world.as('integrator').get('/v1/quarantine/summary')).body;
  expect(west.whole).toBeNull();
  expect(world.asked.at(-1)).toEqual(['west-m', 'west-v', 'west-g']);
});

test('reading again stays within one’s scope, and is written down', async () => {
  const again = (user: string, body: object) => world.as(user).post('/v1/quarantine/requeue', body);
  const { status, body } = await again('integrator', { reason: 'malformed', from: '0' });
  expect([status, requeuedShape.strict().parse(body)]).toMatchObject([
    200,
    { dryRun: false, requeued: 2 },
  ]);
  expect(world.asked.at(-1)).toEqual({
    limit: 500,
    reason: 'malformed',
    from: 0,
    devices: ['west-m', 'west-v', 'west-g'],
  });
  const [entry] = world.registry.audit({ limit: 1 });
  expect(entry).toMatchObject({
    user: 'integrator',
    action: 'requeue',
    kind: 'quarantine',
    detail: { reason: 'malformed', requeued: 2 },
  });
  for (const user of ['viewer', 'officer', 'fleet'])
    expect((await again(user, {})).status).toBe(403);
});

test('a dry run writes nothing down, and what is not understood is refused', async () => {
  const before = world.registry.audit({ limit: 1 })[0]?.n;
  const answer = await world.as('root').post('/v1/quarantine/requeue', { dryRun: true });
  expect(answer.body).toMatchObject({ dryRun: true, matched: 2, requeued: 0 });
  expect(world.registry.audit({ limit: 1 })[0]?.n).toBe(before);
  for (const body of [
    { reason: 'bad' },
    { cursor: '1 OR 1' },
    { devices: ['x'] },
    { from: 'soon' },
  ]) {
    const { status } = await world.as('root').post('/v1/quarantine/requeue', body);
    expect([status, body]).toEqual([422, body]);
  }
});
