import { hourMs } from '../model/time.ts';
import type { Expectation } from './baseline.ts';
import type { Hour } from './hourly.ts';
import type { HourQuality } from './quality.ts';
import { noReach, type Reach } from './scatter.ts';

/** An hour with what was expected of it. Plain JSON. */
export interface SeenHour {
  readonly start: number;
  /** Null where missing. */
  readonly value: number | null;
  readonly quality: HourQuality;
  /** Null where nothing could be expected. */
  readonly expected: number | null;
  readonly spread: number | null;
  /** Whether much was used in that hour on every like day. */
  readonly isSteady: boolean;
  /** Held to be wrong. */
  readonly flagged: boolean;
}

export interface AnomalyLimits {
  /** One hour this many deviations from what is expected is enough. */
  readonly spikeDeviations: number;
  /** Three of four hours this many deviations to one side are enough. */
  readonly heldDeviations: number;
}

/** What is told as dead where much is used every day: next to nothing, not even what is drawn when it is off, or never anything. */
export type Dead = 'next-to-nothing' | 'nothing' | 'never';

/** What the newest hours of a meter are measured by. */
export interface Measure {
  /** Deviations that are enough, by how far this meter usually goes. */
  readonly bounds: Reach;
  /** Mean consumption of an hour. */
  readonly level: number;
  /** Less than this together is not worth telling, in the unit of the counter. */
  readonly leastAmount: number;
  /** Whether too little is anything to be told, but for nothing at all where much is used every day. */
  readonly isLowTold: boolean;
  readonly dead: Dead;
}

/** What made an hour wrong. */
export type Pattern = 'spike' | 'high' | 'low' | 'dead';

const heldHours = 4;
const heldLeast = 3;
const deadHours = 2;
/** Dead is below these shares, where more than that last share of the level is expected. */
const dead = { ofExpected: 0.05, ofLevel: 0.02, expectedOfLevel: 0.2 };
/** Twice as far as a meter goes on nine days of ten is too far, and so is this many times the limits, however restless it is. */
const bound = { timesUsual: 2, timesLimit: 1.6 };
/** While an episode lasts, hours beyond this share of the held limit are still wrong. */
const keepShare = 0.4;

/** Deviations that are enough for a meter that usually goes so far; before that is known, as for the most restless. */
export function boundsOf(usual: Reach | null, limits: AnomalyLimits): Reach {
  const { spikeDeviations: one, heldDeviations: held } = limits;
  const of = (least: number, reach: number | undefined) =>
    Math.min(
      bound.timesLimit * least,
      Math.max(least, bound.timesUsual * (reach ?? Number.POSITIVE_INFINITY)),
    );
  return {
    above: of(one, usual?.above),
    heldAbove: of(held, usual?.heldAbove),
    below: of(one, usual?.below),
    heldBelow: of(held, usual?.heldBelow),
  };
}

/** How many deviations from what is expected; 0 where it cannot be judged. */
export const deviationsOf = ({
  value,
  quality,
  expected,
  spread,
}: Omit<SeenHour, 'flagged'>): number =>
  value === null || expected === null || spread === null || quality !== 'measured'
    ? 0
    : (value - expected) / spread;

export const isJudged = ({ quality, expected }: Omit<SeenHour, 'flagged'>): boolean =>
  quality === 'measured' && expected !== null;

export const toSeen = (
  { start, value, quality }: Omit<Hour, 'coverage'>,
  expected: Expectation | undefined,
): SeenHour => ({
  start,
  value: value === null ? null : round(value),
  quality,
  expected: expected ? round(expected.value) : null,
  spread: expected ? round(expected.spread) : null,
  isSteady: expected?.isSteady ?? false,
  flagged: false,
});

const round = (value: number): number => Number(value.toPrecision(5));

/** The newest hour and those of the three before it that are judged. */
function lately(hours: readonly SeenHour[], count: number): readonly SeenHour[] {
  const newest = hours.at(-1);
  if (!newest) return [];
  return hours
    .slice(-count)
    .filter((hour) => hour.start > newest.start - count * hourMs && isJudged(hour));
}

/** How far the newest hour, and the hours up to it, lie from what is expected. */
export function reachOf(hours: readonly SeenHour[]): Reach {
  const newest = hours.at(-1);
  if (!newest || !isJudged(newest)) return noReach;
  const one = deviationsOf(newest);
  const sorted = lately(hours, heldHours)
    .map(deviationsOf)
    .sort((a, b) => a - b);
  return {
    above: Math.max(0, one),
    heldAbove: Math.max(0, sorted.at(-heldLeast) ?? 0),
    below: Math.max(0, -one),
    heldBelow: Math.max(0, -(sorted[heldLeast - 1] ?? 0)),
  };
}

function isDead({ value, expected, quality }: SeenHour, measure: Measure): boolean {
  const { level } = measure;
  if (measure.dead === 'never') return false;
  if (value === null || expected === null || quality !== 'measured') return false;
  const least = Math.max(dead.ofExpected * expected, dead.ofLevel * level);
  const most = measure.dead === 'nothing' ? 0 : least;
  return expected > dead.expectedOfLevel * level && value <= most;
}

/** On one side of what is expected, and so far as to belong to an episode. */
export const isAside = (
  hour: SeenHour,
  side: number,
  { heldDeviations }: Pick<AnomalyLimits, 'heldDeviations'>,
): boolean => deviationsOf(hour) * side >= keepShare * heldDeviations;

const amountOf = (hours: readonly SeenHour[]): number =>
  Math.abs(hours.reduce((sum, { value, expected }) => sum + (value ?? 0) - (expected ?? 0), 0));

const areDead = (hours: readonly SeenHour[], measure: Measure): boolean => {
  const newest = hours.slice(-deadHours);
  const [first, last] = [newest[0]?.start ?? 0, newest.at(-1)?.start ?? 0];
  return last - first === hourMs && newest.every((hour) => isDead(hour, measure));
};

/**
 * What the newest hour shows, with those before it.
 * @param hours ascending, the newest last
 */
export function patternOf(
  hours: readonly SeenHour[],
  measure: Measure,
  limits: AnomalyLimits,
): Pattern | undefined {
  const newest = hours.at(-1);
  if (!newest || !isJudged(newest)) return undefined;
  const { isLowTold } = measure;
  if (areDead(hours, measure) && (isLowTold || newest.isSteady)) return 'dead';
  const side = deviationsOf(newest) < 0 ? -1 : 1;
  if (side < 0) return isLowTold && farOf(hours, side, measure, limits) ? 'low' : undefined;
  const far = farOf(hours, side, measure, limits);
  return far === 'one' ? 'spike' : far && 'high';
}

/** Whether the newest hour by itself, or it and those before it, are too far to one side, and by an amount that is worth telling. */
function farOf(
  hours: readonly SeenHour[],
  side: number,
  { bounds, leastAmount }: Measure,
  limits: AnomalyLimits,
): 'one' | 'held' | undefined {
  const { above, below, heldAbove, heldBelow } = reachOf(hours);
  const [one, held] = side > 0 ? [above, heldAbove] : [below, heldBelow];
  const [oneBound, heldBound] =
    side > 0 ? [bounds.above, bounds.heldAbove] : [bounds.below, bounds.heldBelow];
  const newest = hours.slice(-1);
  if (one >= oneBound && amountOf(newest) >= leastAmount) return 'one';
  if (held < heldBound || !newest.every((hour) => isAside(hour, side, limits))) return undefined;
  const aside = lately(hours, heldHours).filter((hour) => isAside(hour, side, limits));
  return amountOf(aside) >= leastAmount ? 'held' : undefined;
}

/** Marks the hours that the newest one shows to be wrong: itself, and those just before it that are clearly to the same side. */
export function markFirst(
  hours: readonly SeenHour[],
  { heldDeviations }: AnomalyLimits,
): readonly SeenHour[] {
  const newest = hours.at(-1);
  if (!newest) return hours;
  const from = newest.start - heldHours * hourMs;
  const side = deviationsOf(newest) < 0 ? -1 : 1;
  return hours.map((hour) =>
    hour === newest || (hour.start > from && deviationsOf(hour) * side >= heldDeviations)
      ? { ...hour, flagged: true }
      : hour,
  );
}

/** Whether the hour that is running has used far more already than a whole one may. */
export const isRunningAway = (
  used: number,
  { value, spread }: Expectation,
  deviations: number,
): boolean => used >= value + deviations * spread;

export interface Totals {
  readonly used: number;
  /** Beyond what was expected; negative where too little. */
  readonly wasted: number;
}

export function totalsOf(hours: readonly SeenHour[]): Totals {
  let used = 0;
  let wasted = 0;
  for (const { value, expected } of hours) {
    used += value ?? 0;
    wasted += (value ?? 0) - (expected ?? 0);
  }
  return { used, wasted };
}
