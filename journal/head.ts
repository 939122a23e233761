import type { JournalHead } from './journal.ts';

/** Memory for a journal's head, to be handed to other threads. Begins at 0. */
export const createHead = (): SharedArrayBuffer =>
  new SharedArrayBuffer(BigInt64Array.BYTES_PER_ELEMENT);

/** What a thread sees of the head in shared memory. */
export function headOf(buffer: SharedArrayBuffer): JournalHead {
  const cells = new BigInt64Array(buffer);
  const seq = () => Number(Atomics.load(cells, 0));
  return {
    seq,
    async beyond(after, timeoutMs) {
      const deadline = performance.now() + timeoutMs;
      for (let now = seq(); now <= after; now = seq()) {
        const left = deadline - performance.now();
        if (left <= 0) return;
        await Atomics.waitAsync(cells, 0, BigInt(now), left).value;
      }
    },
  };
}

/** Moves the head and wakes who waits for it, in every thread. */
export function publishHead(buffer: SharedArrayBuffer, seq: number): void {
  const cells = new BigInt64Array(buffer);
  Atomics.store(cells, 0, BigInt(seq));
  Atomics.notify(cells, 0);
}
