import type { Batch } from '../stores/store.ts';

/** What a follower may have waiting in memory; beyond it falls back to reading from the store. */
const waitingObservations = 30_000;

/** Batches on their way to one follower, in order; forgets them when they become too many, for the store has them. */
export interface Feed {
  offer(batch: Batch): void;
  take(after: number): Batch | undefined;
  /** Resolves when something is or was offered. */
  more(): Promise<void>;
  wake(): void;
}

export function createFeed(): Feed {
  let waiting: Batch[] = [];
  let observations = 0;
  let wake = () => {};
  return {
    offer(batch) {
      waiting.push(batch);
      observations += batch.observations.length;
      if (observations > waitingObservations && waiting.length > 1) {
        waiting = [];
        observations = 0;
      }
      wake();
    },
    take(after) {
      while (waiting[0] && waiting[0].upTo <= after)
        observations -= waiting.shift()?.observations.length ?? 0;
      if (waiting[0]?.after !== after) return undefined;
      const batch = waiting.shift();
      observations -= batch?.observations.length ?? 0;
      return batch;
    },
    more: () =>
      new Promise((resolve) => {
        wake = resolve;
        if (waiting.length > 0) resolve();
      }),
    wake: () => wake(),
  };
}
