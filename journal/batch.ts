import type { Door, Envelope, Waiter } from '../model/envelope.ts';
import { encodeRecord, nextRecord, sealRecord } from './record.ts';

/** Records that are written and synced together, encoded as they come, so that nothing else of an envelope is held. */
export interface Batch {
  /** Room for more than `bytes`, which is how much is used. */
  records: Buffer;
  bytes: number;
  count: number;
  readonly byDoor: Map<Door, number>;
  /** Who waits, in order, and for how many records each; one who hands in several in a row stands here once. */
  readonly waiting: { readonly waiter: Waiter; count: number }[];
}

/** @param records memory for the records; grows where it is too small */
export const createBatch = (records: Buffer): Batch => ({
  records,
  bytes: 0,
  count: 0,
  byDoor: new Map(),
  waiting: [],
});

/** @param bytes of the record, as told by `recordBytes` */
export function addRecord(
  batch: Batch,
  bytes: number,
  seq: number,
  envelope: Envelope,
  waiter: Waiter,
): void {
  const end = batch.bytes + bytes;
  if (end > batch.records.length) grow(batch, end);
  encodeRecord(batch.records, batch.bytes, bytes, seq, envelope);
  batch.bytes = end;
  batch.count++;
  batch.byDoor.set(envelope.door, (batch.byDoor.get(envelope.door) ?? 0) + 1);
  const last = batch.waiting.at(-1);
  if (last?.waiter === waiter) last.count++;
  else batch.waiting.push({ waiter, count: 1 });
}

function grow(batch: Batch, bytes: number): void {
  const larger = Buffer.allocUnsafe(Math.max(bytes, 2 * batch.records.length));
  batch.records.copy(larger, 0, 0, batch.bytes);
  batch.records = larger;
}

/** The records as they are written, with their checksums. */
export function sealBatch({ records, bytes }: Batch, salt: number): Buffer {
  for (let at = 0; at < bytes; at = nextRecord(records, at)) sealRecord(records, at, salt);
  return records.subarray(0, bytes);
}
