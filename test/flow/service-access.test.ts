import { describe, expect, test } from 'vitest';
import { connectDevice } from './device.ts';
import { createFieldKit, day, readingsOf } from './field-kit.ts';
import { cityOf, secretOf } from './guanjia.ts';
import { guanjiaOfSuite } from './guanjia-of-suite.ts';
import {
  connectPacket,
  hasMosquitto,
  mosquittoPub,
  mosquittoSub,
  rawClient,
  until,
} from './mosquitto.ts';

/** Who gets in at the MQTT door, and how far; and what vehicles send there. */

const able = hasMosquitto();
if (!able) console.log('SKIPPED 1: mosquitto_pub is not installed');

const inventory = {
  ...cityOf({ meters: 24, vehicles: 4 }),
  gateways: [{ id: 'g1', secret: secretOf('g1'), devices: ['m10', 'm11', 'v3'] }],
  serviceAccounts: [
    {
      id: 'bi',
      secret: secretOf('bi'),
      institution: 'hq',
      subscribe: ['v1/alerts/hq/#', 'v1/meters/+/readings', 'v1/devices/+/state'],
    },
  ],
};

const guanjia = guanjiaOfSuite({ inventory });
const { publish, stored, quarantined, counter } = createFieldKit(guanjia);

describe.skipIf(!able)('who does not belong', () => {
  test('another device’s credentials, a wrong secret, nobody: refused, and nothing is stored', async () => {
    const { mqtt: port } = guanjia.ports;
    const payload = { at: day, values: { energy_import_kwh: 1 } };
    const topic = readingsOf('m9');
    const refused = [
      await mosquittoPub({ port, topic, payload, user: 'm9', secret: secretOf('m0') }),
      await mosquittoPub({ port, topic, payload, user: 'm9', secret: '' }),
      await mosquittoPub({ port, topic, payload, user: 'nobody', secret: secretOf('m9') }),
      await mosquittoPub({ port, topic, payload }),
      await mosquittoPub({ port, topic, payload, user: 'm9' }),
      await mosquittoPub({ port, topic, payload, user: 'admin', secret: 'only for these tests' }),
    ];
    expect(refused.filter(({ ok }) => ok)).toEqual([]);
    for (const { said } of refused) expect(said).toMatch(/refused|not authori[sz]ed/i);
    expect((await publish('m0', topic, payload)).ok).toBe(false);
    expect((await publish('bi', topic, payload)).ok).toBe(false);
    expect((await publish('g1', topic, payload)).ok).toBe(false);
    expect((await publish('m9', 'v1/vehicles/m9/positions', payload)).ok).toBe(false);
    expect((await publish('m9', 'v1/alerts/hq/m9', payload)).ok).toBe(false);
    expect((await publish('m9', '$SYS/broker', payload)).ok).toBe(false);
    expect(await stored('m9')).toEqual([]);
    expect(await quarantined('m9')).toEqual([]);
    expect(await counter('refused', 'reason="topic"')).toBeGreaterThanOrEqual(6);
    expect(await counter('refused', 'reason="credentials"')).toBeGreaterThanOrEqual(3);
    expect(await counter('refused', 'reason="anonymous"')).toBeGreaterThanOrEqual(1);
  });

  test('an empty client id is refused even with the right secret', async () => {
    const client = await rawClient(guanjia.ports.mqtt);
    client.send(connectPacket('', 'm9', secretOf('m9')));
    const answer = await client.take(4);
    expect([answer[0], answer[1]]).toEqual([0x20, 2]);
    expect(answer[3]).not.toBe(0);
    await client.closed();
  });

  test('MQTT 5 gets an MQTT 5 answer it can read', async () => {
    const client = await rawClient(guanjia.ports.mqtt);
    client.send(connectPacket('m9', 'm9', secretOf('m9'), 5));
    expect((await client.take(5)).toString('hex')).toBe('2003008400');
    await client.closed();
    const { ok, said } = await publish('m9', readingsOf('m9'), {}, { more: ['-V', '5'] });
    expect(ok).toBe(false);
    expect(said).toMatch(/protocol version/i);
  });

  test('bytes that are no MQTT end only their own connection', async () => {
    for (const bytes of [
      'GET / HTTP/1.1\r\n\r\n',
      '\xff\xff\xff\xff\xff\xff',
      '\x10\xff\xff\xff\xff\x01',
    ]) {
      const client = await rawClient(guanjia.ports.mqtt);
      client.send(Buffer.from(bytes, 'latin1'));
      await client.closed();
    }
    expect(
      (await publish('m12', readingsOf('m12'), { at: day, values: { energy_import_kwh: 1 } })).ok,
    ).toBe(true);
    expect(await stored('m12')).toEqual([[day, 1]]);
  });
});

describe.skipIf(!able)('gateways and service accounts', () => {
  test('a gateway speaks for its devices', async () => {
    expect(
      (await publish('g1', readingsOf('m10'), { at: day, values: { energy_import_kwh: 1 } })).ok,
    ).toBe(true);
    expect(
      (await publish('g1', readingsOf('m11'), { at: day, values: { energy_import_kwh: 2 } })).ok,
    ).toBe(true);
    expect(
      (await publish('g1', 'v1/vehicles/v3/positions', { at: day, lat: 36.4, lon: 116 })).ok,
    ).toBe(true);
    expect(await stored('m10')).toEqual([[day, 1]]);
    expect(await stored('m11')).toEqual([[day, 2]]);
    await guanjia.settled();
    expect(await guanjia.get(`/api/v1/vehicles/v3/track?from=${day}&to=${day + 1}`)).toMatchObject({
      items: [{ lat: 36.4, lon: 116 }],
    });
  });

  test('a service account hears what its filters allow and nothing else', async () => {
    const { mqtt: port } = guanjia.ports;
    const heard = await mosquittoSub(port, 'bi', secretOf('bi'), 'v1/meters/+/readings');
    const payload = JSON.stringify({ at: day, values: { energy_import_kwh: 3 } });
    await publish('m13', readingsOf('m13'), payload);
    await until(
      () => heard.messages.length,
      (count) => count > 0,
    );
    expect(heard.messages).toEqual([{ topic: readingsOf('m13'), payload }]);
    await heard.stop();
    for (const filter of ['#', 'v1/#', 'v1/vehicles/+/positions', 'v1/alerts/+/#', 'v1/meters/#']) {
      const client = await connectDevice(guanjia, 'bi', { clientId: 'asks' });
      await expect(client.subscribeAsync(filter), filter).rejects.toThrow();
      await client.endAsync(true);
    }
  });

  test('a device subscribes to its own state alone, which is retained', async () => {
    const { mqtt: port } = guanjia.ports;
    const device = await connectDevice(guanjia, 'm14', {
      will: {
        topic: 'v1/devices/m14/state',
        payload: Buffer.from('offline'),
        qos: 1,
        retain: true,
      },
    });
    await expect(device.subscribeAsync('v1/devices/m13/state')).rejects.toThrow();
    await expect(device.subscribeAsync(readingsOf('m13'))).rejects.toThrow();
    const states = await until(
      async () => {
        const late = await mosquittoSub(port, 'bi', secretOf('bi'), 'v1/devices/+/state');
        await new Promise((resolve) => setTimeout(resolve, 100));
        await late.stop();
        return late.messages.filter(({ topic }) => topic.includes('/m14/'));
      },
      (found) => found.length > 0,
    );
    expect(states[0]?.payload).toBe('online');
    const watcher = await mosquittoSub(port, 'bi', secretOf('bi'), 'v1/devices/m14/state');
    device.stream.destroy();
    await until(
      () => watcher.messages.at(-1)?.payload,
      (payload) => payload === 'offline',
    );
    await device.endAsync(true);
    await watcher.stop();
  });
});

describe.skipIf(!able)('a vehicle', () => {
  test('its positions are its track and its latest position; the datum is brought to WGS-84', async () => {
    const topic = 'v1/vehicles/v0/positions';
    const sent = await publish('v0', topic, [
      {
        at: day,
        lat: 36.45,
        lon: 115.98,
        speed_kmh: 42,
        heading_deg: 180,
        acc: true,
        satellites: 11,
      },
      // Tian’anmen, WGS-84 39.907333 116.391083 by an independent table.
      { at: day + 10_000, lat: '39.908736', lon: '116.397322', datum: 'gcj02', odometer_km: 12.5 },
      { at: day + 20_000, lat: 36.46, lon: 115.99, fixed: false },
      { at: day + 30_000, lat: 36.47, lon: 116, satellites: 3, fuel_l: 'NaN' },
    ]);
    expect(sent).toEqual({ ok: true, said: '' });
    await publish('v0', topic, {
      at: day,
      lat: 36.45,
      lon: 115.98,
      speed_kmh: 42,
      heading_deg: 180,
      acc: true,
      satellites: 11,
    });
    await guanjia.settled();
    interface Item {
      at: string;
      lat: number;
      lon: number;
      speedKmh: number | null;
      quality: string;
    }
    const { items } = await guanjia.get<{ items: Item[] }>(
      `/api/v1/vehicles/v0/track?from=${day}&to=${day + 60_000}`,
    );
    expect(items.map(({ at, quality }) => [Date.parse(at) - day, quality])).toEqual([
      [0, 'good'],
      [10_000, 'good'],
      [20_000, 'invalid'],
      [30_000, 'poor'],
    ]);
    expect(items[0]).toMatchObject({
      at: '2026-11-10T08:00:00+08:00',
      lat: 36.45,
      lon: 115.98,
      speedKmh: 42,
      headingDeg: 180,
    });
    expect(items[1]?.lat).toBeCloseTo(39.907333, 4);
    expect(items[1]?.lon).toBeCloseTo(116.391083, 4);
    const shifted = await guanjia.get<{ items: Item[] }>(
      `/api/v1/vehicles/v0/track?from=${day}&to=${day + 60_000}&datum=gcj02`,
    );
    expect(shifted.items[1]?.lat).toBeCloseTo(39.908736, 6);
    expect(shifted.items[1]?.lon).toBeCloseTo(116.397322, 6);
    const latest = await guanjia.get<{ items: (Item & { vehicle: string; online: boolean })[] }>(
      '/api/v1/vehicles/positions',
    );
    expect(latest.items.find(({ vehicle }) => vehicle === 'v0')).toMatchObject({
      at: '2026-11-10T08:00:30+08:00',
      lat: 36.47,
    });
    expect(await quarantined('v0')).toEqual([]);
  });

  test('two fixes of one instant that differ are two, a place that cannot be is set aside', async () => {
    const topic = 'v1/vehicles/v1/positions';
    await publish('v1', topic, [
      { at: day, lat: 36.45, lon: 115.98 },
      { at: day, lat: 36.46, lon: 115.98 },
      { at: day, lat: 36.45, lon: 115.98 },
      { at: day + 1, lat: 91, lon: 115.98 },
      { at: day + 2, lon: 115.98 },
      { at: day + 3, lat: 36.45, lon: 115.98, datum: 'mars' },
    ]);
    await guanjia.settled();
    const { items } = await guanjia.get<{ items: unknown[] }>(
      `/api/v1/vehicles/v1/track?from=${day}&to=${day + 60_000}`,
    );
    expect(items.length).toBe(2);
    expect((await quarantined('v1')).map(({ reason }) => reason).sort()).toEqual([
      'malformed',
      'malformed',
      'out-of-range',
    ]);
  });
});
