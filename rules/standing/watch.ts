import type { DatabaseSync } from 'node:sqlite';
import { setImmediate } from 'node:timers/promises';
import type { AlertReport } from '../../alerts/alerts.ts';
import type { FactorBook } from '../../energy/factors.ts';
import { type MonthFigure, spanOfMonth } from '../../energy/standing/figure.ts';
import type { QuotaTable } from '../../energy/standing/quota-table.ts';
import type { Context } from '../../model/context.ts';
import type { Institution } from '../../model/entities.ts';
import { AppError, messageOf } from '../../model/errors.ts';
import type { Accepted } from '../../model/observation.ts';
import { hourMs, minuteMs } from '../../model/time.ts';
import type { Directory } from '../../registry/registry.ts';
import { createInstitutionResolver } from '../instances.ts';
import { createJudge, institutionKinds, type Judge, type JudgedInstitution } from './judge.ts';
import { createMarking, keyOf, marksBefore, monthAt } from './marks.ts';
import { followGoals, followMeters } from './registry-watch.ts';
import { createRunning, type Running, type RunningParts } from './running.ts';
import { type MonthMark, openStandingTables, type StandingTables } from './tables.ts';

export interface StandingWatchOptions {
  /** That of the alerts, so that what is found and what stands are kept together. */
  readonly database: DatabaseSync;
  readonly directory: () => Directory;
  readonly alerts: AlertReport;
  /** What the institution’s own meters came to in a month; null where it has none. */
  readonly figure: (
    institution: Institution,
    month: Pick<MonthFigure, 'month' | 'from' | 'to'>,
  ) => Promise<MonthFigure | null>;
  /** The same of the month that goes on, up to the end of a day; undefined where it is not known yet. Absent: it is not looked at. */
  readonly soFar?: RunningParts['soFar'];
  /** Newest `at` of every device when the watch begins. */
  readonly newest: ReadonlyMap<string, number>;
  readonly book: FactorBook;
  readonly tables: readonly QuotaTable[];
  readonly context: Context;
}

export interface StandingWatch {
  /**
   * Takes note of months that are to be counted. To be called with everything that is stored, before it counts as passed.
   * @throws AppError `STORE_UNAVAILABLE`, retryable
   */
  note(observations: readonly Accepted[]): void;
  /** Counts months that are over and judges. To be called every minute or so; while it works, further calls do nothing. */
  tick(): Promise<void>;
  /** Months that are over, as they were counted last, without corrections; ascending. */
  figures(institutions: readonly string[]): ReadonlyMap<string, readonly MonthFigure[]>;
  /** The month that goes on, up to the end of its last whole day, of those of which it is known. */
  running(institutions: readonly string[]): ReadonlyMap<string, MonthFigure>;
  /** Resolves when the month at hand is done. */
  stop(): Promise<void>;
}

/** Readings of the last evening may come so much later. */
const graceMs = 2 * hourMs;
/** More may be coming of a month that something was just said of. */
const quietMs = 2 * minuteMs;
const monthsAtOnce = 10_000;

interface Desk extends StandingWatchOptions {
  readonly kept: StandingTables;
  /** What is marked on disk since the last look, so that a flood of readings writes once. */
  readonly marked: Set<string>;
  readonly figuresOf: Map<string, readonly MonthFigure[]>;
  readonly recount: (markedAt: number) => void;
  readonly hasNewGoals: () => boolean;
  readonly stopping: AbortController;
  readonly runningMonths: Running | undefined;
  /** Institutions that are to be judged anew; `all` after a start, a change of the registry or the end of a month. */
  pending: 'all' | Set<string>;
  /** The last month that is over, in any zone. */
  month: string;
}

/** Counts the months of institutions and judges them, and again when late data changes one. What it must know survives a restart. */
export function createStandingWatch(options: StandingWatchOptions): StandingWatch {
  const { database, directory, newest, context } = options;
  const kept = openStandingTables(database);
  const desk: Desk = {
    ...options,
    kept,
    marked: new Set(),
    figuresOf: new Map(kept.figures()),
    recount: followMeters(directory, kept),
    hasNewGoals: followGoals(directory),
    stopping: new AbortController(),
    runningMonths: options.soFar && createRunning({ directory, soFar: options.soFar, context }),
    pending: 'all',
    month: '',
  };
  if (!kept.hasAny()) kept.mark(marksBefore(directory(), newest), context.now() - quietMs);
  const marksOf = createMarking(directory, newest);
  let working: Promise<void> | undefined;
  const look = async () => {
    try {
      await countDue(desk);
      await countRunning(desk);
      await judgePending(desk);
    } catch (error) {
      context.log('warn', 'institutions could not be judged', { error: messageOf(error) });
    }
  };
  return {
    note(observations) {
      // Readings of a meter share their marks.
      const marks = new Set<MonthMark>();
      for (const observation of observations)
        for (const mark of marksOf(observation)) marks.add(mark);
      note(desk, marks);
    },
    async tick() {
      if (working || desk.stopping.signal.aborted) return;
      working = look();
      await working;
      working = undefined;
    },
    figures: (institutions) =>
      new Map(institutions.map((id) => [id, desk.figuresOf.get(id) ?? []])),
    running: (institutions) =>
      new Map(
        institutions.flatMap((id) => {
          const figure = runningOf(desk, id);
          return figure ? [[id, figure] as const] : [];
        }),
      ),
    async stop() {
      desk.stopping.abort();
      await working;
    },
  };
}

function note({ kept, marked, context }: Desk, marks: Iterable<MonthMark>): void {
  const fresh = new Map<string, MonthMark>();
  for (const mark of marks) {
    const key = keyOf(mark);
    if (!marked.has(key)) fresh.set(key, mark);
  }
  if (fresh.size === 0) return;
  try {
    kept.mark([...fresh.values()], context.now());
  } catch (cause) {
    const message = `months to be counted could not be kept: ${messageOf(cause)}`;
    throw new AppError('STORE_UNAVAILABLE', message, { retryable: true, cause });
  }
  for (const key of fresh.keys()) marked.add(key);
}

async function countDue(desk: Desk): Promise<void> {
  const { kept, context, stopping } = desk;
  const now = context.now();
  desk.recount(now - quietMs);
  if (desk.hasNewGoals()) desk.pending = 'all';
  // Zones east of us are ahead: whether a month is over is asked of each institution.
  const latest = monthAt(now + 14 * hourMs, 'UTC');
  for (const mark of kept.due(latest, now - quietMs, monthsAtOnce)) {
    if (stopping.signal.aborted) return;
    try {
      await count(desk, mark, now);
    } catch (error) {
      // Its mark stands: it is tried again at the next look, and the others are not held up.
      context.log('warn', 'a month of an institution could not be counted', {
        ...mark,
        error: messageOf(error),
      });
    }
  }
}

async function count(desk: Desk, mark: MonthMark, now: number): Promise<void> {
  const { kept, marked, figuresOf } = desk;
  const institution = desk.directory().institution(mark.institution);
  const span = spanOfMonth(mark.month, institution?.timeZone ?? 'Asia/Shanghai');
  if (span.to + graceMs > now) return;
  // From here on what comes marks the month anew.
  marked.delete(keyOf(mark));
  const figure = institution ? await desk.figure(institution, span) : null;
  if (!kept.settle(mark, figure, now)) return;
  const others = (figuresOf.get(mark.institution) ?? []).filter(
    ({ month }) => month !== mark.month,
  );
  const own = figure ? [...others, figure].sort((a, b) => (a.month < b.month ? -1 : 1)) : others;
  figuresOf.set(mark.institution, own);
  if (desk.pending !== 'all') desk.pending.add(mark.institution);
}

/** A month that was counted as a whole goes on no more. */
function runningOf({ runningMonths, figuresOf }: Desk, id: string): MonthFigure | undefined {
  const figure = runningMonths?.figure(id);
  const last = figuresOf.get(id)?.at(-1)?.month ?? '';
  return figure && figure.month > last ? figure : undefined;
}

/** By the day only caps are looked at. */
async function countRunning({ runningMonths, directory, pending, stopping }: Desk): Promise<void> {
  const changed = (await runningMonths?.count(stopping.signal)) ?? [];
  if (pending === 'all' || changed.length === 0) return;
  const capped = new Set(
    directory()
      .all('caps')
      .map(({ institution }) => institution),
  );
  for (const id of changed) if (capped.has(id)) pending.add(id);
}

/** A cap that was passed on a day of the month that goes on is judged when its days are known again. */
function isHeld({ runningMonths, directory }: Desk, id: string): boolean {
  const institution = directory().institution(id);
  const isCapped = directory()
    .all('caps')
    .some((cap) => cap.institution === id);
  return isCapped && institution !== undefined && runningMonths?.isReady(institution) === false;
}

function withRunning(desk: Desk): ReadonlyMap<string, readonly MonthFigure[]> {
  const ids = new Set([
    ...desk.figuresOf.keys(),
    ...desk
      .directory()
      .all('caps')
      .map((cap) => cap.institution),
  ]);
  return new Map(
    [...ids].map((id) => {
      const running = runningOf(desk, id);
      return [id, [...(desk.figuresOf.get(id) ?? []), ...(running ? [running] : [])]] as const;
    }),
  );
}

async function judgePending(desk: Desk): Promise<void> {
  const { directory, context, book, tables, stopping } = desk;
  const upTo = context.now() - graceMs;
  const month = monthAt(upTo, 'UTC');
  const nextUp = monthAt(upTo + 12 * hourMs, 'UTC');
  const isNew = `${month} ${nextUp}` !== desk.month;
  if (isNew) desk.pending = 'all';
  const { pending } = desk;
  if (pending !== 'all' && pending.size === 0) return;
  const judge = createJudge({
    directory: directory(),
    figures: withRunning(desk),
    book,
    tables,
    upTo,
    context,
  });
  endUnwatched(desk, judge);
  const held = new Set<string>();
  for (const id of toJudge(judge, pending)) {
    if (stopping.signal.aborted) return;
    if (isHeld(desk, id)) held.add(id);
    if (held.has(id)) continue;
    for (const found of judge.judge(id)) tell(desk, found);
    // Readings are waiting meanwhile.
    await setImmediate();
  }
  desk.pending = held;
  desk.month = `${month} ${nextUp}`;
}

const toJudge = (judge: Judge, pending: 'all' | Set<string>): ReadonlySet<string> =>
  pending === 'all'
    ? new Set(judge.institutions)
    : new Set([...pending].flatMap((id) => judge.groupOf(id)));

function tell({ kept, alerts, context }: Desk, found: JudgedInstitution): void {
  const { institution, active, from, judged } = found;
  const last = judged.at(-1);
  const stands = last && last.change !== 'clear' ? last : undefined;
  kept.keep(institution, active.kind.kind, stands, () => {
    const changed = alerts.rejudge(active.rule.id, institution, from, judged);
    for (const { kind, state } of changed) context.count('findings', { kind, change: state });
  });
}

/** Clears what stands where its rule runs no more, or is another: no further month would ever end it. */
function endUnwatched({ kept, alerts, directory, context }: Desk, judge: Judge): void {
  const resolve = createInstitutionResolver(directory(), context);
  const known = new Set(judge.institutions);
  for (const found of kept.open()) {
    const { id } = found.subject;
    const kind = institutionKinds.find((each) => each.kind === found.kind);
    const institution = directory().institution(id);
    const active = kind && institution ? resolve(kind, institution) : undefined;
    if (known.has(id) && active?.rule.id === found.rule.id) continue;
    kept.keep(id, found.kind, undefined, () => {
      alerts.report([{ ...found, change: 'clear' }]);
    });
  }
}
