import type { Batch } from '../stores/store.ts';

/** What a follower may have waiting in memory; beyond it falls back to reading from the store. */
const waitingObservations = 30_000;
/** So much is worth a transaction of its own. */
export const feedFull = 5_000;

/** Batches on their way to one follower, in order; forgets them when they become too many, for the store has them. */
export interface Feed {
  offer(batch: Batch): void;
  /** What waits behind `after`, as one batch. */
  take(after: number): Batch | undefined;
  /** How many are waiting. */
  observations(): number;
  /** Resolves when something is or was offered. */
  more(): Promise<void>;
  /** Nothing will be offered any more; `more` waits no longer. */
  end(): void;
}

export function createFeed(): Feed {
  let waiting: Batch[] = [];
  let observations = 0;
  let ended = false;
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
      while (waiting[0] && waiting[0].upTo <= after) waiting.shift();
      const first = waiting[0];
      if (first?.after !== after) {
        observations = countOf(waiting);
        return undefined;
      }
      const taken = waiting;
      waiting = [];
      observations = 0;
      const upTo = taken.at(-1)?.upTo ?? first.upTo;
      return { after, upTo, observations: taken.flatMap((batch) => batch.observations) };
    },
    observations: () => observations,
    more: () =>
      new Promise((resolve) => {
        wake = resolve;
        if (ended || waiting.length > 0) resolve();
      }),
    end() {
      ended = true;
      wake();
    },
  };
}

const countOf = (batches: readonly Batch[]): number =>
  batches.reduce((sum, { observations }) => sum + observations.length, 0);
