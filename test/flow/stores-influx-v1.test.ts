import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { quiet } from '../../model/context.ts';
import { type InfluxSettings, openInfluxSink } from '../../stores/influx.ts';
import { type SinkPlace, sinkContract } from '../contracts/sink.ts';
import { byFirstLetter, positionInMemory } from '../stores/directory.ts';
import { batchOf, dayStart, sample } from '../stores/observations.ts';
import { transition } from '../stores/transitions.ts';
import { hasInfluxd, influxQuery, startInfluxd } from './servers/influxd.ts';
import { freePort, type Server } from './servers/program.ts';

const database = 'guanjia';

async function startPlace(): Promise<SinkPlace> {
  const server = await startInfluxd();
  const rows = async (
    measurement: string,
    field: string,
    tags: Readonly<Record<string, string>>,
  ) => {
    const where = Object.entries(tags).map(([name, value]) => `"${name}" = '${value}'`);
    const statement = `SELECT "${field}" AS value FROM "${measurement}" WHERE ${where.join(' AND ')}`;
    return influxQuery(server.url, database, statement);
  };
  return {
    settings: { url: server.url, version: 1, database },
    values: async (...asked) => (await rows(...asked)).map(({ value }) => Number(value)),
    times: async (...asked) => (await rows(...asked)).map(({ time }) => Number(time)),
    stop: () => server.stop(),
  };
}

if (!hasInfluxd())
  console.log('SKIPPED 1: InfluxDB 1.x is not installed (Debian package influxdb)');
else sinkContract('InfluxDB 1.x', startPlace);

const open = (settings: InfluxSettings, position = positionInMemory()) =>
  openInfluxSink(settings, () => ({ device: byFirstLetter }), position, quiet);

describe.skipIf(!hasInfluxd())('InfluxDB 1.x', () => {
  let server: Server;
  let settings: InfluxSettings;
  beforeAll(async () => {
    server = await startInfluxd();
    settings = { url: server.url, version: 1, database };
  });
  afterAll(() => server.stop());

  const count = async (meter: string) =>
    (
      await influxQuery(
        server.url,
        database,
        `SELECT power_kw FROM meter_reading WHERE meter = '${meter}'`,
      )
    ).length;

  test('points of a type the field does not have are found and named, the others stored', async () => {
    await influxQuery(server.url, '', `CREATE DATABASE ${database}`);
    const line = (meter: string) =>
      `meter_reading,institution=hq,building=b1,meter=${meter},medium=electricity frequency_hz="fifty" ${dayStart}000000`;
    await fetch(`${server.url}/write?db=${database}`, { method: 'POST', body: line('m0') });
    const observations = Array.from({ length: 6_000 }, (_, i) =>
      sample('m1', dayStart + i, i + 1, i % 2_500 === 700 ? { frequency_hz: 50 } : { power_kw: i }),
    );
    const position = positionInMemory();
    const refused = await open(settings, position).write(batchOf(0, observations));
    expect(refused.map(({ seq }) => seq)).toEqual([701, 3_201, 5_701]);
    expect(refused[0]?.detail).toMatch(/field type conflict.*frequency_hz/);
    expect(await count('m1')).toBe(5_997);
    expect(position.load()).toBe(6_000);
  });

  test('a lot that is bad as a whole is refused in one request', async () => {
    const observations = Array.from({ length: 3_000 }, (_, i) =>
      sample('m2', dayStart + i, i + 1, { frequency_hz: 50 }),
    );
    const before = await requests(server.url);
    expect(await open(settings).write(batchOf(0, observations))).toHaveLength(3_000);
    expect((await requests(server.url)) - before).toBe(1);
  });

  test('numbers are floats and flags booleans', async () => {
    await open(settings).write(
      batchOf(0, [sample('m3', dayStart, 1, { power_kw: 3, volume_m3: 1e21 })]),
    );
    const types = await influxQuery(server.url, database, 'SHOW FIELD KEYS FROM meter_reading');
    const named = new Map(types.map(({ fieldKey, fieldType }) => [fieldKey, fieldType]));
    expect(named.get('power_kw')).toBe('float');
    expect(named.get('volume_m3')).toBe('float');
  });

  test('alert transitions are points of their own, also two at one instant', async () => {
    const sink = open(settings);
    const transitions = [
      transition(1, dayStart),
      transition(2, dayStart, { state: 'withdrawn' }),
      transition(3, dayStart + 5, {
        state: 'cleared',
        summary: { zh: '第一行\n第二行 "引号"\\', en: 'a,b=c' },
      }),
    ];
    await sink.writeTransitions(transitions);
    await sink.writeTransitions(transitions);
    const rows = await influxQuery(server.url, database, 'SELECT * FROM alert');
    expect(rows.map(({ alert_id, state }) => [alert_id, state])).toEqual([
      ['a1', 'open'],
      ['a2', 'withdrawn'],
      ['a3', 'cleared'],
    ]);
    expect(rows[2]).toMatchObject({
      time: dayStart + 5,
      institution: 'hq',
      severity: 'warning',
      kind: 'vehicle.off-route',
      subject_type: 'vehicle',
      subject: 'v1',
      summary: '第一行 第二行 "引号"\\ / a,b=c',
    });
  });

  test('makes its database again when somebody drops it', async () => {
    const sink = open({ ...settings, database: 'dropped' });
    await sink.write(batchOf(0, [sample('m1', dayStart, 1, { power_kw: 1 })]));
    await influxQuery(server.url, '', 'DROP DATABASE dropped');
    await sink.write(batchOf(1, [sample('m1', dayStart + 1, 2, { power_kw: 2 })]));
    const rows = await influxQuery(server.url, 'dropped', 'SELECT power_kw FROM meter_reading');
    expect(rows.map(({ power_kw }) => power_kw)).toEqual([2]);
  });
});

test.skipIf(!hasInfluxd())(
  'a server that goes away loses nothing, and nothing is saved meanwhile',
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'guanjia-influxd-'));
    const port = await freePort();
    const position = positionInMemory();
    const sink = open({ url: `http://127.0.0.1:${port}`, version: 1, database }, position);
    const batch = (n: number) => batchOf(n, [sample('m1', dayStart + n, n + 1, { power_kw: n })]);
    await expect(sink.write(batch(0))).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      retryable: true,
    });
    const first = await startInfluxd({ folder, port });
    await sink.write(batch(0));
    await first.stop();
    for (let n = 0; n < 3; n++)
      await expect(sink.write(batch(1))).rejects.toMatchObject({
        code: 'STORE_UNAVAILABLE',
        retryable: true,
      });
    expect(position.load()).toBe(1);
    const second = await startInfluxd({ folder, port });
    await sink.write(batch(1));
    const rows = await influxQuery(second.url, database, 'SELECT power_kw FROM meter_reading');
    expect(rows.map(({ power_kw }) => power_kw)).toEqual([0, 1]);
    await second.stop();
    await rm(folder, { recursive: true, force: true });
  },
);

test.skipIf(!hasInfluxd())(
  'a wrong password is trouble that may pass, not bad points',
  async () => {
    const server = await startInfluxd({ auth: true });
    await influxQuery(
      server.url,
      '',
      `CREATE USER admin WITH PASSWORD 'right one' WITH ALL PRIVILEGES`,
    );
    const settings: InfluxSettings = { url: server.url, version: 1, database, username: 'admin' };
    const batch = batchOf(0, [sample('m1', dayStart, 1, { power_kw: 1 })]);
    await expect(open({ ...settings, password: 'wrong' }).write(batch)).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      retryable: true,
      message: expect.stringContaining('401'),
    });
    expect(await open({ ...settings, password: 'right one' }).write(batch)).toEqual([]);
    await server.stop();
  },
);

/** Write requests the server has had. */
async function requests(url: string): Promise<number> {
  const vars = (await (await fetch(`${url}/debug/vars`)).json()) as Record<string, Variable>;
  return Object.values(vars).find(({ name }) => name === 'httpd')?.values?.writeReq ?? Number.NaN;
}

interface Variable {
  readonly name?: string;
  readonly values?: { readonly writeReq?: number };
}
