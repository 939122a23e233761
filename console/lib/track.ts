import type { Track } from '../../api/contract.ts';
import type { LonLat } from '../../model/entities.ts';
import { minuteMs } from '../../model/time.ts';
import { lengthM } from './geo.ts';

/** A line over a longer silence would be a guess. */
export const trackGapMs = 5 * minuteMs;

export interface TrackFix {
  readonly at: number;
  readonly position: LonLat;
  readonly speedKmh: number | null;
  readonly isGood: boolean;
}

/** Fixes that say where the vehicle was, as they are drawn. */
export const toFixes = (items: Track['items']): TrackFix[] =>
  items
    .filter(({ quality }) => quality !== 'invalid')
    .map(({ at, lat, lon, speedKmh, quality }) => ({
      at: Date.parse(at),
      position: [lon, lat],
      speedKmh,
      isGood: quality === 'good',
    }));

/** How many fixes carry each alarm of the terminal, those without a position too; by bit, ascending. */
export function alarmsIn(
  items: Track['items'],
): readonly (readonly [bit: number, fixes: number])[] {
  const counts = new Map<number, number>();
  for (const { alarms } of items)
    for (const bit of alarms) counts.set(bit, (counts.get(bit) ?? 0) + 1);
  return [...counts].sort(([a], [b]) => a - b);
}

interface Drive {
  /** Sum of the straight lines between fixes. */
  readonly km: number;
  /** Null where no fix tells a speed. */
  readonly fastestKmh: number | null;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly doubtful: number;
}

/**
 * What a track comes to, by its good fixes: one bad fix would add kilometres. Undefined where there are none.
 * @param fixes ascending by `at`
 */
export function driveOf(fixes: readonly TrackFix[]): Drive | undefined {
  const good = fixes.filter(({ isGood }) => isGood);
  const [first, last] = [good[0], good.at(-1)];
  if (!first || !last) return undefined;
  let fastestKmh: number | null = null;
  for (const { speedKmh } of good) {
    if (speedKmh !== null && speedKmh > (fastestKmh ?? -1)) fastestKmh = speedKmh;
  }
  return {
    km: lengthM(good.map(({ position }) => position)) / 1_000,
    fastestKmh,
    firstAt: first.at,
    lastAt: last.at,
    doubtful: fixes.length - good.length,
  };
}
