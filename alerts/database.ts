import { createHash } from 'node:crypto';
import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import { setTimeout as wait } from 'node:timers/promises';
import type { Alert, Judged } from '../model/alert.ts';
import type { AlertChange, AlertTransition } from './alerts.ts';
import type { Filed, Step } from './lifecycle.ts';

/*
 * `alert` holds what lists filter by as columns and the rest as JSON; `transition` what changes of an alert, without its evidence and comments;
 * `outbox` one row per message to a channel, gone through in `n` per alert.
 */
const schema = `
  CREATE TABLE IF NOT EXISTS alert (
    id TEXT PRIMARY KEY,
    rule TEXT NOT NULL,
    kind TEXT NOT NULL,
    severity TEXT NOT NULL,
    subject_type TEXT NOT NULL,
    subject TEXT NOT NULL,
    institution TEXT NOT NULL,
    state TEXT NOT NULL,
    opened_at INTEGER NOT NULL,
    cleared_at INTEGER,
    shelved_until INTEGER,
    judged_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    cleared_by TEXT,
    head TEXT NOT NULL,
    bulk TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX IF NOT EXISTS alert_active ON alert (rule, subject, subject_type)
    WHERE state IN ('open', 'acknowledged', 'shelved');
  CREATE INDEX IF NOT EXISTS alert_episode ON alert (rule, subject, opened_at);
  CREATE INDEX IF NOT EXISTS alert_shelf ON alert (shelved_until) WHERE shelved_until IS NOT NULL;
  CREATE INDEX IF NOT EXISTS alert_subject ON alert (subject, opened_at, id);
  CREATE INDEX IF NOT EXISTS alert_list
    ON alert (opened_at, id, institution, state, kind, severity, subject);
  CREATE TABLE IF NOT EXISTS transition (
    n INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    change TEXT NOT NULL,
    alert_id TEXT NOT NULL,
    head TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS transition_alert ON transition (alert_id);
  CREATE TABLE IF NOT EXISTS outbox (
    channel TEXT NOT NULL,
    n INTEGER NOT NULL,
    alert_id TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    next_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    state TEXT NOT NULL DEFAULT 'waiting',
    done_at INTEGER,
    error TEXT,
    PRIMARY KEY (channel, n)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS outbox_due ON outbox (channel, next_at, n) WHERE state = 'waiting';
  CREATE INDEX IF NOT EXISTS outbox_alert ON outbox (alert_id, channel, n);
  CREATE TABLE IF NOT EXISTS router (only INTEGER PRIMARY KEY CHECK (only = 1), position INTEGER NOT NULL) STRICT;
  INSERT OR IGNORE INTO router VALUES (1, 0);
`;

export function prepareTables(database: DatabaseSync): void {
  database.exec(schema);
}

/**
 * Others use the same connection and may wait for something within their transaction: what they have written may still vanish, and a transaction of
 * ours would fail. Whoever begins one, or hands on what was read, waits for this first.
 */
export async function settled(database: DatabaseSync): Promise<void> {
  while (database.isTransaction) await wait(2);
}

/** Runs `work` all or nothing; within somebody's transaction it is part of that one. */
export function atomically<T>(database: DatabaseSync, work: () => T): T {
  if (database.isTransaction) return work();
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    // A full disk has ended it already.
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

type Row = Record<string, SQLOutputValue>;

const text = (row: Row, name: string): string => String(row[name]);
const numberOrNull = (row: Row, name: string): number | null =>
  row[name] == null ? null : Number(row[name]);

type Bulk = Pick<Alert, 'evidence' | 'comments'>;
type Head = Omit<Alert, keyof Bulk>;

/** JSON of our own making, in a shape that a column's name stands for. */
const parse = <T>(row: Row, name: string): T => JSON.parse(text(row, name)) as T;

export const toAlert = (row: Row): Alert => ({
  ...parse<Head>(row, 'head'),
  ...parse<Bulk>(row, 'bulk'),
});

export function toFiled(row: Row): Filed {
  const clearedBy = row['cleared_by'];
  return {
    alert: toAlert(row),
    shelvedUntil: numberOrNull(row, 'shelved_until'),
    judgedAt: Number(row['judged_at']),
    changedAt: Number(row['changed_at']),
    clearedBy: clearedBy === 'rule' || clearedBy === 'person' ? clearedBy : null,
  };
}

/** @param row of `transition` joined with the `bulk` of its alert */
export const toTransition = (row: Row): AlertTransition => ({
  n: Number(row['n']),
  at: Number(row['at']),
  change: text(row, 'change') as AlertChange,
  alert: toAlert(row),
});

/** The same episode has the same id in every replay; ids sort by `openedAt`. */
export function idOf({ rule, subject, openedAt }: Judged): string {
  const identity = JSON.stringify([rule.id, subject.type, subject.id, openedAt]);
  const digest = createHash('sha256').update(identity).digest('hex').slice(0, 12);
  return `al-${Math.max(0, openedAt).toString(36).padStart(9, '0')}-${digest}`;
}

/** @returns what writes a step and its transition; to be called within a transaction */
export function createWriter(database: DatabaseSync): (step: Step) => void {
  const putAlert = database.prepare(`
    INSERT INTO alert (id, rule, kind, severity, subject_type, subject, institution, state, opened_at,
      cleared_at, shelved_until, judged_at, changed_at, cleared_by, head, bulk)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET severity = excluded.severity, state = excluded.state,
      cleared_at = excluded.cleared_at, shelved_until = excluded.shelved_until,
      judged_at = excluded.judged_at, changed_at = excluded.changed_at, cleared_by = excluded.cleared_by,
      head = excluded.head, bulk = excluded.bulk`);
  const putTransition = database.prepare(
    'INSERT INTO transition (at, change, alert_id, head) VALUES (?, ?, ?, ?)',
  );
  return ({ filed, change, at }) => {
    const { alert } = filed;
    const { evidence, comments, ...rest } = alert;
    const head = JSON.stringify(rest);
    putAlert.run(
      alert.id,
      alert.rule,
      alert.kind,
      alert.severity,
      alert.subject.type,
      alert.subject.id,
      alert.institution,
      alert.state,
      alert.openedAt,
      alert.clearedAt,
      filed.shelvedUntil,
      filed.judgedAt,
      filed.changedAt,
      filed.clearedBy,
      head,
      JSON.stringify({ evidence, comments }),
    );
    putTransition.run(at, change, alert.id, head);
  };
}
