import type { DatabaseSync } from 'node:sqlite';
import type { MonthFigure } from '../../energy/standing/figure.ts';
import type { Judged } from '../../model/alert.ts';
import { transactionsOf } from '../transaction.ts';

/*
 * `standing_mark`: months of an institution that something new was said of and that are to be counted anew; `standing_month`: what months came to;
 * `standing_basis`: of each institution what of the registry its months were counted by; `standing_open`: of each kind and institution what stands.
 */
const schema = `
  CREATE TABLE IF NOT EXISTS standing_mark (
    institution TEXT NOT NULL, month TEXT NOT NULL, marked_at INTEGER NOT NULL,
    PRIMARY KEY (institution, month)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS standing_month (
    institution TEXT NOT NULL, month TEXT NOT NULL, figure TEXT NOT NULL,
    PRIMARY KEY (institution, month)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS standing_basis (institution TEXT PRIMARY KEY, basis TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS standing_open (
    institution TEXT NOT NULL, kind TEXT NOT NULL, found TEXT NOT NULL,
    PRIMARY KEY (institution, kind)
  ) STRICT, WITHOUT ROWID;
`;

export interface MonthMark {
  readonly institution: string;
  /** YYYY-MM. */
  readonly month: string;
}

/** What the watch over institutions must know after a restart. */
export interface StandingTables {
  /** Durable when it returns; marks that are there already only get the new time. */
  mark(marks: readonly MonthMark[], at: number): void;
  /** Marks last made before `madeBefore` of months up to `month`, oldest first. */
  due(month: string, madeBefore: number, limit: number): readonly MonthMark[];
  /**
   * In one transaction: what the month came to, null for nothing; its mark goes unless it was made anew since.
   * @returns whether it came to something else than before
   */
  settle(mark: MonthMark, figure: MonthFigure | null, takenAt: number): boolean;
  /** Ascending by month, of each institution. */
  figures(): ReadonlyMap<string, readonly MonthFigure[]>;
  hasAny(): boolean;
  /** By what of the registry the months of each institution were counted, as text of the watch’s own. */
  bases(): ReadonlyMap<string, string>;
  /** In one transaction: other bases, and marks for what rested on those before. */
  rebase(bases: ReadonlyMap<string, string>, marks: readonly MonthMark[], at: number): void;
  open(): readonly Judged[];
  /** In one transaction: what `work` does, and what stands then. */
  keep(institution: string, kind: string, found: Judged | undefined, work: () => void): void;
}

function prepare(database: DatabaseSync) {
  return {
    mark: database.prepare(
      'INSERT INTO standing_mark VALUES (?, ?, ?) ON CONFLICT (institution, month) DO UPDATE SET marked_at = excluded.marked_at',
    ),
    due: database.prepare(
      'SELECT institution, month FROM standing_mark WHERE month <= ? AND marked_at <= ? ORDER BY month, institution LIMIT ?',
    ),
    drop: database.prepare(
      'DELETE FROM standing_mark WHERE institution = ? AND month = ? AND marked_at <= ?',
    ),
    one: database.prepare('SELECT figure FROM standing_month WHERE institution = ? AND month = ?'),
    put: database.prepare(
      'INSERT INTO standing_month VALUES (?, ?, ?) ON CONFLICT (institution, month) DO UPDATE SET figure = excluded.figure',
    ),
    remove: database.prepare('DELETE FROM standing_month WHERE institution = ? AND month = ?'),
    all: database.prepare('SELECT * FROM standing_month ORDER BY institution, month'),
    some: database.prepare(
      'SELECT 1 FROM standing_mark UNION ALL SELECT 1 FROM standing_month LIMIT 1',
    ),
    bases: database.prepare('SELECT * FROM standing_basis'),
    putBasis: database.prepare('INSERT OR REPLACE INTO standing_basis VALUES (?, ?)'),
    open: database.prepare('SELECT found FROM standing_open ORDER BY institution, kind'),
    hold: database.prepare(
      'INSERT INTO standing_open VALUES (?, ?, ?) ON CONFLICT (institution, kind) DO UPDATE SET found = excluded.found',
    ),
    release: database.prepare('DELETE FROM standing_open WHERE institution = ? AND kind = ?'),
  };
}

export function openStandingTables(database: DatabaseSync): StandingTables {
  database.exec(schema);
  const sql = prepare(database);
  const within = transactionsOf(database);
  return {
    mark: (marks, at) =>
      within(() => {
        for (const { institution, month } of marks) sql.mark.run(institution, month, at);
      }),
    due: (month, madeBefore, limit) =>
      sql.due.all(month, madeBefore, limit) as unknown as readonly MonthMark[],
    settle({ institution, month }, figure, takenAt) {
      const before = sql.one.get(institution, month)?.['figure'];
      const text = figure === null ? undefined : JSON.stringify(figure);
      within(() => {
        if (text === undefined) sql.remove.run(institution, month);
        else if (text !== before) sql.put.run(institution, month, text);
        sql.drop.run(institution, month, takenAt);
      });
      return text !== before;
    },
    figures() {
      const found = new Map<string, MonthFigure[]>();
      for (const row of sql.all.all()) {
        const institution = String(row['institution']);
        const own = found.get(institution) ?? [];
        own.push(JSON.parse(String(row['figure'])));
        found.set(institution, own);
      }
      return found;
    },
    hasAny: () => sql.some.get() !== undefined,
    bases: () =>
      new Map(sql.bases.all().map((row) => [String(row['institution']), String(row['basis'])])),
    rebase: (bases, marks, at) =>
      within(() => {
        for (const [institution, basis] of bases) sql.putBasis.run(institution, basis);
        for (const { institution, month } of marks) sql.mark.run(institution, month, at);
      }),
    open: () => sql.open.all().map((row): Judged => JSON.parse(String(row['found']))),
    keep: (institution, kind, found, work) =>
      within(() => {
        work();
        if (found) sql.hold.run(institution, kind, JSON.stringify(found));
        else sql.release.run(institution, kind);
      }),
  };
}
