import type { AlertView } from '../../api/contract.ts';
import type { LonLat } from '../../model/entities.ts';
import { minuteMs } from '../../model/time.ts';
import { type TrackFix, trackGapMs } from './track.ts';

/** A day driven again: where the vehicle was at an instant, and what happened when. Fixes are good ones, ascending by `at`. */

/** As it is drawn at an instant. */
export interface Moment {
  readonly position: LonLat;
  readonly speedKmh: number | null;
  /** Clockwise from north, as the way goes. */
  readonly headingDeg: number;
  /** Nothing was heard around then: it stands where it was last seen. */
  readonly isGap: boolean;
}

/** Index of the last fix at or before the instant; -1 before the first. */
export function fixBefore(fixes: readonly TrackFix[], at: number): number {
  let [low, high] = [0, fixes.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((fixes[middle]?.at ?? Infinity) <= at) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

const radians = Math.PI / 180;

function bearing([lonA, latA]: LonLat, [lonB, latB]: LonLat): number {
  const east = (lonB - lonA) * Math.cos(latA * radians);
  return (Math.atan2(east, latB - latA) / radians + 360) % 360;
}

/** Between two fixes on the straight line, but never across a silence. */
export function momentAt(fixes: readonly TrackFix[], at: number): Moment | undefined {
  const index = Math.max(0, fixBefore(fixes, at));
  const [last, next] = [fixes[index], fixes[index + 1]];
  if (!last) return undefined;
  const { position, speedKmh } = last;
  if (!next) return { position, speedKmh, headingDeg: 0, isGap: at - last.at > trackGapMs };
  const headingDeg = bearing(position, next.position);
  const isGap = next.at - last.at > trackGapMs && at > last.at;
  if (isGap) return { position, speedKmh: null, headingDeg, isGap };
  const share = Math.min(1, Math.max(0, (at - last.at) / (next.at - last.at || 1)));
  const [[lonA, latA], [lonB, latB]] = [position, next.position];
  return {
    position: [lonA + (lonB - lonA) * share, latA + (latB - latA) * share],
    speedKmh,
    headingDeg,
    isGap,
  };
}

export type ReplayEvent = { readonly at: number } & (
  | { readonly kind: 'stop' | 'gap'; readonly lastedMs: number }
  | { readonly kind: 'fastest'; readonly speedKmh: number }
  | { readonly kind: 'alert'; readonly alert: AlertView }
);

/** Slower than this a receiver standing still may seem to crawl. */
const standsBelowKmh = 3;
const stopFromMs = 5 * minuteMs;

function stopsAndGaps(fixes: readonly TrackFix[]): ReplayEvent[] {
  const events: ReplayEvent[] = [];
  let stoodSince: number | undefined;
  let last: TrackFix | undefined;
  const drive = (at: number) => {
    if (stoodSince !== undefined && at - stoodSince >= stopFromMs)
      events.push({ kind: 'stop', at: stoodSince, lastedMs: at - stoodSince });
    stoodSince = undefined;
  };
  for (const fix of fixes) {
    if (last && fix.at - last.at > trackGapMs) {
      drive(last.at);
      events.push({ kind: 'gap', at: last.at, lastedMs: fix.at - last.at });
    }
    if ((fix.speedKmh ?? Infinity) >= standsBelowKmh) drive(fix.at);
    else stoodSince ??= fix.at;
    last = fix;
  }
  if (last) drive(last.at);
  return events;
}

/** @param alerts of the vehicle, of any time */
export function eventsOf(fixes: readonly TrackFix[], alerts: readonly AlertView[]): ReplayEvent[] {
  const [first, last] = [fixes[0], fixes.at(-1)];
  if (!first || !last) return [];
  const events = stopsAndGaps(fixes);
  const fastest = fixes.reduce((a, b) => ((b.speedKmh ?? 0) > (a.speedKmh ?? 0) ? b : a));
  if ((fastest.speedKmh ?? 0) > standsBelowKmh)
    events.push({ kind: 'fastest', at: fastest.at, speedKmh: fastest.speedKmh ?? 0 });
  for (const alert of alerts) {
    const at = Date.parse(alert.openedAt);
    if (at >= first.at && at <= last.at) events.push({ kind: 'alert', at, alert });
  }
  return events.sort((a, b) => a.at - b.at);
}

/**
 * Speeds over the day as a path in a box of `width` by `height`, the fastest of each step at its height; broken where nothing was heard.
 */
export function speedPath(fixes: readonly TrackFix[], width: number, height: number): string {
  const [first, last] = [fixes[0], fixes.at(-1)];
  if (!first || !last || last.at <= first.at) return '';
  const perPixel = (last.at - first.at) / width;
  const steps = new Map<number, number>();
  for (const { at, speedKmh } of fixes) {
    const x = Math.floor((at - first.at) / perPixel);
    steps.set(x, Math.max(steps.get(x) ?? 0, speedKmh ?? 0));
  }
  const most = Math.max(1, ...steps.values());
  const gapSteps = Math.max(1, trackGapMs / perPixel);
  let path = '';
  let before = -Infinity;
  for (const [x, speed] of steps) {
    const y = height - (speed / most) * (height - 2) - 1;
    path += `${x - before > gapSteps ? 'M' : 'L'}${x} ${y.toFixed(1)}`;
    before = x;
  }
  return path;
}
