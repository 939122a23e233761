import type { Context } from '../model/context.ts';
import type { Entry } from '../model/envelope.ts';
import { createDamage } from './damage.ts';
import { type FileSystem, type JournalFile, realFileSystem } from './file-system.ts';
import type { headOf } from './head.ts';
import type { JournalDamage, JournalReader, JournalRun } from './journal.ts';
import { decodeRecord, findRecord, neededBytes, seqOf, validRecord } from './record.ts';
import { listFirsts, readHeader, type SegmentHeader, segmentPath } from './segment.ts';
import { isUnreadable, nextRecord, readAround } from './unreadable.ts';

/** Bytes read at once: little while following the head, much while catching up. */
const chunkBytesMin = 64 << 10;
const chunkBytesMax = 2 << 20;

/** So often whoever reads is told that the disk cannot: it may be away for a while. Then what it cannot read is damage. */
const patience = 10;

interface Reader {
  readonly fs: FileSystem;
  readonly dir: string;
  readonly head: ReturnType<typeof headOf>;
  readonly damage: ReturnType<typeof createDamage>;
  /** First `seq` of every segment, ascending, as of when `listedAt` was the one written to. */
  firsts: readonly number[];
  listedAt: number;
  file: JournalFile | undefined;
  /** First `seq` of the open segment, and of the one behind it. */
  first: number;
  nextFirst: number;
  salt: number;
  /** Where the record of `here` begins in the file. */
  offset: number;
  /** `seq` that comes next in the file, and that which is wanted next: this one or a later one. */
  here: number;
  next: number;
  chunk: Buffer;
  /** Where `offset` is in the chunk. */
  at: number;
  /** Records of the chunk count up to this `seq`; later ones may have been read before they were durable. */
  trusted: number;
  chunkBytes: number;
  /** How often the disk could not read the open segment. */
  failures: number;
}

/** Reads a journal that may be written meanwhile, here or in another thread. One `read` at a time. */
export function openReader(
  dir: string,
  head: ReturnType<typeof headOf>,
  context: Context,
  fs: FileSystem = realFileSystem,
): JournalReader & {
  /** What was passed over since the reader was opened; what is met again counts once. */
  damage(): JournalDamage;
} {
  const reader: Reader = {
    fs,
    dir,
    head,
    damage: createDamage(context, 'reading'),
    firsts: [],
    listedAt: -1,
    file: undefined,
    first: 0,
    nextFirst: Infinity,
    salt: 0,
    offset: 0,
    here: 0,
    next: 0,
    chunk: Buffer.alloc(0),
    at: 0,
    trusted: 0,
    chunkBytes: chunkBytesMin,
    failures: 0,
  };
  return {
    read: (after, limit) => read(reader, after, limit),
    damage: reader.damage.total,
    async close() {
      await reader.file?.close();
      reader.file = undefined;
    },
  };
}

async function read(
  reader: Reader,
  after: number,
  limit: { readonly entries: number; readonly bytes: number },
): Promise<JournalRun> {
  const head = reader.head.seq();
  const entries: Entry[] = [];
  if (head <= after) return { entries, upTo: after };
  if (!reader.file || reader.next !== after + 1) await openAt(reader, after + 1);
  let bytes = 0;
  while (reader.next <= head && entries.length < limit.entries && bytes < limit.bytes) {
    const record = soundBytes(reader);
    if (record > 0) take(reader, record, entries);
    else await advance(reader);
    bytes += record;
  }
  return { entries, upTo: reader.next - 1 };
}

/** Bytes of the record that comes next in the chunk; 0 where there is none that counts. */
function soundBytes({ chunk, at, salt, next, trusted, nextFirst }: Reader): number {
  const last = Math.min(trusted, nextFirst - 1);
  if (next > last) return 0;
  const bytes = validRecord(chunk, at, chunk.length, salt);
  return bytes > 0 && seqOf(chunk, at) <= last ? bytes : 0;
}

function take(reader: Reader, bytes: number, entries: Entry[]): void {
  const { chunk, at } = reader;
  const seq = seqOf(chunk, at);
  if (seq > reader.here) lose(reader, seq, 0);
  reader.at += bytes;
  reader.offset += bytes;
  reader.here = Math.max(reader.here, seq + 1);
  if (seq < reader.next) return;
  reader.next = seq;
  const entry = decodeRecord(chunk, at, bytes);
  if (entry) entries.push(entry);
  else {
    const { first: segment, offset } = reader;
    reader.damage.add({ segment, offset: offset - bytes, bytes, from: seq, positions: 1 });
  }
  reader.next = seq + 1;
}

/** Counts `bytes` from here on as damage, and the positions up to `seq` as missing, and passes over the latter. */
function lose(reader: Reader, seq: number, bytes: number): void {
  const { first: segment, offset, here: from } = reader;
  const positions = Math.max(0, seq - from);
  reader.damage.add({ segment, offset, bytes, from, positions });
  reader.here = from + positions;
  reader.next = Math.max(reader.next, reader.here);
}

/** Gets on where the chunk has nothing more to give: to the next segment, to more of the file, or past damage. */
async function advance(reader: Reader): Promise<void> {
  await refreshList(reader);
  if (reader.next >= reader.nextFirst) return openAt(reader, reader.next);
  if (passInChunk(reader)) return;
  const more = await fill(reader, 0);
  const needed = neededBytes(reader.chunk, 0, reader.chunk.length);
  if (more && needed > reader.chunk.length) await fill(reader, needed);
  if (reader.next < reader.nextFirst && soundBytes(reader) === 0) await passDamage(reader);
}

/** Reads on from `offset`. @returns whether the file may have more */
async function fill(reader: Reader, needed: number): Promise<boolean> {
  const { file } = reader;
  if (!file) return false;
  // The head first: what is on disk up to it will not change any more.
  reader.trusted = reader.head.seq();
  await refreshList(reader);
  const target = Buffer.allocUnsafeSlow(Math.max(needed, reader.chunkBytes));
  const got = await patiently(
    reader,
    () => file.read(target, reader.offset),
    async () => (await readAround(file, target, reader.offset)).bytes,
  );
  const full = got === target.length;
  reader.chunkBytes = full
    ? Math.min(chunkBytesMax, reader.chunkBytes * 2)
    : Math.max(chunkBytesMin, reader.chunkBytes / 2);
  reader.chunk = target.subarray(0, got);
  reader.at = 0;
  return full;
}

/** Reads as is usual, and otherwise where the disk could not for long enough. */
async function patiently<T>(
  reader: Reader,
  usual: () => Promise<T>,
  otherwise: () => Promise<T>,
): Promise<T> {
  try {
    return await usual();
  } catch (error) {
    if (!isUnreadable(error) || ++reader.failures < patience) throw error;
    return otherwise();
  }
}

/** @returns whether the chunk has a sound record further on, so that what is before it is damage */
function passInChunk(reader: Reader): boolean {
  const { chunk, at, salt, here, trusted, nextFirst } = reader;
  const found = findRecord(chunk, at, salt, here, Math.min(trusted, nextFirst - 1));
  if (found <= at) return false;
  lose(reader, seqOf(chunk, found), found - at);
  reader.offset += found - at;
  reader.at = found;
  return true;
}

/** Looks through the rest of the segment for a sound record. */
async function passDamage(reader: Reader): Promise<void> {
  const { file, offset, here } = reader;
  if (!file) return;
  // All positions up to there are in the file, or lost.
  const last = Math.min(reader.head.seq(), reader.nextFirst - 1);
  const found = await nextRecord(file, offset, reader.salt, here);
  lose(reader, Math.min(found.seq, last + 1), found.offset - offset);
  if (found.seq !== Infinity) reader.offset = found.offset;
  reader.chunk = Buffer.alloc(0);
  reader.at = 0;
}

/** Opens the segment that has `seq`, or else the first one behind it. */
async function openAt(reader: Reader, seq: number): Promise<void> {
  await reader.file?.close();
  reader.file = undefined;
  reader.next = seq;
  reader.chunk = Buffer.alloc(0);
  reader.at = 0;
  reader.trusted = 0;
  for (;;) {
    await refreshList(reader);
    const first =
      reader.firsts.findLast((candidate) => candidate <= reader.next) ?? reader.firsts[0];
    reader.first = first ?? 0;
    reader.here = first ?? reader.next;
    reader.offset = 0;
    if (first === undefined) return lose(reader, reader.head.seq() + 1, 0);
    // Older segments were deleted because every sink had passed them.
    reader.next = Math.max(reader.next, first);
    if (await openSegment(reader, first)) return;
    if (reader.next > reader.head.seq()) return;
    // The list may name what has been deleted since.
    reader.listedAt = -1;
  }
}

/** @returns whether the segment can be read; false where it has gone or was passed over */
async function openSegment(reader: Reader, first: number): Promise<boolean> {
  const { fs, dir } = reader;
  reader.nextFirst = reader.firsts.find((candidate) => candidate > first) ?? Infinity;
  let file: JournalFile;
  try {
    file = await fs.open(segmentPath(dir, first), 'read');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
  const header = await headerOf(reader, file);
  if (!header) {
    const bytes = await file.size();
    await file.close();
    lose(reader, Math.min(reader.nextFirst, reader.head.seq() + 1), bytes);
    return false;
  }
  lose(reader, first, header.damagedBytes);
  reader.file = file;
  reader.salt = header.salt;
  reader.offset = header.recordsAt;
  reader.failures = 0;
  return true;
}

async function headerOf(reader: Reader, file: JournalFile): Promise<SegmentHeader | undefined> {
  try {
    const otherwise = async () => {
      // Throws where nothing can be read: the disk is away, and the segment is not lost.
      await readAround(file, Buffer.allocUnsafeSlow(chunkBytesMax), 0);
      return undefined;
    };
    return await patiently(reader, () => readHeader(file, reader.first), otherwise);
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** A segment is told before the head passes its first `seq`, so the list holds until another one is. */
async function refreshList(reader: Reader): Promise<void> {
  const segment = reader.head.segment();
  if (segment === reader.listedAt) return;
  reader.firsts = await listFirsts(reader.fs, reader.dir);
  reader.listedAt = segment;
  reader.nextFirst = reader.firsts.find((candidate) => candidate > reader.first) ?? Infinity;
}
