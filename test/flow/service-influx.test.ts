import { describe, expect, test } from 'vitest';
import type { PipelineView, TripView } from '../../api/contract.ts';
import { drive, trips } from './alert-city.ts';
import { connectDevice } from './device.ts';
import { influxOfSuite } from './influx-of-suite.ts';
import { until } from './mosquitto.ts';
import { hasInfluxd } from './servers/influxd.ts';

/** A real InfluxDB beside the embedded store: what stands in it, and what happens while it is away. */

const able = hasInfluxd();
if (!able) console.log('SKIPPED 1: influxd is not installed');

const start = Date.UTC(2026, 10, 5);

describe.skipIf(!able)('InfluxDB as a further sink', () => {
  const { guanjia, influxd, ask, restart } = influxOfSuite();

  async function send(id: string, topic: string, payload: unknown): Promise<void> {
    const client = await connectDevice(guanjia, id);
    await client.publishAsync(topic, JSON.stringify(payload), { qos: 1 });
    await client.endAsync();
  }

  const sendReading = (n: number) =>
    send('m0', 'v1/meters/m0/readings', {
      at: start + n * 60_000,
      values: { energy_import_kwh: n, power_kw: 12 },
    });

  const pipeline = () => guanjia.get<PipelineView>('/api/v1/pipeline');

  test('readings, fixes and alerts stand there under the names that are promised', async () => {
    await sendReading(0);
    await send('v0', 'v1/vehicles/v0/positions', drive(trips.old, 800));
    await guanjia.settled();
    expect(await ask('SELECT * FROM meter_reading')).toEqual([
      {
        time: start,
        institution: 'hq',
        building: 'b1',
        meter: 'm0',
        medium: 'electricity',
        energy_import_kwh: 0,
        power_kw: 12,
      },
    ]);
    const types = await ask('SHOW FIELD KEYS FROM meter_reading');
    expect(types.map(({ fieldType }) => fieldType)).toEqual(['float', 'float']);
    const tags = await ask('SHOW TAG KEYS FROM meter_reading');
    expect(tags.map(({ tagKey }) => tagKey)).toEqual([
      'building',
      'institution',
      'medium',
      'meter',
    ]);
    const fixes = await ask("SELECT * FROM vehicle_position WHERE vehicle = 'v0'");
    expect(fixes.length).toBe(drive(trips.old, 800).length);
    expect(fixes[0]).toMatchObject({
      time: trips.old,
      institution: 'hq',
      lat: 36.45,
      lon: 115.92,
      fixed: true,
    });
    const alerts = await until(
      () => ask('SELECT * FROM alert'),
      // It shows the fields of a point one by one while they are being written.
      (points) =>
        points.some(({ state }) => state === 'cleared') &&
        points.every((point) => point['alert_id'] !== null && point['summary'] !== null),
    );
    const [known] = (await guanjia.get<{ items: { id: string }[] }>('/api/v1/alerts?subject=v0'))
      .items;
    for (const point of alerts)
      expect(point).toMatchObject({
        institution: 'hq',
        kind: 'vehicle.off-route',
        severity: 'warning',
        subject_type: 'vehicle',
        subject: 'v0',
        alert_id: known?.id,
        summary: expect.stringContaining('off route'),
      });
    expect(alerts[0]?.['state']).toBe('open');
  });

  test('a trip stands there at its start, all of its numbers floats', async () => {
    const found = await until(
      () => ask('SELECT * FROM trip'),
      (points) => points.length > 0 && points.every(({ verdict }) => verdict !== null),
    );
    const { items } = await guanjia.get<{ items: TripView[] }>(
      `/api/v1/vehicles/v0/trips?from=${trips.old - 60_000}&to=${trips.old + 3_600_000}`,
    );
    const [trip] = items;
    const startedAt = Date.parse(trip?.startedAt ?? '');
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({
      time: startedAt,
      institution: 'hq',
      vehicle: 'v0',
      trip_id: trip?.id,
      started_at_ms: startedAt,
      dispatch: trip?.dispatch,
      verdict: trip?.verdicts.join(','),
    });
    const types = await ask('SHOW FIELD KEYS FROM trip');
    const texts = ['trip_id', 'state', 'dispatch', 'verdict'];
    for (const { fieldKey, fieldType } of types)
      expect([fieldKey, fieldType]).toEqual([
        fieldKey,
        texts.includes(String(fieldKey)) ? 'string' : 'float',
      ]);
  });

  test('while it is away readings and alerts go on, and it is seen to be behind', async () => {
    await influxd.stop();
    for (let n = 1; n <= 20; n++) await sendReading(n);
    await send('v1', 'v1/vehicles/v1/positions', drive(trips.fresh, 800, 9));
    const behind = await until(pipeline, ({ journal, sinks }) =>
      sinks.every(({ name, position }) => name === 'influx' || position >= journal.head),
    );
    const influx = behind.sinks.find(({ name }) => name === 'influx');
    expect(influx?.position).toBeLessThan(behind.journal.head);
    expect(
      (
        await until(pipeline, ({ sinks }) =>
          sinks.some(({ name, lagS }) => name === 'influx' && lagS > 0),
        )
      ).sinks
        .filter(({ lagS }) => lagS > 0)
        .map(({ name }) => name),
    ).toEqual(['influx']);
    const { items } = await guanjia.get<{ items: unknown[] }>(
      `/api/v1/meters/m0/readings?metric=energy_import_kwh&from=${start}&to=${start + 86_400_000}`,
    );
    expect(items.length).toBe(21);
    expect(await guanjia.get('/api/v1/alerts?subject=v1')).toMatchObject({
      items: [{ state: 'open' }],
    });
    const metrics = await (await guanjia.fetch('/metrics')).text();
    expect(metrics).toMatch(/^guanjia_sink_lag_seconds\{sink="influx"\} (?!0$)[\d.]+$/m);
    const ready = await guanjia.fetch('/readyz');
    expect(await ready.json()).toMatchObject({ ready: false });
  });

  test('a kill meanwhile does no harm: back again, it catches up, and nothing is lost or twice', async () => {
    await restart();
    await sendReading(21);
    await influxd.start();
    await guanjia.settled();
    const points = await ask('SELECT energy_import_kwh FROM meter_reading');
    expect(points.map((point) => point['energy_import_kwh'])).toEqual(
      Array.from({ length: 22 }, (_, n) => n),
    );
    expect((await ask("SELECT * FROM vehicle_position WHERE vehicle = 'v1'")).length).toBe(
      drive(trips.fresh, 800, 9).length,
    );
    const opened = await until(
      () => ask("SELECT * FROM alert WHERE subject = 'v1'"),
      (found) => found.length > 0,
    );
    expect(new Set(opened.map((point) => point['alert_id'])).size).toBe(1);
    const { items } = await guanjia.get<{ items: unknown[] }>('/api/v1/quarantine');
    expect(items).toEqual([]);
  });

  test('what came of each device in its day stands there, as the ledger has it', async () => {
    await restart();
    const points = await until(
      () => ask("SELECT * FROM data_quality WHERE device = 'm0'"),
      (found) => Number(found[0]?.['received']) >= 22,
    );
    const { items } = await guanjia.get<{ items: Readonly<Record<string, unknown>>[] }>(
      '/api/v1/devices/m0/ledger/days',
    );
    const days = items.filter(({ received }) => received !== 0);
    expect(points.map(({ time }) => new Date(Number(time)).toISOString())).toEqual(
      days.map(({ date }) => new Date(`${date}T00:00:00+08:00`).toISOString()),
    );
    for (const [n, point] of points.entries())
      expect(point).toMatchObject({
        institution: 'hq',
        door: 'mqtt',
        device: 'm0',
        received: days[n]?.['received'],
        late: days[n]?.['late'],
        duplicate: days[n]?.['duplicate'],
        quarantined: 0,
      });
    const types = await ask('SHOW FIELD KEYS FROM data_quality');
    expect(types.map(({ fieldKey, fieldType }) => `${fieldKey} ${fieldType}`)).toEqual(
      ['duplicate', 'expected', 'late', 'quarantined', 'received'].map((name) => `${name} float`),
    );
    const tags = await ask('SHOW TAG KEYS FROM data_quality');
    expect(tags.map(({ tagKey }) => tagKey)).toEqual(['device', 'door', 'institution']);
  });
});
