import { DatabaseSync } from 'node:sqlite';
import type { Interval } from '../energy/consumption/interval.ts';
import { dayMs } from '../model/time.ts';
import type { Amendment, AmendmentReason, Said } from './ingest.ts';
import type { LocalDay } from './local-day.ts';

/** What was said of a meter's day, hour by hour as fingerprints; 0 where nothing was said. */
export interface SaidDay {
  readonly hours: Uint32Array;
  readonly said: Said;
}

type Span = Pick<Interval, 'from' | 'to'>;

export type RevisionFile = ReturnType<typeof openRevisionFile>;

function prepareFile(database: DatabaseSync): void {
  database.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    CREATE TABLE IF NOT EXISTS said (
      meter TEXT NOT NULL, day INTEGER NOT NULL, hours BLOB NOT NULL, said TEXT NOT NULL, PRIMARY KEY (meter, day)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS amendment (
      meter TEXT NOT NULL, day INTEGER NOT NULL, revision INTEGER NOT NULL, from_ms INTEGER NOT NULL, to_ms INTEGER NOT NULL,
      revised_at INTEGER NOT NULL, reason TEXT NOT NULL, hours TEXT NOT NULL, before TEXT NOT NULL, after TEXT NOT NULL,
      PRIMARY KEY (meter, day, revision)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS month (
      meter TEXT NOT NULL, from_ms INTEGER NOT NULL, to_ms INTEGER NOT NULL, basis TEXT NOT NULL, whole TEXT NOT NULL,
      PRIMARY KEY (meter, from_ms)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS day (
      meter TEXT NOT NULL, from_ms INTEGER NOT NULL, to_ms INTEGER NOT NULL, basis TEXT NOT NULL, whole TEXT NOT NULL,
      PRIMARY KEY (meter, from_ms)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS told (meter TEXT PRIMARY KEY, until INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS position (one INTEGER PRIMARY KEY CHECK (one = 1), seq INTEGER NOT NULL) STRICT;
  `);
}

const prepare = (database: DatabaseSync) => ({
  day: database.prepare('SELECT hours, said FROM said WHERE meter = ? AND day = ?'),
  days: database.prepare('SELECT day FROM said WHERE meter = ? AND day BETWEEN ? AND ?'),
  say: database.prepare(
    'INSERT INTO said VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET hours = excluded.hours, said = excluded.said',
  ),
  until: database.prepare(
    'INSERT INTO told VALUES (?, ?) ON CONFLICT DO UPDATE SET until = max(until, excluded.until)',
  ),
  told: database.prepare('SELECT meter, until FROM told'),
  amend: database.prepare(
    `INSERT INTO amendment SELECT ?1, ?2, 1 + coalesce(max(revision), 0), ?3, ?4, ?5, ?6, ?7, ?8, ?9
     FROM amendment WHERE meter = ?1 AND day = ?2`,
  ),
  amendments: database.prepare(
    'SELECT * FROM amendment WHERE meter = ? AND to_ms > ? AND from_ms < ? ORDER BY revised_at, day, revision',
  ),
  month: database.prepare(
    'SELECT whole FROM month WHERE meter = ? AND from_ms = ? AND to_ms = ? AND basis = ?',
  ),
  keepMonth: database.prepare(
    'INSERT INTO month VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET to_ms = excluded.to_ms, basis = excluded.basis, whole = excluded.whole',
  ),
  dropMonths: database.prepare('DELETE FROM month WHERE meter = ? AND to_ms > ? AND from_ms <= ?'),
  keptDays: database.prepare(
    'SELECT whole FROM day WHERE meter = ? AND from_ms >= ? AND to_ms <= ? AND basis = ? ORDER BY from_ms',
  ),
  keepDay: database.prepare(
    'INSERT INTO day VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET to_ms = excluded.to_ms, basis = excluded.basis, whole = excluded.whole',
  ),
  dropDays: database.prepare('DELETE FROM day WHERE meter = ? AND to_ms > ? AND from_ms <= ?'),
  forgetDays: database.prepare('DELETE FROM day WHERE to_ms < ?'),
  forgetMonths: database.prepare('DELETE FROM month WHERE to_ms < ?'),
  forget: database.prepare('DELETE FROM said WHERE day < ?'),
  forgetAmendments: database.prepare('DELETE FROM amendment WHERE day < ?'),
  position: database.prepare('SELECT seq FROM position'),
  move: database.prepare(
    'INSERT INTO position VALUES (1, ?) ON CONFLICT DO UPDATE SET seq = excluded.seq',
  ),
});

type Row = Readonly<Record<string, unknown>>;

const toAmendment = (row: Row): Amendment => ({
  from: Number(row['from_ms']),
  to: Number(row['to_ms']),
  revision: Number(row['revision']),
  revisedAt: Number(row['revised_at']),
  reason: String(row['reason']) as AmendmentReason,
  hours: JSON.parse(String(row['hours'])) as readonly number[],
  before: JSON.parse(String(row['before'])) as Said,
  after: JSON.parse(String(row['after'])) as Said,
});

const toSaidDay = (row: Row): SaidDay => ({
  // A copy, since the bytes in hand need not begin where a 32-bit number may.
  hours: new Uint32Array(Uint8Array.from(row['hours'] as Uint8Array).buffer),
  said: JSON.parse(String(row['said'])) as Said,
});

/** What an amendment adds to the day as it is said now. */
type Amending = Pick<Amendment, 'revisedAt' | 'reason' | 'hours' | 'before'>;

type Statements = ReturnType<typeof prepare>;

/** Days and months that were worked out, beside what they rest on. */
const createWholes = (sql: Statements, atOnce: (work: () => void) => void) => ({
  /** What a month came to, where it was worked out from the same. @param basis what it rests on beside readings */
  month(meter: string, { from, to }: Span, basis: string): Interval | undefined {
    const row = sql.month.get(meter, from, to, basis);
    return row && JSON.parse(String(row['whole']));
  },
  keepMonth: (meter: string, whole: Interval, basis: string) =>
    void sql.keepMonth.run(meter, whole.from, whole.to, basis, JSON.stringify(whole)),
  /** Days of a stretch as they were kept, as far as they were worked out from the same; ascending. */
  keptDays: <Day extends Interval>(
    meter: string,
    { from, to }: Span,
    basis: string,
  ): readonly Day[] =>
    sql.keptDays.all(meter, from, to, basis).map((row) => JSON.parse(String(row['whole']))),
  keepDays: (meter: string, wholes: readonly Interval[], basis: string) =>
    atOnce(() => {
      for (const whole of wholes)
        sql.keepDay.run(meter, whole.from, whole.to, basis, JSON.stringify(whole));
    }),
  /** Takes days and months off the shelf that the stretch touches. */
  dropWholes: (meter: string, from: number, to: number) =>
    atOnce(() => {
      sql.dropMonths.run(meter, from, to);
      sql.dropDays.run(meter, from, to);
    }),
});

/** Days that were told and their amendments, in a SQLite file. */
export function openRevisionFile(file: string) {
  const database = new DatabaseSync(file);
  prepareFile(database);
  const sql = prepare(database);

  function atOnce(work: () => void): void {
    database.exec('BEGIN IMMEDIATE');
    try {
      work();
      database.exec('COMMIT');
    } catch (error) {
      database.exec('ROLLBACK');
      throw error;
    }
  }

  /** Keeps a day as it is told, with what was amended by it, and how far the meter was told. */
  function say(meter: string, local: LocalDay, day: SaidDay, until: number, amending?: Amending) {
    const after = JSON.stringify(day.said);
    atOnce(() => {
      sql.say.run(meter, local.day, new Uint8Array(day.hours.buffer), after);
      sql.until.run(meter, until);
      if (!amending) return;
      const { revisedAt, reason } = amending;
      const [hours, before] = [JSON.stringify(amending.hours), JSON.stringify(amending.before)];
      const { from, to } = local;
      sql.amend.run(meter, local.day, from, to, revisedAt, reason, hours, before, after);
    });
  }

  return {
    /** Journal position up to which late data was taken in; undefined before the first. */
    position: (): number | undefined => {
      const row = sql.position.get();
      return row && Number(row['seq']);
    },
    move: (seq: number) => void sql.move.run(seq),
    /** Each meter's end of the last hour that was told. */
    told: (): ReadonlyMap<string, number> =>
      new Map(sql.told.all().map((row) => [String(row['meter']), Number(row['until'])])),
    day(meter: string, day: number): SaidDay | undefined {
      const row = sql.day.get(meter, day);
      return row && toSaidDay(row);
    },
    /** Days that were told, ascending. */
    days: (meter: string, from: number, to: number): readonly number[] =>
      sql.days.all(meter, from, to).map((row) => Number(row['day'])),
    say,
    amendments: (meter: string, from: number, to: number): readonly Amendment[] =>
      sql.amendments.all(meter, from, to).map(toAmendment),
    /** From here on what comes before `until` is late. */
    heed: (meter: string, until: number) => void sql.until.run(meter, until),
    ...createWholes(sql, atOnce),
    /** Deletes what was said of days before this one, and how it was amended. */
    expire(before: number): void {
      sql.forgetMonths.run(before * dayMs);
      sql.forgetDays.run(before * dayMs);
      sql.forget.run(before);
      sql.forgetAmendments.run(before);
    },
    close: () => database.close(),
  };
}
