import type { Context } from '../model/context.ts';
import { messageOf } from '../model/errors.ts';
import type { FileSystem, JournalFile } from './file-system.ts';
import type { Recovered, SegmentInfo } from './recovery.ts';
import { createSegment, headerBytes, segmentPath } from './segment.ts';

export interface SegmentLimits {
  /** All segments together, bytes. */
  readonly maxBytes: number;
  /** A segment that has reached this is followed by a new one, bytes. */
  readonly segmentBytes: number;
  readonly keepMs: number;
}

/** The writer's segments: one is written to, the others wait until they may go. */
export interface Segments {
  readonly bytes: () => number;
  readonly count: () => number;
  /** First `seq` of the oldest segment. */
  readonly tail: () => number;
  /** Where and with which salt records from `seq` on go; begins a new segment where that is due. */
  prepare(seq: number): Promise<{ readonly salt: number }>;
  /** Writes whole records and makes them durable, or leaves nothing of them that counts. */
  write(records: Buffer, newestReceivedAt: number): Promise<void>;
  /** Deletes passed segments, oldest first, whatever their age, until `bytes` more fit. @returns whether they do */
  makeRoom(bytes: number, passed: number): boolean;
  /** Deletes passed segments that are old enough. */
  retire(passed: number, now: number): void;
  close(): Promise<void>;
}

interface State {
  readonly list: SegmentInfo[];
  active: Recovered['active'];
  /** Whether the active segment may hold records that do not count, so that none may follow them. */
  tainted: boolean;
  /** Deletions, one after the other. */
  removal: Promise<void>;
}

/** @param recovered what the disk holds; its list and file are taken over */
export function createSegments(
  fs: FileSystem,
  dir: string,
  limits: SegmentLimits,
  recovered: Recovered,
  context: Context,
): Segments {
  const state: State = {
    list: recovered.segments,
    active: recovered.active,
    tainted: false,
    removal: Promise.resolve(),
  };
  const bytes = () => state.list.reduce((sum, segment) => sum + segment.bytes, 0);
  const removeOldest = () => {
    const gone = state.list.shift();
    if (gone) state.removal = state.removal.then(() => remove(fs, dir, gone.first, context));
  };
  const oldestIsPassed = (passed: number) => {
    const next = state.list[1];
    return next !== undefined && next.first - 1 <= passed;
  };
  return {
    bytes,
    count: () => state.list.length,
    tail: () => state.list[0]?.first ?? 1,
    prepare: (seq) => prepare(fs, dir, limits, state, seq),
    write: (records, newestReceivedAt) => write(state, records, newestReceivedAt),
    makeRoom(wanted, passed) {
      while (bytes() + wanted > limits.maxBytes && oldestIsPassed(passed)) removeOldest();
      return bytes() + wanted <= limits.maxBytes;
    },
    retire(passed, now) {
      const old = () => (state.list[0]?.newestReceivedAt ?? Infinity) < now - limits.keepMs;
      while (oldestIsPassed(passed) && old()) removeOldest();
    },
    async close() {
      await state.removal;
      await state.active?.file.close();
    },
  };
}

/** Oldest first and one after the other, so that a crash leaves no hole. */
async function remove(fs: FileSystem, dir: string, first: number, context: Context): Promise<void> {
  try {
    await fs.remove(segmentPath(dir, first));
  } catch (error) {
    context.log('warn', 'journal: a segment could not be deleted', {
      segment: first,
      error: messageOf(error),
    });
  }
}

async function prepare(
  fs: FileSystem,
  dir: string,
  limits: SegmentLimits,
  state: State,
  seq: number,
): Promise<{ readonly salt: number }> {
  const last = state.list.at(-1);
  const { active } = state;
  if (active && last && !state.tainted && last.bytes < limits.segmentBytes) return active;
  if (active) {
    state.active = undefined;
    await active.file.close().catch(() => {});
  }
  if (last?.first === seq) {
    // Nothing in it counts, and its name is needed.
    await fs.remove(segmentPath(dir, seq));
    state.list.pop();
  }
  const made = await createSegment(fs, dir, seq, state.list.at(-1)?.newestReceivedAt ?? 0);
  state.list.push({ first: seq, bytes: headerBytes, newestReceivedAt: 0 });
  state.active = made;
  state.tainted = false;
  return made;
}

async function write(state: State, records: Buffer, newestReceivedAt: number): Promise<void> {
  const last = state.list.at(-1);
  if (!state.active || !last) throw new Error('no segment was prepared');
  const { file } = state.active;
  try {
    await file.write(records, last.bytes);
  } catch (error) {
    state.tainted = !(await cutBack(file, last.bytes));
    throw error;
  }
  try {
    await file.sync();
  } catch (error) {
    // After a failed sync nobody knows which pages of the file are on disk, and a second sync may succeed without them.
    state.tainted = true;
    throw error;
  }
  last.bytes += records.length;
  last.newestReceivedAt = Math.max(last.newestReceivedAt, newestReceivedAt);
}

async function cutBack(file: JournalFile, bytes: number): Promise<boolean> {
  try {
    await file.truncate(bytes);
    return true;
  } catch {
    return false;
  }
}
