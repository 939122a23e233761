import { DatabaseSync } from 'node:sqlite';
import type { Command, CommandPage } from './commands.ts';

/** Commands and what came of them, in a SQLite file. */
export interface CommandBook {
  add(command: Command): void;
  /** Keeps a known command as it is now. On disk when it returns. */
  put(command: Command): void;
  get(id: string): Command | undefined;
  /** Newest first. */
  list(vehicle: string, query: { readonly limit: number; readonly cursor?: string }): CommandPage;
  /** How many wait or are under way, by vehicle. */
  open(): ReadonlyMap<string, number>;
  /** Vehicles for which commands wait. */
  waiting(): readonly string[];
  /** What waits for longest for this vehicle. */
  nextFor(vehicle: string): Command | undefined;
  /** Waiting beyond their time. */
  late(at: number): readonly Command[];
  underWay(): readonly Command[];
  /** Forgets what ended before. */
  forget(before: number): void;
  close(): void;
}

function prepareFile(database: DatabaseSync): void {
  database.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    CREATE TABLE IF NOT EXISTS command (
      n INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, vehicle TEXT NOT NULL, state TEXT NOT NULL,
      expires_at INTEGER NOT NULL, settled_at INTEGER, body TEXT NOT NULL
    ) STRICT;
    CREATE INDEX IF NOT EXISTS of_vehicle ON command (vehicle, n);
    CREATE INDEX IF NOT EXISTS waiting ON command (state, vehicle, n) WHERE state IN ('queued', 'sent');
    CREATE INDEX IF NOT EXISTS settled ON command (settled_at) WHERE settled_at IS NOT NULL;
  `);
}

const prepare = (database: DatabaseSync) => ({
  add: database.prepare(
    'INSERT INTO command (id, vehicle, state, expires_at, settled_at, body) VALUES (?, ?, ?, ?, ?, ?)',
  ),
  put: database.prepare('UPDATE command SET state = ?, settled_at = ?, body = ? WHERE id = ?'),
  get: database.prepare('SELECT n, body FROM command WHERE id = ?'),
  list: database.prepare(
    'SELECT n, body FROM command WHERE vehicle = ? AND n < ? ORDER BY n DESC LIMIT ?',
  ),
  open: database.prepare(
    `SELECT vehicle, count(*) AS count FROM command WHERE state IN ('queued', 'sent') GROUP BY vehicle`,
  ),
  waiting: database.prepare(`SELECT DISTINCT vehicle FROM command WHERE state = 'queued'`),
  next: database.prepare(
    `SELECT n, body FROM command WHERE state = 'queued' AND vehicle = ? ORDER BY n LIMIT 1`,
  ),
  late: database.prepare(
    `SELECT n, body FROM command WHERE state = 'queued' AND expires_at <= ? ORDER BY n`,
  ),
  underWay: database.prepare(`SELECT n, body FROM command WHERE state = 'sent' ORDER BY n`),
  forget: database.prepare('DELETE FROM command WHERE settled_at < ?'),
});

type Row = Readonly<Record<string, unknown>>;

const toCommand = (row: Row): Command => JSON.parse(String(row['body'])) as Command;

/** Ends what is open in the file of a book that nobody has open, such as a copy: whether it was done meanwhile is not known. @param at Unix ms UTC */
export function endOpenCommands(file: string, at: number): void {
  const database = new DatabaseSync(file);
  try {
    database
      .prepare(
        `UPDATE command SET state = 'failed', settled_at = ?1,
          body = json_set(body, '$.state', 'failed', '$.settledAt', ?1, '$.trouble', 'interrupted')
        WHERE state IN ('queued', 'sent')`,
      )
      .run(at);
  } finally {
    database.close();
  }
}

/** @param file `:memory:` keeps nothing */
export function openCommandBook(file: string): CommandBook {
  const database = new DatabaseSync(file);
  prepareFile(database);
  const sql = prepare(database);
  return {
    add(command) {
      const { id, vehicle, state, expiresAt, settledAt } = command;
      sql.add.run(id, vehicle, state, expiresAt, settledAt, JSON.stringify(command));
    },
    put(command) {
      const { id, state, settledAt } = command;
      sql.put.run(state, settledAt, JSON.stringify(command), id);
    },
    get(id) {
      const row = sql.get.get(id);
      return row && toCommand(row);
    },
    list(vehicle, { limit, cursor }) {
      const before = cursor === undefined ? Number.MAX_SAFE_INTEGER : Number(cursor);
      const rows = sql.list.all(vehicle, before, limit + 1);
      const page = rows.slice(0, limit);
      const last = page.at(-1)?.['n'];
      return { items: page.map(toCommand), next: rows.length > limit ? String(last) : null };
    },
    open: () =>
      new Map(sql.open.all().map((row) => [String(row['vehicle']), Number(row['count'])])),
    waiting: () => sql.waiting.all().map((row) => String(row['vehicle'])),
    nextFor(vehicle) {
      const row = sql.next.get(vehicle);
      return row && toCommand(row);
    },
    late: (at) => sql.late.all(at).map(toCommand),
    underWay: () => sql.underWay.all().map(toCommand),
    forget(before) {
      sql.forget.run(before);
    },
    close: () => database.close(),
  };
}
