import { existsSync } from 'node:fs';
import { type FileHandle, mkdir, open, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Writable } from 'node:stream';
import { AppError } from '../model/errors.ts';
import { minuteMs, secondMs } from '../model/time.ts';
import { type Part, type Progress, writeArchive } from './archive.ts';
import type { Manifest } from './manifest.ts';
import { type Pins, partName, pinRest, pinSegments } from './segments.ts';

/** Files of a data directory, by what they are. */
export interface Sources {
  readonly telemetry: string;
  readonly serverKey: string;
  readonly journal: string;
  /** SQLite files in the order in which they are copied; those that are not there are left out. */
  readonly databases: readonly string[];
  /** What is done to the copy of a database before it goes into the archive. */
  readonly amend?: (name: string, copy: string) => void;
  /** Folder for copies until they are in the archive; emptied before and removed after. */
  readonly staging: string;
}

export interface Frozen {
  /** Journal positions: of the telemetry as it stands on disk, and of the sink that is furthest behind. */
  readonly store: number;
  readonly oldest: number;
}

export interface Taking {
  /** Makes the telemetry file whole and lets it stand until the archive is written. */
  freeze(): Promise<Frozen>;
  /** Everything is at hand; from here on only bytes are moved. @param bytes of all parts */
  ready?(bytes: number): void;
  readonly output: Writable;
  readonly progress?: Progress;
  now(): number;
}

/** Messages without a time that are sent again are known by the journal of the last ten minutes. */
const resendMs = 15 * minuteMs;

/** Where DuckDB's headers end; every checkpoint rewrites one of them. */
const telemetryHeaderBytes = 12_288;
const chunkBytes = 1 << 20;
const busyMs = 10 * secondMs;

/**
 * Writes an archive of a data directory that may be in use. Telemetry first, the journal last: whatever a copy has not seen yet stands in the
 * journal, and what a later copy has seen already is told by its own position.
 * @throws AppError `SERVICE_BUSY` where files changed under way that must not
 */
export async function takeBackup(sources: Sources, taking: Taking): Promise<Manifest> {
  const { staging } = sources;
  const opened: FileHandle[] = [];
  await rm(staging, { recursive: true, force: true });
  await mkdir(staging, { mode: 0o700 });
  const pins = await pinSegments(sources.journal);
  try {
    const { parts, about } = await gather(sources, taking, pins, opened);
    taking.ready?.(parts.reduce((sum, { bytes }) => sum + bytes, 0));
    return await writeArchive(parts, about, taking.output, taking.progress);
  } finally {
    for (const file of opened) await file.close();
    await pins.close();
    await rm(staging, { recursive: true, force: true });
  }
}

async function gather(sources: Sources, taking: Taking, pins: Pins, opened: FileHandle[]) {
  const { telemetry, databases, amend, serverKey, staging, journal } = sources;
  const openPart = async (path: string) => {
    const file = await open(path);
    opened.push(file);
    return partOf(basename(path), file);
  };
  const positions = await taking.freeze();
  const takenAt = taking.now();
  const file = await open(telemetry);
  opened.push(file);
  const parts = [unchanging(await partOf(basename(telemetry), file), file, await headerOf(file))];
  for (const database of databases.filter(existsSync)) {
    const copy = snapshot(database, staging);
    amend?.(basename(database), copy);
    parts.push(await openPart(copy));
  }
  parts.push(await openPart(serverKey));
  const segments = await pinRest(journal, pins, positions.oldest, takenAt - resendMs);
  for (const segment of segments) parts.push(await partOf(partName(segment.first), segment.file));
  return { parts, about: { takenAt, positions } };
}

/** A copy of a SQLite file as one transaction sees it. Whoever writes to it is not held up. @returns its path */
function snapshot(database: string, staging: string): string {
  const copy = join(staging, basename(database));
  const connection = new DatabaseSync(database, { timeout: busyMs });
  try {
    connection.prepare('VACUUM INTO ?').run(copy);
  } finally {
    connection.close();
  }
  return copy;
}

/** What the file holds now; it may grow meanwhile. */
async function partOf(name: string, file: FileHandle): Promise<Part> {
  const { size } = await file.stat();
  return { name, bytes: size, read: () => chunksOf(name, file, size) };
}

async function* chunksOf(name: string, file: FileHandle, bytes: number) {
  for (let at = 0; at < bytes; ) {
    const chunk = Buffer.allocUnsafe(Math.min(chunkBytes, bytes - at));
    const { bytesRead } = await file.read(chunk, 0, chunk.length, at);
    if (bytesRead === 0) throw changed(name);
    at += bytesRead;
    yield chunk.subarray(0, bytesRead);
  }
}

const changed = (name: string): AppError =>
  new AppError(
    'SERVICE_BUSY',
    `${name} 在备份期间被改动，请重试。 ${name} changed while it was copied; try again.`,
    { retryable: true },
  );

/** A part whose last byte is handed on only if nothing it hangs together by was rewritten since it was made whole. */
function unchanging(part: Part, file: FileHandle, header: Buffer): Part {
  return {
    ...part,
    async *read() {
      yield* part.read();
      if (!header.equals(await headerOf(file))) throw changed(part.name);
    },
  };
}

async function headerOf(file: FileHandle): Promise<Buffer> {
  const header = Buffer.alloc(telemetryHeaderBytes);
  await file.read(header, 0, header.length, 0);
  return header;
}
