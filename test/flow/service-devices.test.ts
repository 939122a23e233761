import { describe, expect, test } from 'vitest';
import { createFieldKit, day, type Reading, readingsOf } from './field-kit.ts';
import { cityOf, secretOf } from './guanjia.ts';
import { guanjiaOfSuite } from './guanjia-of-suite.ts';
import { connectPacket, hasMosquitto, publishPacket, rawClient, until } from './mosquitto.ts';

/** What a meter may rely on when all it has is an id, a secret and an MQTT client. */

const able = hasMosquitto();
if (!able) console.log('SKIPPED 1: mosquitto_pub is not installed');

const guanjia = guanjiaOfSuite({ inventory: cityOf({ meters: 24 }) });
const { publish, stored, quarantined, counter } = createFieldKit(guanjia);

describe.skipIf(!able)('a meter with its own credentials', () => {
  test('is stored, in any way of saying when and how much', async () => {
    const at = day + 8 * 3_600_000;
    const sent = await publish('m0', readingsOf('m0'), [
      { at: '2026-11-10T16:00:00+08:00', values: { energy_import_kwh: 100.5, power_kw: 3 } },
      { at: (at + 60_000) / 1000, values: { energy_import_kwh: '101.25' } },
      { at: at + 120_000, values: { energy_import_kwh: '1.02e2', power_kw: null } },
      { at: String(at + 180_000), values: { energy_import_kwh: 103, power_kw: 'NaN' } },
      { at: '2026-11-10T08:04:00Z', values: { energy_import_kwh: 4294967295, power_kw: 5 } },
    ]);
    expect(sent).toEqual({ ok: true, said: '' });
    expect(await stored('m0')).toEqual([
      [at, 100.5],
      [at + 60_000, 101.25],
      [at + 120_000, 102],
      [at + 180_000, 103],
    ]);
    expect(await stored('m0', 'power_kw')).toEqual([
      [at, 3],
      [at + 240_000, 5],
    ]);
    expect(await quarantined('m0')).toEqual([]);
  });

  test('answers carry the unit and times with a zone', async () => {
    await publish('m1', readingsOf('m1'), { at: day, values: { energy_import_kwh: 7 } });
    await guanjia.settled();
    expect(
      await guanjia.get(
        `/api/v1/meters/m1/readings?metric=energy_import_kwh&from=2026-11-10T08:00:00%2B08:00&to=${day + 1}`,
      ),
    ).toMatchObject({
      unit: 'kWh',
      items: [{ at: '2026-11-10T08:00:00+08:00', value: 7, quality: 'measured' }],
    });
  });

  test('without a time the time of receipt stands, and it is marked', async () => {
    const before = Date.now();
    await publish('m2', readingsOf('m2'), { values: { energy_import_kwh: 1 } });
    await guanjia.settled();
    const { items } = await guanjia.get<{ items: Reading[] }>(
      `/api/v1/meters/m2/readings?metric=energy_import_kwh&from=${before - 1000}&to=${Date.now() + 1000}`,
    );
    expect(items).toMatchObject([{ value: 1, timeSource: 'receipt' }]);
    const at = Date.parse(items[0]?.at ?? '');
    expect(at).toBeGreaterThanOrEqual(before);
    expect(at).toBeLessThanOrEqual(Date.now());
  });

  test('QoS 0, 1 and 2 all arrive, once', async () => {
    for (const qos of [0, 1, 2] as const)
      await publish(
        'm3',
        readingsOf('m3'),
        { at: day + qos, values: { energy_import_kwh: qos } },
        { qos },
      );
    const all = await until(
      () => stored('m3'),
      (readings) => readings.length >= 3,
    );
    expect(all).toEqual([
      [day, 0],
      [day + 1, 1],
      [day + 2, 2],
    ]);
  });

  test('sent twice is there once; another value for the same instant is set aside and the first stays', async () => {
    const message = { at: day, values: { energy_import_kwh: 10, power_kw: 1 } };
    const duplicates = await counter('duplicate', 'door="mqtt"');
    await publish('m4', readingsOf('m4'), message);
    await publish('m4', readingsOf('m4'), message);
    await publish('m4', readingsOf('m4'), {
      at: day,
      values: { energy_import_kwh: 11, power_kw: 1 },
    });
    expect(await stored('m4')).toEqual([[day, 10]]);
    expect(await stored('m4', 'power_kw')).toEqual([[day, 1]]);
    expect(await quarantined('m4')).toMatchObject([{ reason: 'conflict' }]);
    expect(await counter('duplicate', 'door="mqtt"')).toBeGreaterThan(duplicates);
  });

  test('a clock that is ahead is not believed, one that is a little ahead is', async () => {
    const now = Date.now();
    await publish('m5', readingsOf('m5'), [
      { at: now + 11 * 60_000, values: { energy_import_kwh: 2 } },
      { at: now + 9 * 60_000, values: { energy_import_kwh: 1 } },
    ]);
    expect(await stored('m5')).toEqual([[now + 9 * 60_000, 1]]);
    expect(await quarantined('m5')).toMatchObject([{ reason: 'clock-ahead' }]);
  });

  test('garbage is acknowledged, kept with its bytes, and the line goes on', async () => {
    const garbage = Buffer.from([0xff, 0x00, 0x7b, 0x22, 0xc3, 0x28, 0x0a, 0x80]);
    const before = await counter('quarantined', 'door="mqtt"');
    const strange: readonly unknown[] = [
      garbage,
      '{"at": 1, "values":',
      '[[[[[[[[',
      '"only text"',
      'null',
      { at: 'yesterday', values: { energy_import_kwh: 1 } },
      { at: day, values: { no_such_metric: 1 } },
      { at: day, values: { energy_import_kwh: 'much' } },
      { at: day, values: { energy_import_kwh: -5 } },
      `{"at": ${day}, "values": {"__proto__": {"energy_import_kwh": 5}}}`,
      '['.repeat(60_000),
    ];
    for (const payload of strange)
      expect(
        (await publish('m6', readingsOf('m6'), payload)).ok,
        String(payload).slice(0, 40),
      ).toBe(true);
    expect(
      (await publish('m6', readingsOf('m6'), { at: day, values: { energy_import_kwh: 5 } })).ok,
    ).toBe(true);
    expect(await stored('m6')).toEqual([[day, 5]]);
    const items = await quarantined('m6');
    expect(items.length).toBe(strange.length);
    expect(items.map(({ bytes }) => bytes)).toContain(garbage.toString('base64'));
    for (const { reason, detail } of items) {
      expect(reason).toMatch(/^[a-z-]+$/);
      expect(detail.length).toBeGreaterThan(5);
    }
    expect(await counter('quarantined', 'door="mqtt"')).toBe(before + strange.length);
  });

  test('the good parts of a message are kept when others of it are bad', async () => {
    await publish('m7', readingsOf('m7'), [
      { at: day, values: { energy_import_kwh: 1, surprise: 2 } },
      'nonsense',
      { at: day + 1000, values: { energy_import_kwh: 2, power_kw: 'x' } },
    ]);
    expect(await stored('m7')).toEqual([
      [day, 1],
      [day + 1000, 2],
    ]);
    expect((await quarantined('m7')).length).toBe(3);
  });

  test('64 KiB pass, one byte more closes the connection and is counted, and nothing of it is stored', async () => {
    const whole = (bytes: number, at: number) => {
      const body = JSON.stringify({ at, values: { energy_import_kwh: 1 } });
      return body.padEnd(bytes, ' ');
    };
    expect((await publish('m8', readingsOf('m8'), whole(65_536, day))).ok).toBe(true);
    const before = await counter('refused', 'too-large');
    expect((await publish('m8', readingsOf('m8'), whole(65_537, day + 1))).ok).toBe(false);
    expect((await publish('m8', readingsOf('m8'), whole(3_000_000, day + 2))).ok).toBe(false);
    expect(await stored('m8')).toEqual([[day, 1]]);
    expect(await counter('refused', 'too-large')).toBeGreaterThanOrEqual(before + 2);
  });
});

describe('messages sent again', () => {
  test('without a time: the same bytes under DUP are one, other bytes or no DUP are another', async () => {
    const { mqtt: port } = guanjia.ports;
    const topic = readingsOf('m15');
    const message = JSON.stringify({ values: { energy_import_kwh: 1 } });
    const once = async (bytes: Buffer) => {
      const client = await rawClient(port);
      client.send(connectPacket('m15', 'm15', secretOf('m15')));
      await client.take(4);
      client.send(bytes);
      expect((await client.take(4)).subarray(0, 4).toString('hex')).toBe('40020007');
      client.socket.destroy();
      await client.closed();
    };
    await once(publishPacket(topic, message, { packetId: 7 }));
    await once(publishPacket(topic, message, { packetId: 7, dup: true }));
    await once(publishPacket(topic, message, { packetId: 7, dup: true }));
    expect((await stored('m15')).map(([, value]) => value)).toEqual([1]);
    await once(publishPacket(topic, message, { packetId: 7 }));
    await once(publishPacket(topic, message.replace('1', '2'), { packetId: 7, dup: true }));
    expect((await stored('m15')).map(([, value]) => value)).toEqual([1, 1, 2]);
  });

  test('QoS 2 sent again before it was released is one', async () => {
    const topic = readingsOf('m16');
    const message = JSON.stringify({ values: { energy_import_kwh: 1 } });
    const client = await rawClient(guanjia.ports.mqtt);
    client.send(connectPacket('m16', 'm16', secretOf('m16')));
    await client.take(4);
    client.send(publishPacket(topic, message, { packetId: 9, qos: 2 }));
    expect((await client.take(4)).toString('hex')).toBe('50020009');
    client.send(publishPacket(topic, message, { packetId: 9, qos: 2, dup: true }));
    expect((await client.take(4)).toString('hex')).toBe('50020009');
    client.send(Buffer.from([0x62, 2, 0, 9]));
    expect((await client.take(4)).toString('hex')).toBe('70020009');
    client.socket.destroy();
    expect((await stored('m16')).length).toBe(1);
  });
});
