import { createHash, randomBytes } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { Context } from '../model/context.ts';
import { dayMs, hourMs, minuteMs } from '../model/time.ts';

/** A session ends after this long without a request, and after `longestMs` in any case. */
const idleMs = 12 * hourMs;
const longestMs = 7 * dayMs;
/** How exactly the last request is remembered; saves a write on every one. */
const seenEveryMs = 5 * minuteMs;

export interface SessionRecord {
  /** Hash of the token; the token itself is known to the client alone. */
  readonly id: string;
  readonly user: string;
}

/** Who is signed in; survives a restart. Tokens are 256 random bits, kept as SHA-256. */
export interface Sessions {
  start(user: string): { readonly id: string; readonly token: string; readonly expiresAt: number };
  find(token: string): SessionRecord | undefined;
  /** Whether the session still lasts; does not count as a request. */
  lasts(id: string): boolean;
  end(id: string): void;
  /** Ends the user's sessions, but not `except`. */
  endAll(user: string, except?: string): void;
}

const hashOf = (token: string): string => createHash('sha256').update(token).digest('base64url');

interface Row {
  readonly user: string;
  readonly seen_at: number;
}

/** @param database the sessions' own file, or one shared with rooms of the same thread */
export function openSessions(database: DatabaseSync, { now }: Pick<Context, 'now'>): Sessions {
  database.exec(`CREATE TABLE IF NOT EXISTS session (
    id TEXT PRIMARY KEY, user TEXT NOT NULL, started_at INTEGER NOT NULL, seen_at INTEGER NOT NULL
  ) STRICT`);
  const insert = database.prepare(
    'INSERT INTO session (id, user, started_at, seen_at) VALUES (?, ?, ?, ?)',
  );
  const select = database.prepare(
    'SELECT user, seen_at FROM session WHERE id = ? AND seen_at > ? AND started_at > ?',
  );
  const touch = database.prepare('UPDATE session SET seen_at = ? WHERE id = ?');
  const remove = database.prepare('DELETE FROM session WHERE id = ?');
  const removeAll = database.prepare('DELETE FROM session WHERE user = ? AND id <> ?');
  const purge = database.prepare('DELETE FROM session WHERE seen_at <= ? OR started_at <= ?');
  const valid = (id: string) =>
    select.get(id, now() - idleMs, now() - longestMs) as Row | undefined;

  return {
    start(user) {
      const at = now();
      purge.run(at - idleMs, at - longestMs);
      const token = randomBytes(32).toString('base64url');
      const id = hashOf(token);
      insert.run(id, user, at, at);
      return { id, token, expiresAt: at + longestMs };
    },
    find(token) {
      const id = hashOf(token);
      const row = valid(id);
      if (!row) return undefined;
      if (now() - row.seen_at > seenEveryMs) touch.run(now(), id);
      return { id, user: row.user };
    },
    lasts: (id) => valid(id) !== undefined,
    end: (id) => void remove.run(id),
    endAll: (user, except = '') => void removeAll.run(user, except),
  };
}
