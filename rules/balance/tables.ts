import type { DatabaseSync } from 'node:sqlite';
import type { Judged } from '../../model/alert.ts';
import { transactionsOf } from '../transaction.ts';
import type { BalanceDay } from './kind.ts';

/*
 * `balance_mark`: days of a meter that something new was said of and that are to be looked at; `balance_day`: what days came to;
 * `balance_found`: of each meter and kind what was found last, null where nothing stands, and from which day on its days count for it.
 */
const schema = `
  CREATE TABLE IF NOT EXISTS balance_mark (
    meter TEXT NOT NULL, from_ms INTEGER NOT NULL, to_ms INTEGER NOT NULL, marked_at INTEGER NOT NULL,
    PRIMARY KEY (meter, from_ms)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS balance_day (
    meter TEXT NOT NULL, from_ms INTEGER NOT NULL, day TEXT NOT NULL,
    PRIMARY KEY (meter, from_ms)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS balance_found (
    meter TEXT NOT NULL, kind TEXT NOT NULL, begun_ms INTEGER NOT NULL, found TEXT,
    PRIMARY KEY (meter, kind)
  ) STRICT, WITHOUT ROWID;
`;

/** There was one kind only. */
const fromFirst = `
  INSERT OR IGNORE INTO balance_found SELECT meter, json_extract(found, '$.kind'), 0, found FROM balance_open;
  DROP TABLE balance_open;
`;

function prepare(database: DatabaseSync): void {
  database.exec(schema);
  const first = database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'balance_open'").get();
  if (first) database.exec(`BEGIN; ${fromFirst} COMMIT`);
}

interface Last {
  readonly kind: string;
  /** What it found last. */
  readonly last: Judged | undefined;
}

export interface Mark {
  readonly meter: string;
  readonly from: number;
  readonly to: number;
}

/** What the balance watch must know after a restart. */
export interface BalanceTables {
  /** Durable when it returns; marks that are there already only get the new time. */
  mark(marks: readonly Mark[], at: number): void;
  /** Marks of days that were over at `overBefore` and that were last made before `madeBefore`, oldest days first. */
  due(overBefore: number, madeBefore: number, limit: number): readonly Mark[];
  /**
   * In one transaction: what the day came to, and what `report` does with all days of the meter; the mark goes unless it was made anew since.
   * @param report gives of each kind that judges it what it found last
   */
  settle(
    mark: Mark,
    day: BalanceDay,
    takenAt: number,
    report: (days: readonly BalanceDay[]) => readonly Last[],
  ): void;
  /** What was found last of every meter and kind that stands. */
  open(): readonly Judged[];
  /** Days that begin earlier are none of the kind’s: it has started anew since. */
  begunAt(meter: string, kind: string): number;
  /** In one transaction: what `report` does; the days so far no longer count for the kind. */
  end(ended: Judged, report: () => void): void;
  drop(mark: Mark): void;
  expire(before: number): void;
}

/** What was found last, by meter and kind. */
function createFound(database: DatabaseSync) {
  const hold = database.prepare(
    'INSERT INTO balance_found VALUES (?, ?, 0, ?) ON CONFLICT (meter, kind) DO UPDATE SET found = excluded.found',
  );
  const release = database.prepare(
    'UPDATE balance_found SET found = NULL WHERE meter = ? AND kind = ?',
  );
  const begin = database.prepare(
    'UPDATE balance_found SET begun_ms = ? WHERE meter = ? AND kind = ?',
  );
  const begun = database.prepare(
    'SELECT begun_ms AS begun FROM balance_found WHERE meter = ? AND kind = ?',
  );
  const open = database.prepare(
    'SELECT found FROM balance_found WHERE found IS NOT NULL ORDER BY meter, kind',
  );
  return {
    keep: (meter: string, { kind, last }: Last) =>
      last && last.change !== 'clear'
        ? hold.run(meter, kind, JSON.stringify(last))
        : release.run(meter, kind),
    beginAnew({ subject, kind }: Judged, from: number) {
      release.run(subject.id, kind);
      begin.run(from, subject.id, kind);
    },
    begunAt: (meter: string, kind: string) => Number(begun.get(meter, kind)?.['begun'] ?? 0),
    open: () => open.all().map((row): Judged => JSON.parse(String(row['found']))),
  };
}

export function openBalanceTables(database: DatabaseSync): BalanceTables {
  prepare(database);
  const mark = database.prepare(
    'INSERT INTO balance_mark VALUES (?, ?, ?, ?) ON CONFLICT (meter, from_ms) DO UPDATE SET to_ms = excluded.to_ms, marked_at = excluded.marked_at',
  );
  const due = database.prepare(
    'SELECT meter, from_ms AS "from", to_ms AS "to" FROM balance_mark WHERE to_ms <= ? AND marked_at <= ? ORDER BY from_ms, meter LIMIT ?',
  );
  const drop = database.prepare(
    'DELETE FROM balance_mark WHERE meter = ? AND from_ms = ? AND marked_at <= ?',
  );
  const putDay = database.prepare(
    'INSERT INTO balance_day VALUES (?, ?, ?) ON CONFLICT (meter, from_ms) DO UPDATE SET day = excluded.day',
  );
  const days = database.prepare('SELECT day FROM balance_day WHERE meter = ? ORDER BY from_ms');
  const newestDay = database.prepare(
    'SELECT max(from_ms) AS newest FROM balance_day WHERE meter = ?',
  );
  const expire = database.prepare('DELETE FROM balance_day WHERE from_ms < ?');
  const found = createFound(database);
  const within = transactionsOf(database);
  return {
    mark: (marks, at) =>
      within(() => {
        for (const { meter, from, to } of marks) mark.run(meter, from, to, at);
      }),
    due: (overBefore, madeBefore, limit) =>
      due.all(overBefore, madeBefore, limit) as unknown as readonly Mark[],
    settle: ({ meter, from }, day, takenAt, report) =>
      within(() => {
        putDay.run(meter, from, JSON.stringify(day));
        const all = days.all(meter).map((row): BalanceDay => JSON.parse(String(row['day'])));
        for (const last of report(all)) found.keep(meter, last);
        drop.run(meter, from, takenAt);
      }),
    open: found.open,
    begunAt: found.begunAt,
    end: (ended, report) =>
      within(() => {
        const newest = Number(newestDay.get(ended.subject.id)?.['newest'] ?? 0);
        found.beginAnew(ended, newest + 1);
        report();
      }),
    drop: ({ meter, from }) => void drop.run(meter, from, Number.MAX_SAFE_INTEGER),
    expire: (before) => void expire.run(before),
  };
}
