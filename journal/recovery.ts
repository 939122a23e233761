import type { Context } from '../model/context.ts';
import type { FileSystem, JournalFile } from './file-system.ts';
import { minRecordBytes } from './record.ts';
import {
  headerBytes,
  listSegments,
  readHeader,
  type SegmentHeader,
  scanSegment,
  segmentPath,
} from './segment.ts';

/** A segment as its writer knows it. */
export interface SegmentInfo {
  readonly first: number;
  bytes: number;
  /** Newest `receivedAt` in it, Unix ms UTC; 0 for none. */
  newestReceivedAt: number;
}

/** What was found on disk when the journal was opened. */
export interface Recovered {
  /** Oldest first; the last one is `active` where there is one. */
  readonly segments: SegmentInfo[];
  /** The segment to go on in. */
  readonly active: { readonly file: JournalFile; readonly salt: number } | undefined;
  /** Last `seq` that was found. */
  readonly head: number;
  /** Records lost to damage in the last segment. */
  readonly damaged: number;
}

/** Finds where the journal ends, cuts off a torn tail, and makes durable what is there. */
export async function recover(fs: FileSystem, dir: string, context: Context): Promise<Recovered> {
  const listed = await listSegments(fs, dir);
  const segments: SegmentInfo[] = listed.map((segment) => ({ ...segment, newestReceivedAt: 0 }));
  await readAges(fs, dir, segments);
  let lost = 0;
  for (;;) {
    const last = segments.at(-1);
    if (!last) return { segments, active: undefined, head: lost, damaged: 0 };
    const file = await fs.open(segmentPath(dir, last.first), 'write');
    const header = await readHeader(file, last.first);
    if (header) {
      const found = await recoverLast(file, last, header, context);
      if (lost <= found.head) return { segments, ...found };
      await file.close();
      return { segments, ...found, active: undefined, head: lost };
    }
    await file.close();
    lost = Math.max(lost, await setAside(fs, dir, last, context));
    segments.pop();
  }
}

/** The header of every segment tells how old the one before it is. */
async function readAges(fs: FileSystem, dir: string, segments: SegmentInfo[]): Promise<void> {
  for (const [index, { first }] of segments.entries()) {
    const before = segments[index - 1];
    if (!before) continue;
    const file = await fs.open(segmentPath(dir, first), 'read');
    try {
      // Damage leaves the age unknown: infinitely young is never deleted for its age.
      before.newestReceivedAt = (await readHeader(file, first))?.newestBefore ?? Infinity;
    } finally {
      await file.close();
    }
  }
}

async function recoverLast(
  file: JournalFile,
  info: SegmentInfo,
  header: SegmentHeader,
  context: Context,
): Promise<Omit<Recovered, 'segments'>> {
  const whole = Buffer.allocUnsafe(info.bytes);
  const scan = scanSegment(whole.subarray(0, await file.read(whole, 0)), header);
  if (scan.end < info.bytes) {
    await file.truncate(scan.end);
    context.log('warn', 'journal: a torn tail was cut off', {
      segment: info.first,
      bytes: info.bytes - scan.end,
    });
  }
  if (scan.damaged > 0) {
    context.log('error', 'journal: damaged records', {
      segment: info.first,
      records: scan.damaged,
    });
    context.count('journal_corrupt', { found: 'at-start' }, scan.damaged);
  }
  // After a killed process records may be in the page cache only, and sinks would read them.
  await file.sync();
  info.bytes = scan.end;
  info.newestReceivedAt = scan.newestReceivedAt;
  return {
    active: { file, salt: header.salt },
    head: scan.last,
    damaged: scan.damaged,
  };
}

/**
 * A last segment without a sound header: torn while it was made, or damaged. One that may hold records is renamed, not deleted.
 *
 * @returns a `seq` that none of its records can be beyond
 */
async function setAside(
  fs: FileSystem,
  dir: string,
  { first, bytes }: SegmentInfo,
  context: Context,
): Promise<number> {
  const path = segmentPath(dir, first);
  if (bytes < headerBytes + minRecordBytes) {
    await fs.remove(path);
    return first - 1;
  }
  await fs.rename(path, `${path}.damaged`);
  await fs.syncDirectory(dir);
  context.log('error', 'journal: a segment with a damaged header was set aside', {
    segment: first,
    bytes,
  });
  context.count('journal_corrupt', { found: 'at-start' });
  return first + Math.ceil(bytes / minRecordBytes);
}
