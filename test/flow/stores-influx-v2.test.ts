import { afterEach, describe, expect, test } from 'vitest';
import { quiet } from '../../model/context.ts';
import { type InfluxSettings, openInfluxSink } from '../../stores/influx.ts';
import { type SinkPlace, sinkContract } from '../contracts/sink.ts';
import { byFirstLetter, positionInMemory } from '../stores/directory.ts';
import { batchOf, dayStart, sample } from '../stores/observations.ts';
import {
  type Answer,
  type AnsweringServer,
  startAnswering,
  type WriteRequest,
} from './servers/influx-answers.ts';
import { freePort } from './servers/program.ts';
import {
  exportSeries,
  hasVictoriaMetrics,
  startVictoriaMetrics,
} from './servers/victoria-metrics.ts';

async function startPlace(): Promise<SinkPlace> {
  const server = await startVictoriaMetrics();
  const series = async (
    measurement: string,
    field: string,
    tags: Readonly<Record<string, string>>,
  ) => {
    const labels = Object.entries(tags).map(([name, value]) => `${name}="${value}"`);
    const found = await exportSeries(
      server.url,
      `{__name__="${measurement}_${field}",${labels.join(',')}}`,
    );
    return found.flatMap(({ values, timestamps }) =>
      values.map((value, i) => ({ value, at: timestamps[i] ?? 0 })),
    );
  };
  return {
    settings: { url: server.url, version: 2, database: 'guanjia', org: 'org', token: 'token' },
    values: async (...asked) => {
      const found = await series(...asked);
      // It keeps a point that came twice until it merges, and answers it once to a query.
      return [
        ...new Map(found.sort((a, b) => a.at - b.at).map(({ at, value }) => [at, value])).values(),
      ];
    },
    times: async (...asked) =>
      [...new Set((await series(...asked)).map(({ at }) => at))].sort((a, b) => a - b),
    stop: () => server.stop(),
  };
}

if (!hasVictoriaMetrics())
  console.log('SKIPPED 1: VictoriaMetrics is not installed (Debian package victoria-metrics)');
else sinkContract('/api/v2/write of VictoriaMetrics', startPlace);

const isBad = (line: string) => /,meter=m13 /.test(line);

/** What 2.x and 3.x answer when a line is bad: the whole request is refused. */
const refusals: Readonly<Record<string, (request: WriteRequest) => Answer>> = {
  '2.x, parse error': ({ lines }) => {
    const bad = lines.find(isBad);
    return bad === undefined
      ? { status: 204 }
      : {
          status: 400,
          body: { code: 'invalid', message: `unable to parse '${bad}': invalid number` },
        };
  },
  '2.x, type conflict': ({ lines }) =>
    lines.some(isBad)
      ? {
          status: 422,
          body: {
            code: 'unprocessable entity',
            message: `failure writing points to database: partial write: field type conflict: input field "power_kw" on measurement "meter_reading" is type float, already exists as type string dropped=${lines.filter(isBad).length}`,
          },
        }
      : { status: 204 },
  '2.x, request too large': ({ lines }) =>
    lines.length > 700 || lines.some(isBad)
      ? {
          status: 413,
          body: {
            code: 'request too large',
            message: 'cannot read data: points batch is too large',
          },
        }
      : { status: 204 },
  '3.x, partial write': ({ lines }) =>
    lines.some(isBad)
      ? {
          status: 400,
          body: {
            error: 'partial write of line protocol occurred',
            data: lines.filter(isBad).map((line, i) => ({
              original_line: line,
              line_number: i,
              error_message: 'invalid column type',
            })),
          },
        }
      : { status: 204 },
};

/** Answers that say nothing against any point. */
const passing: Readonly<Record<string, Answer>> = {
  unauthorized: { status: 401, body: { code: 'unauthorized', message: 'unauthorized access' } },
  forbidden: {
    status: 403,
    body: { code: 'forbidden', message: 'insufficient permissions for write' },
  },
  'no such bucket': {
    status: 404,
    body: { code: 'not found', message: 'bucket "guanjia" not found' },
  },
  'too many requests': {
    status: 429,
    body: { code: 'too many requests', message: 'org has exceeded limits' },
  },
  'internal error': {
    status: 500,
    body: { code: 'internal error', message: 'unexpected error writing points to database' },
  },
  'bad gateway with a page': { status: 502, body: '<html>' },
  unavailable: { status: 503, body: { code: 'unavailable', message: 'engine is closed' } },
  'a success that is none': { status: 200, body: {} },
  'no answer': 'hang',
  'an answer that never ends': 'hang-within',
  'a closed connection': 'close',
  'a connection closed within the answer': 'close-within',
};

describe('answers of InfluxDB 2.x and 3.x', () => {
  let server: AnsweringServer;
  afterEach(() => server.stop());

  const open = (
    settings: Partial<InfluxSettings> = {},
    position = positionInMemory(),
    now = Date.now,
  ) =>
    openInfluxSink(
      {
        url: server.url,
        version: 2,
        database: 'guanjia',
        org: '市 1',
        token: 'secret',
        timeoutMs: 300,
        ...settings,
      },
      () => ({ device: byFirstLetter }),
      position,
      { ...quiet, now },
    );
  const one = batchOf(0, [sample('m1', dayStart, 1, { power_kw: 1.5 })]);

  test('a write goes to the bucket and organisation, with the token, in nanoseconds', async () => {
    server = await startAnswering(() => ({ status: 204 }));
    await open().write(one);
    const [request] = server.requests;
    expect(request?.path).toBe('/api/v2/write');
    expect(Object.fromEntries(request?.query ?? [])).toEqual({
      org: '市 1',
      bucket: 'guanjia',
      precision: 'ns',
    });
    expect(request?.authorization).toBe('Token secret');
    expect(request?.lines).toEqual([
      `meter_reading,building=b1,institution=hq,medium=electricity,meter=m1 power_kw=1.5 ${dayStart}000000`,
    ]);
  });

  test('version 1 signs in with its user, and as nobody without one', async () => {
    server = await startAnswering(() => ({ status: 204 }));
    await open({ version: 1 }).write(one);
    await open({ version: 1, username: 'u', password: 'p' }).write(one);
    const basic = `Basic ${Buffer.from('u:p').toString('base64')}`;
    expect(server.requests.map(({ authorization }) => authorization)).toEqual([undefined, basic]);
    expect(server.requests[0]?.path).toBe('/write');
    expect(Object.fromEntries(server.requests[0]?.query ?? [])).toMatchObject({
      db: 'guanjia',
      precision: 'n',
    });
  });

  test.each(Object.entries(refusals))(
    '%s: the bad points are found and named, the others stored',
    async (_, answer) => {
      const stored = new Set<string>();
      server = await startAnswering((request) => {
        const given = answer(request);
        if (typeof given === 'object' && given.status === 204)
          for (const line of request.lines) stored.add(line);
        return given;
      });
      const observations = Array.from({ length: 2_000 }, (_, i) =>
        sample(i === 3 || i === 1_999 ? 'm13' : 'm1', dayStart + i, i + 1, { power_kw: i }),
      );
      const position = positionInMemory();
      const refused = await open({}, position).write(batchOf(0, observations));
      expect(refused.map(({ seq }) => seq)).toEqual([4, 2_000]);
      expect(refused[0]?.detail.length).toBeGreaterThan(10);
      expect(stored.size).toBe(1_998);
      expect(position.load()).toBe(2_000);
    },
  );

  test.each(Object.entries(passing))(
    '%s: nothing is refused, nothing saved, and it may be tried again',
    async (_, answer) => {
      let isWell = false;
      server = await startAnswering(() => (isWell ? { status: 204 } : answer));
      const position = positionInMemory();
      const sink = open({}, position);
      await expect(sink.write(one)).rejects.toMatchObject({
        code: 'STORE_UNAVAILABLE',
        retryable: true,
      });
      expect(position.load()).toBe(0);
      expect(server.requests).toHaveLength(1);
      isWell = true;
      expect(await sink.write(one)).toEqual([]);
      expect(position.load()).toBe(1);
    },
  );

  test('waits as long as Retry-After says, without asking meanwhile', async () => {
    let isWell = false;
    server = await startAnswering(() =>
      isWell
        ? { status: 204 }
        : { status: 429, headers: { 'retry-after': '30' }, body: { code: 'too many requests' } },
    );
    let clock = 1_000_000;
    const sink = open({}, positionInMemory(), () => clock);
    await expect(sink.write(one)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    isWell = true;
    clock += 29_999;
    await expect(sink.write(one)).rejects.toThrow(/asked to wait/);
    expect(server.requests).toHaveLength(1);
    clock += 1;
    expect(await sink.write(one)).toEqual([]);
  });

  test('the error has the words of the server and not the token', async () => {
    server = await startAnswering(() => passing['no such bucket'] ?? 'close');
    const error: unknown = await open()
      .write(one)
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ message: expect.stringContaining('not found') });
    expect(String(error)).not.toContain('secret');
  });

  test.each([1, 2, 3] as const)('version %i: nobody listens', async (version) => {
    server = await startAnswering(() => 'close');
    const url = `http://127.0.0.1:${await freePort()}`;
    await expect(open({ url, version }).write(one)).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      retryable: true,
    });
  });

  test.each(['hang', 'hang-within', 'close', 'close-within'] as const)(
    'version 1, %s',
    async (answer) => {
      server = await startAnswering(() => answer);
      const sink = open({ version: 1 });
      for (let n = 0; n < 2; n++)
        await expect(sink.write(one)).rejects.toMatchObject({
          code: 'STORE_UNAVAILABLE',
          retryable: true,
        });
      expect(server.requests).toHaveLength(2);
    },
  );
});
