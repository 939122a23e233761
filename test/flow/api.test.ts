import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startApi } from '../../api/server.ts';
import type { Accepted } from '../../model/observation.ts';
import { judged, morning, openWorld, password, type World } from '../api/world.ts';

let world: World;
let running: Awaited<ReturnType<typeof startApi>>;
let base: string;
beforeAll(async () => {
  world = await openWorld();
  running = await startApi(world.options, world.services, world.context);
  base = `http://127.0.0.1:${running.port}`;
});
afterAll(async () => {
  await running.stop();
  await world.close();
});

async function signIn(user: string): Promise<string> {
  const response = await fetch(`${base}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ user, password }),
  });
  const { token } = (await response.json()) as { token: string };
  return token;
}

interface ServerSent {
  readonly type: string;
  readonly id: string;
  // biome-ignore lint/suspicious/noExplicitAny: data of every type of event
  readonly data: any;
}

/** A stream of events, read as they come. */
async function openStream(token: string, query = '', lastEventId?: string) {
  const abort = new AbortController();
  const response = await fetch(`${base}/api/v1/live${query}`, {
    headers: {
      authorization: `Bearer ${token}`,
      ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
    },
    signal: abort.signal,
  });
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  const reader = (response.body ?? new ReadableStream())
    .pipeThrough(new TextDecoderStream())
    .getReader();
  let text = '';
  let id = '';

  function take(): ServerSent | undefined {
    const end = text.indexOf('\n\n');
    if (end < 0) return undefined;
    const fields = new Map(
      text
        .slice(0, end)
        .split('\n')
        .map((line): [string, string] => {
          const [name = '', ...rest] = line.split(': ');
          return [name, rest.join(': ')];
        }),
    );
    text = text.slice(end + 2);
    id = fields.get('id') ?? id;
    const data = fields.get('data');
    if (data === undefined) return take();
    return { type: fields.get('event') ?? 'message', id, data: JSON.parse(data) };
  }

  return {
    lastId: () => id,
    next: async (): Promise<ServerSent> => {
      for (;;) {
        const event = take();
        if (event) return event;
        const { done, value } = await reader.read();
        if (done) throw new Error('the stream has ended');
        text += value;
      }
    },
    ended: async () => {
      while (!(await reader.read()).done);
    },
    close: () => abort.abort(),
  };
}

let seq = 0;
const position = (vehicle: string, lat: number) =>
  world.emit({
    type: 'observation',
    observation: {
      type: 'fix',
      device: vehicle,
      at: morning,
      timeSource: 'device',
      lat,
      lon: 116,
      fixed: true,
      seq: ++seq,
      receivedAt: morning,
    } satisfies Accepted,
  });

test('events come as they happen, within one’s scope, in the shape of the lists', async () => {
  const stream = await openStream(await signIn('officer'));
  position('east-v', 30);
  position('west-v', 36);
  world.emit({
    type: 'observation',
    observation: {
      type: 'sample',
      device: 'west-m',
      at: morning,
      timeSource: 'device',
      values: { power_kw: 12.5, energy_import_kwh: 100 },
      seq: ++seq,
      receivedAt: morning,
    },
  });
  const [alert] = world.book.report([judged('west')]);
  if (!alert) throw new Error('no alert');
  world.emit({ type: 'alert', alert });

  expect(await stream.next()).toMatchObject({
    type: 'position',
    data: { vehicle: 'west-v', lat: 36, at: '2026-11-23T08:00:00+08:00', online: true },
  });
  const readings = [await stream.next(), await stream.next()];
  expect(readings.map(({ type, data }) => [type, data.metric, data.value, data.unit])).toEqual([
    ['reading', 'energy_import_kwh', 100, 'kWh'],
    ['reading', 'power_kw', 12.5, 'kW'],
  ]);
  const raised = await stream.next();
  expect(raised.type).toBe('alert');
  const listed = await fetch(`${base}/api/v1/alerts/${alert.id}`, {
    headers: { authorization: `Bearer ${await signIn('officer')}` },
  });
  expect(raised.data).toEqual(await listed.json());
  stream.close();
});

test('a stream that broke off goes on with the last id, without a hole and without a repeat', async () => {
  const token = await signIn('officer');
  const first = await openStream(token, '?types=position');
  position('west-v', 1);
  position('west-v', 2);
  expect((await first.next()).data.lat).toBe(1);
  expect((await first.next()).data.lat).toBe(2);
  first.close();
  position('west-v', 3);
  position('east-v', 4);
  position('west-v', 5);
  const second = await openStream(token, '?types=position', first.lastId());
  position('west-v', 6);
  const latitudes = [await second.next(), await second.next(), await second.next()].map(
    ({ data }) => data.lat,
  );
  expect(latitudes).toEqual([3, 5, 6]);
  second.close();
});

test('an id of another start is told as such', async () => {
  const stream = await openStream(await signIn('officer'), '', '00000000-1');
  expect((await stream.next()).type).toBe('reset');
  stream.close();
});

test('no stream without signing in, none for a type there is not', async () => {
  expect((await fetch(`${base}/api/v1/live`)).status).toBe(401);
  const headers = { authorization: `Bearer ${await signIn('officer')}` };
  expect((await fetch(`${base}/api/v1/live?types=weather`, { headers })).status).toBe(400);
});

/** Sends bytes as they are; what comes back until the other side closes. */
const raw = (bytes: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(running.port, '127.0.0.1', () => socket.write(bytes));
    let text = '';
    socket.on('data', (data) => {
      text += data;
    });
    socket.on('close', () => resolve(text));
    socket.on('error', reject);
  });

test('what is not HTTP is refused with a problem', async () => {
  const garbage = await raw('\x16\x03\x01 this is TLS\r\n\r\n');
  expect(garbage).toMatch(/^HTTP\/1\.1 400 /);
  expect(garbage).toContain('"code":"INPUT_MALFORMED"');
  const endless = await raw(`GET / HTTP/1.1\r\nHost: x\r\nX: ${'y'.repeat(20_000)}\r\n\r\n`);
  expect(endless).toMatch(/^HTTP\/1\.1 431 /);
});

test('a port in use is told, with the port', async () => {
  const options = { ...world.options, port: running.port };
  await expect(startApi(options, world.services, world.context)).rejects.toMatchObject({
    code: 'PORT_UNAVAILABLE',
    message: expect.stringContaining(String(running.port)),
  });
});

test('stopping ends open streams and does not wait for them', async () => {
  const other = await startApi(world.options, world.services, world.context);
  const response = await fetch(`http://127.0.0.1:${other.port}/api/v1/live`, {
    headers: { authorization: `Bearer ${await signIn('officer')}` },
  });
  const begun = performance.now();
  await other.stop();
  expect(performance.now() - begun).toBeLessThan(3_000);
  expect(await response.text()).toContain('retry: 3000');
});
