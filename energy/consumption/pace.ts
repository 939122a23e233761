import { dayMs, hourMs, minuteMs } from '../../model/time.ts';
import type { Reading } from '../hourly.ts';
import type { Kept } from './kept.ts';

/** How fast a counter goes around a reading, in units per ms. Looked into only where a reading is suspicious. */
export interface Pace {
  /** Mean of the day before; undefined where the counter has only begun. */
  mean(): number | undefined;
  /** The fastest of the last day on which it counted, and of the day after, between two readings or in a quarter of an hour; undefined where too little is known. */
  peak(): number | undefined;
  /** The fastest between two readings that is usual in the weeks before, or that is next to this one; undefined where too little is known. */
  weeks(): number | undefined;
  /** How much higher, or lower, the next reading is that differs from this one; 0 where there is none within a day. */
  next(): number;
}

export const noPace: Pace = {
  mean: () => undefined,
  peak: () => undefined,
  weeks: () => undefined,
  next: () => 0,
};

/** Less than this says nothing of the pace. */
const leastPaceMs = hourMs;
const leastRates = 8;
const weeksMs = 30 * dayMs;
/** Of those weeks so much must be known. */
const leastWeeksMs = 14 * dayMs;
/** In weeks so many steps may be jumps themselves, or come from a wrong reading. */
const mostJumps = 2;
/** So long before the reading before lies what decides of one, where only weeks say how fast the counter goes. */
export const historyMs = weeksMs + dayMs;
/** A counter with coarse steps shows at once what it counted in so long. */
const coarseMs = 15 * minuteMs;
/** Of a counter that runs backwards no more is looked at, as each of its readings is suspicious. */
const mostFalls = 24;

export interface Around {
  readonly kept: readonly Kept[];
  /** The first of a day, or since the counter began anew, by its place. */
  readonly from: number;
  /** The last that was counted up to, by its place. What it did not count says nothing of the circuit’s pace. */
  readonly counted: number;
  readonly readings: readonly Reading[];
  readonly n: number;
  /** How far it goes from one reading to another. */
  readonly change: (before: Reading, after: Reading) => number;
}

export function paceOf(around: Around): Pace {
  const { kept, from, counted, n } = around;
  let peak: { readonly value: number | undefined } | null = null;
  return {
    mean() {
      const [first, last] = [kept[from], kept.at(-1)];
      return first && last && last.at - first.at >= leastPaceMs
        ? (last.top - first.top) / (last.at - first.at)
        : undefined;
    },
    peak() {
      peak ??= { value: highest([...ratesBefore(kept, counted), ...ratesAfter(around)]) };
      return peak.value;
    },
    weeks: () => fastestOfWeeks(around),
    next: () => nextChange(around, n),
  };
}

const highest = (rates: readonly number[]): number | undefined =>
  rates.length < leastRates ? undefined : Math.max(...rates);

/** How much higher, or lower, the next reading is that differs from the one in a place; 0 where there is none within a day. */
export function nextChange({ readings, change }: Around, n: number): number {
  const first = readings[n];
  if (!first) return 0;
  for (let later = n + 1; later < readings.length; later++) {
    const reading = readings[later];
    if (!reading || reading.at - first.at > dayMs) return 0;
    if (reading.value !== first.value) return change(first, reading);
  }
  return 0;
}

/** Faster than its fastest by so much is no longer the same circuit. */
export const sprint = 1.5;

/** The most that is counted in a time. */
export const fastest = (peak: number, ms: number, times = sprint): number =>
  times * peak * Math.max(ms, coarseMs);

interface Step {
  readonly from: number;
  readonly to: number;
  readonly amount: number;
}

const rateOf = ({ from, to, amount }: Step): number => amount / Math.max(to - from, coarseMs);

/** Of each step together with those shortly before it, so that a counter that is read often goes no slower than one that is read seldom. */
function ratesOf(steps: readonly Step[]): readonly number[] {
  let [first, sum] = [0, 0];
  return steps.map(({ to, amount }, n) => {
    sum += amount;
    for (let step = steps[first]; step && first < n && to - step.from > coarseMs; ) {
      sum -= step.amount;
      step = steps[++first];
    }
    if (first === n) sum = amount;
    return rateOf({ from: steps[first]?.from ?? to, to, amount: sum });
  });
}

function ratesBefore(kept: readonly Kept[], counted: number): readonly number[] {
  const steps: Step[] = [];
  const since = (kept[counted]?.at ?? 0) - dayMs;
  for (let n = counted; n > 0; n--) {
    const [a, b] = [kept[n - 1], kept[n]];
    if (!a || !b || a.at < since) break;
    const { verdict } = b;
    if (verdict?.type !== 'used' || verdict.bounds) continue;
    const amount = verdict.modulus === undefined ? b.top - a.top : verdict.value;
    steps.push({ from: a.at, to: b.at, amount });
  }
  return ratesOf(steps.reverse());
}

/** Of the readings alone and not of what was made of them, so that it is the same from wherever on they are looked at. */
function fastestOfWeeks({ readings, n }: Around): number | undefined {
  const [last, reading, next] = [readings[n - 1], readings[n], readings[n + 1]];
  // From where it falls, or where nothing follows yet, it is not known to have gone on.
  if (!last || !reading || !next || next.value < reading.value) return undefined;
  const steps: Step[] = [];
  let knownMs = 0;
  for (let earlier = n - 1; earlier > 0; earlier--) {
    const [a, b] = [readings[earlier - 1], readings[earlier]];
    if (!a || !b || a.at < last.at - weeksMs) break;
    if (b.value < a.value) continue;
    steps.push({ from: a.at, to: b.at, amount: b.value - a.value });
    knownMs += b.at - a.at;
  }
  if (knownMs < leastWeeksMs) return undefined;
  const rates = steps.map(rateOf);
  const usual = rates.toSorted((a, b) => b - a)[mostJumps] ?? 0;
  const after = { from: reading.at, to: next.at, amount: next.value - reading.value };
  return Math.max(usual, rates[0] ?? 0, rateOf(after));
}

/** Of the day after a reading, as far as the counter goes one way; one jump may be a wrong reading’s and does not count. */
function ratesAfter(around: Around): readonly number[] {
  const { change } = around;
  const up = stepsWhile(
    around,
    Number.POSITIVE_INFINITY,
    (last, reading) => reading.value - last.value,
  );
  const down = stepsWhile(around, mostFalls, (last, reading) => -change(last, reading));
  const steps = down.length > up.length ? down : up;
  const each = steps.map(rateOf);
  const jump = each.indexOf(Math.max(...each));
  return [...ratesOf(steps.slice(0, Math.max(jump, 0))), ...ratesOf(steps.slice(jump + 1))];
}

/** As long as it goes on by no less than 0. */
function stepsWhile(
  { readings, n }: Around,
  most: number,
  amountOf: (last: Reading, reading: Reading) => number,
): readonly Step[] {
  const steps: Step[] = [];
  const end = (readings[n]?.at ?? 0) + dayMs;
  for (let later = n + 1; later < readings.length && steps.length < most; later++) {
    const [last, reading] = [readings[later - 1], readings[later]];
    if (!last || !reading || reading.at > end) break;
    const amount = amountOf(last, reading);
    if (amount < 0) break;
    steps.push({ from: last.at, to: reading.at, amount });
  }
  return steps;
}
