import type { DatabaseSync } from 'node:sqlite';
import type { Context } from '../model/context.ts';
import { AppError, messageOf } from '../model/errors.ts';
import { remember, type SubjectState } from './subject.ts';
import type { RulesTables } from './tables.ts';

/** States that only moved on are written this long after they first did: what came meanwhile is judged again after a kill. */
const keepAfterMs = 20_000;

/** What a change did to a subject: nothing; its states are ahead of those on disk; or they must be on disk with what was found. */
type Became = 'as-it-was' | 'ahead' | 'to-be-kept';

/** To be called before a subject is changed. @returns what says afterwards what became of it */
export type Touch = (subject: SubjectState) => (became: Became) => void;

/**
 * Brings states to disk. What was found is kept at once, in one transaction with the states of the subjects it is about; states that only moved on
 * gather, and the position on disk stays behind the first event they miss.
 */
export interface Keeper {
  /** Judged up to here. */
  position(): number;
  /** On disk up to here; from here on events must come again after a restart. */
  keptPosition(): number;
  /**
   * All or nothing, in memory too: where it fails the subjects are as they were.
   *
   * @param upTo the position that `work` brings the subjects to
   * @throws AppError `STORE_UNAVAILABLE`, retryable
   */
  change(upTo: number, work: (touch: Touch) => void): void;
  /** Brings everything to disk. @throws as `change` */
  keepAll(): void;
}

interface Touched {
  readonly subject: SubjectState;
  readonly restore: () => void;
  became: Became;
}

interface Ahead {
  /** Position up to which the states on disk are complete. */
  readonly after: number;
  /** Our clock when memory went ahead. */
  readonly since: number;
}

interface Keeping {
  readonly database: DatabaseSync;
  readonly tables: RulesTables;
  readonly now: () => number;
  /** In order of both `after` and `since`, for an entry is never renewed. */
  readonly ahead: Map<SubjectState, Ahead>;
  position: number;
  keptPosition: number;
}

export function createKeeper(
  database: DatabaseSync,
  tables: RulesTables,
  { now }: Pick<Context, 'now'>,
): Keeper {
  const position = tables.position();
  const keeping: Keeping = {
    database,
    tables,
    now,
    ahead: new Map(),
    position,
    keptPosition: position,
  };
  return {
    position: () => keeping.position,
    keptPosition: () => keeping.keptPosition,
    change: (upTo, work) => change(keeping, upTo, work, keeping.now() - keepAfterMs),
    keepAll: () => change(keeping, keeping.position, () => {}, Number.POSITIVE_INFINITY),
  };
}

function change(
  keeping: Keeping,
  upTo: number,
  work: (touch: Touch) => void,
  dueBefore: number,
): void {
  const { database } = keeping;
  const touched: Touched[] = [];
  const touch: Touch = (subject) => {
    const one: Touched = { subject, restore: remember(subject), became: 'as-it-was' };
    touched.push(one);
    return (became) => {
      one.became = became;
    };
  };
  try {
    database.exec('BEGIN IMMEDIATE');
    work(touch);
    const settle = keep(keeping, upTo, touched, dueBefore);
    database.exec('COMMIT');
    settle();
  } catch (cause) {
    if (database.isTransaction) database.exec('ROLLBACK');
    for (const { restore } of touched) restore();
    const message = `the rules' findings could not be kept: ${messageOf(cause)}`;
    throw new AppError('STORE_UNAVAILABLE', message, { retryable: true, cause });
  }
}

/** @returns what takes note of it once it is committed */
function keep(
  keeping: Keeping,
  upTo: number,
  touched: readonly Touched[],
  dueBefore: number,
): () => void {
  const { tables, ahead, position, now } = keeping;
  const kept = new Set(dueOf(ahead, dueBefore));
  for (const { subject, became } of touched) if (became === 'to-be-kept') kept.add(subject);
  for (const subject of kept) tables.keep(subject, upTo);
  const left = touched.filter(({ subject, became }) => became === 'ahead' && !kept.has(subject));
  const keptPosition = oldestOf(ahead, kept) ?? (left.length > 0 ? position : upTo);
  if (keptPosition !== keeping.keptPosition) tables.setPosition(keptPosition);
  return () => {
    for (const subject of kept) {
      ahead.delete(subject);
      subject.keptUpTo = upTo;
    }
    const since = now();
    for (const { subject } of left)
      if (!ahead.has(subject)) ahead.set(subject, { after: position, since });
    keeping.position = upTo;
    keeping.keptPosition = keptPosition;
  };
}

function dueOf(ahead: ReadonlyMap<SubjectState, Ahead>, before: number): readonly SubjectState[] {
  const due: SubjectState[] = [];
  for (const [subject, { since }] of ahead) {
    if (since >= before) break;
    due.push(subject);
  }
  return due;
}

/** Position behind which the first of them that is not among `kept` misses something; undefined where none does. */
function oldestOf(
  ahead: ReadonlyMap<SubjectState, Ahead>,
  kept: ReadonlySet<SubjectState>,
): number | undefined {
  for (const [subject, { after }] of ahead) if (!kept.has(subject)) return after;
  return undefined;
}
