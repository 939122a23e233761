import type { JournalReader } from '../journal/journal.ts';
import type { Entry } from '../model/envelope.ts';
import { AppError, isAppError, messageOf } from '../model/errors.ts';
import type { Quarantined } from '../model/observation.ts';
import type { Refusal, SetAside, Store } from '../stores/store.ts';
import type { Quarantine } from './ingest.ts';
import { perRead } from './line.ts';

/** Above any number a part of a message can have. */
const firstRefusedPart = 100_000;
/** Of one message; more says nothing new. */
const refusedPartsMost = 20;

type Origin = Pick<Entry, 'door' | 'protocol' | 'device' | 'receivedAt' | 'bytes'>;

export interface AsideParts {
  readonly read: JournalReader['read'];
  readonly quarantine: Pick<Quarantine, 'add'>;
  readonly store: Pick<Store, 'accepted'>;
}

/**
 * Points that a sink refused for good go to quarantine with its words and the bytes they came from. The same refusals make the
 * same items, of which quarantine keeps one.
 *
 * @throws AppError retryable, where the journal cannot be read or quarantine not be written
 */
export const setAside =
  ({ read, quarantine, store }: AsideParts): SetAside =>
  async (refusals) => {
    const ordered = [...refusals].sort((a, b) => a.seq - b.seq);
    for (let next = 0; next < ordered.length; ) {
      const from = ordered[next]?.seq ?? 0;
      const { entries, upTo } = await read(from - 1, perRead);
      const inJournal = new Map(entries.map((entry) => [entry.seq, entry]));
      const end = ordered.findIndex(({ seq }) => seq > Math.max(upTo, from));
      const here = ordered.slice(next, end < 0 ? ordered.length : end);
      next += here.length;
      const isWhole = here.every(({ seq }) => inJournal.has(seq));
      const origins = isWhole ? inJournal : new Map([...(await stored(store, here)), ...inJournal]);
      keep(quarantine, itemsOf(here, origins));
    }
  };

function itemsOf(
  refusals: readonly Refusal[],
  origins: ReadonlyMap<number, Origin>,
): readonly Quarantined[] {
  const parts = new Map<number, number>();
  return refusals.flatMap(({ seq, detail }) => {
    const nth = parts.get(seq) ?? 0;
    parts.set(seq, nth + 1);
    const origin = origins.get(seq);
    if (nth >= refusedPartsMost || !origin) return [];
    const { door, protocol, device, receivedAt, bytes } = origin;
    const part = firstRefusedPart + nth;
    const reason = 'refused-by-store';
    return [{ seq, part, door, protocol, device, receivedAt, reason, detail, bytes }];
  });
}

/** What the store knows of messages whose bytes are no longer in the journal, for a sink that was away for longer than it goes back. */
async function stored(
  store: AsideParts['store'],
  ordered: readonly Refusal[],
): Promise<ReadonlyMap<number, Origin>> {
  const [first, last] = [ordered[0]?.seq ?? 0, ordered.at(-1)?.seq ?? 0];
  const bytes = new Uint8Array();
  const observations = await store.accepted(first - 1, last);
  return new Map(
    observations.map(({ seq, device, receivedAt }) => [
      seq,
      { door: 'mqtt', protocol: 'mqtt-json', device, receivedAt, bytes },
    ]),
  );
}

/** A sink lets go of its file for errors that are not of the house. */
function keep(quarantine: AsideParts['quarantine'], items: readonly Quarantined[]): void {
  try {
    quarantine.add(items, []);
  } catch (error) {
    if (isAppError(error)) throw error;
    throw new AppError('STORE_UNAVAILABLE', `quarantine: ${messageOf(error)}`, {
      retryable: true,
      cause: error,
    });
  }
}
