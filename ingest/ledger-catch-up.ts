import type { JournalReader } from '../journal/journal.ts';
import type { Context } from '../model/context.ts';
import type { Entry } from '../model/envelope.ts';
import type { Quarantined } from '../model/observation.ts';
import type { Store } from '../stores/store.ts';
import type { Ledger, Quarantine } from './ingest.ts';
import { perRead } from './line.ts';

/** What is counted again at a start, at most: the doors wait for nothing here, but people do. */
const entriesMost = 500_000;

export interface CatchUpParts {
  readonly reader: JournalReader;
  readonly store: Pick<Store, 'position' | 'accepted'>;
  readonly quarantine: Pick<Quarantine, 'setAsideBetween'>;
  readonly ledger: Ledger;
}

/**
 * Counts what the store has and the ledger has not, as after a loss of power or with a ledger from a backup. What was stored, set aside and
 * journalled is exact; a message of which nothing is kept counts as one duplicate.
 */
export async function catchUpLedger(
  { reader, store, quarantine, ledger }: CatchUpParts,
  { log }: Pick<Context, 'log'>,
): Promise<void> {
  const upTo = await store.position();
  const behind = ledger.position();
  if (behind >= upTo) return;
  const from = Math.max(behind, upTo - entriesMost);
  log('warn', 'the ledger counts again what it lacks', { after: from, upTo, lost: from - behind });
  for (let after = from; after < upTo; ) {
    const run = await reader.read(after, {
      ...perRead,
      entries: Math.min(perRead.entries, upTo - after),
    });
    if (run.upTo === after) return;
    const entries = run.entries.filter(({ seq }) => seq <= upTo);
    const end = Math.min(run.upTo, upTo);
    const accepted = await store.accepted(after, end);
    const quarantined = setAside(entries, quarantine.setAsideBetween(after, end));
    const told = new Set([...accepted, ...quarantined].map(({ seq }) => seq));
    const duplicates = entries.filter(({ seq }) => !told.has(seq));
    ledger.add(end, entries, { accepted, duplicates, quarantined, serials: [] });
    after = end;
  }
}

function setAside(
  entries: readonly Entry[],
  items: ReturnType<Quarantine['setAsideBetween']>,
): readonly Quarantined[] {
  const bySeq = new Map(entries.map((entry) => [entry.seq, entry]));
  return items.flatMap(({ seq, reason }) => {
    const entry = bySeq.get(seq);
    return entry && reason !== 'refused-by-store'
      ? [{ ...entry, part: 0, reason, detail: '' }]
      : [];
  });
}
