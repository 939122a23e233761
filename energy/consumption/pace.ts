import { dayMs, hourMs, minuteMs } from '../../model/time.ts';
import type { Reading } from '../hourly.ts';
import type { Kept } from './keep.ts';

/** How fast a counter goes around a reading, in units per ms. Looked into only where a reading is suspicious. */
export interface Pace {
  /** Mean of the day before; undefined where the counter has only begun. */
  mean(): number | undefined;
  /** The fastest between two readings of the last day on which it counted, and of the day after; undefined where too little is known. */
  peak(): number | undefined;
  /** How much higher, or lower, the next reading is that differs from this one; 0 where there is none within a day. */
  next(): number;
}

export const noPace: Pace = {
  mean: () => undefined,
  peak: () => undefined,
  next: () => 0,
};

/** Less than this says nothing of the pace. */
const leastPaceMs = hourMs;
const leastRates = 8;
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
}

export function paceOf({ kept, from, counted, readings, n }: Around): Pace {
  let peak: { readonly value: number | undefined } | null = null;
  return {
    mean() {
      const [first, last] = [kept[from], kept.at(-1)];
      return first && last && last.at - first.at >= leastPaceMs
        ? (last.top - first.top) / (last.at - first.at)
        : undefined;
    },
    peak() {
      peak ??= { value: highest([...ratesBefore(kept, counted), ...ratesAfter(readings, n)]) };
      return peak.value;
    },
    next: () => nextChange(readings, n),
  };
}

const highest = (rates: readonly number[]): number | undefined =>
  rates.length < leastRates ? undefined : Math.max(...rates);

function nextChange(readings: readonly Reading[], n: number): number {
  const first = readings[n];
  if (!first) return 0;
  for (let later = n + 1; later < readings.length; later++) {
    const reading = readings[later];
    if (!reading || reading.at - first.at > dayMs) return 0;
    if (reading.value !== first.value) return reading.value - first.value;
  }
  return 0;
}

/** Faster than its fastest by so much is no longer the same circuit. */
export const sprint = 1.5;

/** The most that is counted in a time. */
export const fastest = (peak: number, ms: number): number => sprint * peak * Math.max(ms, coarseMs);

const rateOf = (amount: number, ms: number): number => amount / Math.max(ms, coarseMs);

function ratesBefore(kept: readonly Kept[], counted: number): readonly number[] {
  const rates: number[] = [];
  const since = (kept[counted]?.at ?? 0) - dayMs;
  for (let n = counted; n > 0; n--) {
    const [a, b] = [kept[n - 1], kept[n]];
    if (!a || !b || a.at < since) break;
    const { verdict } = b;
    if (verdict?.type === 'used' && !verdict.bounds)
      rates.push(
        rateOf(verdict.modulus === undefined ? b.top - a.top : verdict.value, b.at - a.at),
      );
  }
  return rates;
}

/** Of the day after a reading, as far as the counter goes one way; one jump may be a wrong reading’s and does not count. */
function ratesAfter(readings: readonly Reading[], n: number): readonly number[] {
  const first = readings[n];
  if (!first) return [];
  const isFalling = nextChange(readings, n) < 0;
  const rates: number[] = [];
  let last = first;
  for (let later = n + 1; later < readings.length; later++) {
    const reading = readings[later];
    if (!reading || reading.at - first.at > dayMs) break;
    const change = isFalling ? last.value - reading.value : reading.value - last.value;
    if (change < 0 || (isFalling && rates.length >= mostFalls)) break;
    rates.push(rateOf(change, reading.at - last.at));
    last = reading;
  }
  return rates.toSpliced(rates.indexOf(Math.max(...rates)), 1);
}
