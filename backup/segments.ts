import { constants, copyFile, type FileHandle, open } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { realFileSystem } from '../journal/file-system.ts';
import { headerBytes, listSegments, segmentPath } from '../journal/segment.ts';
import { AppError } from '../model/errors.ts';

/** Segments of a journal that is being written and whose oldest segments may be deleted at any moment. */

interface Pinned {
  readonly first: number;
  readonly file: FileHandle;
}

/** Open files: what is deleted meanwhile can be read all the same. Ascending by `first`. */
export interface Pins {
  readonly segments: readonly Pinned[];
  close(): Promise<void>;
}

/** Name of a segment's part. */
export const partName = (first: number): string => `journal/${basename(segmentPath('', first))}`;

export async function pinSegments(dir: string): Promise<Pins> {
  const segments: Pinned[] = [];
  await addSegments(dir, segments);
  return {
    segments,
    async close() {
      for (const { file } of segments.splice(0)) await file.close();
    },
  };
}

async function addSegments(dir: string, segments: Pinned[]): Promise<void> {
  const newest = segments.at(-1)?.first ?? -1;
  for (const { first } of await listSegments(realFileSystem, dir)) {
    if (first <= newest) continue;
    const file = await open(segmentPath(dir, first)).catch(unlessGone);
    if (file) segments.push({ first, file });
  }
}

function unlessGone(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}

const outran = () =>
  new AppError(
    'SERVICE_BUSY',
    '日志在备份期间已被清除。 The journal was deleted faster than it was backed up; try again, with more journalDays or journalMaxBytes.',
    { retryable: true },
  );

/**
 * Adds what has been begun since. @returns the pins from the one that holds the position behind `oldest`, or one written to since `writtenSince`
 * @throws AppError `SERVICE_BUSY` where some are gone that were never pinned
 */
export async function pinRest(
  dir: string,
  pins: Pins,
  oldest: number,
  writtenSince: number,
): Promise<readonly Pinned[]> {
  const segments = pins.segments as Pinned[];
  const newest = segments.at(-1)?.first;
  await addSegments(dir, segments);
  const left = await listSegments(realFileSystem, dir);
  // The oldest goes first, so one that is still there has all those behind it.
  if (newest !== undefined && !left.some(({ first }) => first === newest)) throw outran();
  if (oldest > 0 && segments[0] && segments[0].first > oldest + 1) throw outran();
  for (const [index, { file }] of segments.entries()) {
    const next = segments[index + 1];
    const isWanted = next === undefined || next.first > oldest + 1;
    if (isWanted || (await file.stat()).mtimeMs >= writtenSince) return segments.slice(index);
  }
  return [];
}

async function headerOf(path: string): Promise<Buffer> {
  const header = Buffer.alloc(headerBytes);
  const file = await open(path);
  try {
    await file.read(header, 0, headerBytes, 0);
    return header;
  } finally {
    await file.close();
  }
}

const apart = (dir: string, detail: string) =>
  new AppError(
    'INPUT_INVALID',
    `该日志与备份不连续。 The journal in ${dir} does not go on where the backup ends: ${detail}`,
  );

/**
 * Copies a newer journal over the one that was restored. It must be the same one grown longer: the last segment that was restored with anything in
 * it is there and begins alike; its header has a number drawn at random.
 * @param position up to where the stores that were restored need no journal
 * @returns how many segments were copied
 * @throws AppError `INPUT_INVALID`
 */
export async function mergeJournal(
  newer: string,
  restored: string,
  position: number,
): Promise<number> {
  const theirs = await listSegments(realFileSystem, newer);
  const ours = await listSegments(realFileSystem, restored);
  const last = ours.findLast(({ bytes }) => bytes > headerBytes);
  const from = last?.first ?? 0;
  const wanted = theirs.filter(({ first }) => first >= from);
  const [begin] = wanted;
  if (!begin) throw apart(newer, 'it has nothing newer');
  if (last) await mustBeginAlike(newer, restored, last.first, begin.first);
  else if (begin.first > position + 1) throw apart(newer, `it begins at ${begin.first}`);
  // A service that was killed may have cut a torn tail off what was whole when it was backed up.
  const isShorter = wanted.length === 1 && begin.bytes < (last?.bytes ?? 0);
  if (isShorter) return 0;
  for (const { first } of wanted) await copyDurably(segmentPath(newer, first), restored);
  return wanted.length;
}

async function mustBeginAlike(
  newer: string,
  restored: string,
  first: number,
  begin: number,
): Promise<void> {
  const name = basename(segmentPath(restored, first));
  if (begin !== first) throw apart(newer, `${name} is missing`);
  const [theirs, ours] = await Promise.all(
    [newer, restored].map((dir) => headerOf(segmentPath(dir, first))),
  );
  if (!(theirs && ours?.equals(theirs))) throw apart(newer, `${name} is another one`);
}

async function copyDurably(path: string, dir: string): Promise<void> {
  const target = join(dir, basename(path));
  await copyFile(path, target, constants.COPYFILE_FICLONE);
  const file = await open(target, 'r+');
  try {
    await file.chmod(0o600);
    await file.sync();
  } finally {
    await file.close();
  }
}
