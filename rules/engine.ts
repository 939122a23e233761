import type { DatabaseSync } from 'node:sqlite';
import type { AlertReport } from '../alerts/alerts.ts';
import type { Judged } from '../model/alert.ts';
import type { Context } from '../model/context.ts';
import { messageOf } from '../model/errors.ts';
import type { Accepted } from '../model/observation.ts';
import type { Directory } from '../registry/registry.ts';
import type { Batch, Sink, Store } from '../stores/store.ts';
import type { ToldTrip, TripOwner, TripReport } from '../trips/trips.ts';
import { readHistory } from './history.ts';
import { createResolver, type Resolve } from './instances.ts';
import {
  type Bench,
  createFailed,
  judgeAgain,
  judgeInOrder,
  judgeReceipt,
  judgeSilence,
  type Replay,
  snapshotFor,
} from './judge.ts';
import { createKeeper, type Keeper } from './keeper.ts';
import { groundsOf } from './motion.ts';
import { createNeighbours } from './neighbours.ts';
import { type Arrival, toArrival } from './order.ts';
import { createWeather } from './outdoor.ts';
import type { RuleKind } from './rule.ts';
import { newSubject, type SubjectState, settle, toSurroundings } from './subject.ts';
import { openTables, type RulesTables } from './tables.ts';

export interface RulesOptions {
  /** Shared with the alert book, which writes within the engine's transaction. */
  readonly database: DatabaseSync;
  readonly kinds: readonly RuleKind[];
  readonly directory: () => Directory;
  /** Must know everything up to the batch at hand: the rules follow the store. */
  readonly history: Store['history'];
  readonly alerts: AlertReport;
  readonly trips: TripReport;
  readonly context: Context;
  /** How late an event may be, against the newest of its device, to be judged as if it had come in time. */
  readonly lateDays?: number;
}

export interface RulesSink extends Sink {
  /** Looks for silence by our clock; to be called every few seconds. While the sink works off a backlog it does nothing. */
  tick(now: number): void;
  /** Mean outdoor temperatures of days as the rules know them now, °C. @param from days since 1970-01-01 by its calendar @returns `[day, °C]`, ascending */
  outdoor(
    institution: string,
    from: number,
    to: number,
  ): readonly (readonly [day: number, celsius: number])[];
}

const lateDaysDefault = 45;
/** A batch this old when it is judged belongs to a backlog. */
const backlogMs = 30_000;
/** After the last batch of a backlog, so long no silence is judged. */
const afterBacklogMs = 60_000;

interface Engine extends Omit<RulesOptions, 'lateDays'> {
  readonly lateDays: number;
  readonly tables: RulesTables;
  readonly subjects: Map<string, SubjectState>;
  readonly failed: Bench['failed'];
  readonly openedAt: number;
  readonly keeper: Keeper;
  readonly neighbours: ReturnType<typeof createNeighbours>;
  readonly weather: ReturnType<typeof createWeather>;
  /** A batch is waiting for history: its subjects must not change meanwhile. */
  writing: boolean;
  backlogAt: number;
  resolver: { readonly directory: Directory; readonly resolve: Resolve } | undefined;
}

/**
 * Runs rules over accepted observations, in event time. States are in memory, and on disk a little later; what was found is there at once. What comes late is judged as if it had come in time: the states of the day before are fetched back and the history since is
 * judged again. A rule whose instance or version changes starts anew.
 */
export function openRulesSink(options: RulesOptions): RulesSink {
  const { database, context, lateDays = lateDaysDefault } = options;
  const tables = openTables(database);
  const subjects = new Map(tables.subjects().map((subject) => [subject.id, subject]));
  const engine: Engine = {
    ...options,
    lateDays,
    tables,
    subjects,
    neighbours: createNeighbours(subjects),
    weather: createWeather(subjects),
    failed: createFailed(context),
    openedAt: context.now(),
    keeper: createKeeper(database, tables, context),
    writing: false,
    backlogAt: Number.NEGATIVE_INFINITY,
    resolver: undefined,
  };
  return {
    name: 'rules',
    position: async () => engine.keeper.keptPosition(),
    async write(batch) {
      engine.writing = true;
      try {
        await write(engine, batch);
      } finally {
        engine.writing = false;
      }
      return [];
    },
    tick(now) {
      if (engine.writing || now - engine.backlogAt < afterBacklogMs) return;
      try {
        tick(engine, now);
      } catch (error) {
        context.log('warn', 'silence could not be judged', { error: messageOf(error) });
      }
    },
    outdoor: (id, from, to) => outdoorOf(engine, id, from, to),
    close: async () => engine.keeper.keepAll(),
  };
}

const mostOutdoorDays = 400;

function outdoorOf({ directory, weather }: Engine, id: string, from: number, to: number) {
  const institution = directory().institution(id);
  const days = Math.min(mostOutdoorDays, to - from);
  if (!institution || !(days > 0)) return [];
  const outdoorC = weather(directory());
  return Array.from({ length: days }, (_, n) => from + n).flatMap((day) => {
    const celsius = outdoorC(institution, day);
    return celsius === undefined ? [] : [[day, celsius] as const];
  });
}

async function write(engine: Engine, batch: Batch): Promise<void> {
  const { keeper, context } = engine;
  if (batch.upTo <= keeper.position()) return;
  const arrivals = toArrivals(engine, batch);
  const replays = await toReplays(engine, arrivals, batch.upTo);
  const bench = benchOf(engine);
  keeper.change(batch.upTo, (touch) => {
    for (const [id, arrival] of arrivals) {
      const became = touch(arrival.subject);
      became(judgeArrival(engine, bench, arrival, replays.get(id)) ? 'to-be-kept' : 'ahead');
    }
  });
  const now = context.now();
  const receivedAt = batch.observations.at(-1)?.receivedAt ?? now;
  if (now - receivedAt > backlogMs) engine.backlogAt = now;
}

function toArrivals(engine: Engine, batch: Batch): ReadonlyMap<string, Arrival> {
  const { keeper, subjects } = engine;
  const events = new Map<string, Accepted[]>();
  for (const event of batch.observations) {
    const judged = subjects.get(event.device)?.keptUpTo ?? 0;
    if (event.seq <= Math.max(judged, keeper.position())) continue;
    const known = events.get(event.device);
    if (known) known.push(event);
    else events.set(event.device, [event]);
  }
  const arrivals = new Map<string, Arrival>();
  for (const [id, own] of events)
    arrivals.set(id, toArrival(subjectOf(engine, id), own, engine.lateDays));
  return arrivals;
}

function subjectOf({ subjects }: Engine, id: string): SubjectState {
  const known = subjects.get(id);
  if (known) return known;
  const made = newSubject(id);
  subjects.set(id, made);
  return made;
}

/** Fetches what late events need, before anything is changed. */
async function toReplays(
  { history, tables }: Engine,
  arrivals: ReadonlyMap<string, Arrival>,
  upTo: number,
): Promise<ReadonlyMap<string, Replay>> {
  const replays = new Map<string, Replay>();
  for (const [id, arrival] of arrivals) {
    const { lateFrom, subject, judged } = arrival;
    if (lateFrom === undefined) continue;
    const snapshot = snapshotFor(subject, lateFrom, tables);
    const from = snapshot?.before ?? lateFrom;
    const to = Math.max(subject.newestAt ?? lateFrom, judged.at(-1)?.at ?? lateFrom);
    const stored = await readHistory(history, id, { from, to, upTo });
    replays.set(id, { arrival, lateFrom, snapshot, stored });
  }
  return replays;
}

/** @returns whether the subject must be on disk with what was found */
function judgeArrival(
  engine: Engine,
  bench: Bench,
  arrival: Arrival,
  replay: Replay | undefined,
): boolean {
  const { alerts, context } = engine;
  const { subject, tooLate } = arrival;
  const { snapshotAt } = subject;
  const told: ToldTrip[] = [];
  const judged = [...settled(engine, subject), ...judgeReceipt(arrival, bench)];
  const late = replay ? judgeAgain(replay, bench, told) : [];
  if (!replay) judged.push(...judgeInOrder(arrival, bench, told));
  report(engine, judged);
  reportTrips(engine, subject.id, replay, told);
  for (const { rule, from, judged: again } of late) alerts.rejudge(rule, subject.id, from, again);
  if (replay) context.count('rules_replays');
  if (tooLate > 0) context.count('rules_not_judged', {}, tooLate);
  const found = judged.length > 0 || told.length > 0;
  return found || replay !== undefined || subject.snapshotAt !== snapshotAt;
}

function reportTrips(
  { trips, directory }: Engine,
  vehicle: string,
  replay: Replay | undefined,
  told: readonly ToldTrip[],
): void {
  const owner: TripOwner = {
    vehicle,
    institutionAt: (at) => directory().device(vehicle, at)?.institution.id ?? '',
  };
  if (replay) trips.rejudge(owner, replay.snapshot?.before ?? replay.lateFrom, told);
  else if (told.length > 0) trips.record(owner, told);
}

function benchOf(engine: Engine): Bench {
  const { tables, lateDays, failed, openedAt } = engine;
  const current = engine.directory();
  const others = engine.neighbours(current);
  const { opinions } = engine.alerts;
  const outdoorC = engine.weather(current);
  const groundwork = { hours: undefined, motion: undefined };
  const around = {
    ...toSurroundings(current, openedAt),
    ...{ others, opinions, outdoorC },
    ...groundwork,
  };
  const groundOf = groundsOf(current);
  return { directory: current, around, tables, lateDays, groundOf, failed };
}

function settled(engine: Engine, subject: SubjectState): readonly Judged[] {
  const directory = engine.directory();
  if (engine.resolver?.directory !== directory)
    engine.resolver = {
      directory,
      resolve: createResolver(engine.kinds, directory, engine.context),
    };
  return settle(subject, directory, engine.resolver.resolve);
}

function report({ alerts, context }: Engine, judged: readonly Judged[]): void {
  if (judged.length === 0) return;
  alerts.report(judged);
  for (const { kind, change } of judged) context.count('findings', { kind, change });
}

function tick(engine: Engine, now: number): void {
  const { keeper, subjects } = engine;
  const bench = benchOf(engine);
  keeper.change(keeper.position(), (touch) => {
    for (const subject of subjects.values()) {
      const became = touch(subject);
      const ended = settled(engine, subject);
      const device = bench.directory.device(subject.id);
      const silence = device && judgeSilence(subject, device, now, bench);
      report(engine, [...ended, ...(silence?.judged ?? [])]);
      if (ended.length > 0 || silence?.changed) became('to-be-kept');
    }
  });
}
