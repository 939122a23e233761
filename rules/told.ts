import { createHash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import type { Judged } from '../model/alert.ts';
import type { KeptSlot, KeptSlots } from './subject.ts';

/*
 * `rules_told`: what was told last of open episodes, by a name made of its content: evidence is large and seldom changes, so it stands here once for all
 * states and snapshots that know it.
 */
const schema = `
  CREATE TABLE IF NOT EXISTS rules_told (
    subject TEXT NOT NULL,
    name TEXT NOT NULL,
    found TEXT NOT NULL,
    PRIMARY KEY (subject, name)
  ) STRICT, WITHOUT ROWID;
`;

/** A slot as it is on disk: the name of what was told last in the place of the episode. */
export interface NamedSlot extends Omit<KeptSlot, 'episode'> {
  readonly told?: string;
}

export interface ToldTable {
  /** Within a transaction. */
  toNamed(id: string, slots: KeptSlots): Readonly<Record<string, NamedSlot>>;
  /** @throws where there is no such finding of the subject */
  find(id: string, name: string): Judged;
  /** Forgets what no state and no snapshot of the subject names. */
  prune(id: string): void;
}

const names = new WeakMap<Judged, string>();

function nameOf(found: Judged): string {
  const known = names.get(found);
  if (known) return known;
  const made = createHash('sha256').update(JSON.stringify(found)).digest('base64url').slice(0, 20);
  names.set(found, made);
  return made;
}

/** To be called when the tables of states and snapshots are there. */
export function openTold(database: DatabaseSync): ToldTable {
  database.exec(schema);
  const has = database.prepare('SELECT 1 FROM rules_told WHERE subject = ? AND name = ?');
  const put = database.prepare('INSERT INTO rules_told VALUES (?, ?, ?)');
  const get = database.prepare('SELECT found FROM rules_told WHERE subject = ? AND name = ?');
  const prune = database.prepare(
    `DELETE FROM rules_told WHERE subject = :id
      AND NOT EXISTS (SELECT 1 FROM rules_snapshot WHERE subject = :id AND instr(slots, name) > 0)
      AND NOT EXISTS (SELECT 1 FROM rules_subject WHERE subject = :id AND instr(slots, name) > 0)`,
  );
  const toNamed = (id: string, { key, state, episode }: KeptSlot): NamedSlot => {
    if (!episode) return { key, state };
    const told = nameOf(episode);
    if (!has.get(id, told)) put.run(id, told, JSON.stringify(episode));
    return { key, state, told };
  };
  return {
    toNamed: (id, slots) =>
      Object.fromEntries(Object.entries(slots).map(([kind, slot]) => [kind, toNamed(id, slot)])),
    find: (id, name) => JSON.parse(String(get.get(id, name)?.['found'])),
    prune: (id) => void prune.run({ id }),
  };
}
