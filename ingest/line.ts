import type { JournalHead, JournalReader } from '../journal/journal.ts';
import type { Context } from '../model/context.ts';
import type { Accepted } from '../model/observation.ts';
import type { Sink, Store } from '../stores/store.ts';
import type { Ledger, Quarantine, SinkStatus } from './ingest.ts';
import type { Pipeline } from './pipeline.ts';

export const perRead = { entries: 5_000, bytes: 4 * 1024 * 1024 };
/**
 * A transaction costs about as much as a hundred messages: what comes within this time shares one, and is seen by so much later at most. What
 * comes after a rest goes at once. Sinks beside the store take what it has stored, as it has; what waits longer is old to the garbage collector, which
 * then has to look through all there is.
 */
export const shareMs = 200;

export interface DeliveryParts {
  readonly head: JournalHead;
  readonly reader: JournalReader;
  readonly pipeline: Pipeline;
  readonly store: Store;
  /** Sinks beside the store, each at its own pace; they follow the store, which settles what is a duplicate. */
  readonly followers: readonly Sink[];
  readonly quarantine: Pick<Quarantine, 'add'>;
  readonly ledger: Pick<Ledger, 'add'>;
  /** Called when observations are in the store. */
  readonly onStored: (observations: readonly Accepted[]) => void;
  /** Called when every sink has passed a position. */
  readonly onPassed: (seq: number) => void;
}

export interface Progress {
  readonly name: SinkStatus['name'];
  position: number;
  /** What it has on disk; may trail behind `position`. */
  kept: number;
  /** Our clock when what it has passed last was received. */
  receivedAt: number;
  trouble: string | null;
}

/** What every loop works with. */
export interface Line extends DeliveryParts {
  readonly read: JournalReader['read'];
  readonly stopping: AbortSignal;
  /** A sink has moved on. */
  readonly passed: () => void;
  readonly context: Context;
}

/** @returns what waits until the given time has passed since it last let go */
export function createPacer(everyMs: number): () => Promise<void> {
  let last = 0;
  return async () => {
    const left = last + everyMs - performance.now();
    if (left > 0) await new Promise((resolve) => setTimeout(resolve, left));
    last = performance.now();
  };
}
