import type { Context } from '../model/context.ts';
import { messageOf } from '../model/errors.ts';
import type { FileSystem, JournalFile } from './file-system.ts';
import { publishSegment } from './head.ts';
import type { Recovered, SegmentInfo } from './recovery.ts';
import { createSegment, headerBytes, segmentPath } from './segment.ts';

export interface SegmentLimits {
  /** All segments together, bytes. */
  readonly maxBytes: number;
  /** A segment that has reached this is followed by a new one, bytes. */
  readonly segmentBytes: number;
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
  write(records: Buffer): Promise<void>;
  /** Deletes passed segments, oldest first, whatever their age, until `bytes` more fit. @returns whether they do */
  makeRoom(bytes: number, passed: number): boolean;
  /** Deletes the segments that have nothing beyond `seq`. */
  retire(seq: number): void;
  close(): Promise<void>;
}

interface State {
  readonly list: SegmentInfo[];
  /** Of the list. */
  bytes: number;
  active: Recovered['active'];
  /** Whether the active segment may hold records that do not count, so that none may follow them. */
  tainted: boolean;
  /** Deletions, one after the other. */
  removal: Promise<void>;
  /** Those that the system would not delete: they take room until it does. */
  readonly stuck: Set<SegmentInfo>;
  isRetrying: boolean;
}

/**
 * @param recovered what the disk holds; its list and file are taken over
 * @param head memory that tells readers of new segments
 */
export function createSegments(
  fs: FileSystem,
  dir: string,
  limits: SegmentLimits,
  recovered: Pick<Recovered, 'segments' | 'active'>,
  head: SharedArrayBuffer,
  context: Context,
): Segments {
  const { segments: list, active } = recovered;
  const state: State = {
    list,
    bytes: list.reduce((sum, segment) => sum + segment.bytes, 0),
    active,
    tainted: false,
    removal: Promise.resolve(),
    stuck: new Set(),
    isRetrying: false,
  };
  publishSegment(head, list.at(-1)?.first ?? 0);
  const bytes = () => [...state.stuck].reduce((sum, segment) => sum + segment.bytes, state.bytes);
  const remove = (gone: SegmentInfo) => removeSegment(fs, dir, state, gone, context);
  const removeOldest = () => {
    const gone = state.list.shift();
    if (!gone) return;
    state.bytes -= gone.bytes;
    // Oldest first and one after the other, so that a crash leaves no hole.
    state.removal = state.removal.then(() => remove(gone));
  };
  const retryStuck = () => {
    if (state.isRetrying || state.stuck.size === 0) return;
    state.isRetrying = true;
    state.removal = state.removal.then(async () => {
      for (const again of state.stuck) await remove(again);
      state.isRetrying = false;
    });
  };
  const oldestIsPassed = (passed: number) => {
    const next = state.list[1];
    return next !== undefined && next.first - 1 <= passed;
  };
  return {
    bytes,
    count: () => state.list.length,
    tail: () => state.list[0]?.first ?? 1,
    async prepare(seq) {
      const prepared = await prepare(fs, dir, limits, state, seq);
      publishSegment(head, state.list.at(-1)?.first ?? 0);
      return prepared;
    },
    write: (records) => write(state, records),
    makeRoom(wanted, passed) {
      const fits = () => bytes() + headerBytes + wanted <= limits.maxBytes;
      if (fits()) return true;
      retryStuck();
      while (!fits() && oldestIsPassed(passed)) removeOldest();
      return fits();
    },
    retire(seq) {
      if (!oldestIsPassed(seq)) return;
      retryStuck();
      while (oldestIsPassed(seq)) removeOldest();
    },
    async close() {
      await state.removal;
      await state.active?.file.close();
    },
  };
}

async function removeSegment(
  fs: FileSystem,
  dir: string,
  { stuck }: State,
  gone: SegmentInfo,
  { log }: Context,
): Promise<void> {
  const error = await removeFile(fs, segmentPath(dir, gone.first));
  if (error === undefined) {
    stuck.delete(gone);
    return;
  }
  if (stuck.size === 0)
    log('warn', 'journal: a segment cannot be deleted', {
      segment: gone.first,
      error: messageOf(error),
    });
  stuck.add(gone);
}

/** @returns why the file is still there; undefined where it is not */
async function removeFile(fs: FileSystem, path: string): Promise<unknown> {
  try {
    await fs.remove(path);
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? undefined : error;
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
  const hasRoom = last && (last.bytes < limits.segmentBytes || last.first === seq);
  if (active && hasRoom && !state.tainted) return active;
  if (active) {
    state.active = undefined;
    await active.file.close().catch(() => {});
  }
  if (last?.first === seq) {
    // Nothing in it counts, and its name is needed.
    const error = await removeFile(fs, segmentPath(dir, seq));
    if (error !== undefined) throw error;
    state.list.pop();
    state.bytes -= last.bytes;
  }
  const made = await createSegment(fs, dir, seq);
  state.list.push({ first: seq, bytes: headerBytes });
  state.bytes += headerBytes;
  state.active = made;
  state.tainted = false;
  return made;
}

async function write(state: State, records: Buffer): Promise<void> {
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
  state.bytes += records.length;
}

async function cutBack(file: JournalFile, bytes: number): Promise<boolean> {
  try {
    await file.truncate(bytes);
    return true;
  } catch {
    return false;
  }
}
