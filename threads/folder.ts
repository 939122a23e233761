import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { finishPlacing } from '../backup/place.ts';
import { AppError, messageOf } from '../model/errors.ts';

/** What the data directory holds, by name. */
export interface DataFolder {
  readonly journal: string;
  readonly registry: string;
  readonly serverKey: string;
  /** Rule states, alerts and the outbox of messages. */
  readonly findings: string;
  readonly quarantine: string;
  readonly ledger: string;
  /** What was told of consumption, and amended. */
  readonly revisions: string;
  /** How far followers have come that keep no position themselves. */
  readonly places: string;
  readonly telemetry: string;
  readonly sessions: string;
  /** What was asked of terminals. */
  readonly commands: string;
  /** What was paid for vehicles. */
  readonly expenses: string;
  /** Statutory statistics and their versions. */
  readonly forms: string;
  readonly ports: string;
  /** Bearer token for commands on this machine; changes with every start. */
  readonly token: string;
}

export const dataFolder = (dir: string): DataFolder => ({
  journal: join(dir, 'journal'),
  registry: join(dir, 'registry.db'),
  serverKey: join(dir, 'server.key'),
  findings: join(dir, 'findings.db'),
  quarantine: join(dir, 'quarantine.db'),
  ledger: join(dir, 'ledger.db'),
  revisions: join(dir, 'revisions.db'),
  places: join(dir, 'places.db'),
  telemetry: join(dir, 'telemetry.duckdb'),
  sessions: join(dir, 'sessions.db'),
  commands: join(dir, 'commands.db'),
  expenses: join(dir, 'expenses.db'),
  forms: join(dir, 'forms.db'),
  ports: join(dir, 'ports.json'),
  token: join(dir, 'token'),
});

/**
 * Makes the data directory where it is missing and holds it for this process; a second service on the same directory is refused.
 * A restore that was cut short is ended first.
 * The hold ends with the process, however it ends.
 * @returns what lets go of it
 * @throws AppError `DATA_DIR_UNUSABLE`
 */
export function holdFolder(dir: string): () => void {
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    const probe = join(dir, '.probe');
    writeFileSync(probe, '');
    rmSync(probe);
  } catch (cause) {
    throw new AppError(
      'DATA_DIR_UNUSABLE',
      `The data directory ${dir} cannot be used: ${messageOf(cause)}`,
      { cause },
    );
  }
  const lock = lockFolder(dir);
  try {
    finishPlacing(dir);
  } catch (cause) {
    lock.close();
    throw new AppError(
      'DATA_DIR_UNUSABLE',
      `A restore into ${dir} that was cut short could not be ended: ${messageOf(cause)}`,
      { cause },
    );
  }
  return () => lock.close();
}

function lockFolder(dir: string): DatabaseSync {
  try {
    const lock = new DatabaseSync(join(dir, 'lock.db'));
    lock.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    return lock;
  } catch (cause) {
    throw new AppError(
      'DATA_DIR_UNUSABLE',
      `The data directory ${dir} is in use by another Guanjia.`,
      { cause },
    );
  }
}

/** A file only its owner may read. */
export function writePrivate(file: string, text: string): void {
  writeFileSync(file, text, { mode: 0o600 });
  chmodSync(file, 0o600);
}
