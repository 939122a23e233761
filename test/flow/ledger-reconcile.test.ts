import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { MqttClient } from 'mqtt';
import { expect, test } from 'vitest';
import type {
  LedgerOverview,
  Page,
  QuarantineItem,
  QuarantineSummaryView,
} from '../../api/contract.ts';
import { createHead, headOf, publishHead } from '../../journal/head.ts';
import { openReader } from '../../journal/reader.ts';
import { quiet } from '../../model/context.ts';
import { openDuckDbStore } from '../../stores/duckdb.ts';
import { connectOnce } from './device.ts';
import { cityOf } from './guanjia.ts';
import { guanjiaOfSuite } from './guanjia-of-suite.ts';

/** Promise P1 made visible: whatever is sent and however often the service is killed, ledger = journal = store + duplicates + quarantine. */

const meters = 4;
const vehicles = 2;
const kills = 6;
const start = Date.UTC(2026, 10, 1);

const guanjia = guanjiaOfSuite({ inventory: cityOf({ meters, vehicles }) });

/** Numbers that are the same in every run. */
function createDice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return Math.floor((state / 2 ** 32) * sides);
  };
}

const reading = (n: number, value = n) => ({
  at: start + n * 1_000,
  values: { energy_import_kwh: value, power_kw: n % 100 },
});
const position = (n: number) => ({ at: start + n * 1_000, lat: 36.4 + n / 1e5, lon: 115.9 });

/** One of everything a meter may say: good, split, in an array, repeated, conflicting, malformed, out of range, ahead, without a time, empty. */
function said(n: number, roll: number): string {
  const body = [
    reading(n),
    { at: start + n * 1_000, values: { power_kw: n % 100 } },
    [reading(n), reading(n + 100_000), reading(n + 200_000)],
    reading(Math.max(0, n - 3)),
    reading(Math.max(0, n - 3), n + 7),
    { at: 'yesterday', values: { power_kw: 1 } },
    { at: start + n * 1_000, values: { power_kw: 1e12, energy_import_kwh: n } },
    { at: Date.now() + 3_600_000, values: { power_kw: 1 } },
    { values: { power_kw: n % 100 } },
    [],
    [reading(n), { at: 'never' }, reading(Math.max(0, n - 1))],
  ][roll];
  return roll === 5 && n % 2 === 0 ? '{"at":' : JSON.stringify(body);
}

/** Publishes until the line breaks. */
async function send(device: string, seed: number): Promise<MqttClient> {
  const client = await connectOnce(guanjia, device);
  const dice = createDice(seed);
  const isMeter = device.startsWith('m');
  const topic = isMeter ? `v1/meters/${device}/readings` : `v1/vehicles/${device}/positions`;
  const lane = async () => {
    for (let n = seed * 10_000; client.connected; n++) {
      const payload = isMeter ? said(n, dice(11)) : JSON.stringify(position(n - dice(3)));
      await client.publishAsync(topic, payload, { qos: 1 });
    }
  };
  for (let lanes = 0; lanes < 5; lanes++) lane().catch(() => {});
  return client;
}

const devices = [
  ...Array.from({ length: meters }, (_, n) => `m${n}`),
  ...Array.from({ length: vehicles }, (_, n) => `v${n}`),
];

async function everythingInQuarantine(): Promise<readonly QuarantineItem[]> {
  const items: QuarantineItem[] = [];
  let cursor = '';
  do {
    const page = await guanjia.get<Page<QuarantineItem>>(
      `/api/v1/quarantine?limit=10000${cursor && `&cursor=${cursor}`}`,
    );
    items.push(...page.items);
    cursor = page.next ?? '';
  } while (cursor !== '');
  return items;
}

/** What the files say when nobody writes them. */
async function fromFiles(): Promise<{
  journalled: Map<string, number>;
  stored: Map<string, number>;
  instants: Map<string, Set<number>>;
}> {
  const data = join(guanjia.folder, 'data');
  const head = createHead();
  publishHead(head, Number.MAX_SAFE_INTEGER);
  const reader = openReader(join(data, 'journal'), headOf(head), quiet);
  const journalled = new Map<string, number>();
  for (let after = 0; ; ) {
    const { entries, upTo } = await reader.read(after, { entries: 5_000, bytes: 4 << 20 });
    for (const { device } of entries) journalled.set(device, (journalled.get(device) ?? 0) + 1);
    if (upTo === after) break;
    after = upTo;
  }
  await reader.close();
  const store = await openDuckDbStore(
    join(data, 'telemetry.duckdb'),
    { memoryLimit: '256MB', threads: 1 },
    quiet,
  );
  const stored = new Map<string, number>();
  const instants = new Map<string, Set<number>>();
  const upTo = await store.position();
  for (let after = 0; after < upTo; after += 10_000)
    for (const { device, at } of await store.accepted(after, after + 10_000)) {
      stored.set(device, (stored.get(device) ?? 0) + 1);
      instants.set(device, (instants.get(device) ?? new Set()).add(at));
    }
  await store.close();
  return { journalled, stored, instants };
}

test(`after ${kills} kills under everything devices can say, ledger, journal, store and quarantine agree`, {
  timeout: 300_000,
}, async () => {
  for (let kill = 0; kill < kills; kill++) {
    const clients = await Promise.all(devices.map((device, n) => send(device, 1 + kill * 3 + n)));
    await wait(300 + ((kill * 137) % 500));
    await guanjia.kill();
    for (const client of clients) client.end(true);
    await guanjia.start();
  }
  await guanjia.settled();
  const overview = await guanjia.get<LedgerOverview>('/api/v1/ledger');
  const items = await everythingInQuarantine();
  const summary = await guanjia.get<QuarantineSummaryView>('/api/v1/quarantine/summary');
  const ledger = new Map(overview.items.map((line) => [line.device, line]));
  const observed = new Map<string, number>();
  for (const device of devices) {
    const url = `/api/v1/devices/${device}/ledger/days?from=${start - 86_400_000}&to=${start + 90 * 86_400_000}`;
    const { items: days } = await guanjia.get<{ items: { observed: number }[] }>(url);
    observed.set(
      device,
      days.reduce((sum, day) => sum + day.observed, 0),
    );
  }
  await guanjia.stop();
  expect(existsSync(join(guanjia.folder, 'data', 'ports.json'))).toBe(false);
  const { journalled, stored, instants } = await fromFiles();

  for (const device of devices) {
    const line = ledger.get(device);
    if (!line) throw new Error(`the ledger has no ${device}`);
    const setAside = Object.values(line.quarantined).reduce((sum, by) => sum + by, 0);
    const kept = items.filter((item) => item.device === device);
    const { messages } = line;
    expect(line.journalled, `${device}: messages in the journal`).toBe(journalled.get(device));
    expect(
      messages.stored + messages.duplicate + messages.quarantined + messages.empty,
      `${device}: messages by what came of them`,
    ).toBe(line.journalled);
    expect(line.stored, `${device}: observations in the store`).toBe(stored.get(device));
    expect(observed.get(device), `${device}: instants in the store`).toBe(
      instants.get(device)?.size,
    );
    expect(setAside, `${device}: items in quarantine`).toBe(
      kept.reduce((sum, { times }) => sum + times, 0),
    );
    expect(line.received, `${device}: everything`).toBe(line.stored + line.duplicate + setAside);
    expect(line.duplicate, `${device}: repeats were sent`).toBeGreaterThan(0);
  }
  expect(summary.whole?.given).toBe(overview.totals.quarantined);
  expect(overview.totals.journalled).toBe([...journalled.values()].reduce((a, b) => a + b, 0));
  expect(overview.totals.stored).toBe([...stored.values()].reduce((a, b) => a + b, 0));
  const reasons = new Set(items.map(({ reason }) => reason));
  for (const reason of ['malformed', 'conflict', 'out-of-range', 'clock-ahead'])
    expect(reasons, 'what was sent').toContain(reason);
});
