import type { JournalReader } from '../journal/journal.ts';
import type { Context } from '../model/context.ts';
import type { Entry } from '../model/envelope.ts';
import type { Accepted, Quarantined } from '../model/observation.ts';
import type { Store } from '../stores/store.ts';
import { keyOf } from './deduplicate.ts';
import type { Ledger, Quarantine } from './ingest.ts';
import { perRead } from './line.ts';

/** What is counted again at a start, at most: the doors wait for nothing here, but people do. */
const entriesMost = 500_000;
/** What a store is asked about at once. */
const instantsAtOnce = 20_000;

export interface CatchUpParts {
  readonly reader: JournalReader;
  readonly store: Pick<Store, 'position' | 'accepted' | 'known'>;
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
    const continued = await continuedOf(accepted, store);
    ledger.add(end, entries, { accepted, continued, duplicates, quarantined, serials: [] });
    after = end;
  }
}

/** Those of whose instant the store was given something before. */
async function continuedOf(
  accepted: readonly Accepted[],
  { known }: Pick<Store, 'known'>,
): Promise<ReadonlySet<Accepted>> {
  const first = new Map<string, number>();
  for (let start = 0; start < accepted.length; start += instantsAtOnce)
    for (const { device, at, seq } of await known(accepted.slice(start, start + instantsAtOnce))) {
      const key = keyOf(device, at);
      first.set(key, Math.min(seq, first.get(key) ?? seq));
    }
  return new Set(
    accepted.filter(({ device, at, seq }) => (first.get(keyOf(device, at)) ?? seq) < seq),
  );
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
