import { setTimeout as wait } from 'node:timers/promises';
import type { Context } from '../model/context.ts';
import type { Envelope, Waiter } from '../model/envelope.ts';
import { AppError, messageOf } from '../model/errors.ts';
import { dayMs } from '../model/time.ts';
import { addRecord, type Batch, createBatch, sealBatch } from './batch.ts';
import { type FileSystem, realFileSystem } from './file-system.ts';
import { createHead, publishHead } from './head.ts';
import type { Journal, JournalState } from './journal.ts';
import { recordBytes } from './record.ts';
import { type Recovered, recover } from './recovery.ts';
import { openRetention, type Retention } from './retention.ts';
import { createSegments, type Segments } from './segments.ts';

export interface JournalOptions {
  /** All segments together, bytes. */
  readonly maxBytes: number;
  /** How long segments stay that all sinks have passed, days. */
  readonly keepDays: number;
  /** 64 MiB where absent, and never more than a quarter of `maxBytes`. */
  readonly segmentBytes?: number;
  /** Memory of the head that other threads look at, from `createHead`. */
  readonly head?: SharedArrayBuffer;
  /**
   * Numbers up to this one are not used again: the furthest position of any sink. It matters where the journal was lost or damaged
   * and the sinks were not.
   */
  readonly continueAfter?: number;
  /** Time that has gone by, ms, from any beginning, which setting the clock does not change. The machine's own where absent. */
  readonly elapsedMs?: () => number;
}

/** What may be over by itself. */
const passingFaults = new Set(['ENOSPC', 'EDQUOT', 'EIO', 'EMFILE', 'ENFILE']);

/** Bytes written and synced at once, at most. */
const batchBytesMax = 8 << 20;
/** Bytes that may wait to be written. */
const pendingBytesMax = 64 << 20;
const segmentBytesDefault = 64 << 20;
/**
 * Where several wait for one sync, the next begins so much later at the earliest, ms: each costs the system a third of a millisecond of a
 * processor, and what it frees acknowledges sooner than more syncs would. Who sends alone is never kept waiting.
 */
const crowdMs = 3;
/** Memory a batch begins with. */
const batchBytesMin = 64 << 10;

interface Writer {
  readonly segments: Segments;
  readonly head: SharedArrayBuffer;
  readonly context: Context;
  readonly batchBytes: number;
  /** Oldest first; envelopes are added to the last one. */
  readonly pending: Batch[];
  pendingBytes: number;
  /** Last durable `seq`. */
  seq: number;
  /** Last `seq` given to a record; it is given again where the record does not become durable. */
  given: number;
  /** Every sink has passed it. */
  passed: number;
  state: JournalState;
  /** Bytes that last found no room. */
  wanted: number;
  /** Memory of a batch that is done with. */
  spare: Buffer | undefined;
  /** When the last batch was begun, if several waited for it; ms of `performance.now()`. */
  crowdedAt: number;
  /** Resolves when nothing is pending any more. */
  work: Promise<void> | undefined;
  closed: boolean;
}

/**
 * Opens the journal of a directory, which is made where it is missing, and recovers what was acknowledged before.
 *
 * @throws AppError `JOURNAL_UNAVAILABLE` where the directory cannot be read or written
 */
export async function openJournal(
  dir: string,
  options: JournalOptions,
  context: Context,
  fs: FileSystem = realFileSystem,
): Promise<Journal & { readonly head: SharedArrayBuffer }> {
  const segmentBytes = Math.min(options.segmentBytes ?? segmentBytesDefault, options.maxBytes / 4);
  const limits = { maxBytes: options.maxBytes, segmentBytes };
  const head = options.head ?? createHead();
  try {
    await fs.ensureDirectory(dir);
    const recovered = await recover(fs, dir, context);
    const seq = Math.max(recovered.head, options.continueAfter ?? 0);
    const skips = seq > recovered.head;
    if (skips) await recovered.active?.file.close();
    const usable = skips ? { ...recovered, active: undefined } : recovered;
    const segments = createSegments(fs, dir, limits, usable, head, context);
    const retention = await openRetention(fs, dir, keepOf(options, seq), context);
    publishHead(head, seq);
    const batchBytes = Math.min(batchBytesMax, segmentBytes);
    const writer = createWriter(segments, head, context, batchBytes, seq);
    await prepareFirst(writer);
    return { ...journalOf(writer, retention, recovered), head };
  } catch (error) {
    throw new AppError(
      'JOURNAL_UNAVAILABLE',
      `the journal in ${dir} cannot be opened: ${messageOf(error)}`,
      {
        cause: error,
      },
    );
  }
}

const keepOf = ({ keepDays, elapsedMs }: JournalOptions, head: number) => ({
  keepMs: keepDays * dayMs,
  elapsedMs: elapsedMs ?? (() => performance.now()),
  head,
});

/** A disk without room, or that fails, must not keep what is there from being served. */
async function prepareFirst(writer: Writer): Promise<void> {
  try {
    await writer.segments.prepare(writer.seq + 1);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (!passingFaults.has(code)) throw error;
    enter(writer, 'failing', messageOf(error));
  }
}

const createWriter = (
  segments: Segments,
  head: SharedArrayBuffer,
  context: Context,
  batchBytes: number,
  seq: number,
): Writer => ({
  segments,
  head,
  context,
  batchBytes,
  seq,
  given: seq,
  pending: [],
  pendingBytes: 0,
  passed: 0,
  state: 'ok',
  wanted: 0,
  spare: undefined,
  crowdedAt: Number.NEGATIVE_INFINITY,
  work: undefined,
  closed: false,
});

function journalOf(
  writer: Writer,
  retention: Retention,
  { damage, tornBytes }: Recovered,
): Journal {
  const { segments } = writer;
  return {
    append: (envelope) => append(writer, envelope),
    take: (envelope, waiter) => gather(writer, envelope, waiter) === undefined,
    status: () => ({
      head: writer.seq,
      tail: segments.tail(),
      bytes: segments.bytes(),
      segments: segments.count(),
      state: writer.state,
      corrupt: damage.positions,
      corruptBytes: damage.bytes,
      tornBytes,
    }),
    passed(seq) {
      writer.passed = Math.max(writer.passed, seq);
      segments.retire(retention.passed(writer.passed));
      if (writer.state === 'full' && segments.makeRoom(writer.wanted, writer.passed))
        enter(writer, 'ok');
    },
    async close() {
      writer.closed = true;
      await writer.work;
      await retention.close();
      await segments.close();
    },
  };
}

function append(writer: Writer, envelope: Envelope): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (_: number, error: AppError | undefined) => (error ? reject(error) : resolve());
    const refused = gather(writer, envelope, { settle });
    if (refused) reject(refused);
  });
}

/** @returns why the envelope cannot be taken; undefined where it was */
function gather(writer: Writer, envelope: Envelope, waiter: Waiter): AppError | undefined {
  if (writer.closed) return unavailable('the journal is closed');
  let bytes: number;
  try {
    bytes = recordBytes(envelope);
  } catch (error) {
    return new AppError('JOURNAL_UNAVAILABLE', messageOf(error));
  }
  if (writer.pendingBytes + bytes > pendingBytesMax) {
    return unavailable('too much is waiting to be written');
  }
  addRecord(openBatch(writer, bytes), bytes, ++writer.given, envelope, waiter);
  writer.pendingBytes += bytes;
  writer.work ??= commitAll(writer);
  return undefined;
}

/** The batch that takes the next record. */
function openBatch(writer: Writer, bytes: number): Batch {
  const last = writer.pending.at(-1);
  if (last && last.bytes + bytes <= writer.batchBytes) return last;
  const batch = createBatch(writer.spare ?? Buffer.allocUnsafe(batchBytesMin));
  writer.spare = undefined;
  writer.pending.push(batch);
  return batch;
}

const unavailable = (message: string, cause?: unknown): AppError =>
  new AppError('JOURNAL_UNAVAILABLE', message, { retryable: true, cause });

/** Writes what has gathered, syncs, acknowledges, and again: the slower the disk, the larger the batches. */
async function commitAll(writer: Writer): Promise<void> {
  // Whatever else this turn of the event loop brings belongs to the first batch.
  await new Promise(setImmediate);
  while (writer.pending.length > 0) {
    await letGather(writer);
    const batch = writer.pending.shift();
    if (!batch) break;
    writer.crowdedAt = batch.waiting.length > 1 ? performance.now() : Number.NEGATIVE_INFINITY;
    const error = await commit(writer, batch);
    writer.pendingBytes -= batch.bytes;
    if (error) refuseAll(writer, batch, error);
    else settle(batch, undefined);
    writer.spare ??= batch.records;
  }
  writer.work = undefined;
}

async function letGather({ pending, crowdedAt }: Writer): Promise<void> {
  const left = crowdedAt + crowdMs - performance.now();
  // What fills a batch by itself needs no time.
  if (left > 0 && pending.length === 1) await wait(left);
}

function settle({ waiting }: Batch, error: AppError | undefined): void {
  for (const { waiter, count } of waiting) waiter.settle(count, error);
}

/** Where one batch failed, those behind it go too: their numbers follow on its, and who sent both keeps his order. */
function refuseAll(writer: Writer, failed: Batch, error: AppError): void {
  const batches = [failed, ...writer.pending.splice(0)];
  writer.pendingBytes = 0;
  writer.given = writer.seq;
  for (const batch of batches) settle(batch, error);
}

/** @returns why nothing of the batch counts; undefined when it is durable */
async function commit(writer: Writer, batch: Batch): Promise<AppError | undefined> {
  const { segments, context } = writer;
  if (!segments.makeRoom(batch.bytes, writer.passed)) {
    writer.wanted = batch.bytes;
    enter(writer, 'full');
    return new AppError('JOURNAL_FULL', 'the journal has reached its size limit', {
      retryable: true,
    });
  }
  try {
    const { salt } = await segments.prepare(writer.seq + 1);
    await segments.write(sealBatch(batch, salt));
  } catch (error) {
    enter(writer, 'failing', messageOf(error));
    return unavailable(`the journal could not be written: ${messageOf(error)}`, error);
  }
  enter(writer, 'ok');
  writer.seq += batch.count;
  publishHead(writer.head, writer.seq);
  for (const [door, records] of batch.byDoor) context.count('journalled', { door }, records);
  return undefined;
}

function enter(writer: Writer, state: JournalState, error?: string): void {
  if (writer.state === state) return;
  writer.state = state;
  const { log } = writer.context;
  if (state === 'ok') log('info', 'journal: takes envelopes again');
  else if (state === 'full')
    log('error', 'journal: full, acknowledgements stop until sinks have caught up');
  else log('error', 'journal: cannot be written, acknowledgements stop', { error });
}
