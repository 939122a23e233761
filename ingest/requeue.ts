import { setTimeout as wait } from 'node:timers/promises';
import type { JournalHead } from '../journal/journal.ts';
import type { Accept, ProtocolName } from '../model/envelope.ts';
import type { Protocol } from '../protocols/protocol.ts';
import type { Directory } from '../registry/registry.ts';
import { decode } from './decode.ts';
import type { Inspected, Quarantine, QuarantineDesk } from './ingest.ts';
import { createAside } from './passage.ts';

/** So many at once hold the door's thread for a moment only. */
const appendedAtOnce = 50;
const settleMs = 10_000;
const pollMs = 20;

export interface DeskParts {
  readonly quarantine: Quarantine;
  /** Journals an envelope once more. */
  readonly append: Accept;
  readonly head: Pick<JournalHead, 'seq'>;
  /** How far the store has come. */
  readonly position: () => number;
  readonly protocols: ReadonlyMap<ProtocolName, Protocol>;
  readonly directory: () => Directory;
}

/** Quarantine for those who work on it: looks at bytes with today's codec, and sends envelopes through the line once more. */
export function createQuarantineDesk(parts: DeskParts): QuarantineDesk {
  const { quarantine, head, position } = parts;
  return {
    list: quarantine.list,
    summary: quarantine.summary,
    inspect: (seq) => inspect(parts, seq),
    async requeue(query, { dryRun }) {
      const matched = quarantine.countEnvelopes(query);
      const refusedByStore = quarantine.countRefused(query);
      const { items, next } = quarantine.envelopes(query);
      const nothing = { matched, refusedByStore, requeued: 0, understood: 0, next: null };
      if (dryRun || items.length === 0) return nothing;

      await appendAgain(parts, items);
      const seqs = items.map(({ seq }) => seq);
      const upTo = head.seq();
      const deadline = Date.now() + settleMs;
      while (position() < upTo && Date.now() < deadline) await wait(pollMs);
      const settled = position() >= upTo;
      const understood = settled ? seqs.length - quarantine.countHere(seqs) : null;
      return { matched, refusedByStore, requeued: seqs.length, understood, next };
    },
  };
}

/** Marks what the journal took, also where it did not take the rest. */
async function appendAgain(
  { quarantine, append, head }: DeskParts,
  items: ReturnType<Quarantine['envelopes']>['items'],
): Promise<void> {
  const before = head.seq();
  for (let first = 0; first < items.length; first += appendedAtOnce) {
    const some = items.slice(first, first + appendedAtOnce);
    const kept: number[] = [];
    const appended = await Promise.allSettled(
      some.map(async ({ seq, ...envelope }) => {
        await append({ ...envelope, requeued: true });
        kept.push(seq);
      }),
    );
    quarantine.requeued(kept, before);
    for (const one of appended) if (one.status === 'rejected') throw one.reason;
  }
}

function inspect(
  { quarantine, protocols, directory }: DeskParts,
  seq: number,
): Inspected | undefined {
  const items = quarantine.parts(seq);
  const [first] = items;
  if (!first) return undefined;
  const { door, protocol, device, receivedAt, bytes } = first;
  const entry = { seq, door, protocol, device, receivedAt, bytes };
  const aside = createAside();
  const observations = decode([entry], protocols, directory(), aside).map(
    ({ observation }) => observation,
  );
  return {
    items,
    observations,
    refused: aside.items.map(({ reason, detail }) => ({ reason, detail })),
  };
}
