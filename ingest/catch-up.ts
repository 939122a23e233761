import type { Batch, Store } from '../stores/store.ts';
import type { Progress } from './line.ts';

/** Journal positions read from the store at once: few enough that live data waits for them only a moment. */
const positionsPerRead = 10_000;

/** Reads from the store what a sink has missed, the next part while the last one is being sent. */
export interface CatchUp {
  /** What the store has behind `after`; undefined where that is nothing. @throws what the store throws */
  next(after: number): Promise<Batch | undefined>;
  /** Begins to read what follows `after`, which `next` will be asked for. */
  ahead(after: number): void;
}

/** @param lead how far the store is */
export function createCatchUp(
  store: Pick<Store, 'accepted'>,
  lead: Pick<Progress, 'position'>,
): CatchUp {
  let begun: { readonly after: number; readonly batch: Promise<Batch> } | undefined;

  const read = async (after: number, upTo: number): Promise<Batch> => ({
    after,
    upTo,
    observations: await store.accepted(after, upTo),
  });
  const reach = (after: number) => Math.min(after + positionsPerRead, lead.position);

  return {
    async next(after) {
      const known = begun;
      begun = undefined;
      if (known?.after === after) return known.batch;
      const upTo = reach(after);
      return upTo > after ? read(after, upTo) : undefined;
    },
    ahead(after) {
      // A short rest is likely in memory by the time it is wanted.
      if (reach(after) - after < positionsPerRead) return;
      begun = { after, batch: read(after, reach(after)) };
      // Asked for with `next`; trouble in between is no unhandled one.
      begun.batch.catch(() => {});
    },
  };
}
