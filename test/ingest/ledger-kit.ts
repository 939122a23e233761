import { openLedger } from '../../ingest/ledger.ts';
import { dayAround } from '../../ingest/local-day.ts';
import type { Passage } from '../../ingest/passage.ts';
import type { Entry } from '../../model/envelope.ts';
import type { Accepted, Quarantined } from '../../model/observation.ts';

/** 2026-11-22 12:00 in Shanghai. */
export const noon = Date.UTC(2026, 10, 22, 4);
export const today = '2026-11-22';

export const openAt = (file: string) =>
  openLedger(
    file,
    (_, at) => dayAround(at, 'Asia/Shanghai'),
    () => noon,
  );

export const entryOf = (seq: number, more: Partial<Entry> = {}): Entry => ({
  seq,
  door: 'mqtt',
  protocol: 'mqtt-json',
  device: 'm1',
  receivedAt: noon + seq,
  bytes: Uint8Array.of(seq % 256),
  ...more,
});

export const stored = ({ seq, device, receivedAt }: Entry, ageMs = 0): Accepted => ({
  type: 'sample',
  device,
  at: receivedAt - ageMs,
  timeSource: 'device',
  values: { power_kw: 1 },
  seq,
  receivedAt,
});

export const nothing: Passage = {
  accepted: [],
  continued: new Set(),
  duplicates: [],
  quarantined: [],
  serials: [],
};

export const aside = (
  entry: Entry,
  part = 0,
  reason: Quarantined['reason'] = 'malformed',
): Quarantined => ({ ...entry, part, reason, detail: '' });
