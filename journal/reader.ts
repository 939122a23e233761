import type { Context } from '../model/context.ts';
import type { Entry } from '../model/envelope.ts';
import { type FileSystem, type JournalFile, realFileSystem } from './file-system.ts';
import type { JournalHead, JournalReader, JournalRun } from './journal.ts';
import { decodeRecord, findRecord, neededBytes, seqOf, validRecord } from './record.ts';
import { headerBytes, listSegments, readHeader, segmentPath } from './segment.ts';

/** Bytes read at once: little while following the head, much while catching up. */
const chunkBytesMin = 64 << 10;
const chunkBytesMax = 2 << 20;

interface Reader {
  readonly fs: FileSystem;
  readonly dir: string;
  readonly head: JournalHead;
  readonly context: Context;
  /** First `seq` of every segment, ascending, as of when the head was at `listedAt`. */
  firsts: readonly number[];
  listedAt: number;
  file: JournalFile | undefined;
  /** First `seq` of the open segment, and of the one behind it. */
  first: number;
  nextFirst: number;
  salt: number;
  /** Where the record of `next`, or one before it, begins in the file. */
  offset: number;
  /** `seq` wanted next. */
  next: number;
  chunk: Buffer;
  /** Where `offset` is in the chunk. */
  at: number;
  /** Records of the chunk count up to this `seq`; later ones may have been read before they were durable. */
  trusted: number;
  chunkBytes: number;
}

/** Reads a journal that may be written meanwhile, here or in another thread. One `read` at a time. */
export function openReader(
  dir: string,
  head: JournalHead,
  context: Context,
  fs: FileSystem = realFileSystem,
): JournalReader {
  const reader: Reader = {
    fs,
    dir,
    head,
    context,
    firsts: [],
    listedAt: -1,
    file: undefined,
    first: 0,
    nextFirst: Infinity,
    salt: 0,
    offset: 0,
    next: 0,
    chunk: Buffer.alloc(0),
    at: 0,
    trusted: 0,
    chunkBytes: chunkBytesMin,
  };
  return {
    read: (after, limit) => read(reader, after, limit),
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
  reader.at += bytes;
  reader.offset += bytes;
  const seq = seqOf(chunk, at);
  if (seq < reader.next) return;
  lose(reader, seq);
  const entry = decodeRecord(chunk, at, bytes);
  if (entry) entries.push(entry);
  else lose(reader, seq + 1);
  reader.next = seq + 1;
}

/** Counts what is not there from `next` up to `seq`, and passes over it. */
function lose(reader: Reader, seq: number): void {
  const records = seq - reader.next;
  if (records <= 0) return;
  const { log, count } = reader.context;
  count('journal_corrupt', { found: 'reading' }, records);
  log('error', 'journal: records cannot be read', { from: reader.next, records });
  reader.next = seq;
}

/** Gets on where the chunk has nothing more to give: to the next segment, to more of the file, or past damage. */
async function advance(reader: Reader): Promise<void> {
  await refreshList(reader);
  if (reader.next >= reader.nextFirst) return openAt(reader, reader.next);
  const more = await fill(reader, 0);
  const needed = neededBytes(reader.chunk, 0, reader.chunk.length);
  if (more && needed > reader.chunk.length) await fill(reader, needed);
  if (reader.next < reader.nextFirst && soundBytes(reader) === 0) await passDamage(reader);
}

/** Reads on from `offset`. @returns whether the file may have more */
async function fill(reader: Reader, needed: number): Promise<boolean> {
  if (!reader.file) return false;
  // The head first: what is on disk up to it will not change any more.
  reader.trusted = reader.head.seq();
  await refreshList(reader);
  const target = Buffer.allocUnsafeSlow(Math.max(needed, reader.chunkBytes));
  const got = await reader.file.read(target, reader.offset);
  const full = got === target.length;
  reader.chunkBytes = full
    ? Math.min(chunkBytesMax, reader.chunkBytes * 2)
    : Math.max(chunkBytesMin, reader.chunkBytes / 2);
  reader.chunk = target.subarray(0, got);
  reader.at = 0;
  return full;
}

/** Looks through the rest of the segment for sound records. */
async function passDamage(reader: Reader): Promise<void> {
  const { fs, dir, first, file, offset } = reader;
  if (!file) return;
  const trusted = reader.head.seq();
  const size = (await listSegments(fs, dir)).find((segment) => segment.first === first)?.bytes;
  const rest = Buffer.allocUnsafeSlow(Math.max(0, (size ?? 0) - offset));
  const source = rest.subarray(0, await file.read(rest, offset));
  const maxSeq = Math.min(trusted, reader.nextFirst - 1);
  const found = findRecord(source, 0, reader.salt, reader.next, maxSeq);
  if (found < 0) {
    lose(reader, maxSeq + 1);
    reader.chunk = Buffer.alloc(0);
  } else {
    lose(reader, seqOf(source, found));
    reader.offset += found;
    reader.chunk = source.subarray(found);
    reader.trusted = trusted;
  }
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
    reader.listedAt = -1;
    await refreshList(reader);
    const first =
      reader.firsts.findLast((candidate) => candidate <= reader.next) ?? reader.firsts[0];
    if (first === undefined) return lose(reader, reader.head.seq() + 1);
    reader.first = first;
    // Older segments were deleted because every sink had passed them.
    reader.next = Math.max(reader.next, first);
    if (await openSegment(reader, first)) return;
    if (reader.next > reader.head.seq()) return;
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
  const header = await readHeader(file, first);
  if (!header) {
    await file.close();
    lose(reader, Math.min(reader.nextFirst, reader.head.seq() + 1));
    return false;
  }
  reader.file = file;
  reader.salt = header.salt;
  reader.offset = headerBytes;
  return true;
}

/** A segment is there before the head passes its first `seq`, so the list holds until the head moves. */
async function refreshList(reader: Reader): Promise<void> {
  const head = reader.head.seq();
  if (head === reader.listedAt) return;
  const listed = await listSegments(reader.fs, reader.dir);
  reader.firsts = listed.map(({ first }) => first);
  reader.listedAt = head;
  reader.nextFirst = reader.firsts.find((candidate) => candidate > reader.first) ?? Infinity;
}
