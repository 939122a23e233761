import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { FileSystem, JournalFile } from './file-system.ts';
import { findRecord, receivedAtOf, seqOf, validRecord } from './record.ts';

/**
 * A segment is a file named by its first `seq`. It begins with a header, little endian:
 *
 *     0  8 bytes  magic      8  u32  version      12  u32  salt of the records' checksums
 *    16  f64  first seq     24  f64  newest receivedAt of the segment before, Unix ms UTC; 0 for none
 *    32  u32  CRC-32 of the 32 bytes before
 *
 * Its records end where the next segment begins: what a failed write left behind further on does not count.
 */
export const headerBytes = 36;
const magic = Buffer.from('GUANJIAJ');
const version = 1;
const suffix = '.seg';
const namePattern = /^\d{20}\.seg$/;

export interface SegmentHeader {
  readonly first: number;
  readonly salt: number;
  readonly newestBefore: number;
}

const nameOf = (first: number): string => `${String(first).padStart(20, '0')}${suffix}`;

/** Path of the segment that begins with `first`. */
export const segmentPath = (dir: string, first: number): string => join(dir, nameOf(first));

/** Segments of the directory, oldest first. */
export async function listSegments(
  fs: FileSystem,
  dir: string,
): Promise<{ readonly first: number; readonly bytes: number }[]> {
  const files = await fs.list(dir);
  return files
    .filter(({ name }) => namePattern.test(name))
    .map(({ name, bytes }) => ({ first: Number(name.slice(0, -suffix.length)), bytes }))
    .sort((a, b) => a.first - b.first);
}

function encodeHeader({ first, salt, newestBefore }: SegmentHeader): Buffer {
  const header = Buffer.alloc(headerBytes);
  magic.copy(header);
  header.writeUInt32LE(version, 8);
  header.writeUInt32LE(salt, 12);
  header.writeDoubleLE(first, 16);
  header.writeDoubleLE(newestBefore, 24);
  header.writeUInt32LE(crc32(header.subarray(0, 32)), 32);
  return header;
}

/** Undefined where the header is damaged, cut off, or of another segment or version. */
export async function readHeader(
  file: JournalFile,
  first: number,
): Promise<SegmentHeader | undefined> {
  const header = Buffer.alloc(headerBytes);
  if ((await file.read(header, 0)) < headerBytes) return undefined;
  const whole =
    magic.equals(header.subarray(0, magic.length)) &&
    header.readUInt32LE(8) === version &&
    header.readUInt32LE(32) === crc32(header.subarray(0, 32)) &&
    header.readDoubleLE(16) === first;
  if (!whole) return undefined;
  return { first, salt: header.readUInt32LE(12), newestBefore: header.readDoubleLE(24) };
}

/** A new segment with its header, itself and its name durable. */
export async function createSegment(
  fs: FileSystem,
  dir: string,
  first: number,
  newestBefore: number,
): Promise<{ readonly file: JournalFile; readonly salt: number }> {
  const path = segmentPath(dir, first);
  const salt = randomInt(2 ** 32);
  const file = await createAnew(fs, path);
  try {
    await file.write(encodeHeader({ first, salt, newestBefore }), 0);
    await file.sync();
    await fs.syncDirectory(dir);
    return { file, salt };
  } catch (error) {
    // The name must be free for the next try.
    await file.close().catch(() => {});
    await fs.remove(path).catch(() => {});
    throw error;
  }
}

/** A file of that name is what a failed try could not delete. */
async function createAnew(fs: FileSystem, path: string): Promise<JournalFile> {
  try {
    return await fs.create(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    await fs.remove(path);
    return fs.create(path);
  }
}

export interface Scan {
  /** Where the last undamaged record ends. */
  readonly end: number;
  /** `seq` of the last undamaged record; one before the segment's first where there is none. */
  readonly last: number;
  readonly newestReceivedAt: number;
  /** Records lost to damage before `end`. */
  readonly damaged: number;
}

/** Looks at every record of a whole segment file; passes over damage that has sound records behind it. */
export function scanSegment(segment: Buffer, { first, salt }: SegmentHeader): Scan {
  let at = headerBytes;
  let last = first - 1;
  let newestReceivedAt = 0;
  let damaged = 0;
  while (at < segment.length) {
    const found =
      validRecord(segment, at, segment.length, salt) > 0
        ? at
        : findRecord(segment, at + 1, salt, last + 1, last + segment.length);
    if (found < 0) break;
    const seq = seqOf(segment, found);
    damaged += Math.max(0, seq - last - 1);
    last = seq;
    newestReceivedAt = Math.max(newestReceivedAt, receivedAtOf(segment, found));
    at = found + validRecord(segment, found, segment.length, salt);
  }
  return { end: at, last, newestReceivedAt, damaged };
}
