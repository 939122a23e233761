import type { DatabaseSync } from 'node:sqlite';
import type { AlertReport } from '../../alerts/alerts.ts';
import type { Context } from '../../model/context.ts';
import type { Meter } from '../../model/entities.ts';
import { AppError, messageOf } from '../../model/errors.ts';
import type { Accepted } from '../../model/observation.ts';
import { dayMs, hourMs, minuteMs } from '../../model/time.ts';
import type { Directory } from '../../registry/registry.ts';
import { endUnwatched } from './ends.ts';
import { type ActiveOf, createActive, judgeDays } from './judge.ts';
import type { BalanceDay } from './kind.ts';
import { createMembers, followReplacements, marksOf } from './members.ts';
import { type BalanceTables, type Mark, openBalanceTables } from './tables.ts';

export interface BalanceWatchOptions {
  /** That of the alerts, so that findings and days are kept together. */
  readonly database: DatabaseSync;
  readonly directory: () => Directory;
  readonly alerts: AlertReport;
  /** What the meter and those directly below it came to; undefined where none is below any more. */
  readonly balance: (
    meter: Meter,
    zone: string,
    range: { readonly from: number; readonly to: number },
  ) => Promise<Omit<BalanceDay, 'from' | 'to'> | undefined>;
  /** Newest `at` of every device when the watch begins. */
  readonly newest: ReadonlyMap<string, number>;
  readonly context: Context;
}

export interface BalanceWatch {
  /**
   * Takes note of days that are to be looked at. To be called with everything that is stored, before it counts as passed.
   * @throws AppError `STORE_UNAVAILABLE`, retryable
   */
  note(observations: readonly Accepted[]): void;
  /** Looks at days that are over. To be called every minute or so; while it works, further calls do nothing. */
  tick(): Promise<void>;
  /** Resolves when the day at hand is done; the others are looked at after the next start. */
  stop(): Promise<void>;
}

/** Readings of the evening may come so much later. */
const graceMs = 2 * hourMs;
/** More may be coming of a day that something was just said of. */
const quietMs = 2 * minuteMs;
const daysAtOnce = 50;
const keptDays = 400;

/** Looks at whole days of meters that have others below them, and again when late data changes one. What it must know survives a restart. */
export function createBalanceWatch(options: BalanceWatchOptions): BalanceWatch {
  const { database, directory, newest, context } = options;
  const tables = openBalanceTables(database);
  const members = createMembers(directory);
  const lastAt = new Map(newest);
  /** What is marked on disk since the last look, so that a flood of readings writes once. */
  const marked = new Set<string>();
  let working: Promise<void> | undefined;
  const stopping = new AbortController();
  const recorded = followReplacements(directory, members);
  const look = async () => {
    try {
      const changed = recorded();
      if (changed.length > 0) tables.mark(changed, context.now() - quietMs);
      await lookAtDue(options, tables, marked, stopping.signal);
    } catch (error) {
      context.log('warn', 'meters could not be held against those below them', {
        error: messageOf(error),
      });
    }
  };
  return {
    note(observations) {
      const fresh = new Map<string, Mark>();
      for (const observation of observations) {
        for (const mark of marksOf(observation, members, lastAt)) {
          const key = keyOf(mark);
          if (!marked.has(key)) fresh.set(key, mark);
        }
      }
      if (fresh.size === 0) return;
      try {
        tables.mark([...fresh.values()], context.now());
      } catch (cause) {
        const message = `days to be looked at could not be kept: ${messageOf(cause)}`;
        throw new AppError('STORE_UNAVAILABLE', message, { retryable: true, cause });
      }
      for (const key of fresh.keys()) marked.add(key);
    },
    async tick() {
      if (working || stopping.signal.aborted) return;
      working = look();
      await working;
      working = undefined;
    },
    async stop() {
      stopping.abort();
      await working;
    },
  };
}

const keyOf = ({ meter, from }: Mark): string => `${meter} ${from}`;

async function lookAtDue(
  options: BalanceWatchOptions,
  tables: BalanceTables,
  marked: Set<string>,
  stopping: AbortSignal,
): Promise<void> {
  const now = options.context.now();
  tables.expire(now - keptDays * dayMs);
  const active = createActive(options.directory(), options.context);
  endUnwatched(options.directory(), options.alerts, tables, active, options.context.count);
  for (const mark of tables.due(now - graceMs, now - quietMs, daysAtOnce)) {
    if (stopping.aborted) return;
    // From here on what comes marks the day anew.
    marked.delete(keyOf(mark));
    await lookAt(options, tables, mark, active);
  }
}

async function lookAt(
  { directory, balance, alerts, context }: BalanceWatchOptions,
  tables: BalanceTables,
  mark: Mark,
  activeOf: ActiveOf,
): Promise<void> {
  const current = directory();
  const device = current.device(mark.meter, mark.from);
  if (device?.type !== 'meter') return tables.drop(mark);
  const actives = activeOf(device);
  if (actives.length === 0) return tables.drop(mark);
  const takenAt = context.now();
  const came = await balance(device.meter, device.institution.timeZone, mark);
  if (!came) return tables.drop(mark);
  tables.settle(mark, { from: mark.from, to: mark.to, ...came }, takenAt, (known) =>
    actives.map((active) => {
      const days = known.filter(({ from }) => from >= tables.begunAt(mark.meter, active.kind.kind));
      const { from, judged } = judgeDays(active, days, mark, {
        device,
        directory: current,
        alerts,
      });
      alerts.rejudge(active.rule.id, mark.meter, from, judged);
      const last = judged.at(-1);
      if (last) context.count('findings', { kind: last.kind, change: last.change });
      return { kind: active.kind.kind, last };
    }),
  );
}
