import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { Stretch } from './damage.ts';
import type { FileSystem, JournalFile } from './file-system.ts';
import { findRecord, seqOf, validRecord } from './record.ts';

/**
 * A segment is a file named by its first `seq`. It begins with a header, little endian:
 *
 *     0  8 bytes  magic      8  u32  version      12  u32  salt of the records' checksums
 *    16  f64  first seq     24  8 bytes  not used
 *    32  u32  CRC-32 of the 32 bytes before
 *
 * and with the same again, so that no single damage takes the salt from all its records. Version 1 has it once.
 * Its records end where the next segment begins: what a failed write left behind further on does not count.
 */
const copyBytes = 36;
/** Bytes before the first record of a new segment. */
export const headerBytes = 2 * copyBytes;
const magic = Buffer.from('GUANJIAJ');
const version = 2;
const suffix = '.seg';
const namePattern = /^\d{20}\.seg$/;

export interface SegmentHeader {
  readonly first: number;
  readonly salt: number;
  /** Where the first record begins. */
  readonly recordsAt: number;
  /** Bytes of the header that are damaged; the other copy told the rest. */
  readonly damagedBytes: number;
}

const nameOf = (first: number): string => `${String(first).padStart(20, '0')}${suffix}`;

/** Path of the segment that begins with `first`. */
export const segmentPath = (dir: string, first: number): string => join(dir, nameOf(first));

const firstOf = (name: string): number => Number(name.slice(0, -suffix.length));

/** Segments of the directory, oldest first. */
export async function listSegments(
  fs: FileSystem,
  dir: string,
): Promise<{ readonly first: number; readonly bytes: number }[]> {
  const files = await fs.list(dir);
  return files
    .filter(({ name }) => namePattern.test(name))
    .map(({ name, bytes }) => ({ first: firstOf(name), bytes }))
    .sort((a, b) => a.first - b.first);
}

/** First `seq` of every segment of the directory, ascending. Looks at names only: there may be thousands. */
export async function listFirsts(fs: FileSystem, dir: string): Promise<readonly number[]> {
  const names = await fs.names(dir);
  return names
    .filter((name) => namePattern.test(name))
    .map(firstOf)
    .sort((a, b) => a - b);
}

function encodeHeader(first: number, salt: number): Buffer {
  const header = Buffer.alloc(copyBytes);
  magic.copy(header);
  header.writeUInt32LE(version, 8);
  header.writeUInt32LE(salt, 12);
  header.writeDoubleLE(first, 16);
  header.writeUInt32LE(crc32(header.subarray(0, 32)), 32);
  return Buffer.concat([header, header]);
}

/** Undefined where the header is damaged, cut off, or of another segment or version. */
export async function readHeader(
  file: JournalFile,
  first: number,
): Promise<SegmentHeader | undefined> {
  const header = Buffer.alloc(headerBytes);
  const got = await file.read(header, 0);
  const copies = [header.subarray(0, copyBytes), header.subarray(copyBytes, got)];
  const [one, two] = copies.map((copy) => readCopy(copy, first));
  if (!one && !two) return undefined;
  const { salt, version: found } = one ?? two ?? { salt: 0, version };
  const recordsAt = found === 1 ? copyBytes : headerBytes;
  const damagedBytes = found === 1 || (one && two) ? 0 : copyBytes;
  return { first, salt, recordsAt, damagedBytes };
}

function readCopy(
  copy: Buffer,
  first: number,
): { readonly salt: number; readonly version: number } | undefined {
  if (copy.length < copyBytes) return undefined;
  const found = copy.readUInt32LE(8);
  const whole =
    magic.equals(copy.subarray(0, magic.length)) &&
    (found === 1 || found === version) &&
    copy.readUInt32LE(32) === crc32(copy.subarray(0, 32)) &&
    copy.readDoubleLE(16) === first;
  return whole ? { salt: copy.readUInt32LE(12), version: found } : undefined;
}

/** A new segment with its header, itself and its name durable. */
export async function createSegment(
  fs: FileSystem,
  dir: string,
  first: number,
): Promise<{ readonly file: JournalFile; readonly salt: number }> {
  const path = segmentPath(dir, first);
  const salt = randomInt(2 ** 32);
  const file = await createAnew(fs, path);
  try {
    await file.write(encodeHeader(first, salt), 0);
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
  /** What is damaged before `end`. */
  readonly damage: readonly Stretch[];
}

/** Looks at every record of a whole segment file; passes over damage that has sound records behind it. */
export function scanSegment(segment: Buffer, { first, salt, recordsAt }: SegmentHeader): Scan {
  let at = recordsAt;
  let last = first - 1;
  const damage: Stretch[] = [];
  while (at < segment.length) {
    const found =
      validRecord(segment, at, segment.length, salt) > 0
        ? at
        : findRecord(segment, at + 1, salt, last + 1, last + segment.length);
    if (found < 0) break;
    const seq = seqOf(segment, found);
    const positions = Math.max(0, seq - last - 1);
    if (found > at || positions > 0)
      damage.push({ segment: first, offset: at, bytes: found - at, from: last + 1, positions });
    last = Math.max(last, seq);
    at = found + validRecord(segment, found, segment.length, salt);
  }
  return { end: at, last, damage };
}
