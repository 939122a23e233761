import { DatabaseSync } from 'node:sqlite';
import type { Door } from '../model/envelope.ts';
import type { Quarantined, QuarantineReason } from '../model/observation.ts';
import type { Quarantine, QuarantineQuery } from './ingest.ts';

interface Row {
  readonly seq: number;
  readonly part: number;
  readonly door: Door;
  readonly device: string;
  readonly received_at: number;
  readonly reason: QuarantineReason;
  readonly detail: string;
  readonly bytes: Uint8Array;
}

/** Quarantine in a SQLite file; the bytes of an envelope are kept once, however many of its parts are here. */
export function openQuarantine(file: string): Quarantine & {
  /** Removes what was received before. @returns how many */
  expire(before: number): number;
  close(): void;
} {
  const database = new DatabaseSync(file);
  database.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA busy_timeout = 5000;
    CREATE TABLE IF NOT EXISTS envelope (seq INTEGER PRIMARY KEY, bytes BLOB NOT NULL);
    CREATE TABLE IF NOT EXISTS quarantine (
      seq INTEGER NOT NULL, part INTEGER NOT NULL, door TEXT NOT NULL, device TEXT NOT NULL,
      received_at INTEGER NOT NULL, reason TEXT NOT NULL, detail TEXT NOT NULL,
      PRIMARY KEY (seq, part)
    ) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS quarantine_device ON quarantine (device, seq);
    CREATE INDEX IF NOT EXISTS quarantine_received ON quarantine (received_at);
  `);
  const addEnvelope = database.prepare('INSERT OR IGNORE INTO envelope VALUES (?, ?)');
  const addItem = database.prepare('INSERT OR IGNORE INTO quarantine VALUES (?, ?, ?, ?, ?, ?, ?)');
  return {
    add(items) {
      if (items.length === 0) return;
      database.exec('BEGIN IMMEDIATE');
      try {
        for (const { seq, part, door, device, receivedAt, reason, detail, bytes } of items) {
          addEnvelope.run(seq, bytes);
          addItem.run(seq, part, door, device, receivedAt, reason, detail);
        }
        database.exec('COMMIT');
      } catch (error) {
        database.exec('ROLLBACK');
        throw error;
      }
    },
    list: (query) => list(database, query),
    expire(before) {
      const { changes } = database
        .prepare('DELETE FROM quarantine WHERE received_at < ?')
        .run(before);
      database.exec('DELETE FROM envelope WHERE seq NOT IN (SELECT seq FROM quarantine)');
      return Number(changes);
    },
    close: () => database.close(),
  };
}

function list(database: DatabaseSync, query: QuarantineQuery): ReturnType<Quarantine['list']> {
  const where: string[] = ['1'];
  const values: (string | number)[] = [];
  const also = (condition: string, value: string | number | undefined) => {
    if (value === undefined) return;
    where.push(condition);
    values.push(value);
  };
  also('device = ?', query.device);
  also(
    'device IN (SELECT value FROM json_each(?))',
    query.devices && JSON.stringify(query.devices),
  );
  also('received_at >= ?', query.from);
  also('received_at < ?', query.to);
  const [seq, part] = (query.cursor ?? '').split('.').map(Number);
  if (query.cursor !== undefined && seq !== undefined && part !== undefined) {
    where.push('(seq, part) < (?, ?)');
    values.push(seq, part);
  }
  const rows = database
    .prepare(
      `SELECT quarantine.*, envelope.bytes FROM quarantine JOIN envelope USING (seq)
       WHERE ${where.join(' AND ')} ORDER BY seq DESC, part DESC LIMIT ?`,
    )
    .all(...values, query.limit + 1) as unknown as Row[];
  const page = rows.slice(0, query.limit);
  const last = page.at(-1);
  return {
    items: page.map(toItem),
    next: rows.length > query.limit && last ? `${last.seq}.${last.part}` : null,
  };
}

const toItem = ({
  received_at: receivedAt,
  seq,
  part,
  door,
  device,
  reason,
  detail,
  bytes,
}: Row): Quarantined => ({
  seq,
  part,
  door,
  device,
  receivedAt,
  reason,
  detail,
  bytes,
});
