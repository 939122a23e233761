import type { JournalFile } from './file-system.ts';
import { findRecord, maxRecordBytes, seqOf } from './record.ts';

/** What a disk loses at once. */
const blockBytes = 4096;

/**
 * Reads like `JournalFile.read`; where the disk cannot, block by block, and what cannot be read is zeros: no record begins with them.
 *
 * @returns bytes read, and how many of them the disk would not give
 * @throws what the disk says where it gives nothing at all, for then it is the disk that is away
 */
export async function readAround(
  file: JournalFile,
  target: Uint8Array,
  at: number,
): Promise<{ readonly bytes: number; readonly unreadable: number }> {
  try {
    return { bytes: await file.read(target, at), unreadable: 0 };
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    const blocks = await readBlocks(file, target, at);
    if (blocks.unreadable === blocks.bytes) throw error;
    return blocks;
  }
}

/** Whether the disk says that it has the place but not what was written there. */
export const isUnreadable = (error: unknown): boolean =>
  (error as NodeJS.ErrnoException).code === 'EIO';

async function readBlocks(file: JournalFile, target: Uint8Array, at: number) {
  let bytes = 0;
  let unreadable = 0;
  while (bytes < target.length) {
    const place = at + bytes;
    const block = target.subarray(bytes, bytes + blockBytes - (place % blockBytes));
    try {
      const got = await file.read(block, place);
      bytes += got;
      if (got < block.length) break;
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      const there = Math.min(block.length, Math.max(0, (await file.size()) - place));
      block.fill(0);
      bytes += there;
      unreadable += there;
      if (there < block.length) break;
    }
  }
  return { bytes, unreadable };
}

/** Bytes looked through at once; more than a record, which may begin at the end of one stretch and end in the next. */
const searchBytes = 4 * maxRecordBytes;

/**
 * Looks through a segment from `offset` on for a sound record of `seq` or beyond.
 *
 * @returns where it begins and its `seq`; the end of the file and `Infinity` where there is none
 */
export async function nextRecord(
  file: JournalFile,
  offset: number,
  salt: number,
  seq: number,
): Promise<{ readonly offset: number; readonly seq: number }> {
  const left = Math.max(0, (await file.size()) - offset);
  const window = Buffer.allocUnsafeSlow(Math.min(searchBytes, left));
  for (let from = offset; ; from += searchBytes - maxRecordBytes) {
    const { bytes } = await readAround(file, window, from);
    const source = window.subarray(0, bytes);
    const found = findRecord(source, 0, salt, seq, Number.MAX_SAFE_INTEGER);
    if (found >= 0) return { offset: from + found, seq: seqOf(source, found) };
    if (bytes < searchBytes) return { offset: from + bytes, seq: Infinity };
  }
}
