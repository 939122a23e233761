import { expect, test } from 'vitest';
import { connectDevice, connectOnce } from './device.ts';
import { secretOf } from './guanjia.ts';
import { guanjiaOfSuite } from './guanjia-of-suite.ts';

/** Meters and gateways that say it their own way, from their client to the answers of the service. */

const meter = (id: string, mqtt?: Record<string, string>) => ({
  id,
  building: 'b1',
  medium: 'electricity',
  everyS: 60,
  ...(mqtt && { mqtt }),
});

const inventory = {
  institutions: [{ id: 'hq', name: '市机关事务管理局', level: 'municipal' }],
  buildings: [{ id: 'b1', institution: 'hq', name: '1号楼' }],
  meters: [
    meter('acrel', { secret: secretOf('acrel'), mapping: 'acrel-adw300', id: '20201998111433' }),
    meter('dtu', { secret: secretOf('dtu'), mapping: 'generic' }),
    meter('split', { secret: secretOf('split'), mapping: 'compere-kpm', id: '3071523B00003' }),
    meter('a', { id: 'node-a' }),
    meter('b'),
    meter('stranger', { id: 'node-c' }),
    meter('behind', { mapping: 'generic', id: 'serial-9' }),
  ],
  gateways: [
    {
      id: 'g1',
      secret: secretOf('g1'),
      devices: ['a', 'b', 'behind'],
      mqtt: { mapping: 'neuron' },
    },
  ],
};
const guanjia = guanjiaOfSuite({ inventory });

const day = Date.parse('2026-11-10T00:00:00+08:00');
const at = day + 8 * 3_600_000;

async function stored(id: string, metric = 'energy_import_kwh', from = day, to = day + 86_400_000) {
  await guanjia.settled();
  const { items } = await guanjia.get<{ items: { at: string; value: number }[] }>(
    `/api/v1/meters/${id}/readings?metric=${metric}&from=${from}&to=${to}`,
  );
  return items.map((item) => [Date.parse(item.at), item.value]);
}

async function quarantined(device: string) {
  await guanjia.settled();
  const { items } = await guanjia.get<{
    items: { reason: string; detail: string; protocol: string }[];
  }>(`/api/v1/quarantine?device=${device}`);
  return items.map(({ reason, protocol }) => `${protocol} ${reason}`);
}

/** How many connections were closed for a topic that was not the sender's. */
async function refusedTopics(): Promise<number> {
  const text = await (await guanjia.fetch('/metrics')).text();
  const found = /guanjia_refused_total\{([^}]*reason="topic"[^}]*)\} (\d+)/.exec(text);
  return Number(found?.[2] ?? 0);
}

test('an Acrel meter, in its own words on its own topic', async () => {
  const client = await connectDevice(guanjia, 'acrel');
  const message = {
    data: [
      {
        tp: at,
        point: [
          { id: 0, val: '20201998111433' },
          { id: 13, val: 45.5 },
          { id: 28, val: 100.5 },
        ],
      },
      {
        tp: at + 60_000,
        point: [
          { id: 0, val: '20201998111433' },
          { id: 28, val: '101' },
        ],
      },
    ],
  };
  const topic = 'platform/acrel/meter/json-v2/analog/0000';
  await client.publishAsync(topic, JSON.stringify(message), { qos: 1 });
  await client.publishAsync(topic, JSON.stringify(message), { qos: 1 });
  await client.endAsync();
  expect(await stored('acrel')).toEqual([
    [at, 100.5],
    [at + 60_000, 101],
  ]);
  expect(await stored('acrel', 'power_kw')).toEqual([[at, 45.5]]);
  expect(await quarantined('acrel')).toEqual([]);
});

test('a DTU with flat keys and no clock', async () => {
  const before = Date.now();
  const client = await connectDevice(guanjia, 'dtu');
  await client.publishAsync('dtu/dtu/up', JSON.stringify({ ep: '123.5', voltage: 220.1 }), {
    qos: 1,
  });
  await client.publishAsync(
    'v1/meters/dtu/readings',
    JSON.stringify({ at, values: { energy_import_kwh: 7 } }),
    { qos: 1 },
  );
  await client.publishAsync('dtu/dtu/up', 'ep=123', { qos: 1 });
  await client.endAsync();
  expect(await stored('dtu', 'energy_import_kwh', before - 1000, Date.now() + 1000)).toEqual([
    [expect.any(Number), 123.5],
  ]);
  expect(await stored('dtu')).toEqual([[at, 7]]);
  expect(await quarantined('dtu')).toEqual(['mqtt-mapping malformed']);
});

test('values of one time in two messages come together, also with a restart between them', async () => {
  const common = { id: '3071523B00003', time: '20261110080000' };
  const send = async (topic: string, message: object) => {
    const client = await connectDevice(guanjia, 'split');
    await client.publishAsync(topic, JSON.stringify({ ...common, ...message }), { qos: 1 });
    await client.endAsync();
  };
  await send('MQTT_ENY_NOW', { isend: '0', zygsz: '15234.5' });
  await guanjia.kill();
  await guanjia.start();
  await send('MQTT_ENY_NOW', { isend: '1', fygsz: '3.25' });
  expect(await stored('split')).toEqual([[at, 15234.5]]);
  expect(await stored('split', 'energy_export_kwh')).toEqual([[at, 3.25]]);
});

test('a gateway: each reading to its meter, and none to a meter it does not speak for', async () => {
  const client = await connectDevice(guanjia, 'g1');
  const say = (node: string, more: object) =>
    client.publishAsync(
      '/neuron/north',
      JSON.stringify({ timestamp: at, node, group: 'g', ...more }),
      { qos: 1 },
    );
  await say('node-a', { values: { energy_import_kwh: 1 }, errors: { power_kw: 2014 }, metas: {} });
  await say('b', {
    tags: [
      { name: 'energy_import_kwh', value: 2 },
      { name: 'power_kw', error: 2014 },
    ],
  });
  await say('node-c', { values: { energy_import_kwh: 3 } });
  await say('acrel', { values: { energy_import_kwh: 4 } });
  await client.publishAsync('dtu/serial-9/up', JSON.stringify({ ts: at, ep: 9 }), { qos: 1 });
  await client.endAsync();
  expect(await stored('a')).toEqual([[at, 1]]);
  expect(await stored('b')).toEqual([[at, 2]]);
  expect(await stored('behind')).toEqual([[at, 9]]);
  expect(await stored('stranger')).toEqual([]);
  expect((await stored('acrel')).map(([, value]) => value)).not.toContain(4);
  expect(await quarantined('g1')).toEqual([
    'mqtt-mapping unknown-device',
    'mqtt-mapping unknown-device',
  ]);
});

test('the ledger books a reading to its meter', async () => {
  await guanjia.settled();
  const ledger = await guanjia.get<{ stored: number; observed?: number }>(
    '/api/v1/devices/a/ledger?date=2026-11-10',
  );
  expect(JSON.stringify(ledger)).toContain('"gaps"');
  const today = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10);
  expect(await guanjia.get('/api/v1/devices/a/ledger')).toMatchObject({ date: today, stored: 1 });
});

test.each([
  ['acrel', 'dtu/acrel/up', 'a topic of another mapping'],
  ['acrel', 'platform/other/meter/json-v2/analog/0000', 'a topic beside its own'],
  ['dtu', 'dtu/acrel/up', 'the name of another'],
  ['dtu', 'MQTT_RT_DATA', 'a topic without a name'],
  ['g1', 'dtu/node-a/up', 'a meter of its own that has no mapping'],
])('%s on %s is refused: %s', async (id, topic) => {
  const before = await refusedTopics();
  const client = await connectOnce(guanjia, id);
  const closed = new Promise<void>((resolve) => client.once('close', () => resolve()));
  client.publish(topic, JSON.stringify({ ep: 1 }), { qos: 1 }, () => {});
  await closed;
  client.end(true);
  expect(await refusedTopics()).toBe(before + 1);
});
