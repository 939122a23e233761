import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import type { Context } from '../model/context.ts';
import type { FormAction, FormState } from '../model/form.ts';
import type {
  FormActor,
  FormBook,
  FormCalibre,
  FormEvent,
  FormKey,
  FormVersion,
  Frozen,
} from './forms.ts';
import {
  approved,
  checkRevision,
  corrected,
  entered,
  type FormStep,
  sentBack,
  submitted,
} from './steps.ts';

const schema = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  CREATE TABLE IF NOT EXISTS form_version (
    institution TEXT NOT NULL, period TEXT NOT NULL, version INTEGER NOT NULL, state TEXT NOT NULL, calibre TEXT NOT NULL, entered TEXT NOT NULL,
    reason TEXT, made_at INTEGER NOT NULL, made_by TEXT NOT NULL, submitted_at INTEGER, submitted_by TEXT, revision INTEGER NOT NULL, frozen TEXT,
    PRIMARY KEY (institution, period, version)
  ) STRICT;
  CREATE INDEX IF NOT EXISTS form_period ON form_version (period, institution, version);
  CREATE TABLE IF NOT EXISTS form_event (
    n INTEGER PRIMARY KEY, institution TEXT NOT NULL, period TEXT NOT NULL, version INTEGER NOT NULL, at INTEGER NOT NULL, user TEXT NOT NULL,
    action TEXT NOT NULL, comment TEXT
  ) STRICT;
  CREATE INDEX IF NOT EXISTS form_event_of ON form_event (institution, period, n);
`;

/** All but what was frozen, which is large. */
const columns =
  'institution, period, version, state, calibre, entered, reason, made_at, made_by, submitted_at, submitted_by, revision';

type Row = Record<string, SQLOutputValue>;

const textOrNull = (value: SQLOutputValue | undefined): string | null =>
  value == null ? null : String(value);

const toVersion = (row: Row): FormVersion => ({
  institution: String(row['institution']),
  period: String(row['period']),
  version: Number(row['version']),
  state: String(row['state']) as FormState,
  calibre: String(row['calibre']) as FormCalibre,
  entered: JSON.parse(String(row['entered'])) as FormVersion['entered'],
  reason: textOrNull(row['reason']),
  madeAt: Number(row['made_at']),
  madeBy: String(row['made_by']),
  submittedAt: row['submitted_at'] == null ? null : Number(row['submitted_at']),
  submittedBy: textOrNull(row['submitted_by']),
  revision: Number(row['revision']),
});

const toEvent = (row: Row): FormEvent => ({
  at: Number(row['at']),
  user: String(row['user']),
  version: Number(row['version']),
  action: String(row['action']) as FormAction,
  comment: textOrNull(row['comment']),
});

function prepare(database: DatabaseSync) {
  database.exec(schema);
  return {
    of: database.prepare(
      `SELECT ${columns} FROM form_version WHERE institution = ? AND period = ? ORDER BY version`,
    ),
    ofInstitution: database.prepare(
      `SELECT ${columns} FROM form_version WHERE institution = ? AND substr(period, 1, ?) = ? ORDER BY period, version`,
    ),
    ofPeriod: database.prepare(
      `SELECT ${columns} FROM form_version WHERE period = ? ORDER BY institution, version`,
    ),
    frozen: database.prepare(
      'SELECT frozen FROM form_version WHERE institution = ? AND period = ? AND version = ?',
    ),
    history: database.prepare(
      'SELECT * FROM form_event WHERE institution = ? AND period = ? ORDER BY n',
    ),
    keepers: database.prepare('SELECT DISTINCT institution FROM form_version'),
    put: database.prepare(
      `INSERT INTO form_version (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (institution, period, version) DO UPDATE SET state = excluded.state, calibre = excluded.calibre, entered = excluded.entered,
         submitted_at = excluded.submitted_at, submitted_by = excluded.submitted_by, revision = excluded.revision`,
    ),
    freeze: database.prepare(
      'UPDATE form_version SET frozen = ? WHERE institution = ? AND period = ? AND version = ?',
    ),
    tell: database.prepare(
      'INSERT INTO form_event (institution, period, version, at, user, action, comment) VALUES (?, ?, ?, ?, ?, ?, ?)',
    ),
  };
}

type Statements = ReturnType<typeof prepare>;

function put({ put: statement }: Statements, version: FormVersion): void {
  const { institution, period, version: n, state, calibre, reason, revision } = version;
  const { madeAt, madeBy, submittedAt, submittedBy } = version;
  const body = [state, calibre, JSON.stringify(version.entered), reason] as const;
  statement.run(
    institution,
    period,
    n,
    ...body,
    madeAt,
    madeBy,
    submittedAt,
    submittedBy,
    revision,
  );
}

/** Opens the forms kept in `database`, making the tables if need be. */
export function openFormBook(database: DatabaseSync, { now }: Pick<Context, 'now'>): FormBook {
  const sql = prepare(database);
  const versions = ({ institution, period }: FormKey) =>
    sql.of.all(institution, period).map(toVersion);
  const keep = ({ versions: made, event }: FormStep, { user, comment }: FormActor) => {
    for (const each of made) put(sql, each);
    if (!event) return;
    const { institution, period, version } = event.of;
    sql.tell.run(institution, period, version, now(), user, event.action, comment ?? null);
  };
  /** All or nothing. @returns the newest version as it now is */
  const change = (
    key: FormKey,
    actor: FormActor,
    step: (newest: FormVersion | undefined) => FormStep,
    frozen?: Frozen,
  ): FormVersion => {
    database.exec('BEGIN IMMEDIATE');
    try {
      const newest = versions(key).at(-1);
      checkRevision(newest, actor);
      const taken = step(newest);
      keep(taken, actor);
      const [made] = taken.versions;
      if (frozen) sql.freeze.run(JSON.stringify(frozen), key.institution, key.period, made.version);
      database.exec('COMMIT');
      return made;
    } catch (error) {
      database.exec('ROLLBACK');
      throw error;
    }
  };
  return {
    versions,
    ofInstitution: (institution, periods) =>
      sql.ofInstitution.all(institution, periods.length, periods).map(toVersion),
    ofPeriod: (period) => sql.ofPeriod.all(period).map(toVersion),
    frozen({ institution, period }, version) {
      const text = textOrNull(sql.frozen.get(institution, period, version)?.['frozen']);
      return text === null ? undefined : (JSON.parse(text) as Frozen);
    },
    history: ({ institution, period }) => sql.history.all(institution, period).map(toEvent),
    keepers: () => new Set(sql.keepers.all().map((row) => String(row['institution']))),
    enter: (key, changes, actor) =>
      change(key, actor, (newest) => entered(newest, { key, actor, now: now() }, changes)),
    submit: (key, frozen, actor) =>
      change(key, actor, (newest) => submitted(newest, { key, actor, now: now() }), frozen),
    approve: (key, actor) => change(key, actor, approved),
    sendBack: (key, actor) =>
      change(key, actor, (newest) => sentBack(newest, { key, actor, now: now() })),
    correct: (key, actor) =>
      change(key, actor, (newest) => corrected(newest, { key, actor, now: now() })),
  };
}
