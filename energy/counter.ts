import type { Meter } from '../model/entities.ts';
import { hourMs, minuteMs } from '../model/time.ts';

/** What is plausible for a counter, in the unit of the counter. */
export interface CounterLimits {
  /** What the meter can count in an hour at most; undefined where nothing is known. */
  readonly maxPerHour?: number;
  /** Digits of the counter before the decimal point. */
  readonly digits?: number;
  /** Of the transformers; the counter may stand before or behind them. */
  readonly ratio: number;
  /** Readings further apart than this leave a gap between them. */
  readonly maxGapMs: number;
  /** Readings no further apart than this tell well enough what was used when. */
  readonly closeMs: number;
  /** Smallest step the counter itself shows, in its unit. */
  readonly step: number;
  /** Whether its values are multiplied by the ratio before they come. */
  readonly isMultiplied: boolean;
  /** Whether its values may have come as 32-bit floats, whose steps grow with the value. */
  readonly mayBeFloat: boolean;
}

/** Above its rating for a moment a circuit can be; this share is allowed. */
const overload = 1.2;
/** A meter that is only overloaded still counts: a jump must be so many times beyond what is possible to be another meter. */
export const certainlyAnother = 20;
/** A counter with coarse steps may show a quarter of an hour's consumption at once. */
const slackHours = 0.25;
/** A wrap happens near the end of the counter. */
export const wrapShare = 0.05;
/** Without a rating, this share of the modulus is the most one gap may hold. */
const blindWrapShare = 0.01;
/** Steps of electricity meters, and of most others, where nothing is known. */
const usualStep = 0.01;
/** 32-bit registers in the steps meters use. */
const registerModuli = [2 ** 31, 2 ** 32].flatMap((size) => [
  size * 0.001,
  size * 0.01,
  size * 0.1,
  size,
]);

/** DL/T 645 sends energies as XXXXXX.XX kWh, CJ/T 188 volumes as XXXXXX.XX m³. Heat comes in many units. */
const framedDigits = 6;

const digitsOf = ({ digits, dlt645, cjt188, medium }: Meter): number | undefined =>
  digits ?? (dlt645 || (cjt188 && medium !== 'heat') ? framedDigits : undefined);

/** Of two readings a day or so too few lie in a day to say how fast it goes: the weeks before do. */
const seldomMs = 9 * hourMs;
export const isReadSeldom = ({ closeMs }: CounterLimits): boolean => closeMs >= seldomMs;

/** Limits as the registry knows the meter. */
export function limitsOf(meter: Meter): CounterLimits {
  const { decimals, ctRatio, ptRatio, ratedKw, everyS, medium, modbus, dlt645, cjt188 } = meter;
  const digits = digitsOf(meter);
  const everyMs = (everyS ?? 3600) * 1000;
  const isRated = ratedKw !== undefined && medium === 'electricity';
  return {
    ...(isRated ? { maxPerHour: ratedKw * overload } : {}),
    ...(digits === undefined ? {} : { digits }),
    ratio: ctRatio * ptRatio,
    step: decimals === undefined ? usualStep : 10 ** -decimals,
    isMultiplied: modbus !== undefined || dlt645 !== undefined,
    mayBeFloat: modbus !== undefined || (decimals === undefined && !dlt645 && !cjt188),
    closeMs: Math.max(20 * minuteMs, 1.5 * everyMs),
    maxGapMs: Math.min(
      Math.max(20 * minuteMs, 3 * everyMs),
      Math.max(90 * minuteMs, 1.5 * everyMs),
    ),
  };
}

/** Values at which the counter may start from zero again, ascending. */
export function moduliOf({ digits, ratio }: CounterLimits): readonly number[] {
  const own = digits === undefined ? registerModuli : [10 ** digits, ...registerModuli];
  return own.flatMap((size) => (ratio === 1 ? [size] : [size, size * ratio])).sort((a, b) => a - b);
}

/** What lies between two readings of a counter. */
export type Difference =
  | { readonly type: 'used'; readonly value: number }
  /** Started from zero; what was used meanwhile is not known. */
  | { readonly type: 'reset' }
  /** Another meter, or a value that cannot be. */
  | { readonly type: 'replaced' };

/** Rounding of the counter's own arithmetic: a step of a 32-bit float, or the last digit. */
export const jitter = (value: number): number => Math.max(0.011, Math.abs(value) * 2e-7);

/** Hours in which so much time lets a counter count, its coarse steps allowed for. */
export const hoursOf = (elapsedMs: number): number => elapsedMs / hourMs + slackHours;

/** A counter passes the end of its range, or comes back over it, near it. */
export const isNearEnd = (value: number, size: number): boolean =>
  value < size && value >= size * (1 - wrapShare);

/** The most a counter shows after so long when it came from zero: once it has passed `size`, or fell from there. */
export const mostPast = (size: number, elapsedMs: number, { maxPerHour }: CounterLimits): number =>
  maxPerHour === undefined ? size * blindWrapShare : maxPerHour * hoursOf(elapsedMs);

/**
 * By two readings alone, as they come: all that a rule has. What is told afterwards knows the readings around them and doubts more, in
 * `consumption/judge.ts`.
 */
export function differenceOf(
  before: number,
  after: number,
  elapsedMs: number,
  limits: CounterLimits,
): Difference {
  const { maxPerHour } = limits;
  const rise = after - before;
  if (rise >= 0) {
    const isPossible =
      maxPerHour === undefined || rise <= certainlyAnother * maxPerHour * hoursOf(elapsedMs);
    return isPossible ? { type: 'used', value: rise } : { type: 'replaced' };
  }
  if (-rise <= jitter(before)) return { type: 'used', value: 0 };
  const wrapped = moduliOf(limits).find(
    (size) => isNearEnd(before, size) && rise + size <= mostPast(size, elapsedMs, limits),
  );
  if (wrapped !== undefined) return { type: 'used', value: rise + wrapped };
  return { type: after <= mostPast(before, elapsedMs, limits) ? 'reset' : 'replaced' };
}

/** How far a value shown may lie below what was counted, in the unit of the counter. */
export function stepOf(value: number, limits: CounterLimits): number {
  const { mayBeFloat, ratio } = limits;
  const step = limits.step * (limits.isMultiplied ? ratio : 1);
  if (!mayBeFloat) return step;
  const isFloat = (of: number) => Math.fround(value / of) * of === value;
  const of = isFloat(1) ? 1 : ratio;
  return isFloat(of) ? Math.max(step, floatStep(value / of) * of) : step;
}

/** Distance from a value to the next 32-bit float. */
const floatStep = (value: number): number =>
  value === 0 ? 0 : 2 ** (Math.floor(Math.log2(Math.abs(value))) - 23);
