import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { replaced } from './a-replacement.ts';
import { importStatement } from './a-statement.ts';
import { recordTrips } from './a-trip.ts';
import { judged, morning, openWorld, type World } from './world.ts';

/** Every route there is, walked through: who may use it, what is not there for whom, and whether it is described. */

let world: World;
let document: Document;
beforeAll(async () => {
  world = await openWorld();
  for (const town of ['west', 'east']) {
    await world.keep(
      {
        type: 'sample',
        device: `${town}-m`,
        at: morning,
        timeSource: 'device',
        values: { power_kw: 1 },
      },
      {
        type: 'fix',
        device: `${town}-v`,
        at: morning,
        timeSource: 'device',
        lat: 36,
        lon: 116,
        fixed: true,
      },
    );
    world.book.report([judged(town), replaced(town)]);
    recordTrips(world, town, 0);
    importStatement(world, town);
    world.quarantined.push({
      seq: 1,
      part: 0,
      door: 'mqtt',
      protocol: 'mqtt-json',
      device: `${town}-m`,
      receivedAt: morning,
      reason: 'malformed',
      detail: 'got a blank, want JSON',
      bytes: new Uint8Array([32]),
      times: 1,
      lastAt: morning,
      requeuedAt: null,
    });
  }
  document = (await world.as(null).get('/api/openapi.json')).body;
});
afterAll(() => world.close());

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
interface Route {
  readonly method: Method;
  readonly path: string;
}
interface Operation {
  readonly summary?: string;
  readonly tags?: readonly string[];
  readonly security?: readonly unknown[];
  readonly parameters?: readonly { readonly in: string; readonly name: string }[];
  readonly requestBody?: unknown;
  readonly responses: Readonly<Record<string, unknown>>;
}
interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> };
}

/** From the tree that fastify prints: indentation is depth, a line is the part of the path it adds. */
function routes(): Route[] {
  const parts: string[] = [];
  return world.api
    .printRoutes({ commonPrefix: false })
    .split('\n')
    .flatMap((line) => {
      const match = /^([│ ]*)[├└]── (\S+) \(([^)]+)\)/.exec(line);
      if (!match) return [];
      const [, indent = '', part = '', methods = ''] = match;
      parts.splice(indent.length / 4, parts.length, part);
      const path = parts.join('');
      return methods
        .split(', ')
        .filter((method) => method !== 'HEAD')
        .map((method) => ({ method: method as Method, path }));
    });
}

const isApi = ({ path }: Route) => path.startsWith('/api/v1/');
const isPublic = ({ method, path }: Route) =>
  method === 'POST' && ['/api/v1/session', '/api/v1/session/redeem'].includes(path);
const named = ({ method, path }: Route) => `${method} ${path}`;

function ask(user: string | null, { method, path }: Route, body: unknown = {}) {
  const call = world.as(user);
  const files = { inventory: ['institutions: []', 'text/yaml'], weather: ['a,1', 'text/csv'] };
  const isFile = method === 'POST' && /\/(inventory|institutions\/[^/]+\/weather)$/.test(path);
  const [text, type] = files[path.endsWith('/inventory') ? 'inventory' : 'weather'];
  const given = isFile ? text : body;
  const headers = isFile ? { headers: { 'content-type': type ?? '' } } : {};
  switch (method) {
    case 'GET':
      return call.get(path);
    case 'DELETE':
      return call.remove(path);
    case 'POST':
      return call.post(path, given, headers);
    case 'PUT':
      return call.put(path, given);
    case 'PATCH':
      return call.patch(path, given);
  }
}

test('there are routes to walk', () => {
  expect(routes().filter(isApi).length).toBeGreaterThan(80);
  expect(routes().map(named)).toContain('POST /api/v1/alerts/:id/acknowledge');
});

test('nothing but the public few answers somebody who is not signed in', async () => {
  for (const route of routes().filter(isApi)) {
    if (isPublic(route)) continue;
    const { status, body } = await ask(null, route);
    expect([named(route), status, body?.code]).toEqual([named(route), 401, 'NOT_AUTHENTICATED']);
  }
  const open = routes().filter((route) => !isApi(route));
  expect(open.map(({ path }) => path).sort()).toEqual([
    '/api/docs',
    '/api/docs/',
    '/api/docs/*',
    '/api/docs/json',
    '/api/docs/static/index.html',
    '/api/docs/static/swagger-initializer.js',
    '/api/docs/yaml',
    '/api/openapi.json',
    '/healthz',
    '/metrics',
    '/readyz',
  ]);
});

test('a made-up token is none', async () => {
  for (const authorization of ['Bearer x', 'Bearer ', 'Basic cm9vdDp4', 'bearer  a b']) {
    const answer = await world.as(null).get('/v1/meters', { headers: { authorization } });
    expect(answer.status).toBe(401);
  }
});

test('a viewer writes nothing but his own session', async () => {
  const own = ['PUT /api/v1/session/password', 'DELETE /api/v1/session'];
  for (const route of routes().filter(isApi)) {
    if (route.method === 'GET' || isPublic(route) || own.includes(named(route))) continue;
    const { status, body } = await ask('viewer', route);
    expect([named(route), status, body?.code]).toEqual([named(route), 403, 'NOT_ALLOWED']);
  }
});

describe('what lies in another institution', () => {
  const foreign: Readonly<Record<string, string>> = {
    institutions: 'east',
    buildings: 'east-b',
    meters: 'east-m',
    vehicles: 'east-v',
    places: 'east-p',
    routes: 'east-r',
    dispatches: 'east-d',
    rules: 'east-rule',
    users: 'east-officer',
    gateways: 'east-g',
    serviceAccounts: 'east-s',
    routing: 'east-to-duty',
    channels: 'duty',
    tariffs: 'east-t',
    targets: 'east-target',
    caps: 'east-cap',
    corrections: 'east-correction',
    weather: 'east-weather',
    replacements: 'east-swap',
  };
  const query = ({ path }: Route) =>
    `?metric=power_kw&from=0&to=1&by=hour&calibre=calorific&year=2026&date=2026-11-23&month=${/vehicle.*ledger/.test(path) ? '2026-10' : 10}`;
  const body = {
    name: 'taken over',
    until: '2026-11-24T00:00:00Z',
    verdict: 'confirmed',
    text: 'x',
    user: null,
    at: '2026-11-22T00:00:00Z',
    finalReading: 5,
    firstReading: 0,
    reason: 'x',
    kind: 'locate',
  };

  test('is not there, for every route that names one thing', async () => {
    const { body: listed } = await world.as('east-officer').get('/v1/alerts');
    const { body: driven } = await world.as('east-officer').get('/v1/trips');
    const all: Readonly<Record<string, string>> = {
      ...foreign,
      devices: foreign['meters'] ?? '',
      alerts: listed.items[0].id as string,
      trips: driven.items[0].id as string,
      'fuel-cards': importStatement(world, 'east'),
      'replacement-proposals': listed.items[0].id as string,
    };
    const walked = new Set<string>();
    for (const route of routes().filter(isApi)) {
      const collection = /^\/api\/v1\/([^/]+)\/:id/.exec(route.path)?.[1];
      if (!collection || collection === 'calendar') continue;
      const id = all[collection] ?? '';
      expect(id, `an example for ${collection}`).not.toBe('');
      const place = route.path.replace(':id', id).replace(':period', '2026-10');
      const path = place + (route.method === 'GET' ? query(route) : '');
      const { status, body: problem } = await ask('west-admin', { ...route, path }, body);
      expect([named(route), status, problem?.code]).toEqual([named(route), 404, 'NOT_FOUND']);
      walked.add(collection);
    }
    expect([...walked].sort()).toEqual(Object.keys(all).sort());
  });

  test('is in no list, though one’s own is', async () => {
    const lists = routes().filter(
      ({ method, path }) => method === 'GET' && isApi({ method, path }),
    );
    const ofNobody = [
      'calendar',
      'channels',
      'factor-sets',
      'rule-kinds',
      'pipeline',
      'settings',
      'quarantine/summary',
      'terminal-parameters',
    ];
    for (const route of lists) {
      if (route.path.includes(':') || route.path.endsWith('/live')) continue;
      const isOfNobody = ofNobody.some((name) => route.path.endsWith(`/${name}`));
      const { text, status } = await world.as('west-admin').get(route.path);
      expect([named(route), status]).toEqual([named(route), 200]);
      expect(text, named(route)).not.toMatch(/\beast|"id":"duty"|"root"/);
      expect(text.includes('west'), named(route)).toBe(!isOfNobody);
    }
  });

  test('still is as it was', async () => {
    const { body: meter } = await world.as('root').get('/v1/meters/east-m');
    expect(meter).toMatchObject({ name: '总表', version: 1 });
  });
});

describe('the OpenAPI document', () => {
  const pathOf = (path: string) => path.replace(/:(\w+)/g, '{$1}');
  const operations = () =>
    Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
    );

  test('has every route, and no other', () => {
    const described = operations().map(({ path, method }) => `${method.toUpperCase()} ${path}`);
    const there = routes()
      .filter(({ path }) => !path.startsWith('/api/docs') && path !== '/api/openapi.json')
      .map(({ method, path }) => `${method} ${pathOf(path)}`);
    expect(described.sort()).toEqual(there.sort());
    expect(document.openapi).toBe('3.1.0');
  });

  test('says of each what it is, what it takes and what it answers', () => {
    for (const { path, method, operation } of operations()) {
      const where = `${method} ${path}`;
      expect(operation.summary, where).toBeTruthy();
      expect(operation.tags?.length, where).toBe(1);
      expect(
        Object.keys(operation.responses).some((status) => /^2\d\d$/.test(status)),
        where,
      ).toBe(true);
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const parameters = operation.parameters ?? [];
      const described = parameters.filter((one) => one.in === 'path').map(({ name }) => name);
      expect(described, where).toEqual(inPath);
      if (path.startsWith('/api/v1')) expect(operation.responses['4XX'], where).toBeDefined();
      const actsOnly = /(invitation)$/.test(path);
      if (['post', 'put', 'patch'].includes(method) && !actsOnly) {
        expect(operation.requestBody, where).toBeDefined();
      }
    }
  });

  test('refers to nothing that is not in it', () => {
    const text = JSON.stringify(document);
    const referred = [...text.matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)];
    expect(referred.length).toBeGreaterThan(50);
    for (const [, name = ''] of referred) expect(document.components.schemas).toHaveProperty(name);
    expect(text).not.toContain('"$ref":"#/$defs');
  });
});
