import type { DatabaseSync } from 'node:sqlite';
import { counters } from './ledger-counts.ts';
import { unpackNewest } from './rest.ts';
import type { Told } from './tally.ts';

/** The file of the ledger: its tables, and what is said to them. */

export type Row = Readonly<Record<(typeof counters)[number] | 'n' | 'day', number>>;

export function prepareFile(database: DatabaseSync): void {
  database.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = NORMAL;
    PRAGMA busy_timeout = 5000;
    DROP TABLE IF EXISTS day;
    CREATE TABLE IF NOT EXISTS position (one INTEGER PRIMARY KEY CHECK (one = 1), seq INTEGER NOT NULL) STRICT;
    INSERT OR IGNORE INTO position VALUES (1, 0);
    CREATE TABLE IF NOT EXISTS device (
      n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, first_at INTEGER NOT NULL, serial INTEGER, newest INTEGER
    ) STRICT;
    CREATE TABLE IF NOT EXISTS device_day (
      n INTEGER NOT NULL, day INTEGER NOT NULL, PRIMARY KEY (day, n)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS added (up_to INTEGER PRIMARY KEY, delta BLOB NOT NULL) STRICT;
  `);
  const columnsOf = (table: string) => {
    const columns = database.prepare('SELECT name FROM pragma_table_info(?)').all(table);
    return new Set(columns.map(({ name }) => name));
  };
  if (!columnsOf('device').has('newest'))
    database.exec('ALTER TABLE device ADD COLUMN newest INTEGER');
  const known = columnsOf('device_day');
  for (const counter of counters)
    if (!known.has(counter))
      database.exec(`ALTER TABLE device_day ADD COLUMN ${counter} INTEGER NOT NULL DEFAULT 0`);
}

export const transactionsOf = (database: DatabaseSync) => (work: () => void) => {
  database.exec('BEGIN IMMEDIATE');
  try {
    work();
    database.exec('COMMIT');
  } catch (error) {
    // A full disk has ended it already.
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
};

export type Statements = ReturnType<typeof prepare>;

export function prepare(database: DatabaseSync) {
  const sums = counters.map((counter) => `${counter} = ${counter} + excluded.${counter}`);
  return {
    added: database.prepare('SELECT up_to, delta FROM added ORDER BY up_to'),
    add: database.prepare('INSERT INTO added VALUES (?, ?)'),
    forget: database.prepare('DELETE FROM added'),
    position: database.prepare('SELECT seq FROM position'),
    move: database.prepare('UPDATE position SET seq = ?'),
    setDevice: database.prepare(
      'INSERT INTO device (n, id, first_at) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET first_at = excluded.first_at',
    ),
    setSerial: database.prepare('UPDATE device SET serial = ?1 WHERE n = ?2 AND serial IS NOT ?1'),
    setNewest: database.prepare('UPDATE device SET newest = ?1 WHERE n = ?2 AND newest IS NOT ?1'),
    addDay: database.prepare(
      `INSERT INTO device_day (n, day, ${counters.join(', ')})
       VALUES (?, ?${', ?'.repeat(counters.length)}) ON CONFLICT DO UPDATE SET ${sums.join(', ')}`,
    ),
    day: database.prepare('SELECT * FROM device_day WHERE n = ? AND day = ?'),
    daysOf: database.prepare('SELECT * FROM device_day WHERE day = ?'),
    expire: database.prepare('DELETE FROM device_day WHERE day < ?'),
  };
}

interface DeviceRow {
  readonly n: number;
  readonly id: string;
  readonly first_at: number;
  readonly serial: number | null;
  readonly newest: number | null;
}

export const devicesOf = (database: DatabaseSync): readonly Omit<Told, 'days'>[] =>
  (database.prepare('SELECT * FROM device ORDER BY n').all() as unknown as DeviceRow[]).map(
    ({ n, id, first_at: firstAt, serial, newest }) => ({
      n,
      id,
      firstAt,
      serial: serial ?? undefined,
      newest: newest === null ? undefined : unpackNewest(newest),
    }),
  );
