import {
  type Baseline,
  type Expectation,
  type ExpectOptions,
  expectedOf,
  type LocalHour,
  learn,
  newBaseline,
} from './baseline.ts';
import type { Hour } from './hourly.ts';

/** What was expected of an hour before it was over, with what is still usual. In the unit of the hours. */
export interface ExpectedHour {
  /** Unix ms UTC, a whole hour. */
  readonly start: number;
  /** The four below are null where too little was known to expect anything. */
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /** Robust standard deviation of the hours it rests on, with a floor. */
  readonly spread: number | null;
  /** Of how many days the expectation comes: the more, the surer. */
  readonly days: number;
}

/** An hour within so many deviations of what is expected is usual. */
export const usualDeviations = 4;

/**
 * What would have been expected of every hour, each from those before it alone. Learns from measured hours only.
 * @param hours ascending
 * @param local where an hour stands in the calendar of the institution
 * @param how as the rule that judges the meter expects
 */
export function expectedSeries(
  hours: readonly Hour[],
  local: (start: number) => LocalHour,
  how: ExpectOptions,
): readonly ExpectedHour[] {
  let baseline: Baseline = newBaseline;
  return hours.map(({ start, value, quality }) => {
    const at = local(start);
    const expected = toExpected(start, expectedOf(baseline, at, how));
    if (quality === 'measured' && value !== null) baseline = learn(baseline, at, value);
    return expected;
  });
}

function toExpected(start: number, expected: Expectation | undefined): ExpectedHour {
  if (!expected) return { start, value: null, low: null, high: null, spread: null, days: 0 };
  const { value, spread, days } = expected;
  const margin = usualDeviations * spread;
  return { start, value, low: Math.max(0, value - margin), high: value + margin, spread, days };
}
