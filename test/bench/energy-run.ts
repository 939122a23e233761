import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Context } from '../../model/context.ts';
import type { Accepted } from '../../model/observation.ts';
import { dayMs, hourMs } from '../../model/time.ts';
import { openRegistry } from '../../registry/sqlite-registry.ts';
import { openRulesSink } from '../../rules/engine.ts';
import { ruleKinds } from '../../rules/index.ts';
import { networkLeak } from '../../rules/kinds/water/network-leak.ts';
import type { YearLabel } from '../../simulators/energy-year/labels.ts';
import type { EnergyYear, YearReading } from '../../simulators/energy-year/year.ts';
import { openTripBook } from '../../trips/book.ts';
import { aBook, type Noted } from '../rules/world.ts';
import { createDayCount } from './energy-days.ts';
import { toInventory } from './energy-inventory.ts';
import { createMonthCount } from './energy-standing.ts';

export interface YearRun {
  readonly alerts: readonly Noted[];
  readonly labels: readonly YearLabel[];
  readonly readings: number;
  /** Of the rules alone. */
  readonly cpuS: number;
  readonly stateBytes: number;
  readonly mostStateBytes: number;
  readonly failures: number;
}

/** A day's readings in batches of an hour, as they come. */
function* hoursOf(
  day: readonly (readonly YearReading[])[],
  from: number,
): Generator<YearReading[]> {
  const next = day.map(() => 0);
  // What is read just behind midnight belongs to the last batch.
  for (let end = from + hourMs; end <= from + dayMs; end += hourMs) {
    const limit = end === from + dayMs ? Number.POSITIVE_INFINITY : end + hourMs / 2;
    const batch: YearReading[] = [];
    for (const [n, own] of day.entries()) {
      let at = next[n] ?? 0;
      for (let each = own[at]; each && each.at < limit; each = own[at]) {
        batch.push(each);
        at += 1;
      }
      next[n] = at;
    }
    if (batch.length > 0) yield batch;
  }
}

/** A year through the registry, the engine and the rule kinds asked for, in event time. */
export async function runYear(
  year: EnergyYear,
  isAsked: (kind: string) => boolean,
  tell: (line: string) => void = () => {},
): Promise<YearRun> {
  const folder = mkdtempSync(join(tmpdir(), 'guanjia-energy-'));
  const counts = new Map<string, number>();
  // Stands still: what states cost on their way to disk is measured elsewhere.
  const context: Context = {
    log: (level, message, more) => tell(`${level} ${message} ${JSON.stringify(more ?? {})}`),
    count: (name, _labels, by = 1) => counts.set(name, (counts.get(name) ?? 0) + by),
    now: () => year.from,
  };
  const kinds = ruleKinds.filter(({ kind }) => isAsked(kind));
  const registry = openRegistry(
    join(folder, 'registry.db'),
    {
      serverKey: Buffer.alloc(32, 7),
      profiles: new Set(),
      mappings: new Map(),
      ruleKinds: new Map(ruleKinds.map(({ kind, params }) => [kind, params])),
    },
    context,
  );
  const take = async (inventory: object) => {
    const result = await registry.import(JSON.stringify(inventory), { user: 'system' });
    if (!result.ok) throw new Error(JSON.stringify(result.faults.slice(0, 5)));
  };
  await take(toInventory(year));
  const months = createMonthCount(registry.directory());
  const days = isAsked(networkLeak.kind)
    ? await createDayCount(registry.directory, folder, context)
    : undefined;
  const database = new DatabaseSync(':memory:');
  const book = aBook();
  const sink = openRulesSink({
    database,
    kinds,
    directory: registry.directory,
    history: () => Promise.reject(new Error('nothing comes late in this year')),
    alerts: book.report,
    trips: openTripBook(database, context),
    context,
  });
  let [seq, cpuUs] = [0, 0];
  for (let from = year.from, day = year.next(); day; from += dayMs, day = year.next()) {
    for (const own of day) for (const reading of own) months.hear(reading);
    const began = process.cpuUsage();
    const passed: Accepted[] = [];
    for (const batch of hoursOf(day, from)) {
      const after = seq;
      const observations = batch.map(({ meter, at, values }): Accepted => {
        seq += 1;
        return {
          type: 'sample',
          device: meter,
          at,
          timeSource: 'device',
          values,
          seq,
          receivedAt: at,
        };
      });
      await sink.write({ after, upTo: seq, observations });
      passed.push(...observations);
    }
    const { user, system } = process.cpuUsage(began);
    cpuUs += user + system;
    await days?.pass(passed, from + dayMs);
    if (new Date(from + dayMs).getUTCDate() === 1)
      tell(
        `${new Date(from).toISOString().slice(0, 7)}: ${seq} readings, ${book.standing().length} alerts, rules ${(cpuUs / 1e6).toFixed(0)} s`,
      );
  }
  await sink.close();
  const sizes = database.prepare('SELECT length(slots) AS bytes FROM rules_subject').all();
  const bytes = sizes.map((row) => Number(row['bytes']));
  const { targets, caps, corrections, labels } = year.goals();
  await take({ targets, caps, corrections });
  const found = months.judge(registry.directory(), year.to, context);
  const told = [...found, ...((await days?.close()) ?? [])];
  registry.close();
  rmSync(folder, { recursive: true, force: true });
  return {
    alerts: [...book.standing(), ...told.filter(({ last }) => isAsked(last.kind))],
    labels: [...year.labels(), ...labels],
    readings: seq,
    cpuS: cpuUs / 1e6,
    stateBytes: bytes.reduce((a, b) => a + b, 0) / Math.max(1, bytes.length),
    mostStateBytes: Math.max(0, ...bytes),
    failures: counts.get('rule_failures') ?? 0,
  };
}
