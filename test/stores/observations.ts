import type { Metric } from '../../model/metrics.ts';
import type { Accepted } from '../../model/observation.ts';
import type { Batch, StoredFix } from '../../stores/store.ts';

/** 2026-11-20T00:00:00Z. */
export const dayStart = Date.UTC(2026, 10, 20);

export const sample = (
  device: string,
  at: number,
  seq: number,
  values: Partial<Record<Metric, number>>,
  more: { readonly receivedAt?: number; readonly timeSource?: 'device' | 'receipt' } = {},
): Accepted => ({
  type: 'sample',
  device,
  at,
  timeSource: more.timeSource ?? 'device',
  values,
  seq,
  receivedAt: more.receivedAt ?? at + 250,
});

export const fix = (
  device: string,
  at: number,
  seq: number,
  more: Partial<StoredFix> = {},
): StoredFix => ({
  type: 'fix',
  device,
  at,
  timeSource: 'device',
  lat: 36.45,
  lon: 115.98,
  fixed: true,
  seq,
  receivedAt: at + 400,
  ...more,
});

/** Everything behind `after`, as the batch that follows it. */
export const batchOf = (after: number, observations: readonly Accepted[]): Batch => ({
  after,
  upTo: Math.max(after, ...observations.map(({ seq }) => seq)),
  observations,
});

/** Order does not matter where the contract gives none. */
export const sortedBySeq = (observations: readonly Accepted[]): readonly Accepted[] =>
  [...observations].sort(
    (a, b) => a.seq - b.seq || a.at - b.at || a.device.localeCompare(b.device),
  );

/** The observation that stands for a journal position: a fix for every fifth, else a sample, spread over ten days and forty devices. */
export const numbered = (seq: number): Accepted => {
  const at = dayStart + (seq % 10) * 86_400_000 + seq;
  return seq % 5 === 0
    ? fix(`v${seq % 40}`, at, seq, { speedKmh: seq % 100 })
    : sample(`m${seq % 40}`, at, seq, { power_kw: seq, flow_m3h: -seq });
};
