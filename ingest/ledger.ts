import { DatabaseSync } from 'node:sqlite';
import type { Entry } from '../model/envelope.ts';
import type { QuarantineReason } from '../model/observation.ts';
import { minuteMs } from '../model/time.ts';
import type { Ledger, LedgerDay } from './ingest.ts';
import type { Passage } from './passage.ts';

/** An observation this much older than its receipt came late: a back-fill, a resend after an outage. */
export const lateMs = 10 * minuteMs;

type Tallied = { -readonly [K in keyof LedgerDay]: LedgerDay[K] } & {
  quarantined: Partial<Record<QuarantineReason, number>>;
};

const emptyDay = (device: string, date: string): Tallied => ({
  device,
  date,
  received: 0,
  stored: 0,
  duplicate: 0,
  late: 0,
  quarantined: {},
});

/**
 * What became of a run of entries, by device and day of receipt.
 * @param after entries up to this position are in the ledger already
 * @param dateOf day of the device's institution
 */
export function tally(
  entries: readonly Entry[],
  passage: Passage,
  after: number,
  dateOf: (device: string, at: number) => string,
): readonly LedgerDay[] {
  const days = new Map<string, Tallied>();
  const dayOf = ({ device, receivedAt }: { device: string; receivedAt: number }): Tallied => {
    const date = dateOf(device, receivedAt);
    const key = `${date} ${device}`;
    const day = days.get(key) ?? emptyDay(device, date);
    days.set(key, day);
    day.received++;
    return day;
  };
  const isNew = ({ seq }: { seq: number }) => seq > after;
  // A message may hold nothing at all; its device was heard all the same.
  for (const entry of entries.filter(isNew)) dayOf(entry).received--;
  for (const observation of passage.accepted.filter(isNew)) {
    const day = dayOf(observation);
    day.stored++;
    if (observation.receivedAt - observation.at > lateMs) day.late++;
  }
  for (const entry of passage.duplicates.filter(isNew)) dayOf(entry).duplicate++;
  for (const item of passage.quarantined.filter(isNew)) {
    const { quarantined } = dayOf(item);
    quarantined[item.reason] = (quarantined[item.reason] ?? 0) + 1;
  }
  return [...days.values()];
}

/** The ledger in a SQLite file, with the journal position up to which it counts. */
export function openLedger(file: string): Ledger & { expire(before: string): void; close(): void } {
  const database = new DatabaseSync(file);
  database.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA busy_timeout = 5000;
    CREATE TABLE IF NOT EXISTS position (one INTEGER PRIMARY KEY CHECK (one = 1), seq INTEGER NOT NULL) STRICT;
    INSERT OR IGNORE INTO position VALUES (1, 0);
    CREATE TABLE IF NOT EXISTS day (
      device TEXT NOT NULL, date TEXT NOT NULL, what TEXT NOT NULL, count INTEGER NOT NULL,
      PRIMARY KEY (device, date, what)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS day_date ON day (date);
  `);
  const upsert = database.prepare(
    'INSERT INTO day VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count',
  );
  const move = database.prepare('UPDATE position SET seq = ?');
  const select = database.prepare('SELECT what, count FROM day WHERE device = ? AND date = ?');
  let position = Number(database.prepare('SELECT seq FROM position').get()?.['seq'] ?? 0);
  return {
    position: () => position,
    add(upTo, days) {
      if (upTo <= position) return;
      database.exec('BEGIN IMMEDIATE');
      try {
        for (const day of days)
          for (const [what, by] of countsOf(day)) upsert.run(day.device, day.date, what, by);
        move.run(upTo);
        database.exec('COMMIT');
        position = upTo;
      } catch (error) {
        database.exec('ROLLBACK');
        throw error;
      }
    },
    read(device, date) {
      const rows = select.all(device, date) as { what: string; count: number }[];
      const count = (name: string) => rows.find(({ what }) => what === name)?.count ?? 0;
      const quarantined = rows.flatMap(({ what, count: by }) =>
        what.startsWith(setAside) ? [[what.slice(setAside.length), by]] : [],
      );
      const [received, stored, duplicate, late] = plain.map(count) as [
        number,
        number,
        number,
        number,
      ];
      return {
        device,
        date,
        received,
        stored,
        duplicate,
        late,
        quarantined: Object.fromEntries(quarantined),
      };
    },
    expire(before) {
      database.prepare('DELETE FROM day WHERE date < ?').run(before);
    },
    close: () => database.close(),
  };
}

const plain = ['received', 'stored', 'duplicate', 'late'] as const;
const setAside = 'quarantined ';

const countsOf = (day: LedgerDay): readonly (readonly [string, number])[] =>
  [
    ...plain.map((what) => [what, day[what]] as const),
    ...Object.entries(day.quarantined).map(([reason, by]) => [`${setAside}${reason}`, by] as const),
  ].filter(([, by]) => by > 0);
