import { hourMs } from '../../model/time.ts';
import {
  blindWrapShare,
  type CounterLimits,
  certainlyAnother,
  jitter,
  moduliOf,
  slackHours,
  stepOf,
  wrapShare,
} from '../counter.ts';
import type { Reading } from '../hourly.ts';

/** What lies between two readings of a counter, judged with all that is known of it. */

/** The transformers' ratio was changed; readings are values behind the ratio that was then set. */
export interface RatioChange {
  readonly at: number;
  readonly before: number;
  readonly after: number;
}

export interface Counter {
  readonly limits: CounterLimits;
  /** Ascending by `at`. */
  readonly ratioChanges: readonly RatioChange[];
}

/** With the ratio that was set at an instant. */
export function limitsAt(
  at: number,
  limits: CounterLimits,
  changes: readonly RatioChange[],
): CounterLimits {
  const first = changes[0];
  if (!first) return limits;
  return { ...limits, ratio: changes.findLast((each) => each.at <= at)?.after ?? first.before };
}

export type Verdict =
  | {
      readonly type: 'used';
      readonly value: number;
      /** Counter value at which it started from zero again. */
      readonly modulus?: number;
      /** Where it is not known exactly, with `value` between them. */
      readonly bounds?: { readonly least: number; readonly most: number };
    }
  | { readonly type: 'reset' | 'replaced' | 'backwards' };

/** How fast the counter goes in the day before and in the day after, in units per ms; undefined where too little is known. */
export interface Pace {
  /** Mean of the day before. */
  mean(): number | undefined;
  /** The fastest between two readings of both days. */
  peak(): number | undefined;
}

export const noPace: Pace = { mean: () => undefined, peak: () => undefined };

/** Faster than its fastest by so much, and faster than it may, is another meter; the rating alone may be wrong. */
const sprint = 1.5;
/** Where nothing is known of what the meter may count, only more than this tells another meter. */
const blindSprint = 5;
/** So many times the mean is nothing to look into. */
const common = { rated: 1, blind: 5 };
/** A blind counter with coarse steps may go back so many at once. */
const fewSteps = 5;
/** A rise of fewer steps is never another meter. */
const leastSteps = 100;
/** Counters of six digits in BCD (DL/T 645 counts to 999,999.99). */
const usualBcd = 1e6;

const hoursOf = (elapsedMs: number): number => elapsedMs / hourMs + slackHours;

/** @param before its `value` is the highest of its course so far */
export function judge(before: Reading, after: Reading, counter: Counter, pace: Pace): Verdict {
  const { ratioChanges } = counter;
  const limits = limitsAt(after.at, counter.limits, ratioChanges);
  const rise = after.value - before.value;
  const elapsedMs = after.at - before.at;
  const change = ratioChanges.find(({ at }) => before.at < at && at <= after.at);
  const across = change && acrossChange(before, after, change);
  if (across && (rise < 0 || across.value < rise)) return across;
  if (rise >= 0)
    return isPossibleRise(rise, elapsedMs, limits, pace)
      ? { type: 'used', value: rise }
      : { type: 'replaced' };
  if (-rise <= tremble(before.value, limits)) return { type: 'used', value: 0 };
  return judgeFall(before, after, limits, pace);
}

/** Hundredths may tremble, and floats by their step; what counts in coarse steps does not go back one for nothing. */
const tremble = (value: number, { mayBeFloat }: CounterLimits): number =>
  mayBeFloat ? jitter(value) : jitter(0);

/** What was used where the ratio was changed between two readings and both are behind it. */
function acrossChange(
  before: Reading,
  after: Reading,
  change: RatioChange,
): Extract<Verdict, { type: 'used' }> | undefined {
  const rise = after.value / change.after - before.value / change.before;
  if (rise < 0) return undefined;
  const share = (change.at - before.at) / (after.at - before.at);
  const [low, high] = [
    Math.min(change.before, change.after),
    Math.max(change.before, change.after),
  ];
  return {
    type: 'used',
    value: rise * (share * change.before + (1 - share) * change.after),
    bounds: { least: rise * low, most: rise * high },
  };
}

function isPossibleRise(
  rise: number,
  elapsedMs: number,
  { maxPerHour, step }: CounterLimits,
  pace: Pace,
): boolean {
  const hours = hoursOf(elapsedMs);
  if (maxPerHour !== undefined) {
    if (rise <= maxPerHour * hours) return true;
    if (rise > certainlyAnother * maxPerHour * hours) return false;
  }
  const isBlind = maxPerHour === undefined;
  const within = (perMs: number, times: number) => rise <= perMs * times * hours * hourMs;
  const mean = pace.mean();
  if (rise <= leastSteps * step) return true;
  if (mean !== undefined && within(mean, isBlind ? common.blind : common.rated)) return true;
  const peak = pace.peak();
  // A counter that stood still and now jumps may have been switched on.
  return peak === undefined || peak === 0 || within(peak, isBlind ? blindSprint : sprint);
}

function judgeFall(before: Reading, after: Reading, limits: CounterLimits, pace: Pace): Verdict {
  const { maxPerHour } = limits;
  const hours = hoursOf(after.at - before.at);
  const fall = before.value - after.value;
  const modulus = sizesOf(limits, pace).find((size) => {
    if (before.value >= size || before.value < size * (1 - wrapShare)) return false;
    return size - fall <= mostOfWrap(size, hours, maxPerHour, pace);
  });
  if (modulus !== undefined) return { type: 'used', value: modulus - fall, modulus };
  const most =
    maxPerHour === undefined
      ? Math.max(before.value * blindWrapShare, fewSteps * stepOf(before.value, limits))
      : maxPerHour * hours;
  if (after.value <= most) return { type: 'reset' };
  return { type: fall <= most ? 'backwards' : 'replaced' };
}

/** Where nothing is known of the counter's digits nor of its speed, a round number is no reason to take a fall for a wrap. */
function sizesOf(limits: CounterLimits, pace: Pace): readonly number[] {
  const { digits, maxPerHour, ratio } = limits;
  const sizes = moduliOf(limits);
  const isDark = maxPerHour === undefined && pace.peak() === undefined;
  return digits !== undefined || isDark ? sizes : [...sizes, usualBcd, usualBcd * ratio];
}

function mostOfWrap(
  size: number,
  hours: number,
  maxPerHour: number | undefined,
  pace: Pace,
): number {
  const isBlind = maxPerHour === undefined;
  const most = isBlind ? size * blindWrapShare : maxPerHour * hours;
  const peak = pace.peak();
  if (peak === undefined) return most;
  return Math.min(most, (isBlind ? blindSprint : sprint) * peak * hours * hourMs);
}
