import { hourMs, minuteMs, zoneOffsetMs } from '../../model/time.ts';

/** Series as charts want them. Pure; what belongs to ECharts alone is in `chart-options.ts`. */

/** Unix ms UTC, and a value in the unit of the metric; null breaks the line. */
export type Point = readonly [at: number, value: number | null];

/** Middle of the distances between neighbours, in ms; undefined below two points. */
export function usualStepMs(points: readonly Point[]): number | undefined {
  const steps: number[] = [];
  for (let i = 1; i < points.length; i++) {
    const [a, b] = [points[i - 1], points[i]];
    if (a && b && b[0] > a[0]) steps.push(b[0] - a[0]);
  }
  return steps.sort((a, b) => a - b)[Math.floor(steps.length / 2)];
}

/** Readings on either side by which the usual pace of a moment is told: a meter may have been read more slowly before. */
const beside = 5;

/**
 * Breaks the line wherever nothing was heard for three times as long as usual thereabouts.
 * @param everyS what the meter is expected to do; what it does counts where that is slower
 */
export function withGaps(points: readonly Point[], everyS?: number): Point[] {
  const least = Math.max((everyS ?? 0) * 1_000, minuteMs / 6);
  const out: Point[] = [];
  for (const [n, point] of points.entries()) {
    const before = points[n - 1];
    const step = before ? point[0] - before[0] : 0;
    if (before && step > 3 * least) {
      const near = points.slice(Math.max(0, n - beside), n + beside);
      const usual = Math.max(least, usualStepMs(near) ?? 0);
      if (step > 3 * usual) out.push([before[0] + usual, null]);
    }
    out.push(point);
  }
  return out;
}

interface Stats {
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly latest: number;
}

export function statsOf(points: readonly Point[]): Stats | undefined {
  let [min, max, sum, count, latest] = [Infinity, -Infinity, 0, 0, 0];
  for (const [, value] of points) {
    if (value === null) continue;
    min = Math.min(min, value);
    max = Math.max(max, value);
    sum += value;
    count++;
    latest = value;
  }
  return count === 0 ? undefined : { min, max, mean: sum / count, latest };
}

/** Charts have no zones: they draw UTC, so every instant is moved to look like the zone's clock. */
export const toChartTime = (at: number, zone: string): number => at + zoneOffsetMs(at, zone);

/** A stretch to be shaded, Unix ms UTC. */
export interface Band {
  readonly from: number;
  readonly to: number;
  readonly severity: 'info' | 'warning' | 'critical';
  readonly label: string;
}

/** One hour of use. */
export interface Hour {
  /** Its start, Unix ms UTC. */
  readonly at: number;
  readonly value: number | null;
  readonly quality?: string;
  readonly low?: number;
  readonly high?: number;
  readonly expected?: number;
}

/** The range as presets offer it, ending now, on whole minutes so that two loads in a minute ask the same. */
export function lastHours(hours: number, now: number): { from: number; to: number } {
  const to = Math.ceil(now / minuteMs) * minuteMs;
  return { from: to - hours * hourMs, to };
}
