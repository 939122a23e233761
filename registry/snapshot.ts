import type { Entities, EntityKind } from '../model/entities.ts';
import type { Registration, Versioned } from './registry.ts';
import { entityKinds } from './schemas.ts';
import type { EntityRow, ReadTables } from './tables.ts';

/** An entity as it is; its JSON is read when somebody first asks for it. */
export interface Row {
  readonly id: string;
  readonly version: number;
  /** Unix ms UTC. */
  readonly since: number;
  /** JSON; null: removed. */
  readonly text: string | null;
  parsed?: unknown;
}

/** Everything the registry says at one change. Never altered; a later one shares what did not change. */
export interface Snapshot {
  readonly version: number;
  /** By id, of every kind, with what was removed. */
  readonly rows: Readonly<Record<EntityKind, ReadonlyMap<string, Row>>>;
  /** By `secretKey`. */
  readonly secrets: ReadonlyMap<string, string>;
  /** Places of terminals, by vehicle. */
  readonly terminals: ReadonlyMap<string, Registration>;
}

export const secretKey = (kind: string, id: string): string => `${kind}/${id}`;

export const emptySnapshot: Snapshot = {
  version: -1,
  rows: Object.fromEntries(
    entityKinds.map((kind) => [kind, new Map()]),
  ) as unknown as Snapshot['rows'],
  secrets: new Map(),
  terminals: new Map(),
};

/** The row's entity; undefined where it was removed. */
export function bodyOf<K extends EntityKind>(row: Row | undefined): Entities[K] | undefined {
  if (!row || row.text === null) return undefined;
  row.parsed ??= JSON.parse(row.text);
  return row.parsed as Entities[K];
}

/** The row's entity with its version, an object of the caller's own; undefined where it was removed. */
export function versioned<K extends EntityKind>(
  row: Row | undefined,
): Versioned<Entities[K]> | undefined {
  const body = bodyOf<K>(row);
  return row && body && { ...body, version: row.version };
}

const toRow = ({ id, version, since, body }: EntityRow): Row => ({
  id,
  version,
  since,
  text: body,
});

/** @returns the same object where nothing changed */
export function advance(snapshot: Snapshot, tables: Pick<ReadTables, 'changes'>): Snapshot {
  const { version, entities, secrets, terminals } = tables.changes(snapshot.version);
  if (version === snapshot.version) return snapshot;
  const rows = { ...snapshot.rows };
  for (const [kind, changed] of Map.groupBy(entities, (entity) => entity.kind)) {
    const known = new Map(rows[kind]);
    for (const entity of changed) known.set(entity.id, toRow(entity));
    rows[kind] = known;
  }
  const hashes = secrets.length > 0 ? new Map(snapshot.secrets) : snapshot.secrets;
  for (const { kind, id, hash } of secrets) {
    if (hash === null) (hashes as Map<string, string>).delete(secretKey(kind, id));
    else (hashes as Map<string, string>).set(secretKey(kind, id), hash);
  }
  const places =
    terminals.length === 0
      ? snapshot.terminals
      : new Map([...snapshot.terminals, ...terminals.map((row) => [row.vehicle, row] as const)]);
  return { version, rows, secrets: hashes, terminals: places };
}
