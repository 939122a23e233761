import type { Context } from '../model/context.ts';
import { messageOf } from '../model/errors.ts';
import { createDamage } from './damage.ts';
import type { FileSystem, JournalFile } from './file-system.ts';
import type { JournalDamage } from './journal.ts';
import { minRecordBytes } from './record.ts';
import {
  headerBytes,
  listSegments,
  readHeader,
  type SegmentHeader,
  scanSegment,
  segmentPath,
} from './segment.ts';
import { isUnreadable, readAround } from './unreadable.ts';

/** A segment as its writer knows it. */
export interface SegmentInfo {
  readonly first: number;
  bytes: number;
}

/** What was found on disk when the journal was opened. */
export interface Recovered {
  /** Oldest first; the last one is `active` where there is one. */
  readonly segments: SegmentInfo[];
  /** The segment to go on in. */
  readonly active: { readonly file: JournalFile; readonly salt: number } | undefined;
  /** Last `seq` that was found. */
  readonly head: number;
  /** Damage found in the last segment. */
  readonly damage: JournalDamage;
  /** Bytes behind the last sound record of the last segment: a write that was cut short, or damage at the very end. */
  readonly tornBytes: number;
}

/** What the last segment gave. */
type Last = Pick<Recovered, 'active' | 'head' | 'damage' | 'tornBytes'>;

/** Finds where the journal ends, cuts off a torn tail, and makes durable what is there. Reads the last segment only. */
export async function recover(fs: FileSystem, dir: string, context: Context): Promise<Recovered> {
  const segments: SegmentInfo[] = [...(await listSegments(fs, dir))];
  const nothing = { active: undefined, damage: { positions: 0, bytes: 0 }, tornBytes: 0 };
  let lost = 0;
  for (;;) {
    const last = segments.at(-1);
    if (!last) return { segments, ...nothing, head: lost };
    const { file, header } = await openLast(fs, dir, last);
    if (header) {
      const found = await recoverLast(file, last, header, context);
      if (lost <= found.head) return { segments, ...found };
      await found.active?.file.close();
      return { segments, ...found, active: undefined, head: lost };
    }
    await file.close();
    lost = Math.max(lost, await setAside(fs, dir, last, context));
    segments.pop();
  }
}

async function openLast(fs: FileSystem, dir: string, { first }: SegmentInfo) {
  const file = await fs.open(segmentPath(dir, first), 'write');
  try {
    return { file, header: await readHeader(file, first) };
  } catch (error) {
    if (isUnreadable(error)) return { file, header: undefined };
    await file.close().catch(() => {});
    throw error;
  }
}

async function recoverLast(
  file: JournalFile,
  info: SegmentInfo,
  header: SegmentHeader,
  context: Context,
): Promise<Last> {
  const whole = Buffer.allocUnsafe(info.bytes);
  const { bytes, unreadable } = await readAround(file, whole, 0);
  const scan = scanSegment(whole.subarray(0, bytes), header);
  const damage = createDamage(context, 'at-start');
  if (header.damagedBytes > 0) {
    const { damagedBytes } = header;
    damage.add({ segment: info.first, offset: 0, bytes: damagedBytes, from: 0, positions: 0 });
  }
  for (const stretch of scan.damage) damage.add(stretch);
  const tornBytes = Math.max(0, info.bytes - scan.end);
  if (tornBytes > 0) {
    context.log('warn', 'journal: the last segment ends in bytes that are no record', {
      segment: info.first,
      offset: scan.end,
      bytes: tornBytes,
    });
    context.count('journal_torn_bytes', {}, tornBytes);
  }
  const sound = unreadable === 0 && (await makeSound(file, scan.end, tornBytes, context));
  if (sound) info.bytes = scan.end;
  else await file.close().catch(() => {});
  return {
    active: sound ? { file, salt: header.salt } : undefined,
    // What cannot be read may be there: its numbers are not given again.
    head: scan.last + (unreadable > 0 ? Math.ceil(tornBytes / minRecordBytes) : 0),
    damage: damage.total(),
    tornBytes,
  };
}

/**
 * Cuts off what is no record, and makes durable what is there: after a killed process records may be in the page cache only, and sinks would read them.
 *
 * @returns whether the segment may be written to; where not, a new one begins and this one still gives what it has
 */
async function makeSound(
  file: JournalFile,
  end: number,
  tornBytes: number,
  { log }: Context,
): Promise<boolean> {
  try {
    if (tornBytes > 0) await file.truncate(end);
    await file.sync();
    return true;
  } catch (error) {
    log('error', 'journal: the last segment cannot be written to any more', {
      error: messageOf(error),
    });
    return false;
  }
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
  const holdsNone = bytes < headerBytes + minRecordBytes;
  try {
    if (holdsNone) await fs.remove(path);
    else await fs.rename(path, `${path}.damaged`);
    await fs.syncDirectory(dir);
  } catch (error) {
    // Where it stays it is passed over by readers, and replaced when its name is needed.
    context.log('warn', 'journal: a segment without a header cannot be set aside', {
      segment: first,
      error: messageOf(error),
    });
  }
  if (holdsNone) return first - 1;
  context.log('error', 'journal: a segment with a damaged header was set aside', {
    segment: first,
    bytes,
  });
  context.count('journal_corrupt_bytes', { found: 'at-start' }, bytes);
  return first + Math.ceil(bytes / minRecordBytes);
}
