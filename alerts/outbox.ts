import type { DatabaseSync } from 'node:sqlite';
import { dayMs } from '../model/time.ts';
import type { AlertTransition } from './alerts.ts';
import { atomically, toTransition } from './database.ts';

/** A message on its way to a channel. */
export interface Message extends AlertTransition {
  readonly channel: string;
  readonly createdAt: number;
  /** Attempts begun, this one included. */
  readonly attempts: number;
}

/** How long a message that was dealt with is remembered, in ms. */
const keepMs = 90 * dayMs;

const statements = (database: DatabaseSync) => ({
  position: database.prepare('SELECT position FROM router'),
  advance: database.prepare('UPDATE router SET position = ?'),
  add: database.prepare(
    'INSERT OR IGNORE INTO outbox (channel, n, alert_id, created_at, next_at) VALUES (?, ?, ?, ?, ?)',
  ),
  told: database.prepare(
    "SELECT DISTINCT channel FROM outbox WHERE alert_id = ? AND state IN ('waiting', 'sent')",
  ),
  takeBack: database.prepare(
    `UPDATE outbox SET state = 'dropped', done_at = ?
      WHERE alert_id = ? AND state = 'waiting' AND attempts = 0`,
  ),
  waiting: database.prepare("SELECT DISTINCT channel FROM outbox WHERE state = 'waiting'"),
  due: database.prepare(`
    SELECT o.channel, o.created_at, o.attempts, t.n, t.at, t.change, t.head, a.bulk
    FROM outbox o JOIN transition t ON t.n = o.n JOIN alert a ON a.id = o.alert_id
    WHERE o.state = 'waiting' AND o.channel = ? AND o.next_at <= ? AND NOT EXISTS (
      SELECT 1 FROM outbox p WHERE p.alert_id = o.alert_id AND p.channel = o.channel
        AND p.n < o.n AND p.state = 'waiting')
    ORDER BY o.next_at, o.n LIMIT 1`),
  begin: database.prepare(
    'UPDATE outbox SET attempts = attempts + 1, next_at = ? WHERE channel = ? AND n = ?',
  ),
  postpone: database.prepare(
    'UPDATE outbox SET next_at = ?, error = ? WHERE channel = ? AND n = ?',
  ),
  finish: database.prepare(
    'UPDATE outbox SET state = ?, done_at = ?, error = ? WHERE channel = ? AND n = ?',
  ),
  prune: database.prepare(
    `DELETE FROM outbox WHERE done_at < ? AND alert_id NOT IN
      (SELECT id FROM alert WHERE state IN ('open', 'acknowledged', 'shelved'))`,
  ),
});

/** Messages to channels, kept until each is sent or given up, in the database of the book. All is synchronous; callers see that no transaction is open. */
export function createOutbox(database: DatabaseSync) {
  const sql = statements(database);

  return {
    /** Number of the last transition that was routed. */
    position: (): number => Number(sql.position.get()?.['position'] ?? 0),
    /** Channels that were told of the alert or are about to be. */
    told: (alert: string): readonly string[] =>
      sql.told.all(alert).map((row) => String(row['channel'])),
    /**
     * Takes in messages and moves the position on, all or nothing. Of an alert that is withdrawn nobody hears who has not begun to hear of it.
     * @param channelsOf asked in order, when everything before has been taken in
     */
    post(
      transitions: readonly AlertTransition[],
      now: number,
      channelsOf: (transition: AlertTransition) => readonly string[],
    ): void {
      atomically(database, () => {
        for (const transition of transitions) {
          const { n, alert, change } = transition;
          if (change === 'withdrawn') sql.takeBack.run(now, alert.id);
          for (const channel of channelsOf(transition)) sql.add.run(channel, n, alert.id, now, now);
          sql.advance.run(n);
        }
      });
    },
    /** Channels that have messages waiting. */
    channels: (): readonly string[] => sql.waiting.all().map((row) => String(row['channel'])),
    /**
     * The next message of a channel that is due, marked as begun, so that after a crash it counts as perhaps sent.
     * Messages of one alert leave in their order.
     * @param retryAt when it is due again if nothing more is heard of it
     */
    take(channel: string, now: number, retryAt: number): Message | undefined {
      const row = sql.due.get(channel, now);
      if (!row) return undefined;
      const transition = toTransition(row);
      sql.begin.run(retryAt, channel, transition.n);
      const attempts = Number(row['attempts']) + 1;
      return { ...transition, channel, createdAt: Number(row['created_at']), attempts };
    },
    sent: ({ channel, n }: Message, now: number): void => {
      sql.finish.run('sent', now, null, channel, n);
    },
    failed: ({ channel, n }: Message, now: number, error: string): void => {
      sql.finish.run('failed', now, error, channel, n);
    },
    postponed: ({ channel, n }: Message, until: number, error: string): void => {
      sql.postpone.run(until, error, channel, n);
    },
    /** Forgets what was dealt with long ago, but for alerts that still stand. */
    prune: (now: number): void => {
      sql.prune.run(now - keepMs);
    },
  };
}

export type Outbox = ReturnType<typeof createOutbox>;
