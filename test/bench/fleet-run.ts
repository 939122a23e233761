import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Context } from '../../model/context.ts';
import type { Accepted } from '../../model/observation.ts';
import { dayMs } from '../../model/time.ts';
import { openRegistry } from '../../registry/sqlite-registry.ts';
import { openRulesSink } from '../../rules/engine.ts';
import { ruleKinds } from '../../rules/index.ts';
import { dateOf } from '../../simulators/fleet-month/calendar.ts';
import type { FleetCity } from '../../simulators/fleet-month/city.ts';
import type { Order } from '../../simulators/fleet-month/crew.ts';
import type { FleetMonth } from '../../simulators/fleet-month/month.ts';
import type { Delivery } from '../../simulators/fleet-month/terminal.ts';
import type { Range } from '../../stores/store.ts';
import { openTripBook } from '../../trips/book.ts';
import { aBook, type Noted } from '../rules/world.ts';

/** Batches as wide as this, by time of receipt, with a look for silence after each. */
const batchMs = 60_000;
/** Kept for looking back. */
const keptDays = 9;

export interface MonthRun {
  readonly alerts: readonly Noted[];
  readonly fixes: number;
  /** Of the rules, with what they look back to, their states on disk and the hand-over of batches. */
  readonly cpuS: number;
  readonly stateBytes: number;
  readonly mostStateBytes: number;
  readonly replays: number;
}

const toInventory = ({ institutions, places, routes, rules, vehicles }: FleetCity) => ({
  institutions,
  places,
  routes,
  rules,
  vehicles: vehicles.map(({ entity }) => entity),
});

/** What vehicles said, for the rules to look back. */
function createShelf() {
  const shelves = new Map<string, Accepted[]>();
  return {
    add(each: Accepted) {
      const shelf = shelves.get(each.device) ?? [];
      shelves.set(each.device, shelf);
      shelf.push(each);
    },
    trim(before: number) {
      for (const [device, shelf] of shelves)
        shelves.set(
          device,
          shelf.filter(({ at }) => at >= before),
        );
    },
    history: async (device: string, { from, to, limit }: Range) =>
      (shelves.get(device) ?? [])
        .filter((each) => each.at >= from && each.at < to)
        .sort((a, b) => a.at - b.at)
        .slice(0, limit),
  };
}

/** A month through the registry, the engine and every rule kind, in the order in which it was received. */
export async function runMonth(
  month: FleetMonth,
  tell: (line: string) => void = () => {},
): Promise<MonthRun> {
  const folder = mkdtempSync(join(tmpdir(), 'guanjia-fleet-'));
  const counts = new Map<string, number>();
  let clock = month.from - dayMs;
  const context: Context = {
    log: (level, message, more) => tell(`${level} ${message} ${JSON.stringify(more ?? {})}`),
    count: (name, _labels, by = 1) => counts.set(name, (counts.get(name) ?? 0) + by),
    now: () => clock,
  };
  const kinds = new Map(ruleKinds.map(({ kind, params }) => [kind, params]));
  const registry = openRegistry(
    join(folder, 'registry.db'),
    { serverKey: Buffer.alloc(32, 7), profiles: new Set(), mappings: new Map(), ruleKinds: kinds },
    context,
  );
  const take = async (inventory: object) => {
    const result = await registry.import(JSON.stringify(inventory), { user: 'system' });
    if (!result.ok) throw new Error(JSON.stringify(result.faults.slice(0, 5)));
  };
  await take(toInventory(month.city));
  const database = new DatabaseSync(':memory:');
  const book = aBook();
  const shelf = createShelf();
  const trips = openTripBook(database, context);
  const { directory } = registry;
  const { history } = shelf;
  const sink = openRulesSink({
    database,
    kinds: ruleKinds,
    directory,
    history,
    alerts: book.report,
    trips,
    context,
  });
  let [seq, fixes, cpuUs] = [0, 0, 0];
  let waiting: Delivery[] = [];
  let slips: Order[] = [];

  async function deliver(batch: readonly Delivery[], end: number) {
    const after = seq;
    const observations = batch.map(({ fix, receivedAt }): Accepted => {
      seq += 1;
      return { ...fix, seq, receivedAt };
    });
    for (const each of observations) shelf.add(each);
    fixes += observations.length;
    clock = observations.at(-1)?.receivedAt ?? end;
    if (observations.length > 0) await sink.write({ after, upTo: seq, observations });
    clock = end;
    sink.tick(end);
  }
  for (let from = month.from, day = month.next(); day; from += dayMs, day = month.next()) {
    const to = from + dayMs;
    slips.push(...day.orders.filter(({ filedAt }) => filedAt !== null));
    const ordered = day.orders.filter(({ filedAt }) => filedAt === null);
    await take({ dispatches: ordered.map(({ dispatch }) => dispatch) });
    waiting = waiting.concat(day.deliveries);
    waiting.sort((a, b) => a.receivedAt - b.receivedAt);
    let next = 0;
    const began = process.cpuUsage();
    for (let end = from + batchMs; end <= to; end += batchMs) {
      const filed = slips.filter(({ filedAt }) => (filedAt ?? 0) < end);
      if (filed.length > 0) {
        slips = slips.filter((slip) => !filed.includes(slip));
        await take({ dispatches: filed.map(({ dispatch }) => dispatch) });
      }
      const first = next;
      while ((waiting[next]?.receivedAt ?? end) < end) next += 1;
      await deliver(waiting.slice(first, next), end);
    }
    const { user, system } = process.cpuUsage(began);
    cpuUs += user + system;
    waiting = waiting.slice(next);
    shelf.trim(to - keptDays * dayMs);
    tell(
      `${dateOf(from)}: ${fixes} fixes, ${book.standing().length} alerts, rules ${(cpuUs / 1e6).toFixed(1)} s`,
    );
  }
  await sink.close();
  const sizes = database.prepare('SELECT length(slots) AS bytes FROM rules_subject').all();
  const bytes = sizes.map((row) => Number(row['bytes']));
  registry.close();
  rmSync(folder, { recursive: true, force: true });
  return {
    alerts: book.standing(),
    fixes,
    cpuS: cpuUs / 1e6,
    stateBytes: bytes.reduce((a, b) => a + b, 0) / Math.max(1, bytes.length),
    mostStateBytes: Math.max(0, ...bytes),
    replays: counts.get('rules_replays') ?? 0,
  };
}
