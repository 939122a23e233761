import { hourMs } from '../../model/time.ts';
import {
  type CounterLimits,
  certainlyAnother,
  hoursOf,
  isNearEnd,
  isReadSeldom,
  jitter,
  moduliOf,
  mostPast,
  stepOf,
  wrapShare,
} from '../counter.ts';
import type { Reading } from '../hourly.ts';
import { fastest, noPace, type Pace, sprint } from './pace.ts';

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

/** It went on. */
export interface Used {
  readonly type: 'used';
  readonly value: number;
  /** Counter value at which it started from zero again. */
  readonly modulus?: number;
  /** Where it is not known exactly, with `value` between them. */
  readonly bounds?: { readonly least: number; readonly most: number };
}

export type Verdict =
  | Used
  | {
      readonly type: 'reset' | 'replaced' | 'backwards';
      /** So much was used in any case; nothing is known where it is absent. */
      readonly least?: number;
    };

/** Where nothing is known of what the meter may count, only more than this tells another meter. */
const blindSprint = 5;
/** So many times the fastest that is usual in weeks. */
const beyondWeeks = 10;
/** So many times the mean is nothing to look into. */
const common = { rated: 1, blind: 5 };
/** A blind counter with coarse steps may go back so many at once. */
const fewSteps = 5;
/** A rise of fewer steps is never another meter. */
const leastSteps = 100;
/** A wrap may by chance show nothing but zeros; so many steps before are still believed. */
const stepsOntoZero = 8;
/** Counters of six digits in BCD (DL/T 645 counts to 999,999.99). */
const usualBcd = 1e6;

/** @param before its `value` is the highest of its course so far */
export function judge(before: Reading, after: Reading, counter: Counter, pace: Pace): Verdict {
  const { ratioChanges } = counter;
  const limits = limitsAt(after.at, counter.limits, ratioChanges);
  const rise = after.value - before.value;
  const elapsedMs = after.at - before.at;
  const changes = ratioChanges.filter(({ at }) => before.at < at && at <= after.at);
  const across = acrossChanges(before, after, changes);
  if (across && (rise < 0 || across.value < rise)) return across;
  if (backPastZero(before, after, limits, pace) !== undefined) return { type: 'backwards' };
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

/** What was used where the ratio was changed, once or several times, between two readings and both are behind it. */
function acrossChanges(
  before: Reading,
  after: Reading,
  changes: readonly RatioChange[],
): Used | undefined {
  const [first, last] = [changes[0], changes.at(-1)];
  if (!first || !last) return undefined;
  const rise = after.value / last.after - before.value / first.before;
  if (rise < 0) return undefined;
  const ratios = [first.before, ...changes.map((change) => change.after)];
  const edges = [before.at, ...changes.map(({ at }) => at), after.at];
  const timesLength = ratios.map((ratio, n) => ratio * ((edges[n + 1] ?? 0) - (edges[n] ?? 0)));
  const mean = timesLength.reduce((sum, each) => sum + each, 0) / (after.at - before.at);
  return {
    type: 'used',
    value: rise * mean,
    bounds: { least: rise * Math.min(...ratios), most: rise * Math.max(...ratios) },
  };
}

function isPossibleRise(
  rise: number,
  elapsedMs: number,
  limits: CounterLimits,
  pace: Pace,
): boolean {
  const { maxPerHour, step } = limits;
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
  if (peak === undefined && isReadSeldom(limits)) return isOfWeeks(rise, elapsedMs, pace);
  if (peak === undefined || peak === 0) return true;
  return rise <= fastest(peak, elapsedMs, isBlind ? blindSprint : sprint);
}

/** Whether a counter that is read seldom may have counted it: what it counted once, with nothing like it in weeks nor after it, may be another meter’s. */
function isOfWeeks(rise: number, elapsedMs: number, pace: Pace): boolean {
  const most = pace.weeks();
  return most === undefined || most === 0 || rise <= fastest(most, elapsedMs, beyondWeeks);
}

/** How far a counter goes from one reading to another, back past zero the short way. Of the direction alone, so that no pace needs to be known. */
export function changeBetween(before: Reading, after: Reading, counter: Counter): number {
  const limits = limitsAt(after.at, counter.limits, counter.ratioChanges);
  const back = backPastZero(before, after, limits, noPace);
  return back === undefined ? after.value - before.value : -back;
}

function judgeFall(before: Reading, after: Reading, limits: CounterLimits, pace: Pace): Verdict {
  const elapsedMs = after.at - before.at;
  const fall = before.value - after.value;
  const mayRunBack = fall <= mostFall(before.value, elapsedMs, limits, pace);
  const isSmall = fall <= fewSteps * stepOf(before.value, limits);
  if (mayRunBack && (isSmall || pace.next() < 0)) return { type: 'backwards' };
  const isDark = limits.maxPerHour === undefined && pace.peak() === undefined;
  const modulus = sizesOf(limits, isDark).find(
    (size) =>
      isNearEnd(before.value, size) &&
      size - fall <= mostOfWrap(size, elapsedMs, limits, pace) &&
      !isFromNothing(before, after, size - fall, limits),
  );
  if (modulus !== undefined) return { type: 'used', value: modulus - fall, modulus };
  if (after.value <= mostFromZero(before.value, elapsedMs, limits)) return { type: 'reset' };
  return { type: mayRunBack ? 'backwards' : 'replaced' };
}

/**
 * A counter that runs backwards past zero shows the end of its range. Nothing is counted then, so where no pace is known a guess will do.
 * @returns how far it ran back
 */
function backPastZero(
  before: Reading,
  after: Reading,
  limits: CounterLimits,
  pace: Pace,
): number | undefined {
  if (after.value <= before.value || before.value > after.value * wrapShare) return undefined;
  const elapsedMs = after.at - before.at;
  const isKnown = pace.peak() !== undefined;
  const size = sizesOf(limits, false).find((each) => {
    const most = isKnown
      ? mostOfWrap(each, elapsedMs, limits, pace)
      : mostPast(each, elapsedMs, limits);
    return isNearEnd(after.value, each) && each + before.value - after.value <= most;
  });
  return size === undefined ? undefined : size + before.value - after.value;
}

/** To stand at nothing at all after many steps is rather a counter's that began anew than one's that wrapped. */
function isFromNothing(before: Reading, after: Reading, amount: number, limits: CounterLimits) {
  return after.value === 0 && amount > stepsOntoZero * shownStep(before.value, limits);
}

/** A counter of hundredths may show whole units alone. */
function shownStep(value: number, limits: CounterLimits): number {
  const step = stepOf(value, limits);
  const steps = Math.round(value / step);
  return step * ([100, 10].find((coarser) => steps % coarser === 0) ?? 1);
}

/** So much a counter may fall and have run backwards. */
function mostFall(value: number, elapsedMs: number, limits: CounterLimits, pace: Pace): number {
  const peak = pace.peak();
  if (limits.maxPerHour !== undefined || peak === undefined)
    return mostFromZero(value, elapsedMs, limits);
  return Math.max(fastest(peak, elapsedMs), stepOf(value, limits));
}

/** So much a counter may show when it has begun anew. */
function mostFromZero(before: number, elapsedMs: number, limits: CounterLimits): number {
  const most = mostPast(before, elapsedMs, limits);
  return limits.maxPerHour === undefined ? Math.max(most, fewSteps * stepOf(before, limits)) : most;
}

/** Where nothing is known of the counter's digits nor of its speed, a round number is no reason to take a fall for a wrap. */
function sizesOf(limits: CounterLimits, isDark: boolean): readonly number[] {
  const { digits, ratio } = limits;
  const sizes = moduliOf(limits);
  return digits !== undefined || isDark ? sizes : [...sizes, usualBcd, usualBcd * ratio];
}

/** What is counted over a wrap is an invented number where it was none: it is no more than the meter is known to count. */
function mostOfWrap(size: number, elapsedMs: number, limits: CounterLimits, pace: Pace): number {
  const most = mostPast(size, elapsedMs, limits);
  const peak = pace.peak();
  if (peak !== undefined) return Math.min(most, fastest(peak, elapsedMs));
  if (limits.maxPerHour !== undefined) return most;
  return Math.min(most, common.blind * (pace.mean() ?? 0) * elapsedMs);
}
