import type { JournalReader } from '../journal/journal.ts';
import type { Entry } from '../model/envelope.ts';
import { AppError, isAppError, messageOf } from '../model/errors.ts';
import type { Quarantined } from '../model/observation.ts';
import type { Batch, Refusal, SetAside } from '../stores/store.ts';
import type { Quarantine } from './ingest.ts';
import { perRead } from './line.ts';

/** Above any number a part of a message can have. */
const firstRefusedPart = 100_000;
/** Of one message; more says nothing new. */
const refusedPartsMost = 20;

export interface AsideParts {
  readonly read: JournalReader['read'];
  readonly quarantine: Pick<Quarantine, 'add'>;
}

/**
 * Points of a batch that a sink refused for good go to quarantine with its words and the bytes they came from. The same refusals make the
 * same items, of which quarantine keeps one.
 *
 * @throws AppError retryable, where the journal cannot be read or quarantine not be written
 */
export const setAside =
  ({ read, quarantine }: AsideParts, batch: Batch): SetAside =>
  async (refusals) => {
    const ordered = [...refusals].sort((a, b) => a.seq - b.seq);
    for (let next = 0; next < ordered.length; ) {
      const from = ordered[next]?.seq ?? 0;
      const { entries, upTo } = await read(from - 1, perRead);
      const bySeq = new Map(entries.map((entry) => [entry.seq, entry]));
      const end = ordered.findIndex(({ seq }) => seq > Math.max(upTo, from));
      const here = ordered.slice(next, end < 0 ? ordered.length : end);
      next += here.length;
      keep(quarantine, itemsOf(here, bySeq, batch));
    }
  };

function itemsOf(
  refusals: readonly Refusal[],
  entries: ReadonlyMap<number, Entry>,
  { observations }: Batch,
): readonly Quarantined[] {
  const parts = new Map<number, number>();
  return refusals.flatMap(({ seq, detail }) => {
    const nth = parts.get(seq) ?? 0;
    parts.set(seq, nth + 1);
    const origin = entries.get(seq) ?? withoutBytes(observations, seq);
    if (nth >= refusedPartsMost || !origin) return [];
    const { door, protocol, device, receivedAt, bytes } = origin;
    const part = firstRefusedPart + nth;
    const reason = 'refused-by-store';
    return [{ seq, part, door, protocol, device, receivedAt, reason, detail, bytes }];
  });
}

/** What is known of a message whose bytes are no longer in the journal, for a sink that was away for longer than it goes back. */
function withoutBytes(observations: Batch['observations'], seq: number) {
  const observation = observations.find((one) => one.seq === seq);
  if (!observation) return undefined;
  const { device, receivedAt } = observation;
  const bytes = new Uint8Array();
  return { door: 'mqtt', protocol: 'mqtt-json', device, receivedAt, bytes } as const;
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
