import type { Context } from '../model/context.ts';
import type { Envelope } from '../model/envelope.ts';
import { AppError, messageOf } from '../model/errors.ts';
import { dayMs } from '../model/time.ts';
import { type FileSystem, realFileSystem } from './file-system.ts';
import { createHead, publishHead } from './head.ts';
import type { Journal, JournalState } from './journal.ts';
import { encodeRecord, recordBytes } from './record.ts';
import { recover } from './recovery.ts';
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
}

/** Bytes written and synced at once, at most. */
const batchBytesMax = 8 << 20;
/** Bytes that may wait to be written. */
const pendingBytesMax = 64 << 20;
const segmentBytesDefault = 64 << 20;

interface Pending {
  readonly envelope: Envelope;
  readonly bytes: number;
  resolve(): void;
  reject(error: AppError): void;
}

interface Writer {
  readonly segments: Segments;
  readonly head: SharedArrayBuffer;
  readonly context: Context;
  readonly batchBytes: number;
  pending: Pending[];
  pendingBytes: number;
  /** Last durable `seq`. */
  seq: number;
  /** Every sink has passed it. */
  passed: number;
  state: JournalState;
  /** Bytes that last found no room. */
  wanted: number;
  scratch: Buffer;
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
  const limits = { maxBytes: options.maxBytes, segmentBytes, keepMs: options.keepDays * dayMs };
  const head = options.head ?? createHead();
  try {
    await fs.ensureDirectory(dir);
    const recovered = await recover(fs, dir, context);
    const seq = Math.max(recovered.head, options.continueAfter ?? 0);
    const skips = seq > recovered.head;
    if (skips) await recovered.active?.file.close();
    const usable = skips ? { ...recovered, active: undefined } : recovered;
    const segments = createSegments(fs, dir, limits, usable, context);
    await segments.prepare(seq + 1);
    publishHead(head, seq);
    const batchBytes = Math.min(batchBytesMax, segmentBytes);
    const writer = createWriter(segments, head, context, batchBytes, seq);
    return { ...journalOf(writer, recovered.damaged), head };
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
  pending: [],
  pendingBytes: 0,
  passed: 0,
  state: 'ok',
  wanted: 0,
  scratch: Buffer.allocUnsafe(64 << 10),
  work: undefined,
  closed: false,
});

function journalOf(writer: Writer, corrupt: number): Journal {
  const { segments, context } = writer;
  return {
    append: (envelope) => append(writer, envelope),
    status: () => ({
      head: writer.seq,
      tail: segments.tail(),
      bytes: segments.bytes(),
      segments: segments.count(),
      state: writer.state,
      corrupt,
    }),
    passed(seq) {
      writer.passed = Math.max(writer.passed, seq);
      segments.retire(writer.passed, context.now());
      if (writer.state === 'full' && segments.makeRoom(writer.wanted, writer.passed))
        enter(writer, 'ok');
    },
    async close() {
      writer.closed = true;
      await writer.work;
      await segments.close();
    },
  };
}

function append(writer: Writer, envelope: Envelope): Promise<void> {
  if (writer.closed) return Promise.reject(unavailable('the journal is closed'));
  let bytes: number;
  try {
    bytes = recordBytes(envelope);
  } catch (error) {
    return Promise.reject(new AppError('JOURNAL_UNAVAILABLE', messageOf(error)));
  }
  if (writer.pendingBytes + bytes > pendingBytesMax) {
    return Promise.reject(unavailable('too much is waiting to be written'));
  }
  return new Promise((resolve, reject) => {
    writer.pending.push({ envelope, bytes, resolve, reject });
    writer.pendingBytes += bytes;
    writer.work ??= commitAll(writer);
  });
}

const unavailable = (message: string, cause?: unknown): AppError =>
  new AppError('JOURNAL_UNAVAILABLE', message, { retryable: true, cause });

/** Writes what has gathered, syncs, acknowledges, and again: the slower the disk, the larger the batches. */
async function commitAll(writer: Writer): Promise<void> {
  // Whatever else this turn of the event loop brings belongs to the first batch.
  await new Promise(setImmediate);
  while (writer.pending.length > 0) {
    const batch = takeBatch(writer);
    const error = await commit(writer, batch);
    for (const { resolve, reject } of batch) {
      if (error) reject(error);
      else resolve();
    }
  }
  writer.work = undefined;
}

function takeBatch(writer: Writer): Pending[] {
  const { pending } = writer;
  let bytes = 0;
  let count = 0;
  for (const { bytes: more } of pending) {
    if (count > 0 && bytes + more > writer.batchBytes) break;
    bytes += more;
    count++;
  }
  const batch = count === pending.length ? pending : pending.slice(0, count);
  writer.pending = count === pending.length ? [] : pending.slice(count);
  writer.pendingBytes -= bytes;
  return batch;
}

/** @returns why nothing of the batch counts; undefined when it is durable */
async function commit(writer: Writer, batch: readonly Pending[]): Promise<AppError | undefined> {
  const { segments, context } = writer;
  const bytes = batch.reduce((sum, item) => sum + item.bytes, 0);
  if (!segments.makeRoom(bytes, writer.passed)) {
    writer.wanted = bytes;
    enter(writer, 'full');
    return new AppError('JOURNAL_FULL', 'the journal has reached its size limit', {
      retryable: true,
    });
  }
  try {
    const { salt } = await segments.prepare(writer.seq + 1);
    const records = encodeBatch(writer, batch, bytes, salt);
    await segments.write(records, newest(batch));
  } catch (error) {
    enter(writer, 'failing', messageOf(error));
    return unavailable(`the journal could not be written: ${messageOf(error)}`, error);
  }
  enter(writer, 'ok');
  writer.seq += batch.length;
  publishHead(writer.head, writer.seq);
  countBatch(context, batch);
  return undefined;
}

function encodeBatch(
  writer: Writer,
  batch: readonly Pending[],
  bytes: number,
  salt: number,
): Buffer {
  if (writer.scratch.length < bytes) writer.scratch = Buffer.allocUnsafe(bytes);
  const records = writer.scratch.subarray(0, bytes);
  let at = 0;
  let { seq } = writer;
  for (const item of batch) {
    encodeRecord(records, at, item.bytes, ++seq, item.envelope, salt);
    at += item.bytes;
  }
  return records;
}

const newest = (batch: readonly Pending[]): number =>
  batch.reduce((latest, { envelope }) => Math.max(latest, envelope.receivedAt), 0);

function countBatch({ count }: Context, batch: readonly Pending[]): void {
  const byDoor = new Map<string, number>();
  for (const { envelope } of batch) byDoor.set(envelope.door, (byDoor.get(envelope.door) ?? 0) + 1);
  for (const [door, records] of byDoor) count('journalled', { door }, records);
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
