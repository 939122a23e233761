import type { DatabaseSync } from 'node:sqlite';
import type { Judged } from '../../model/alert.ts';
import type { BalanceDay } from '../kinds/meter/balance.ts';
import { transactionsOf } from '../transaction.ts';

/*
 * `balance_mark`: days of a meter that something new was said of and that are to be looked at; `balance_day`: what days came to;
 * `balance_open`: of each meter that stands against those below it, what was found last.
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
  CREATE TABLE IF NOT EXISTS balance_open (meter TEXT PRIMARY KEY, found TEXT NOT NULL) STRICT, WITHOUT ROWID;
`;

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
   * @param report gives what was found last
   */
  settle(
    mark: Mark,
    day: BalanceDay,
    takenAt: number,
    report: (days: readonly BalanceDay[]) => Judged | undefined,
  ): void;
  /** What was found last of every meter that stands. */
  open(): readonly Judged[];
  /** In one transaction: forgets what days of the meter came to, and what `report` does. */
  end(meter: string, report: () => void): void;
  drop(mark: Mark): void;
  expire(before: number): void;
}

export function openBalanceTables(database: DatabaseSync): BalanceTables {
  database.exec(schema);
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
  const forget = database.prepare('DELETE FROM balance_day WHERE meter = ?');
  const hold = database.prepare(
    'INSERT INTO balance_open VALUES (?, ?) ON CONFLICT (meter) DO UPDATE SET found = excluded.found',
  );
  const release = database.prepare('DELETE FROM balance_open WHERE meter = ?');
  const open = database.prepare('SELECT found FROM balance_open ORDER BY meter');
  const expire = database.prepare('DELETE FROM balance_day WHERE from_ms < ?');
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
        const last = report(all);
        if (last && last.change !== 'clear') hold.run(meter, JSON.stringify(last));
        else release.run(meter);
        drop.run(meter, from, takenAt);
      }),
    open: () => open.all().map((row): Judged => JSON.parse(String(row['found']))),
    end: (meter, report) =>
      within(() => {
        release.run(meter);
        forget.run(meter);
        report();
      }),
    drop: ({ meter, from }) => void drop.run(meter, from, Number.MAX_SAFE_INTEGER),
    expire: (before) => void expire.run(before),
  };
}
