import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { actAs } from './field-kit.ts';
import { adminPassword } from './guanjia.ts';
import { guanjiaOfSuite } from './guanjia-of-suite.ts';
import { type Actor, expectProblem, inventory, password, signInAll } from './people-kit.ts';

/** The outside contract over HTTP, asked as any program would ask it: who may what, and what is answered to what is wrong. */

const guanjia = guanjiaOfSuite({ inventory });
let people: Awaited<ReturnType<typeof signInAll>>;
beforeAll(async () => {
  people = await signInAll(guanjia);
});

const base = () => `http://127.0.0.1:${guanjia.ports.http}`;
const idsOf = async (actor: Actor, path: string): Promise<string[]> =>
  (await actor(path)).body.items.map(({ id }: { id: string }) => id);

test('the ports in use and a token for commands stand in the data directory, for the owner alone', () => {
  const data = join(guanjia.folder, 'data');
  const ports = JSON.parse(readFileSync(join(data, 'ports.json'), 'utf8'));
  expect(Object.keys(ports).sort()).toEqual(['http', 'jt808', 'mqtt']);
  expect(ports).toMatchObject({ http: guanjia.ports.http, mqtt: guanjia.ports.mqtt });
  expect(statSync(join(data, 'token')).mode & 0o777).toBe(0o600);
  expect(guanjia.output()).toContain(String(ports.http));
  expect(guanjia.output()).not.toContain(adminPassword);
});

test('health, readiness and metrics need no login; the names are those that are promised', async () => {
  expect((await fetch(`${base()}/healthz`)).status).toBe(200);
  expect((await fetch(`${base()}/readyz`)).status).toBe(200);
  const metrics = await (await fetch(`${base()}/metrics`)).text();
  const counters = metrics.split('\n').filter((line) => line.includes('{door="mqtt"}'));
  for (const name of ['received', 'journalled', 'stored', 'duplicate', 'quarantined'])
    expect(counters).toContainEqual(
      expect.stringMatching(`^guanjia_${name}_total\\{door="mqtt"\\} \\d+$`),
    );
});

test('OpenAPI names every route of the contract, and there are pages to read it', async () => {
  const answer = await fetch(`${base()}/api/openapi.json`);
  const { openapi, paths } = (await answer.json()) as { openapi: string; paths: object };
  expect(openapi).toMatch(/^3\./);
  for (const path of [
    '/api/v1/session',
    '/api/v1/meters/{id}/readings',
    '/api/v1/vehicles/positions',
    '/api/v1/vehicles/{id}/track',
    '/api/v1/alerts/{id}/acknowledge',
    '/api/v1/rule-kinds',
    '/api/v1/pipeline',
    '/api/v1/inventory',
    '/api/v1/quarantine',
    '/api/v1/live',
    ...[
      'institutions',
      'buildings',
      'meters',
      'vehicles',
      'places',
      'routes',
      'dispatches',
      'rules',
      'users',
    ].flatMap((kind) => [`/api/v1/${kind}`, `/api/v1/${kind}/{id}`]),
  ])
    expect(Object.keys(paths)).toContain(path);
  const docs = await fetch(`${base()}/api/docs`);
  expect(docs.status).toBe(200);
  expect(docs.headers.get('content-type')).toMatch(/html/);
});

test('every error is a problem document that says what is wrong', async () => {
  const { admin, subviewer } = people;
  const open = await fetch(`${base()}/api/v1/meters`);
  expect(open.status).toBe(401);
  expect(open.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  const forged = await fetch(`${base()}/api/v1/meters`, { headers: { authorization: 'Bearer x' } });
  expect(forged.status).toBe(401);
  const broken = await fetch(`${base()}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"user":',
  });
  expect(broken.status).toBe(400);
  expect(await broken.json()).toMatchObject({ status: 400, code: expect.any(String) });
  expectProblem(await subviewer('/api/v1/pipeline'), 403);
  expectProblem(
    await subviewer('/api/v1/buildings', { id: 'x', institution: 'sub', name: 'x' }),
    403,
  );
  expectProblem(await admin('/api/v1/meters/no-such'), 404);
  expectProblem(await admin('/api/v1/no-such'), 404);
  expectProblem(await subviewer('/api/v1/meters/m0'), 404);
  expectProblem(await subviewer('/api/v1/meters/m0/readings?metric=power_kw&from=0&to=1'), 404);
  expectProblem(
    await admin('/api/v1/meters', { id: 'a b', building: 'nowhere', medium: 'steam' }),
    422,
    'medium',
  );
  for (const [query, path] of [
    ['metric=power_kw&to=1', 'from'],
    ['metric=power_kw&from=yesterday&to=1', 'from'],
    ['metric=sorrow&from=0&to=1', 'metric'],
    ['metric=power_kw&from=0&to=1&limit=10001', 'limit'],
  ] as const) {
    const answer = await admin(`/api/v1/meters/m0/readings?${query}`);
    expect([400, 422]).toContain(answer.status);
    expectProblem(answer, answer.status, path);
  }
});

test('a change on top of another’s change is a conflict', async () => {
  const { admin } = people;
  const { version } = (await admin('/api/v1/buildings/b1')).body;
  expect((await admin('/api/v1/buildings/b1', { name: '一号楼', version }, 'PATCH')).status).toBe(
    200,
  );
  expectProblem(await admin('/api/v1/buildings/b1', { name: '壹号楼', version }, 'PATCH'), 409);
  expect((await admin('/api/v1/buildings/b1')).body.name).toBe('一号楼');
});

test('a role acts within its institution and those below it', async () => {
  const { admin, officer, subviewer, faradmin } = people;
  expect(await idsOf(admin, '/api/v1/meters')).toEqual(['m0', 'm1', 'm2', 'mf', 'ms']);
  expect(await idsOf(officer, '/api/v1/meters')).toEqual(['m0', 'm1', 'm2', 'ms']);
  expect(await idsOf(subviewer, '/api/v1/meters')).toEqual(['ms']);
  expect(await idsOf(faradmin, '/api/v1/meters')).toEqual(['mf']);
  expect(await idsOf(faradmin, '/api/v1/institutions')).toEqual(['far']);
  expect(await idsOf(faradmin, '/api/v1/users')).toEqual(['faradmin']);
  expectProblem(await faradmin('/api/v1/meters/m0', { name: 'x' }, 'PATCH'), 404);
  expectProblem(await faradmin('/api/v1/meters/m0', undefined, 'DELETE'), 404);
  expect((await faradmin('/api/v1/users/faradmin', { institution: null }, 'PATCH')).status).toBe(
    403,
  );
  expect(
    (
      await faradmin('/api/v1/users', {
        id: 'up',
        name: 'x',
        role: 'admin',
        institution: 'hq',
        password,
      })
    ).status,
  ).toBeGreaterThanOrEqual(400);
  expect(
    (
      await officer('/api/v1/users', {
        id: 'up',
        name: 'x',
        role: 'admin',
        institution: 'hq',
        password,
      })
    ).status,
  ).toBe(403);
  expect((await faradmin('/api/v1/quarantine')).body.items).toEqual([]);
  for (const path of ['meters', 'users', 'vehicles'])
    expect(JSON.stringify((await admin(`/api/v1/${path}`)).body)).not.toMatch(
      /secret|password|hash/i,
    );
});

test('rule kinds say what may be set, and with what it begins', async () => {
  const { admin, officer } = people;
  const { items } = (await officer('/api/v1/rule-kinds')).body;
  const kinds = items.map(({ kind }: { kind: string }) => kind);
  expect(kinds).toEqual(
    expect.arrayContaining(['device.silent', 'energy.consumption-anomaly', 'vehicle.off-route']),
  );
  for (const each of items)
    expect(each).toMatchObject({
      version: expect.any(Number),
      title: { zh: expect.any(String), en: expect.any(String) },
      params: { type: 'object' },
      defaults: expect.any(Object),
    });
  const bad = { id: 'r-bad', kind: 'vehicle.off-route', scope: {}, params: { enterS: 'soon' } };
  expectProblem(await admin('/api/v1/rules', bad), 422, /enterS/);
});

test('guessing a password is slowed down, and nobody else by it', async () => {
  const guess = (user: string, guessed: string) =>
    fetch(`${base()}/api/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ user, password: guessed }),
    });
  const answers: Response[] = [];
  for (let n = 0; n < 12; n++) answers.push(await guess('victim', `guess ${n}`));
  expect(answers[0]?.status).toBe(401);
  const last = answers.at(-1);
  expect(last?.status).toBe(429);
  expect(Number(last?.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(last?.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect((await guess('officer', password)).status).toBe(200);
});

test('a session ends when its user signs out or is no more', async () => {
  const { admin, subviewer } = people;
  const leaving = await actAs(guanjia, 'subviewer', password);
  expect((await leaving('/api/v1/session', undefined, 'DELETE')).status).toBe(204);
  expect((await leaving('/api/v1/meters')).status).toBe(401);
  expect((await subviewer('/api/v1/meters')).status).toBe(200);
  expect((await admin('/api/v1/users/subviewer', undefined, 'DELETE')).status).toBe(204);
  expect((await subviewer('/api/v1/meters')).status).toBe(401);
});
