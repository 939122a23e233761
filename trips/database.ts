import { createHash } from 'node:crypto';
import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import type { KeptTrip } from '../model/trip.ts';
import type { TripChange } from './trips.ts';

/*
 * `trip`: what lists filter by as columns, the whole as JSON; `decided_at` is the device time of the fix that said it last. `trip_change`: what became
 * of them, with the whole only where the trip itself is gone.
 */
const schema = `
  CREATE TABLE IF NOT EXISTS trip (
    id TEXT PRIMARY KEY,
    vehicle TEXT NOT NULL,
    institution TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    ended_at INTEGER,
    decided_at INTEGER NOT NULL,
    body TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS trip_vehicle ON trip (vehicle, started_at);
  CREATE INDEX IF NOT EXISTS trip_decided ON trip (vehicle, decided_at);
  CREATE INDEX IF NOT EXISTS trip_open ON trip (vehicle) WHERE ended_at IS NULL;
  CREATE INDEX IF NOT EXISTS trip_list ON trip (started_at, id, institution);
  CREATE TABLE IF NOT EXISTS trip_change (
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    change TEXT NOT NULL,
    trip_id TEXT NOT NULL,
    body TEXT
  ) STRICT;
`;

type Row = Record<string, SQLOutputValue>;

/** JSON of our own making. */
export const toKept = (row: Row): KeptTrip => JSON.parse(String(row['body'])) as KeptTrip;

const toChange = (row: Row): TripChange => ({
  n: Number(row['n']),
  at: Number(row['at']),
  change: String(row['change']) as TripChange['change'],
  trip: toKept(row),
});

/** Ids sort by the start as first recorded. */
export function idOf(vehicle: string, startedAt: number): string {
  const identity = JSON.stringify([vehicle, startedAt]);
  const digest = createHash('sha256').update(identity).digest('hex').slice(0, 12);
  return `tr-${Math.max(0, startedAt).toString(36).padStart(9, '0')}-${digest}`;
}

export type TripTables = ReturnType<typeof openTables>;

/** Everything that writes is called within a transaction. */
export function openTables(database: DatabaseSync) {
  database.exec(schema);
  const put = database.prepare(
    'INSERT OR REPLACE INTO trip (id, vehicle, institution, started_at, ended_at, decided_at, body) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const byId = database.prepare('SELECT body FROM trip WHERE id = ?');
  const remove = database.prepare('DELETE FROM trip WHERE id = ?');
  const startedAt = database.prepare(
    'SELECT body FROM trip WHERE vehicle = ? AND started_at = ? LIMIT 1',
  );
  const open = database.prepare('SELECT body FROM trip WHERE vehicle = ? AND ended_at IS NULL');
  const decidedFrom = database.prepare(
    'SELECT body FROM trip WHERE vehicle = ? AND decided_at >= ? ORDER BY started_at',
  );
  const note = database.prepare(
    'INSERT INTO trip_change (at, change, trip_id, body) VALUES (?, ?, ?, ?)',
  );
  const changes = database.prepare(
    `SELECT c.n, c.at, c.change, coalesce(c.body, t.body, (SELECT w.body FROM trip_change w
        WHERE w.n > c.n AND w.trip_id = c.trip_id AND w.body IS NOT NULL LIMIT 1)) AS body
      FROM trip_change c LEFT JOIN trip t ON t.id = c.trip_id WHERE c.n > ? ORDER BY c.n LIMIT ?`,
  );
  const first = (row: Row | undefined) => row && toKept(row);
  return {
    byId: (id: string) => first(byId.get(id)),
    startedAt: (vehicle: string, at: number) => first(startedAt.get(vehicle, at)),
    open: (vehicle: string) => open.all(vehicle).map(toKept),
    decidedFrom: (vehicle: string, at: number) => decidedFrom.all(vehicle, at).map(toKept),
    put(trip: KeptTrip, decidedAt: number) {
      const { id, vehicle, institution, startedAt: start, endedAt } = trip;
      put.run(id, vehicle, institution, start, endedAt, decidedAt, JSON.stringify(trip));
    },
    remove: (id: string) => void remove.run(id),
    note(at: number, change: TripChange['change'], trip: KeptTrip) {
      const isGone = change === 'withdrawn';
      note.run(at, change, trip.id, isGone ? JSON.stringify(trip) : null);
    },
    changes: (after: number, limit: number) => changes.all(after, limit).map(toChange),
  };
}
