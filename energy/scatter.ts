import { decodeDeviation, encodeDeviation } from './letters.ts';

/*
 * How far the hours of a meter usually lie from what is expected of them. A restless meter is far off every week, a steady one never: what is wrong for
 * the one is nothing for the other, so each is measured by itself.
 */

/** How far hours reach, in deviations, never below 0. */
export interface Reach {
  /** One hour above what is expected, three of four hours, and the same below. */
  readonly above: number;
  readonly heldAbove: number;
  readonly below: number;
  readonly heldBelow: number;
}

/** Plain JSON. */
export interface Scatter {
  /** Days since 1970-01-01 by the calendar of the institution; null before there is one. */
  readonly day: number | null;
  /** The furthest of that day so far. */
  readonly today: Reach;
  /** The furthest of the days before, four letters each, the newest last. */
  readonly past: string;
  /** How far the meter reaches on nine of ten of them; null before a day is over. */
  readonly usual: Reach | null;
}

export const noReach: Reach = { above: 0, heldAbove: 0, below: 0, heldBelow: 0 };
export const newScatter: Scatter = { day: null, today: noReach, past: '', usual: null };

const keptDays = 42;
const letters = 4;
/** On one day of ten a meter may go further than is usual. */
const usualShare = 0.9;
/** With fewer days the furthest of them is usual. */
const leastDays = 10;

export const daysOf = ({ past }: Scatter): number => past.length / letters;

/** With one more judged hour, in order of time. */
export function note(scatter: Scatter, day: number, reach: Reach): Scatter {
  if (scatter.day === null || day <= scatter.day)
    return { ...scatter, day: scatter.day ?? day, today: further(scatter.today, reach) };
  const past = (scatter.past + toLetters(scatter.today)).slice(-keptDays * letters);
  return { day, today: reach, past, usual: usualOf(past) };
}

const toLetters = ({ above, heldAbove, below, heldBelow }: Reach): string =>
  [above, heldAbove, below, heldBelow].map(encodeDeviation).join('');

const further = (a: Reach, b: Reach): Reach => ({
  above: Math.max(a.above, b.above),
  heldAbove: Math.max(a.heldAbove, b.heldAbove),
  below: Math.max(a.below, b.below),
  heldBelow: Math.max(a.heldBelow, b.heldBelow),
});

function usualOf(past: string): Reach {
  const days = past.length / letters;
  const of = (letter: number): number => {
    const all = Array.from({ length: days }, (_, index) =>
      decodeDeviation(past, index * letters + letter),
    ).sort((a, b) => a - b);
    return days < leastDays ? (all.at(-1) ?? 0) : shareOf(all, usualShare);
  };
  return { above: of(0), heldAbove: of(1), below: of(2), heldBelow: of(3) };
}

/** The value below which a share of the sorted values lies. */
function shareOf(sorted: readonly number[], share: number): number {
  const place = share * (sorted.length - 1);
  const low = sorted[Math.floor(place)] ?? 0;
  const high = sorted[Math.ceil(place)] ?? low;
  return low + (high - low) * (place - Math.floor(place));
}
