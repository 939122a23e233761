import { expect, test } from 'vitest';
import { expected, held, type LineWithInflux, reached, startLine } from './influx-kit.ts';
import { until } from './mosquitto.ts';
import { type Fault, jsonError, startFakeInflux } from './servers/influx-fake.ts';
import { freePort } from './servers/program.ts';

/** Promises P1 and P2 for InfluxDB: whatever it does, nothing is lost, nothing is twice, and nobody else notices. */

const words500 = 'engine: error writing WAL entry: write /var/lib/wal: no space left on device';

/** What goes wrong for a while, and what a person then reads. */
const outages: Readonly<Record<string, { fault: Fault; words: RegExp; timeoutMs?: number }>> = {
  'answers 500': {
    fault: jsonError(500, 'timeout'),
    words: /could not write \(500: timeout\)/,
  },
  'is out of disk': {
    fault: jsonError(500, words500),
    words: /no room left on its disk.*\(500: engine/,
  },
  'never answers': { timeoutMs: 500, fault: 'hang', words: /no complete answer in time/ },
  'begins an answer and never ends it': {
    timeoutMs: 500,
    fault: 'hang-within',
    words: /no complete answer/,
  },
  'answers for ever, a little at a time': {
    timeoutMs: 500,
    fault: 'trickle',
    words: /no complete answer in time/,
  },
  'answers too late': {
    timeoutMs: 500,
    fault: { afterMs: 900 },
    words: /no complete answer in time/,
  },
  'keeps the points and breaks off': { fault: 'break-off-kept', words: /broke off$/ },
  'resets the connection within the request': {
    fault: 'reset-within-request',
    words: /broke off$/,
  },
  'knows the user no more': {
    fault: jsonError(401, 'authorization failed'),
    words: /does not let us in.*\(401: authorization failed\)/,
  },
  'forbids the user to write': {
    fault: jsonError(403, '"u" user is not authorized to write to database "guanjia"'),
    words: /does not let us in.*\(403/,
  },
  'has no such bucket': {
    fault: jsonError(404, 'bucket "guanjia" not found'),
    words: /no such database or bucket \(404: bucket "guanjia" not found\)/,
  },
  'wants fewer writes': {
    fault: {
      status: 429,
      headers: { 'retry-after': '1' },
      body: '{"code":"too many requests","message":"limit"}',
    },
    words: /wants fewer writes \(429: limit\), asked to wait 1 s/,
  },
  'is not available': {
    fault: { status: 503, headers: { 'retry-after': '1' } },
    words: /is not available \(503.*asked to wait 1 s/,
  },
  'is another server, with a page for everything': {
    fault: { status: 200, body: '<html>', headers: { 'content-type': 'text/html' } },
    words: /is not InfluxDB \(200/,
  },
  'is a server that wants TLS': {
    fault: { status: 400, body: 'Client sent an HTTP request to an HTTPS server.' },
    words: /is not InfluxDB \(400: Client sent an HTTP request/,
  },
  'is a proxy that knows no such page': {
    fault: { status: 422, body: '<html>Unprocessable</html>' },
    words: /is not InfluxDB \(422/,
  },
  'does not speak HTTP': { fault: 'not-http', words: /does not speak HTTP/ },
};

test.concurrent.for(Object.entries(outages))(
  'InfluxDB %s: rules and store go on, it catches up, nothing is lost or twice',
  { timeout: 30_000 },
  async ([, { fault, words, timeoutMs = 5_000 }], context) => {
    const server = held(await startFakeInflux(), context);
    const line = held(await startLine({ settings: { url: server.url, timeoutMs } }), context);
    line.journal.grow(2_000);
    await reached(line, 'influx');

    server.fail(() => fault);
    const before = server.writes();
    for (let n = 0; n < 4; n++) {
      line.journal.grow(3_000);
      await reached(line, 'rules');
      expect(line.status('rules')).toMatchObject({ lagS: 0, trouble: null });
      expect(line.status('store')).toMatchObject({ lagS: 0, trouble: null });
    }
    const behind = await until(
      async () => line.status('influx'),
      ({ trouble }) => trouble !== null,
    );
    expect(behind.trouble).toMatch(words);
    expect(behind).toMatchObject({ position: 2_000, lagS: expect.toSatisfy((lagS) => lagS > 0) });
    await until(
      async () => server.writes(),
      (writes) => writes >= before + 2,
    );
    expect(line.quarantined).toEqual([]);

    server.fail(() => undefined);
    line.journal.grow(1_000);
    await reached(line, 'influx');
    await reached(line, 'rules');
    expect(line.status('influx')).toMatchObject({ lagS: 0, trouble: null });
    expect(server.points).toEqual(expected(15_000));
    expect(line.judged).toEqual(Array.from({ length: 15_000 }, (_, n) => n + 1));
    expect(line.quarantined).toEqual([]);
    const told = line.logged.filter(({ fields }) => fields['sink'] === 'influx');
    // On a busy machine half a second may be too short once more.
    expect(
      told.slice(0, timeoutMs < 5_000 ? 2 : told.length).map(({ message }) => message),
    ).toEqual(['sink in trouble', 'sink recovered']);
  },
);

test('a server too slow for a large lot is sent smaller ones, until it keeps up', async (context) => {
  const server = held(await startFakeInflux(), context);
  server.fail((lines) => ({ afterMs: lines.length > 1_000 ? 600 : 10 }));
  const line = held(await startLine({ settings: { url: server.url, timeoutMs: 300 } }), context);
  line.journal.grow(6_000);
  await reached(line, 'influx');
  expect(server.points).toEqual(expected(6_000));
}, 30_000);

test('a batch that fails half way goes on from there', async (context) => {
  const server = held(await startFakeInflux(), context);
  let writes = 0;
  server.fail(() => (++writes % 3 === 0 ? jsonError(500, 'now and then') : undefined));
  const line = held(await startLine({ settings: { url: server.url } }), context);
  line.journal.grow(30_000);
  await reached(line, 'influx');
  expect(server.points).toEqual(expected(30_000));
  expect(server.again()).toBe(0);
}, 30_000);

test('while Retry-After lasts nothing is asked', async (context) => {
  const server = held(await startFakeInflux(), context);
  server.fail(() => ({ status: 503, headers: { 'retry-after': '120' } }));
  const line = held(await startLine({ settings: { url: server.url } }), context);
  line.journal.grow(10);
  await until(
    async () => line.status('influx').trouble,
    (trouble) => trouble?.includes('asked to wait 120 s') ?? false,
  );
  await new Promise((done) => setTimeout(done, 1_500));
  expect(server.writes()).toBe(1);
  expect(line.logged).toHaveLength(1);
});

test('it stops at once while a server never answers', async (context) => {
  const server = held(await startFakeInflux(), context);
  server.fail(() => 'hang');
  const line = await startLine({ settings: { url: server.url } });
  line.journal.grow(10);
  await until(
    async () => server.writes(),
    (writes) => writes > 0,
  );
  const before = performance.now();
  await line.stop();
  // An answer would be waited for ten seconds.
  expect(performance.now() - before).toBeLessThan(5_000);
});

test.for([1, 2, 3] as const)(
  'version %i: nobody listens, or nobody that speaks TLS',
  async (version, context) => {
    const nobody = held(
      await startLine({ settings: { version, url: `http://127.0.0.1:${await freePort()}` } }),
      context,
    );
    const server = held(await startFakeInflux(), context);
    const plain = held(
      await startLine({ settings: { version, url: server.url.replace('http', 'https') } }),
      context,
    );
    for (const line of [nobody, plain]) line.journal.grow(10);
    const troubleOf = (line: LineWithInflux) =>
      until(
        async () => line.status('influx').trouble,
        (trouble) => trouble !== null,
      );
    expect(await troubleOf(nobody)).toMatch(/nobody listens at 127\.0\.0\.1:\d+$/);
    // It has passed nothing since it started, and is behind all the same.
    expect(nobody.status('influx').lagS).toBeGreaterThan(0);
    expect(await troubleOf(plain)).toMatch(/no trusted TLS connection to 127\.0\.0\.1/);
  },
);
