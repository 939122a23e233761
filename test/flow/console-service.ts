import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { extname, join } from 'node:path';
import type { AlertView } from '../../api/contract.ts';
import { alertView } from '../console/alert-view.ts';

/** A service just big enough for the console: one meter, one vehicle, two alerts, a session and a live stream. */

export const password = 'correct horse battery';
export const oneTimeToken = 'one-time';
const cookie = 'session=s3cret';
const types: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

/** As strict as the real service means to be: no inline scripts or styles, nobody else's address. */
const policy =
  "default-src 'self'; img-src 'self' data: blob:; worker-src 'self' blob:; frame-ancestors 'none'";

const offRoute = (now: number): AlertView => {
  const track = Array.from({ length: 10 }, (_, n) => ({
    at: now - (10 - n) * 10_000,
    lat: 36.5 + n * 0.001,
    lon: 115.95 + n * 0.001,
    distanceM: 160 + 90 * n,
  }));
  const template = alertView();
  return alertView({
    id: 'al-2',
    rule: 'vehicle.off-route',
    kind: 'vehicle.off-route',
    severity: 'critical',
    subject: { type: 'vehicle', id: 'v1' },
    openedAt: new Date(now - 60_000).toISOString(),
    summary: { zh: '鲁P12345 偏离路线', en: '鲁P12345 off route' },
    evidence: {
      ...template.evidence,
      flagged: track.map(({ at }) => new Date(at).toISOString()),
      observed: { maxDistanceM: 970, track },
      expected: { routes: [{ id: 'r1', name: '城区到临清', widthM: 150 }] },
    },
  });
};

export interface ConsoleService {
  readonly url: string;
  /** What was done to alerts, in order. */
  readonly acts: { readonly path: string; readonly body: unknown }[];
  send(event: string, data: unknown): void;
  stop(): Promise<void>;
}

function lists(now: number): Readonly<Record<string, readonly unknown[]>> {
  const at = new Date(now).toISOString();
  return {
    institutions: [
      {
        id: 'lc-hq',
        name: '市机关事务管理局',
        level: 'municipal',
        parent: null,
        timeZone: 'Asia/Shanghai',
        version: 1,
      },
    ],
    buildings: [{ id: 'b1', institution: 'lc-hq', name: '1号楼', version: 1 }],
    meters: [
      {
        id: 'm1',
        building: 'b1',
        medium: 'electricity',
        name: '总表',
        everyS: 60,
        ctRatio: 1,
        ptRatio: 1,
        mqtt: {},
        version: 1,
      },
    ],
    vehicles: [
      {
        id: 'v1',
        institution: 'lc-hq',
        plate: '鲁P12345',
        class: 'courier',
        fuel: 'gasoline',
        exempt: [],
        sealed: [],
        version: 1,
      },
    ],
    places: [],
    users: [],
    routes: [
      {
        id: 'r1',
        institution: 'lc-hq',
        name: '城区到临清',
        line: [
          [115.98, 36.45],
          [115.7, 36.84],
        ],
        widthM: 150,
        version: 1,
      },
    ],
    'rule-kinds': [],
    'vehicles/positions': [
      {
        vehicle: 'v1',
        at,
        lat: 36.45,
        lon: 115.98,
        speedKmh: 42,
        headingDeg: 90,
        acc: true,
        fixed: true,
        online: true,
      },
    ],
    'vehicles/v1/track': [],
    'readings/latest': [
      {
        meter: 'm1',
        metric: 'power_kw',
        unit: 'kW',
        at,
        value: 12.5,
        quality: 'measured',
        timeSource: 'device',
      },
    ],
    'meters/m1/readings': [{ at, value: 12.5, quality: 'measured', timeSource: 'device' }],
  };
}

const problem = (response: ServerResponse, status: number, code: string) =>
  void response
    .writeHead(status, { 'content-type': 'application/problem+json' })
    .end(JSON.stringify({ title: code, status, code }));

const answer = (response: ServerResponse, body: unknown, headers: Record<string, string> = {}) =>
  void response
    .writeHead(200, { 'content-type': 'application/json', ...headers })
    .end(JSON.stringify(body));

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
}

/** @param bundle folder of the built console */
export async function startConsoleService(bundle: string): Promise<ConsoleService> {
  const now = Date.now();
  const known = lists(now);
  const alerts = new Map([alertView(), offRoute(now)].map((alert) => [alert.id, alert]));
  const acts: ConsoleService['acts'][number][] = [];
  const streams = new Set<ServerResponse>();
  const send = (event: string, data: unknown) => {
    for (const stream of streams)
      stream.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  };

  const file = async (path: string, response: ServerResponse) => {
    const name = extname(path) === '' ? '/index.html' : path;
    const bytes = await readFile(join(bundle, name)).catch(() => undefined);
    if (!bytes) return problem(response, 404, 'NOT_FOUND');
    response
      .writeHead(200, {
        'content-type': types[extname(name)] ?? 'application/octet-stream',
        'content-security-policy': policy,
      })
      .end(bytes);
  };

  const session = async (request: IncomingMessage, response: ServerResponse) => {
    if (request.method === 'GET')
      return answer(response, {
        id: 'officer1',
        name: '李四',
        role: 'energy-officer',
        institution: 'lc-hq',
        timeZone: 'Asia/Shanghai',
        writes: [],
        commands: [],
      });
    if (request.method === 'DELETE')
      return void response.writeHead(204, { 'set-cookie': 'session=; Max-Age=0; Path=/' }).end();
    const body = await bodyOf(request);
    if (body['password'] !== password) return problem(response, 401, 'NOT_AUTHENTICATED');
    answer(
      response,
      { token: 't' },
      { 'set-cookie': `${cookie}; HttpOnly; SameSite=Strict; Path=/` },
    );
  };

  const redeem = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await bodyOf(request);
    if (body['token'] !== oneTimeToken) return problem(response, 404, 'NOT_FOUND');
    answer(
      response,
      { token: 't' },
      { 'set-cookie': `${cookie}; HttpOnly; SameSite=Strict; Path=/` },
    );
  };

  const alertRoute = async (
    path: string,
    url: URL,
    request: IncomingMessage,
    response: ServerResponse,
  ) => {
    const [, id = '', action] = path.split('/');
    if (id === '') {
      const states = url.searchParams.get('state')?.split(',');
      const items = [...alerts.values()]
        .filter(({ state }) => states?.includes(state) ?? true)
        .sort((a, b) => Date.parse(b.openedAt) - Date.parse(a.openedAt));
      return answer(response, { items, next: null });
    }
    const alert = alerts.get(id);
    if (!alert) return problem(response, 404, 'NOT_FOUND');
    if (!action) return answer(response, alert);
    const body = await bodyOf(request);
    acts.push({ path, body });
    if (body['version'] !== alert.version) return problem(response, 409, 'VERSION_CONFLICT');
    const next: AlertView = {
      ...alert,
      version: alert.version + 1,
      ...(action === 'acknowledge' ? { state: 'acknowledged', acknowledgedBy: 'officer1' } : {}),
    };
    alerts.set(id, next);
    answer(response, next);
    send('alert', next);
  };

  const follow = (_: IncomingMessage, response: ServerResponse) => {
    streams.add(response);
    response.on('close', () => streams.delete(response));
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write(':\n\n');
  };

  const handlers: Readonly<
    Record<string, (request: IncomingMessage, response: ServerResponse) => void>
  > = {
    session,
    'session/redeem': redeem,
    settings: (_, response) => answer(response, { tiles: null }),
    live: follow,
  };

  const api = async (
    path: string,
    url: URL,
    request: IncomingMessage,
    response: ServerResponse,
  ) => {
    const isSignedIn = request.headers.cookie?.includes(cookie) ?? false;
    const isPublic = request.method === 'POST' && path.startsWith('session');
    if (!isSignedIn && !isPublic) return problem(response, 401, 'NOT_AUTHENTICATED');
    const handler = handlers[path];
    if (handler) return handler(request, response);
    if (path.split('/')[0] === 'alerts') return alertRoute(path, url, request, response);
    const items = known[path];
    if (!items) return problem(response, 404, 'NOT_FOUND');
    answer(response, { items, next: null });
  };

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const isApi = url.pathname.startsWith('/api/v1/');
    void (isApi
      ? api(url.pathname.slice('/api/v1/'.length), url, request, response)
      : file(url.pathname, response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    acts,
    send,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
