import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { balanceWithin } from '../../metering/meter-tree.ts';
import type { Context } from '../../model/context.ts';
import type { Accepted } from '../../model/observation.ts';
import { dayMs, hourMs } from '../../model/time.ts';
import type { Directory } from '../../registry/registry.ts';
import { createBalanceWatch } from '../../rules/balance/watch.ts';
import { openDuckDbStore } from '../../stores/duckdb.ts';
import { aBook, type Noted } from '../rules/world.ts';

/** Longer than the watch waits for what comes late, and for quiet. */
const lookAfterMs = 3 * hourMs;

/**
 * Water meters with others below them, by whole days, as the service stores, counts and judges them. By themselves: beside `water.leak` the kind
 * keeps still while that tells of the same water.
 * @param folder for the store
 */
export async function createDayCount(directory: () => Directory, folder: string, context: Context) {
  let now = 0;
  const own: Context = { ...context, now: () => now };
  const path = join(folder, 'telemetry.duckdb');
  const store = await openDuckDbStore(path, { memoryLimit: '512MB', threads: 1 }, own);
  const water = directory()
    .all('meters')
    .filter(({ medium }) => medium === 'water');
  const parents = new Set(water.map(({ parent }) => parent));
  const isHeard = new Set(
    water.filter(({ id, parent }) => parent || parents.has(id)).map(({ id }) => id),
  );
  const book = aBook();
  const watch = createBalanceWatch({
    database: new DatabaseSync(':memory:'),
    directory,
    alerts: book.report,
    balance: (meter, zone, day) =>
      balanceWithin({ directory: directory(), readings: store.readings }, meter, zone, day),
    newest: new Map(),
    context: own,
  });
  return {
    /** @param day all of its observations @param end Unix ms UTC */
    async pass(day: readonly Accepted[], end: number): Promise<void> {
      const heard = day.filter(({ device }) => isHeard.has(device));
      const upTo = day.at(-1)?.seq;
      if (upTo === undefined) return;
      await store.write({ after: await store.position(), upTo, observations: heard });
      now = end;
      watch.note(heard);
      now = end + lookAfterMs;
      await watch.tick();
    },
    async close(): Promise<readonly Noted[]> {
      now += dayMs;
      await watch.tick();
      await watch.stop();
      await store.close();
      return book.standing();
    },
  };
}
