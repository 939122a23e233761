import type { DatabaseSync } from 'node:sqlite';
import type { Judged, RuleRef } from '../model/alert.ts';
import { dayMs } from '../model/time.ts';
import { keyOf } from './instances.ts';
import type { KeptSlot, KeptSlots, Snapshot, SubjectState } from './subject.ts';
import { newSubject, toKept } from './subject.ts';
import { type NamedSlot, openTold, type ToldTable } from './told.ts';

/*
 * `rules_subject`: one row per subject with the states of all its rules, complete up to the journal position `seq`; `rules_snapshot`: the states
 * before the first event of a UTC day; `rules_position`: up to where every subject's row is complete.
 */
const schema = `
  CREATE TABLE IF NOT EXISTS rules_position (only INTEGER PRIMARY KEY CHECK (only = 1), position INTEGER NOT NULL) STRICT;
  INSERT OR IGNORE INTO rules_position VALUES (1, 0);
  CREATE TABLE IF NOT EXISTS rules_subject (
    subject TEXT PRIMARY KEY,
    seq INTEGER NOT NULL,
    newest_at INTEGER,
    snapshot_at INTEGER,
    slots TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS rules_snapshot (
    subject TEXT NOT NULL,
    day INTEGER NOT NULL,
    slots TEXT NOT NULL,
    PRIMARY KEY (subject, day)
  ) STRICT, WITHOUT ROWID;
`;

/** Every day of the last so many has its snapshot; before, the first of each week. */
const dailyDays = 8;
const weekDays = 7;

/** Where the engine keeps what it must know after a restart. Everything that writes is called within a transaction. */
export interface RulesTables {
  position(): number;
  setPosition(position: number): void;
  subjects(): readonly SubjectState[];
  /** @param upTo journal position up to which its events are in its states */
  keep(subject: SubjectState, upTo: number): void;
  /** The newest snapshot that has no event at or after `at` in it; taken at starts of UTC days. */
  snapshotBefore(id: string, at: number): Snapshot | undefined;
  keepSnapshot(id: string, snapshot: Snapshot): void;
  dropSnapshotsAfter(id: string, before: number): void;
  /** Thins snapshots out; for any instant from `oldest` on the one to start from stays exact. */
  prune(id: string, newest: number, oldest: number): void;
}

export function openTables(database: DatabaseSync): RulesTables {
  database.exec(schema);
  addSeq(database);
  const told = openTold(database);
  const sql = prepare(database);
  return {
    position: () => Number(sql.position.get()?.['position']),
    setPosition: (position) => void sql.setPosition.run(position),
    subjects: () => sql.subjects.all().map((row) => toSubject(row, told)),
    keep({ id, newestAt, snapshotAt, slots, kept }, upTo) {
      const states = told.toNamed(id, { ...kept, ...toKept(slots) });
      sql.keep.run(id, upTo, newestAt, snapshotAt, JSON.stringify(states));
    },
    snapshotBefore(id, at) {
      const row = sql.snapshotBefore.get(id, at);
      return row && { before: Number(row['day']) * dayMs, slots: parseSlots(id, row, told) };
    },
    keepSnapshot: (id, { before, slots }) =>
      void sql.keepSnapshot.run(id, before / dayMs, JSON.stringify(told.toNamed(id, slots))),
    dropSnapshotsAfter: (id, before) => void sql.dropSnapshots.run(id, before / dayMs),
    prune(id, newest, oldest) {
      sql.pruneOld.run({ id, oldest: Math.floor(oldest / dayMs) });
      sql.thin.run({ id, daily: Math.floor(newest / dayMs) - dailyDays });
      told.prune(id);
    },
  };
}

/** Folders of the first version have no such column: there every row is complete up to the common position. */
function addSeq(database: DatabaseSync): void {
  const columns = database.prepare("SELECT name FROM pragma_table_info('rules_subject')").all();
  if (!columns.some(({ name }) => name === 'seq'))
    database.exec('ALTER TABLE rules_subject ADD COLUMN seq INTEGER NOT NULL DEFAULT 0');
}

function prepare(database: DatabaseSync) {
  return {
    position: database.prepare('SELECT position FROM rules_position'),
    setPosition: database.prepare('UPDATE rules_position SET position = ?'),
    subjects: database.prepare('SELECT * FROM rules_subject'),
    keep: database.prepare(
      'INSERT OR REPLACE INTO rules_subject (subject, seq, newest_at, snapshot_at, slots) VALUES (?, ?, ?, ?, ?)',
    ),
    snapshotBefore: database.prepare(
      `SELECT day, slots FROM rules_snapshot WHERE subject = ? AND day * ${dayMs} <= ? ORDER BY day DESC LIMIT 1`,
    ),
    keepSnapshot: database.prepare('INSERT OR REPLACE INTO rules_snapshot VALUES (?, ?, ?)'),
    dropSnapshots: database.prepare('DELETE FROM rules_snapshot WHERE subject = ? AND day > ?'),
    pruneOld: database.prepare(
      `DELETE FROM rules_snapshot WHERE subject = :id
        AND day < (SELECT max(day) FROM rules_snapshot WHERE subject = :id AND day <= :oldest)`,
    ),
    thin: database.prepare(
      `DELETE FROM rules_snapshot WHERE subject = :id AND day < :daily AND day NOT IN (
        SELECT min(day) FROM rules_snapshot WHERE subject = :id GROUP BY day / ${weekDays})`,
    ),
  };
}

type Row = Record<string, unknown>;

/** JSON of our own making. Earlier versions kept the open episode with each state, and the first of them the whole rule. */
type Slots = Readonly<Record<string, NamedSlot | KeptSlot | EarlierSlot>>;

interface EarlierSlot {
  readonly rule: RuleRef;
  readonly state: unknown;
  readonly episode: Judged | null;
}

function parseSlots(id: string, row: Row, told: ToldTable): KeptSlots {
  const slots = JSON.parse(String(row['slots'])) as Slots;
  const toKeptSlot = (slot: Slots[string]): KeptSlot => {
    const { state } = slot;
    const key = 'rule' in slot ? keyOf(slot.rule) : slot.key;
    if ('told' in slot && slot.told) return { key, state, episode: told.find(id, slot.told) };
    return { key, state, ...('episode' in slot && slot.episode && { episode: slot.episode }) };
  };
  return Object.fromEntries(Object.entries(slots).map(([kind, slot]) => [kind, toKeptSlot(slot)]));
}

const numberOrNull = (value: unknown) => (value === null ? null : Number(value));

const toSubject = (row: Row, told: ToldTable): SubjectState => ({
  ...newSubject(String(row['subject'])),
  keptUpTo: Number(row['seq']),
  newestAt: numberOrNull(row['newest_at']),
  snapshotAt: numberOrNull(row['snapshot_at']),
  kept: parseSlots(String(row['subject']), row, told),
});
