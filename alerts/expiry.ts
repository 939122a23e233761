import type { DatabaseSync } from 'node:sqlite';
import { atomically, settled } from './database.ts';

/** Alerts gone in one transaction, so that nobody else waits for long. */
const alertsAtOnce = 500;

/**
 * Deletes alerts that were over and unchanged before a time, with their changes and messages. Alerts that are open, however old, stay.
 * @returns what deletes up to some hundred, and says how many
 */
export function createExpiry(database: DatabaseSync): (before: number) => Promise<number> {
  const old = database.prepare(
    `SELECT id FROM alert WHERE state IN ('cleared', 'withdrawn') AND changed_at < ? ORDER BY opened_at LIMIT ${alertsAtOnce}`,
  );
  const removals = ['outbox WHERE alert_id', 'transition WHERE alert_id', 'alert WHERE id'].map(
    (rows) => database.prepare(`DELETE FROM ${rows} IN (SELECT value FROM json_each(?))`),
  );
  return async (before) => {
    await settled(database);
    return atomically(database, () => {
      const ids = old.all(before).map(({ id }) => String(id));
      if (ids.length > 0) for (const removal of removals) removal.run(JSON.stringify(ids));
      return ids.length;
    });
  };
}
