import type { JournalHead } from './journal.ts';

/** Cells of the memory: the last durable `seq`, and the first one of the segment that is written to. */
const seqCell = 0;
const segmentCell = 1;

/** Memory for a journal's head, to be handed to other threads. Begins at 0. */
export const createHead = (): SharedArrayBuffer =>
  new SharedArrayBuffer(2 * BigInt64Array.BYTES_PER_ELEMENT);

/** What a thread sees of the head in shared memory. */
export function headOf(buffer: SharedArrayBuffer): JournalHead & {
  /** First `seq` of the segment that is written to, or 0; known before the head gets there. */
  segment(): number;
} {
  const cells = new BigInt64Array(buffer);
  const seq = () => Number(Atomics.load(cells, seqCell));
  return {
    seq,
    segment: () => Number(Atomics.load(cells, segmentCell)),
    async beyond(after, timeoutMs) {
      const deadline = performance.now() + timeoutMs;
      for (let now = seq(); now <= after; now = seq()) {
        const left = deadline - performance.now();
        if (left <= 0) return;
        await Atomics.waitAsync(cells, seqCell, BigInt(now), left).value;
      }
    },
  };
}

/** Moves the head and wakes who waits for it, in every thread. */
export function publishHead(buffer: SharedArrayBuffer, seq: number): void {
  const cells = new BigInt64Array(buffer);
  Atomics.store(cells, seqCell, BigInt(seq));
  Atomics.notify(cells, seqCell);
}

/** Tells readers that a segment was begun; before the head moves into it. */
export function publishSegment(buffer: SharedArrayBuffer, first: number): void {
  Atomics.store(new BigInt64Array(buffer), segmentCell, BigInt(first));
}
