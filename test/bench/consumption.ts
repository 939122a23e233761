import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { By } from '../../energy/consumption/periods.ts';
import { consumptionOf, reachOf } from '../../metering/consumption.ts';
import type { Context } from '../../model/context.ts';
import type { Meter } from '../../model/entities.ts';
import type { Accepted } from '../../model/observation.ts';
import { dayMs, hourMs, minuteMs } from '../../model/time.ts';
import { openDuckDbStore } from '../../stores/duckdb.ts';
import type { Range, Store } from '../../stores/store.ts';
import { zone } from '../energy/meter-year.ts';
import { benchPage } from './page.ts';
import { type How, median, type Section, table, whole } from './report.ts';

const from = Date.parse('2025-01-01T00:00:00+08:00');
const days = 366;
/** Of the thousand meters that are asked for: a year of each is half a million readings. */
const storedMeters = 12;
const askedMeters = 1_000;
const observationsAtOnce = 50_000;

const context: Context = { log: () => {}, count: () => {}, now: () => from + 400 * dayMs };

const meterOf = (n: number): Meter => ({
  id: `m${n}`,
  building: 'b1',
  medium: 'electricity',
  name: `${n}`,
  ratedKw: 150,
  everyS: 60,
  ctRatio: 1,
  ptRatio: 1,
  digits: 6,
  decimals: 2,
});

/** All meters minute by minute, as they come in. */
async function fill(store: Store, toMs: number): Promise<number> {
  let seq = 0;
  let batch: Accepted[] = [];
  const flush = async () => {
    const after = seq - batch.length;
    await store.write({ after, upTo: seq, observations: batch });
    batch = [];
  };
  for (let at = from; at < from + toMs; at += minuteMs) {
    for (let n = 0; n < storedMeters; n++)
      batch.push({
        type: 'sample',
        device: `m${n}`,
        at,
        timeSource: 'device',
        values: {
          energy_import_kwh: Math.floor(((at - from) / hourMs) * (20 + n) * 100) / 100,
          power_kw: 20 + n,
        },
        seq: ++seq,
        receivedAt: at,
      });
    if (batch.length >= observationsAtOnce) await flush();
  }
  await flush();
  return seq;
}

interface Cost {
  readonly cpuS: number;
  readonly tookS: number;
}

async function costOf(work: () => Promise<void>): Promise<Cost> {
  const cpu = process.cpuUsage();
  const begin = performance.now();
  await work();
  const { user, system } = process.cpuUsage(cpu);
  return { cpuS: (user + system) / 1e6, tookS: (performance.now() - begin) / 1000 };
}

async function year(store: Store, meter: Meter, by: By): Promise<void> {
  const read = (range: Range) => store.readings(meter.id, 'energy_import_kwh', range);
  let next: number | null = from;
  while (next !== null) {
    const range: Range = { from: next, to: from + days * dayMs, limit: 10_000 };
    next = (await consumptionOf(by, range, meter, zone, read)).next;
  }
}

/** What a reading that comes late makes necessary. */
async function afterLate(store: Store, meter: Meter, at: number): Promise<void> {
  const read = (range: Range) => store.readings(meter.id, 'energy_import_kwh', range);
  const reach = await reachOf(read, { from: at, to: at }, meter);
  await consumptionOf('hour', { ...reach, limit: 10_000 }, meter, zone, read);
}

async function benchStored({ rounds, tell }: How): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'guanjia-bench-'));
  const path = join(folder, 'telemetry.duckdb');
  const store = await openDuckDbStore(path, { memoryLimit: '512MB', threads: 1 }, context);
  const readings = await fill(store, days * dayMs);
  for (let n = 0; n < 3; n++) await store.tidy(context.now());
  tell(`${whole(readings)} readings stored, ${whole(statSync(path).size / 2 ** 20)} MiB`);
  const rows: (readonly string[])[] = [];
  const measure = async (what: string, perMeter: number, work: (n: number) => Promise<void>) => {
    const costs: Cost[] = [];
    for (let n = 0; n < Math.min(rounds, 3) * 2; n++) costs.push(await costOf(() => work(n)));
    const cpuS = median(costs.map((cost) => cost.cpuS));
    const tookS = median(costs.map((cost) => cost.tookS));
    tell(`${what}: ${(cpuS * 1000).toFixed(0)} ms CPU`);
    rows.push([
      what,
      (tookS * 1000).toFixed(0),
      (cpuS * 1000).toFixed(0),
      ((cpuS * askedMeters * perMeter) / 60).toFixed(1),
    ]);
  };
  for (const by of ['hour', 'day', 'month'] as const)
    await measure(`a year of one meter by ${by}`, 1, (n) =>
      year(store, meterOf(n % storedMeters), by),
    );
  await measure('after one late reading of one meter', 1, (n) =>
    afterLate(store, meterOf(n % storedMeters), from + (40 + n * 30) * dayMs),
  );
  const meters = Array.from({ length: storedMeters }, (_, n) => meterOf(n));
  const pages = await benchPage(folder, store, meters, from + days * dayMs);
  for (const row of pages) tell(row.join(': '));
  await store.close();
  rmSync(folder, { recursive: true });
  return `From the store, ${storedMeters} meters with a reading every minute for ${days} days, ${whole(readings)} readings; the last column is times ${whole(askedMeters)}, not measured as such.

${table(['work', 'took, ms', 'CPU, ms', `CPU for ${whole(askedMeters)} meters, min`], rows)}

A year of the page of an institution with these meters, beside the year before:

${table(['page', 'took, ms', 'months and days still lacking'], pages)}`;
}

/** Consumption from the store. */
export async function benchConsumption(how: How): Promise<readonly Section[]> {
  return [{ title: 'Consumption', text: await benchStored(how) }];
}
