/** Durations in logarithmic buckets of about 2 %, from a microsecond to minutes: recording costs the same however many there are. */
export interface Histogram {
  record(tookMs: number): void;
  count(): number;
  /** Upper end of the bucket that holds this share, ms; NaN when empty. */
  quantile(share: number): number;
}

const bucketsPerDoubling = 32;
const bucketsOverall = bucketsPerDoubling * 28;
const leastMs = 0.001;

export function createHistogram(): Histogram {
  const counts = new Int32Array(bucketsOverall);
  let total = 0;
  return {
    record(tookMs) {
      const bucket = Math.log2(tookMs / leastMs) * bucketsPerDoubling;
      const place = bucket > 0 ? Math.min(bucketsOverall - 1, bucket | 0) : 0;
      counts[place] = (counts[place] ?? 0) + 1;
      total++;
    },
    count: () => total,
    quantile(share) {
      let below = 0;
      for (const [bucket, count] of counts.entries()) {
        below += count;
        if (total > 0 && below >= total * share)
          return leastMs * 2 ** ((bucket + 1) / bucketsPerDoubling);
      }
      return Number.NaN;
    },
  };
}
