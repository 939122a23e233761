import { chmodSync } from 'node:fs';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import type { EntityKind } from '../model/entities.ts';
import { AppError, messageOf } from '../model/errors.ts';
import type { AuditEntry, Registration } from './registry.ts';

/**
 * `changed` is the number of the change that wrote a row last; by it other threads take in what is new. What was removed stays as a row without body.
 * `history` holds what an entity was before, `from_ms` inclusive, `to_ms` exclusive.
 */
const schema = `
CREATE TABLE IF NOT EXISTS entity (
  kind TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL, since_ms INTEGER NOT NULL, changed INTEGER NOT NULL, body TEXT,
  PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS entity_changed ON entity (changed);
CREATE TABLE IF NOT EXISTS history (
  kind TEXT NOT NULL, id TEXT NOT NULL, from_ms INTEGER NOT NULL, to_ms INTEGER NOT NULL, body TEXT NOT NULL,
  PRIMARY KEY (kind, id, from_ms)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS secret (
  kind TEXT NOT NULL, id TEXT NOT NULL, changed INTEGER NOT NULL, hash TEXT, imported_hash TEXT,
  PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS secret_changed ON secret (changed);
CREATE TABLE IF NOT EXISTS terminal (
  vehicle TEXT PRIMARY KEY, changed INTEGER NOT NULL, epoch INTEGER NOT NULL, registered_ms INTEGER NOT NULL, facts TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS terminal_changed ON terminal (changed);
CREATE TABLE IF NOT EXISTS one_time (user TEXT PRIMARY KEY, digest TEXT NOT NULL, expires_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS audit (
  n INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, user TEXT NOT NULL, action TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL,
  detail TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
`;
const schemaVersion = 1;

export interface EntityRow {
  readonly kind: EntityKind;
  readonly id: string;
  readonly version: number;
  /** Since when it is as it is, Unix ms UTC. */
  readonly since: number;
  /** JSON; null: removed. */
  readonly body: string | null;
}

export interface SecretRow {
  readonly kind: string;
  readonly id: string;
  readonly hash: string | null;
}

export interface PastRow {
  readonly from: number;
  readonly to: number;
  readonly body: string;
}

/** Rows written by changes numbered above `after`. */
export interface Changes {
  readonly version: number;
  readonly entities: readonly EntityRow[];
  readonly secrets: readonly SecretRow[];
  readonly terminals: readonly Registration[];
}

/** What a thread that only looks needs of the database. */
export interface ReadTables {
  changes(after: number): Changes;
  /** What an entity was before it became as it is, ascending. */
  past(kind: EntityKind, id: string): readonly PastRow[];
  close(): void;
}

export interface OneTime {
  readonly user: string;
  readonly digest: string;
  readonly expires: number;
}

export interface Tables extends ReadTables {
  /**
   * Commits what `work` wrote, or nothing of it.
   * @throws AppError `DATA_DIR_UNUSABLE` where the file cannot be written, as on a full disk
   */
  transaction(work: () => void): void;
  meta(name: string): string | undefined;
  putMeta(name: string, value: string): void;
  putEntity(row: EntityRow, changed: number): void;
  putPast(kind: EntityKind, id: string, past: PastRow): void;
  secret(
    kind: EntityKind,
    id: string,
  ): { readonly hash: string; readonly importedHash: string | null } | undefined;
  /** @param hash null: taken away */
  putSecret(
    kind: EntityKind,
    id: string,
    hash: string | null,
    importedHash: string | null,
    changed: number,
  ): void;
  putTerminal(row: Registration, changed: number): void;
  putOneTime(token: OneTime): void;
  oneTime(digest: string): OneTime | undefined;
  dropOneTime(user: string): void;
  audit(limit: number, before: number): readonly AuditEntry[];
  addAudit(entry: Omit<AuditEntry, 'n'>): void;
}

type Row = Record<string, unknown>;

function readers(database: DatabaseSync): ReadTables {
  const version = database.prepare("SELECT value FROM meta WHERE name = 'version'");
  const entities = database.prepare(
    'SELECT kind, id, version, since_ms AS since, body FROM entity WHERE changed > ? ORDER BY kind, id',
  );
  const secrets = database.prepare('SELECT kind, id, hash FROM secret WHERE changed > ?');
  const terminals = database.prepare(
    'SELECT vehicle, epoch, registered_ms AS registeredAt, facts FROM terminal WHERE changed > ?',
  );
  const past = database.prepare(
    'SELECT from_ms AS "from", to_ms AS "to", body FROM history WHERE kind = ? AND id = ? ORDER BY from_ms',
  );
  return {
    changes(after) {
      database.exec('BEGIN');
      try {
        const now = Number((version.get() as Row | undefined)?.['value'] ?? 0);
        if (now === after) return { version: now, entities: [], secrets: [], terminals: [] };
        return {
          version: now,
          entities: entities.all(after) as unknown as EntityRow[],
          secrets: secrets.all(after) as unknown as SecretRow[],
          terminals: terminals.all(after).map(toRegistration),
        };
      } finally {
        database.exec('COMMIT');
      }
    },
    past: (kind, id) => past.all(kind, id) as unknown as PastRow[],
    close: () => database.close(),
  };
}

const toRegistration = ({ facts, ...row }: Row): Registration =>
  ({ ...row, facts: facts === null ? null : JSON.parse(String(facts)) }) as Registration;

const upsert = (table: string, columns: string, key: string): string => {
  const names = columns.split(', ');
  const updates = names.map((name) => `${name} = excluded.${name}`).join(', ');
  return `INSERT INTO ${table} (${columns}) VALUES (${names.map(() => '?').join(', ')}) ON CONFLICT (${key}) DO UPDATE SET ${updates}`;
};

function entityWriters(database: DatabaseSync) {
  const entity = database.prepare(
    upsert('entity', 'kind, id, version, since_ms, changed, body', 'kind, id'),
  );
  const past = database.prepare(
    upsert('history', 'kind, id, from_ms, to_ms, body', 'kind, id, from_ms'),
  );
  const secret = database.prepare(
    upsert('secret', 'kind, id, changed, hash, imported_hash', 'kind, id'),
  );
  const getSecret = database.prepare(
    'SELECT hash, imported_hash AS importedHash FROM secret WHERE kind = ? AND id = ? AND hash IS NOT NULL',
  );
  return {
    putEntity: (row, changed) => {
      entity.run(row.kind, row.id, row.version, row.since, changed, row.body);
    },
    putPast: (kind, id, { from, to, body }) => {
      past.run(kind, id, from, to, body);
    },
    secret: (kind, id) => getSecret.get(kind, id) as ReturnType<Tables['secret']>,
    putSecret: (kind, id, hash, importedHash, changed) => {
      secret.run(kind, id, changed, hash, importedHash);
    },
  } satisfies Partial<Tables>;
}

function otherWriters(database: DatabaseSync) {
  const getMeta = database.prepare('SELECT value FROM meta WHERE name = ?');
  const putMeta = database.prepare(upsert('meta', 'name, value', 'name'));
  const putTerminal = database.prepare(
    upsert('terminal', 'vehicle, changed, epoch, registered_ms, facts', 'vehicle'),
  );
  const putOneTime = database.prepare(upsert('one_time', 'user, digest, expires_ms', 'user'));
  const getOneTime = database.prepare(
    'SELECT user, digest, expires_ms AS expires FROM one_time WHERE digest = ?',
  );
  const dropOneTime = database.prepare('DELETE FROM one_time WHERE user = ?');
  const audit = database.prepare('SELECT * FROM audit WHERE n < ? ORDER BY n DESC LIMIT ?');
  const addAudit = database.prepare(
    'INSERT INTO audit (at, user, action, kind, id, detail) VALUES (?, ?, ?, ?, ?, ?)',
  );
  return {
    meta: (name) => (getMeta.get(name) as { value: string } | undefined)?.value,
    putMeta: (name, value) => {
      putMeta.run(name, value);
    },
    putTerminal: ({ vehicle, epoch, registeredAt, facts }, changed) => {
      const text = facts && JSON.stringify(facts);
      putTerminal.run(vehicle, changed, epoch, registeredAt, text);
    },
    putOneTime: ({ user, digest, expires }) => {
      putOneTime.run(user, digest, expires);
    },
    oneTime: (digest) => getOneTime.get(digest) as OneTime | undefined,
    dropOneTime: (user) => {
      dropOneTime.run(user);
    },
    audit: (limit, before) =>
      audit
        .all(before, limit)
        .map(
          (row) => ({ ...row, detail: JSON.parse(String(row['detail'])) }) as unknown as AuditEntry,
        ),
    addAudit: ({ at, user, action, kind, id, detail }) => {
      const values: SQLInputValue[] = [at, user, action, kind, id, JSON.stringify(detail)];
      addAudit.run(...values);
    },
  } satisfies Partial<Tables>;
}

function inTransaction(database: DatabaseSync, work: () => void): void {
  database.exec('BEGIN IMMEDIATE');
  try {
    work();
    database.exec('COMMIT');
  } catch (error) {
    // Some errors, such as a full disk, have ended the transaction already.
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

function migrate(database: DatabaseSync): void {
  const { user_version: found } = database.prepare('PRAGMA user_version').get() as {
    user_version: number;
  };
  if (found > schemaVersion)
    throw new Error(`it was written by a newer Guanjia (format ${found}, want ${schemaVersion})`);
  database.exec(schema);
  database.exec(`PRAGMA user_version = ${schemaVersion}`);
}

const isSqlite = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ERR_SQLITE_ERROR';

const unusable = (file: string, error: unknown) =>
  new AppError('DATA_DIR_UNUSABLE', `registry ${file}: ${messageOf(error)}`, { cause: error });

/**
 * The registry's file, made where it is not there; only its owner may read it.
 * @throws AppError `DATA_DIR_UNUSABLE`
 */
export function openTables(file: string): Tables {
  try {
    const database = new DatabaseSync(file, { timeout: 5000 });
    chmodSync(file, 0o600);
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
    inTransaction(database, () => migrate(database));
    return {
      ...readers(database),
      ...entityWriters(database),
      ...otherWriters(database),
      transaction(work) {
        try {
          inTransaction(database, work);
        } catch (error) {
          throw isSqlite(error) ? unusable(file, error) : error;
        }
      },
    };
  } catch (error) {
    throw unusable(file, error);
  }
}

/**
 * For a thread that only looks; the file must have been made by `openTables`.
 * @throws AppError `DATA_DIR_UNUSABLE`
 */
export function openReadTables(file: string): ReadTables {
  try {
    return readers(new DatabaseSync(file, { readOnly: true, timeout: 5000 }));
  } catch (error) {
    throw unusable(file, error);
  }
}
