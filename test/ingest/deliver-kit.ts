import { expect } from 'vitest';
import type { Ledger } from '../../ingest/ingest.ts';
import type { Pipeline } from '../../ingest/pipeline.ts';
import type { JournalHead, JournalReader } from '../../journal/journal.ts';
import type { Entry } from '../../model/envelope.ts';
import type { Accepted } from '../../model/observation.ts';
import type { Batch, Refusal, Sink } from '../../stores/store.ts';

/** A journal, a pipeline and sinks that tests can break. */

export const entryOf = (seq: number): Entry => ({
  seq,
  door: 'mqtt',
  protocol: 'mqtt-json',
  device: 'm1',
  receivedAt: 1_000 + seq,
  bytes: Uint8Array.of(seq % 256),
});

/** A journal in memory that can grow; `damaged` are left out as a real one does. */
export function createJournal(damaged: ReadonlySet<number> = new Set()) {
  let head = 0;
  let wake = () => {};
  const reader: JournalReader = {
    async read(after, { entries: most }) {
      const upTo = Math.min(head, after + Math.min(most, 100));
      const seqs = Array.from(
        { length: Math.max(0, upTo - after) },
        (_, index) => after + 1 + index,
      );
      return {
        entries: seqs.filter((seq) => !damaged.has(seq)).map(entryOf),
        upTo: Math.max(after, upTo),
      };
    },
    async close() {},
  };
  const journalHead: JournalHead = {
    seq: () => head,
    beyond: (_seq, timeoutMs) =>
      new Promise((resolve) => {
        wake = resolve;
        setTimeout(resolve, timeoutMs);
      }),
  };
  return {
    reader,
    head: journalHead,
    grow(to: number) {
      head = to;
      wake();
    },
  };
}

export const pipeline: Pipeline = {
  async pass(entries) {
    const accepted = entries.map(
      ({ seq, device, receivedAt }): Accepted => ({
        type: 'sample',
        device,
        at: receivedAt,
        timeSource: 'device',
        values: { power_kw: seq },
        seq,
        receivedAt,
      }),
    );
    return { accepted, continued: new Set(), duplicates: [], quarantined: [], serials: [] };
  },
  remember() {},
};

export const ledger: Pick<Ledger, 'add'> = { add() {} };

/** A follower that can be told to fail, refuse or dawdle. */
export function createSink(
  name: Sink['name'],
  behave: (batch: Batch) => Promise<readonly Refusal[]> = async () => [],
) {
  const got: number[] = [];
  let position = 0;
  const sink: Sink = {
    name,
    position: async () => position,
    async write(batch, setAside) {
      if (batch.upTo <= position) return [];
      expect(batch.after).toBe(position);
      const refusals = await behave(batch);
      if (refusals.length > 0) await setAside?.(refusals);
      got.push(...batch.observations.map(({ seq }) => seq));
      position = batch.upTo;
      return refusals;
    },
    close: async () => {},
  };
  return { sink, got };
}
