import { DatabaseSync } from 'node:sqlite';
import type { Place } from './transitions.ts';

/** Places of followers that have no transactions of their own, in a SQLite file. */
export function openPlaces(file: string): { of(name: string): Place; close(): void } {
  const database = new DatabaseSync(file);
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
  database.exec(
    'CREATE TABLE IF NOT EXISTS place (name TEXT PRIMARY KEY, n INTEGER NOT NULL) STRICT',
  );
  const select = database.prepare('SELECT n FROM place WHERE name = ?');
  const upsert = database.prepare(
    'INSERT INTO place VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET n = excluded.n',
  );
  return {
    of: (name) => ({
      load: () => Number(select.get(name)?.['n'] ?? 0),
      save: (n) => {
        upsert.run(name, n);
      },
    }),
    close: () => database.close(),
  };
}
