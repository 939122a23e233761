import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { PassThrough, Readable } from 'node:stream';
import { readArchive } from '../../backup/archive.ts';
import { type Sources, type Taking, takeBackup } from '../../backup/take.ts';
import { openJournal } from '../../journal/file-journal.ts';
import { createHead } from '../../journal/head.ts';
import { quiet } from '../../model/context.ts';
import type { Envelope } from '../../model/envelope.ts';

export const noon = Date.UTC(2026, 10, 23, 4);

export const makeFolder = (): string => mkdtempSync(join(tmpdir(), 'guanjia-backup-'));
export const removeFolder = (folder: string): void =>
  rmSync(folder, { recursive: true, force: true });

const envelope = (n: number): Envelope => ({
  door: 'mqtt',
  protocol: 'mqtt-json',
  device: 'm1',
  receivedAt: noon + n,
  bytes: Buffer.from(`{"at":${noon + n},"values":{"energy_import_kwh":${n}}}`.padEnd(200)),
});

/** Numbers `from` to `to` into the journal of a data directory, in small segments. */
export async function journalled(dir: string, from: number, to: number): Promise<void> {
  const options = { maxBytes: 1 << 20, keepDays: 7, segmentBytes: 4096, head: createHead() };
  const journal = await openJournal(join(dir, 'journal'), options, quiet);
  for (let n = from; n <= to; n++) await journal.append(envelope(n));
  await journal.close();
}

/** A data directory with something in every file; the telemetry is any bytes, for nobody opens it here. */
export async function makeData(folder: string): Promise<Sources> {
  const dir = join(folder, 'data');
  mkdirSync(dir);
  const file = (name: string) => join(dir, name);
  for (const name of ['registry', 'findings', 'ledger']) {
    const database = new DatabaseSync(file(`${name}.db`));
    database.exec('PRAGMA journal_mode = WAL; CREATE TABLE word (n INTEGER PRIMARY KEY, w TEXT)');
    database.prepare('INSERT INTO word VALUES (1, ?)').run(`of ${name}`);
    database.close();
  }
  writeFileSync(file('server.key'), Buffer.alloc(32, 7));
  writeFileSync(file('telemetry.duckdb'), Buffer.from('telemetry '.repeat(5_000)));
  await journalled(dir, 1, 100);
  return {
    telemetry: file('telemetry.duckdb'),
    serverKey: file('server.key'),
    journal: file('journal'),
    databases: ['places.db', 'findings.db', 'ledger.db', 'registry.db'].map(file),
    staging: file('backup-staging'),
  };
}

/** @returns the archive */
export async function take(sources: Sources, over: Partial<Taking> = {}): Promise<Buffer> {
  const output = new PassThrough();
  const gathering = output.toArray() as Promise<Buffer[]>;
  gathering.catch(() => {});
  await takeBackup(sources, {
    freeze: async () => ({ store: 60, oldest: 60 }),
    output,
    now: () => Date.now(),
    ...over,
  });
  return Buffer.concat(await gathering);
}

/** Names and contents of an archive's parts. */
export async function partsOf(archive: Buffer): Promise<Map<string, Buffer>> {
  const parts = new Map<string, Buffer>();
  await readArchive(Readable.from([archive]), async (name, chunks) => {
    parts.set(name, Buffer.concat(await Readable.from(chunks).toArray()));
  });
  return parts;
}

/** Every file below a folder with its contents. */
export function filesOf(dir: string): Record<string, string> {
  const names = readdirSync(dir, { recursive: true, withFileTypes: true });
  return Object.fromEntries(
    names
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path.slice(dir.length + 1), readFileSync(path, 'latin1')])
      .sort(),
  );
}

export function wordIn(file: string): unknown {
  const database = new DatabaseSync(file);
  try {
    return database.prepare('SELECT w FROM word').get()?.['w'];
  } finally {
    database.close();
  }
}
