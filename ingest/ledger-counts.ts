import type { QuarantineReason } from '../model/observation.ts';
import { secondMs } from '../model/time.ts';
import type { LedgerDay } from './ingest.ts';

/** What is counted of a device and a day; each is a column of the ledger. New ones at the end only: files refer to them by place. */
export const counters = [
  'journalled',
  'messages_stored',
  'messages_duplicate',
  'messages_quarantined',
  'requeued',
  'stored',
  'duplicate',
  'late',
  'observed',
  'serial_gaps',
  'serial_missing',
  'malformed',
  'unsupported',
  'unknown_device',
  'unknown_metric',
  'out_of_range',
  'clock_ahead',
  'conflict',
  'refused_by_store',
  'rested_ms',
  'observed_at_rest',
] as const;

export type Counter = (typeof counters)[number];

/** Counts by place in `counters`. There are several of every device: typed arrays take more than twice the room. */
export type Counts = number[];

export const createCounts = (): Counts => counters.map(() => 0);

const placeOf = (counter: Counter): number => counters.indexOf(counter);

export const place = {
  journalled: placeOf('journalled'),
  messagesStored: placeOf('messages_stored'),
  messagesDuplicate: placeOf('messages_duplicate'),
  messagesQuarantined: placeOf('messages_quarantined'),
  requeued: placeOf('requeued'),
  stored: placeOf('stored'),
  duplicate: placeOf('duplicate'),
  late: placeOf('late'),
  observed: placeOf('observed'),
  serialGaps: placeOf('serial_gaps'),
  serialMissing: placeOf('serial_missing'),
  restedMs: placeOf('rested_ms'),
  observedAtRest: placeOf('observed_at_rest'),
} as const;

export const reasonPlace: Readonly<Record<QuarantineReason, number>> = {
  malformed: placeOf('malformed'),
  unsupported: placeOf('unsupported'),
  'unknown-device': placeOf('unknown_device'),
  'unknown-metric': placeOf('unknown_metric'),
  'out-of-range': placeOf('out_of_range'),
  'clock-ahead': placeOf('clock_ahead'),
  conflict: placeOf('conflict'),
  'refused-by-store': placeOf('refused_by_store'),
};

const reasons = Object.entries(reasonPlace) as readonly (readonly [QuarantineReason, number])[];

/** @param numbered whether the device numbers its messages */
export function toLedgerDay(
  device: string,
  date: string,
  counts: Counts,
  numbered: boolean,
): LedgerDay {
  const of = (counter: number): number => counts[counter] ?? 0;
  const quarantined: Partial<Record<QuarantineReason, number>> = {};
  let setAside = 0;
  for (const [reason, counter] of reasons) {
    if (of(counter) === 0) continue;
    quarantined[reason] = of(counter);
    setAside += of(counter);
  }
  const messages = {
    stored: of(place.messagesStored),
    duplicate: of(place.messagesDuplicate),
    quarantined: of(place.messagesQuarantined),
  };
  const told = messages.stored + messages.duplicate + messages.quarantined;
  return {
    device,
    date,
    journalled: of(place.journalled),
    messages: { ...messages, empty: of(place.journalled) - told },
    requeued: of(place.requeued),
    received: of(place.stored) + of(place.duplicate) + setAside,
    stored: of(place.stored),
    duplicate: of(place.duplicate),
    quarantined,
    late: of(place.late),
    observed: of(place.observed),
    restedS: Math.floor(of(place.restedMs) / secondMs),
    observedAtRest: of(place.observedAtRest),
    serialGaps: numbered ? { count: of(place.serialGaps), missing: of(place.serialMissing) } : null,
  };
}
