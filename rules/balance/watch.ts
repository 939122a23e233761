import type { DatabaseSync } from 'node:sqlite';
import type { AlertReport } from '../../alerts/alerts.ts';
import type { Context } from '../../model/context.ts';
import type { Meter } from '../../model/entities.ts';
import { AppError, messageOf } from '../../model/errors.ts';
import { counterOf, type Metric } from '../../model/metrics.ts';
import type { Accepted } from '../../model/observation.ts';
import { dayMs, hourMs, localTime, minuteMs, startOfDay } from '../../model/time.ts';
import type { Device, Directory } from '../../registry/registry.ts';
import { type Active, createResolver } from '../instances.ts';
import { toJudged } from '../judged.ts';
import {
  type BalanceDay,
  type BalanceParams,
  balanceFindings,
  meterBalance,
} from '../kinds/meter/balance.ts';
import { endUnwatched } from './ends.ts';
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
/** A gap that is longer is looked at from its end only. */
const longestGapDays = 40;
const keptDays = 400;
/** No day of any zone begins within. */
const dayPartMs = 15 * minuteMs;

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
  const active = resolverFor(options);
  endUnwatched(options.directory(), options.alerts, tables, active, options.context.count);
  for (const mark of tables.due(now - graceMs, now - quietMs, daysAtOnce)) {
    if (stopping.aborted) return;
    // From here on what comes marks the day anew.
    marked.delete(keyOf(mark));
    await lookAt(options, tables, mark, active);
  }
}

const resolverFor = ({ directory, context }: BalanceWatchOptions) => {
  const resolve = createResolver(
    [{ ...meterBalance, appliesTo: (subject) => subject.type === 'meter' }],
    directory(),
    context,
  );
  return (device: Device): Active | undefined => resolve(device)[0];
};

async function lookAt(
  { directory, balance, alerts, context }: BalanceWatchOptions,
  tables: BalanceTables,
  mark: Mark,
  activeOf: (device: Device) => Active | undefined,
): Promise<void> {
  const device = directory().device(mark.meter, mark.from);
  const active = device && activeOf(device);
  if (device?.type !== 'meter' || !active) return tables.drop(mark);
  const takenAt = context.now();
  const { meter, institution } = device;
  const came = await balance(meter, institution.timeZone, mark);
  if (!came) return tables.drop(mark);
  const day = { from: mark.from, to: mark.to, ...came };
  tables.settle(mark, day, takenAt, (days) => {
    const params = active.params as BalanceParams;
    const judged = toJudged(balanceFindings(days, meter, params), active, institution.id);
    alerts.rejudge(active.rule.id, meter.id, days[0]?.to ?? mark.to, judged);
    const last = judged.at(-1);
    if (last) context.count('findings', { kind: last.kind, change: last.change });
    return last;
  });
}

/** A meter that has others below it, or is below one. */
interface Member {
  readonly counter: Metric;
  /** Itself or the one above it, or both. */
  readonly tops: readonly { readonly meter: string; readonly zone: string }[];
}

type Members = () => ReadonlyMap<string, Member>;

/** @returns what gives the days that replacements recorded or taken back since it was last asked have changed */
function followReplacements(directory: () => Directory, members: Members): () => readonly Mark[] {
  const now = () =>
    new Map(
      directory()
        .all('replacements')
        .map((record) => [record.id, record]),
    );
  let known = now();
  return () => {
    const before = known;
    known = now();
    const added = [...known.values()].filter(({ id }) => !before.has(id));
    const gone = [...before.values()].filter(({ id }) => !known.has(id));
    return [...added, ...gone].flatMap(({ meter, at }) =>
      (members().get(meter)?.tops ?? []).flatMap((top) =>
        daysBetween(at - dayMs, at + dayMs, top.zone, top.meter),
      ),
    );
  };
}

/** Worked out anew when the directory is another. */
function createMembers(directory: () => Directory): Members {
  let of: Directory | undefined;
  let members: ReadonlyMap<string, Member> = new Map();
  return () => {
    const now = directory();
    if (now !== of) members = membersOf(now);
    of = now;
    return members;
  };
}

/** Meters of which a virtual one is made, down to those that count. */
function sourcesOf(meter: Meter, byId: ReadonlyMap<string, Meter>): readonly string[] {
  if (!meter.virtual) return [meter.id];
  return meter.virtual.parts.flatMap((part) => {
    const found = byId.get(part.meter);
    return found ? sourcesOf(found, byId) : [];
  });
}

function membersOf(directory: Directory): ReadonlyMap<string, Member> {
  const meters = directory.all('meters');
  const byId = new Map(meters.map((meter) => [meter.id, meter]));
  const tops = new Map<string, Map<string, string>>();
  const add = (meter: Meter, top: string) => {
    const zone = directory.device(top)?.institution.timeZone ?? 'Asia/Shanghai';
    for (const id of sourcesOf(meter, byId)) {
      const known = tops.get(id) ?? new Map<string, string>();
      tops.set(id, known.set(top, zone));
    }
  };
  for (const meter of meters) {
    const parent = meter.parent === undefined ? undefined : byId.get(meter.parent);
    if (!parent) continue;
    add(meter, parent.id);
    add(parent, parent.id);
  }
  const members = new Map<string, Member>();
  for (const [id, above] of tops) {
    const counter = counterOf[byId.get(id)?.medium ?? 'environment'];
    const list = [...above].map(([meter, zone]) => ({ meter, zone }));
    if (counter !== null) members.set(id, { counter, tops: list });
  }
  return members;
}

/** Days whose consumption a reading decides: its own, and those back to the reading before it. */
function marksOf(
  observation: Accepted,
  members: Members,
  lastAt: Map<string, number>,
): readonly Mark[] {
  const { device, at } = observation;
  const member = observation.type === 'sample' ? members().get(device) : undefined;
  if (!member || observation.type !== 'sample') return [];
  if (observation.values[member.counter] === undefined) return [];
  const last = lastAt.get(device);
  lastAt.set(device, Math.max(last ?? at, at));
  const isNewer = last !== undefined && at > last;
  // The reading before it has marked the same days.
  if (isNewer && Math.floor(at / dayPartMs) === Math.floor(last / dayPartMs)) return [];
  const { from, to } = reachOf(at, last);
  return member.tops.flatMap(({ meter, zone }) => daysBetween(from, to, zone, meter));
}

/** A late reading also takes part in the day before and the day after; the first one of a meter in its own alone. */
function reachOf(at: number, last: number | undefined) {
  if (last === undefined) return { from: at, to: at };
  if (at > last) return { from: Math.max(last, at - longestGapDays * dayMs), to: at };
  return { from: at - dayMs, to: at + dayMs };
}

function daysBetween(from: number, to: number, zone: string, meter: string): readonly Mark[] {
  const days: Mark[] = [];
  let start = startOfDay(localTime(from, zone).date, zone);
  while (start <= to) {
    // Half a day beyond its end lies in the next one, whatever the clocks do.
    const end = startOfDay(localTime(start + 1.5 * dayMs, zone).date, zone);
    days.push({ meter, from: start, to: end });
    start = end;
  }
  return days;
}
