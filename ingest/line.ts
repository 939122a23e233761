import type { JournalHead, JournalReader } from '../journal/journal.ts';
import type { Context } from '../model/context.ts';
import type { Accepted } from '../model/observation.ts';
import type { Refusal, Sink, Store } from '../stores/store.ts';
import type { Ledger, Quarantine, SinkStatus } from './ingest.ts';
import type { Pipeline } from './pipeline.ts';

export const perRead = { entries: 5_000, bytes: 4 * 1024 * 1024 };
/** A transaction costs the same for one message as for a thousand: what comes within this time shares one. What comes after a rest goes at once. */
export const shareMs = { store: 50, follower: 250 };

export interface DeliveryParts {
  readonly head: JournalHead;
  readonly reader: JournalReader;
  readonly pipeline: Pipeline;
  readonly store: Store;
  /** Sinks beside the store, each at its own pace; they follow the store, which settles what is a duplicate. */
  readonly followers: readonly Sink[];
  readonly quarantine: Quarantine;
  readonly ledger: Ledger;
  /** Day of the device's institution, YYYY-MM-DD. */
  readonly dateOf: (device: string, at: number) => string;
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

/** Points that a sink refused for good go to quarantine with its words and the bytes they came from. */
export async function setAside(
  { read, quarantine }: Line,
  refusals: readonly Refusal[],
  keepTrying: <T>(work: () => Promise<T>) => Promise<T>,
): Promise<void> {
  for (const { seq, detail } of refusals) {
    await keepTrying(async () => {
      const { entries } = await read(seq - 1, { ...perRead, entries: 1 });
      const entry = entries.find((candidate) => candidate.seq === seq);
      if (!entry) return;
      const { door, device, receivedAt, bytes } = entry;
      const reason = 'refused-by-store';
      quarantine.add([{ seq, part: refusedPart, door, device, receivedAt, reason, detail, bytes }]);
    });
  }
}

/** Above any number a part of a message can have. */
const refusedPart = 100_000;
