import type { Batch, Stretch } from '../stores/store.ts';

/** What a follower may have waiting in memory; beyond it falls back to reading from the store. */
const waitingObservations = 30_000;
/** So much is worth a transaction of its own. */
export const feedFull = 5_000;
/** Positions a follower may be behind and soon be back with what is in memory. */
const nearPositions = 10_000;

/** A batch as it waits for a follower. */
export interface Parcel<Content> extends Stretch {
  readonly count: number;
  /** Our clock when the first and the last of them were received; 0 where there is none. */
  readonly received: { readonly first: number; readonly last: number };
  readonly content: Content;
}

export const parcelOf = <Content>(
  batch: Batch,
  pack: (batch: Batch) => Content,
): Parcel<Content> => ({
  after: batch.after,
  upTo: batch.upTo,
  count: batch.observations.length,
  received: {
    first: batch.observations[0]?.receivedAt ?? 0,
    last: batch.observations.at(-1)?.receivedAt ?? 0,
  },
  content: pack(batch),
});

/** Batches on their way to one follower, in order; forgets them when they become too many, for the store has them. */
export interface Feed<Content> {
  offer(batch: Batch): void;
  /** What waits behind `after`, each where the one before ends. @param newest up to where batches were offered */
  take(after: number, newest: number): readonly Parcel<Content>[] | undefined;
  /** Resolves when something is or was offered. */
  more(): Promise<void>;
  /** Nothing will be offered any more; `more` waits no longer. */
  end(): void;
}

export function createFeed<Content>(pack: (batch: Batch) => Content): Feed<Content> {
  let waiting: Parcel<Content>[] = [];
  let observations = 0;
  /** Of one that is far behind nothing is kept. */
  let isNear = true;
  let ended = false;
  let wake = () => {};

  function keep(batch: Batch): void {
    waiting.push(parcelOf(batch, pack));
    observations += batch.observations.length;
    isNear = observations <= waitingObservations || waiting.length === 1;
    if (!isNear) drop();
  }
  function drop(): readonly Parcel<Content>[] {
    const dropped = waiting;
    waiting = [];
    observations = 0;
    return dropped;
  }
  return {
    offer(batch) {
      if (isNear) keep(batch);
      wake();
    },
    take(after, newest) {
      isNear ||= newest - after <= nearPositions;
      while (waiting[0] && waiting[0].upTo <= after) observations -= waiting.shift()?.count ?? 0;
      return waiting[0]?.after === after ? drop() : undefined;
    },
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
