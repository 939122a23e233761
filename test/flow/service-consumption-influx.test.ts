import { describe, expect, test } from 'vitest';
import { connectDevice } from './device.ts';
import { influxOfSuite } from './influx-of-suite.ts';
import { until } from './mosquitto.ts';
import { hasInfluxd } from './servers/influxd.ts';

/** What meters used, in a real InfluxDB: as intervals end, after late data, and over an outage with a kill in it. */

const able = hasInfluxd();
if (!able) console.log('SKIPPED 1: influxd is not installed');

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
/** Midnight in Shanghai. */
const start = Date.parse('2026-10-05T00:00:00+08:00');

describe.skipIf(!able)('consumption in InfluxDB', () => {
  const { guanjia, influxd, ask, restart } = influxOfSuite();

  /** 4 kWh an hour, at these minutes. */
  async function send(minutes: readonly number[]): Promise<void> {
    const client = await connectDevice(guanjia, 'm0');
    const readings = minutes.map((minute) => ({
      at: start + minute * minuteMs,
      values: { energy_import_kwh: 100 + minute / 15 },
    }));
    await client.publishAsync('v1/meters/m0/readings', JSON.stringify(readings), { qos: 1 });
    await client.endAsync();
  }

  const every15 = (from: number, to: number) =>
    Array.from({ length: (to - from) / 15 + 1 }, (_, n) => from + n * 15);

  const pointsOf = (by: string) => ask(`SELECT * FROM meter_consumption WHERE "by" = '${by}'`);

  /** Points of the kind once there are so many and the last one says so. */
  const told = (by: string, count: number, quality = 'measured') =>
    until(
      () => pointsOf(by),
      (points) => points.length === count && points.at(-1)?.['quality'] === quality,
    );

  test('quarters and hours stand there when they are over, under the names that are promised', async () => {
    await send(every15(0, 120));
    await guanjia.settled();
    const hours = await told('hour', 2);
    expect(hours).toEqual(
      [0, 1].map((n) => ({
        time: start + n * hourMs,
        institution: 'hq',
        building: 'b1',
        meter: 'm0',
        medium: 'electricity',
        by: 'hour',
        value: 4,
        quality: 'measured',
      })),
    );
    const quarters = await told('quarter', 8);
    expect(quarters.map(({ value }) => value)).toEqual(Array(8).fill(1));
    const fields = await ask('SHOW FIELD KEYS FROM meter_consumption');
    expect(fields).toEqual([
      { fieldKey: 'quality', fieldType: 'string' },
      { fieldKey: 'value', fieldType: 'float' },
    ]);
  });

  test('a gap is estimated, and late data takes its place on the same points', async () => {
    await send([300]);
    expect((await told('hour', 5, 'estimated')).map(({ value }) => value)).toEqual([4, 4, 4, 4, 4]);
    await send(every15(135, 285));
    const hours = await told('hour', 5);
    expect(hours.map(({ quality }) => quality)).toEqual(Array(5).fill('measured'));
    expect(await pointsOf('quarter')).toHaveLength(20);
  });

  test('an outage and a kill in it lose none', async () => {
    await influxd.stop();
    await send(every15(315, 720));
    await restart();
    await send(every15(735, 24 * 60));
    await influxd.start();
    const [day] = await told('day', 1);
    expect(day).toMatchObject({ time: start, value: 96, quality: 'measured' });
    expect((await told('hour', 24)).map(({ value }) => value)).toEqual(Array(24).fill(4));
    expect((await told('quarter', 96)).map(({ value }) => value)).toEqual(Array(96).fill(1));
    expect((await guanjia.get<{ items: unknown[] }>('/api/v1/alerts')).items).toEqual([]);
  }, 180_000);
});
