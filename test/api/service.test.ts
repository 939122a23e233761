import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  auditEntryShape,
  inventoryShape,
  pageOf,
  quarantineItemShape,
  ruleKindShape,
} from '../../api/contract.ts';
import { pipelineShape } from '../../api/pipeline-shape.ts';
import { createFailureLimit } from '../../api/rate-limit.ts';
import { openWorld, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld({ commandToken: 'c0ffee'.repeat(8) });
});
afterAll(() => world.close());

const yaml = { 'content-type': 'application/yaml' };
const importing = (
  user: string,
  text: string,
  query = '',
  headers: Record<string, string> = yaml,
) => world.as(user).post(`/v1/inventory${query}`, text, { headers });

const shed = (id: string, institution = 'west') =>
  `buildings:\n  - { id: ${id}, institution: ${institution}, name: 车库 }\n`;

describe('inventory', () => {
  test('a dry run tells every change and changes nothing', async () => {
    const { status, body } = await importing('root', shed('shed'), '?dryRun');
    expect(status).toBe(200);
    expect(inventoryShape.strict().parse(body)).toEqual({
      dryRun: true,
      changes: [{ kind: 'buildings', id: 'shed', change: 'add' }],
    });
    expect((await world.as('root').get('/v1/buildings/shed')).status).toBe(404);
  });

  test('an import tells every change, and the same again changes nothing', async () => {
    expect((await importing('root', shed('shed'))).body.changes[0].change).toBe('add');
    expect((await world.as('root').get('/v1/buildings/shed')).status).toBe(200);
    expect((await importing('root', shed('shed'), '?dryRun=false')).body.changes[0].change).toBe(
      'unchanged',
    );
  });

  test('JSON is as good', async () => {
    const text = JSON.stringify({ buildings: [{ id: 'barn', institution: 'west', name: '仓' }] });
    const { status } = await importing('root', text, '?dryRun=1', {
      'content-type': 'application/json',
    });
    expect(status).toBe(200);
  });

  test('one fault, and nothing is changed; each with its path and line', async () => {
    const text = `${shed('good')}  - { id: bad, institution: nowhere, name: 7 }\n`;
    const { status, body } = await importing('root', text);
    expect([status, body.code]).toEqual([422, 'INVENTORY_INVALID']);
    expect(body.errors).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ path: 'buildings[1].institution', line: 3 }),
      ]),
    );
    expect((await world.as('root').get('/v1/buildings/good')).status).toBe(404);
  });

  test('within one’s scope only, and no people by who is no admin', async () => {
    expect((await importing('integrator', shed('west-shed'))).status).toBe(200);
    expect((await importing('integrator', shed('east-shed', 'east'))).status).toBe(422);
    const boss = 'users:\n  - { id: boss, name: 大, role: admin, institution: west }\n';
    expect((await importing('integrator', boss)).status).toBe(422);
    expect((await importing('officer', shed('x'))).status).toBe(403);
    expect((await world.as('root').get('/v1/users/boss')).status).toBe(404);
  });

  test('what is no inventory is refused', async () => {
    expect((await importing('root', '{{{')).status).toBe(422);
    expect((await importing('root', '')).status).toBe(422);
    expect((await importing('root', shed('x'), '?dryRun=maybe')).status).toBe(400);
    const binary = { 'content-type': 'application/octet-stream' };
    expect((await importing('root', shed('x'), '', binary)).status).toBe(415);
  });
});

describe('quarantine', () => {
  test('shows what was not understood with its bytes, for those who connect devices', async () => {
    const bytes = Uint8Array.from({ length: 100 }, (_, n) => n);
    world.quarantined.push({
      seq: 12,
      part: 1,
      door: 'mqtt',
      protocol: 'mqtt-json',
      device: 'west-m',
      receivedAt: world.clock.at,
      reason: 'malformed',
      detail: 'got a list, want an object',
      bytes,
      times: 1,
      lastAt: world.clock.at,
      requeuedAt: null,
    });
    const { body } = await world
      .as('integrator')
      .get('/v1/quarantine?device=west-m&from=0&limit=5');
    const { items } = pageOf(quarantineItemShape.strict()).parse(body);
    expect(items[0]).toEqual({
      seq: 12,
      part: 1,
      door: 'mqtt',
      protocol: 'mqtt-json',
      device: 'west-m',
      receivedAt: '2026-11-23T08:00:00+08:00',
      times: 1,
      lastAt: '2026-11-23T08:00:00+08:00',
      requeuedAt: null,
      reason: 'malformed',
      detail: 'got a list, want an object',
      bytes: Buffer.from(bytes).toString('base64'),
      hex: Buffer.from(bytes.subarray(0, 64)).toString('hex'),
      length: 100,
    });
    expect(world.asked.at(-1)).toEqual({
      limit: 5,
      device: 'west-m',
      from: 0,
      devices: ['west-m', 'west-v', 'west-g'],
    });
    expect((await world.as('viewer').get('/v1/quarantine')).status).toBe(403);
    await world.as('root').get('/v1/quarantine');
    expect(world.asked.at(-1)).toEqual({ limit: 1000 });
  });
});

describe('the service', () => {
  test('pipeline, for admins', async () => {
    const { body } = await world.as('root').get('/v1/pipeline');
    expect(pipelineShape.strict().parse(body)).toMatchObject({
      journal: { head: 7 },
      sinks: [{ name: 'store', position: 7, lagS: 0 }],
    });
    expect((await world.as('officer').get('/v1/pipeline')).status).toBe(403);
  });

  test('rule kinds say what their parameters are', async () => {
    const { body } = await world.as('viewer').get('/v1/rule-kinds');
    const kinds = body.items.map((item: unknown) => ruleKindShape.strict().parse(item));
    const offRoute = kinds.find(({ kind }: { kind: string }) => kind === 'vehicle.off-route');
    expect(offRoute.params.type).toBe('object');
    expect(Object.keys(offRoute.params.properties)).toEqual(Object.keys(offRoute.defaults));
  });

  test('audit is for admins, of their own people and things', async () => {
    const { body } = await world.as('west-admin').get('/v1/audit');
    const entries = pageOf(auditEntryShape.strict()).parse(body).items;
    expect(entries.length).toBeGreaterThan(0);
    const whole = await world.as('root').get('/v1/audit');
    expect(whole.body.items.length).toBeGreaterThan(entries.length);
    expect((await world.as('integrator').get('/v1/audit')).status).toBe(403);
  });

  test('health needs no sign-in', async () => {
    const nobody = world.as(null);
    expect((await nobody.get('/healthz')).body).toEqual({ status: 'ok' });
    expect((await nobody.get('/readyz')).status).toBe(200);
    const metrics = await nobody.get('/metrics');
    expect(metrics.text).toBe('guanjia_received_total{door="mqtt"} 7\n');
    expect(metrics.headers['content-type']).toContain('text/plain');
    const { readiness } = world.services;
    const checks = [{ name: 'store', ok: false, detail: 'away since 08:00' }];
    (world.services as { readiness: typeof readiness }).readiness = async () => ({
      ready: false,
      checks,
    });
    const notReady = await nobody.get('/readyz');
    (world.services as { readiness: typeof readiness }).readiness = readiness;
    expect([notReady.status, notReady.body]).toEqual([503, { ready: false, checks }]);
  });

  test('commands on this machine act as system', async () => {
    const headers = { authorization: `Bearer ${'c0ffee'.repeat(8)}` };
    const { body } = await world.as(null).get('/v1/session', { headers });
    expect(body).toMatchObject({ id: 'system', role: 'admin', institution: null });
    const wrong = { authorization: `Bearer ${'c0ffee'.repeat(7)}` };
    expect((await world.as(null).get('/v1/session', { headers: wrong })).status).toBe(401);
  });
});

test('a flood of names does not fill the memory, and the limit still holds for the last ones', () => {
  const limit = createFailureLimit(2, 1_000, () => 0);
  for (let n = 0; n < 30_000; n++) limit.failed(`name-${n}`);
  limit.failed('name-29999');
  expect(limit.waitMs('name-29999')).toBe(1_000);
  expect(limit.waitMs('name-0')).toBe(0);
});
