import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type {
  LedgerView,
  Page,
  QuarantineInspected,
  QuarantineItem,
  QuarantineSummaryView,
} from '../../api/contract.ts';
import { openQuarantine } from '../../ingest/quarantine.ts';
import { localTime } from '../../model/time.ts';
import { connectDevice } from './device.ts';
import { folderOfSuite } from './folders.ts';
import { cityOf, runCommand } from './guanjia.ts';
import { guanjiaOfSuite } from './guanjia-of-suite.ts';

/** What an older codec could not read is read again from a shell, through the real service. */

const receivedAt = Date.now() - 3_600_000;
const today = localTime(receivedAt, 'Asia/Shanghai').date;

const elsewhere = folderOfSuite();
const guanjia = guanjiaOfSuite({ inventory: cityOf({ meters: 2 }) });
beforeAll(async () => {
  const client = await connectDevice(guanjia, 'm0');
  await client.publishAsync('v1/meters/m0/readings', '{"values":', { qos: 1 });
  // Messages whose places in the journal the planted ones take.
  for (const at of [1, 2, 3]) {
    const before = { at: receivedAt - at * 60_000, values: { power_kw: 1 } };
    await client.publishAsync('v1/meters/m0/readings', JSON.stringify(before), { qos: 1 });
  }
  await client.endAsync();
  await guanjia.settled();
  await guanjia.stop();
  plant();
  await guanjia.start();
});

/** As an older version left it: sound messages that it took for something else. */
function plant(): void {
  const file = join(guanjia.folder, 'data', 'quarantine.db');
  const quarantine = openQuarantine(file, { maxBytes: 1 << 30, now: () => receivedAt });
  const old = (seq: number, device: string, said: object) => ({
    seq,
    part: 0,
    door: 'mqtt' as const,
    protocol: 'mqtt-json' as const,
    device,
    receivedAt: receivedAt + seq,
    reason: 'unsupported' as const,
    detail: 'got a message of a kind that is not known',
    bytes: Buffer.from(JSON.stringify(said)),
  });
  quarantine.add([
    old(2, 'm0', { at: receivedAt, values: { power_kw: 5 } }),
    old(3, 'm1', { at: receivedAt, values: { power_kw: 6 } }),
    old(4, 'm1', { values: { power_kw: 7 } }),
  ]);
  quarantine.close();
}

const requeue = (...args: readonly string[]) => runCommand(guanjia.folder, 'requeue', ...args);
const items = async () => (await guanjia.get<Page<QuarantineItem>>('/api/v1/quarantine')).items;
const readings = async (id: string) => {
  const url = `/api/v1/meters/${id}/readings?metric=power_kw&from=${receivedAt - 1_000}&to=${receivedAt + 60_000}`;
  return (await guanjia.get<Page<{ value: number }>>(url)).items.map(({ value }) => value);
};

test('it shows what today’s codec would read', async () => {
  const seen = await guanjia.get<QuarantineInspected>('/api/v1/quarantine/2');
  expect(seen).toMatchObject({
    device: 'm0',
    text: expect.stringContaining('power_kw'),
    items: [{ part: 0, reason: 'unsupported' }],
    reading: { observations: [{ values: { power_kw: 5 } }], refused: [] },
  });
  expect((await guanjia.fetch('/api/v1/quarantine/999')).status).toBe(404);
});

test('a dry run tells how many and changes nothing', async () => {
  const { code, output } = await requeue('--dry-run');
  expect([code, output]).toEqual([0, expect.stringContaining('can be read again: 4')]);
  expect(await items()).toHaveLength(4);
  expect(await readings('m0')).toEqual([]);
});

test('of one device, then all: what is understood leaves and is stored as received then; the rest is one item', async () => {
  const one = await requeue('--device', 'm0');
  expect([one.code, one.output]).toEqual([
    0,
    expect.stringMatching(/Read again 2: 1 left quarantine, 1 are still not understood/),
  ]);
  expect(await readings('m0')).toEqual([5]);
  const all = await requeue();
  expect(all.output).toMatch(/Read again 3: 2 left quarantine, 1 are still/);
  expect(await readings('m1')).toEqual([6, 7]);
  expect(await items()).toMatchObject([{ device: 'm0', reason: 'malformed', times: 3 }]);
});

test('doing it again is harmless, and every count says so', async () => {
  await requeue();
  await guanjia.settled();
  expect(await readings('m1')).toEqual([6, 7]);
  expect(await items()).toMatchObject([{ times: 4 }]);
  const { whole } = await guanjia.get<QuarantineSummaryView>('/api/v1/quarantine/summary');
  expect(whole).toMatchObject({ given: 7, understood: 3, expired: 0, dropped: 0 });
  const m1 = await guanjia.get<LedgerView>(`/api/v1/devices/m1/ledger?date=${today}`);
  expect(m1).toMatchObject({ journalled: 2, requeued: 2, stored: 2, received: 2 });
  const audit =
    await guanjia.get<Page<{ action: string; detail: { requeued?: number } }>>(
      '/api/v1/audit?limit=3',
    );
  expect(audit.items[0]).toMatchObject({ action: 'requeue', detail: { requeued: 1 } });
});

test('without a service it says so', async () => {
  const { code, errors } = await runCommand(elsewhere, 'requeue');
  expect([code, errors]).toEqual([2, expect.stringContaining('is not running')]);
});
