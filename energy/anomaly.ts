import { hourMs } from '../model/time.ts';
import type { Expectation } from './baseline.ts';
import type { Hour, HourQuality } from './hourly.ts';

/** An hour with what was expected of it. Plain JSON. */
export interface SeenHour {
  readonly start: number;
  /** Null where missing. */
  readonly value: number | null;
  readonly quality: HourQuality;
  /** Null where nothing could be expected. */
  readonly expected: number | null;
  readonly spread: number | null;
  /** Held to be wrong. */
  readonly flagged: boolean;
}

export interface AnomalyLimits {
  /** One hour this many deviations from what is expected is enough. */
  readonly spikeDeviations: number;
  /** Three of four hours this many deviations to one side are enough. */
  readonly heldDeviations: number;
  /** The running hour is judged before it is over when it has already this many deviations too much. */
  readonly runningDeviations: number;
  readonly clearHours: number;
}

/** What made an hour wrong. */
export type Pattern = 'spike' | 'high' | 'low' | 'dead';

const heldHours = 4;
const heldLeast = 3;
const deadHours = 2;
/** Dead is below these shares, where more than that last share of the level is expected. */
const dead = { ofExpected: 0.05, ofLevel: 0.02, expectedOfLevel: 0.2 };
/** While an episode lasts, hours within this share of the held limit are normal again. */
const keepShare = 0.5;

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
  flagged: false,
});

const round = (value: number): number => Number(value.toPrecision(5));

function isDead({ value, expected, quality }: SeenHour, level: number): boolean {
  if (value === null || expected === null || quality !== 'measured') return false;
  const least = Math.max(dead.ofExpected * expected, dead.ofLevel * level);
  return expected > dead.expectedOfLevel * level && value <= least;
}

/**
 * What the newest hour shows, with those before it.
 * @param hours ascending, the newest last
 */
export function patternOf(
  hours: readonly SeenHour[],
  level: number,
  limits: AnomalyLimits,
): Pattern | undefined {
  const newest = hours.at(-1);
  if (!newest || !isJudged(newest)) return undefined;
  const deviations = deviationsOf(newest);
  const since = (count: number) =>
    hours.filter(({ start }) => start > newest.start - count * hourMs);
  const lately = since(deadHours);
  if (lately.length === deadHours && lately.every((hour) => isDead(hour, level))) return 'dead';
  if (Math.abs(deviations) >= limits.spikeDeviations) return deviations > 0 ? 'spike' : 'low';
  const alike = since(heldHours).filter((hour) => isHeld(hour, deviations, limits));
  if (!isHeld(newest, deviations, limits) || alike.length < heldLeast) return undefined;
  return deviations > 0 ? 'high' : 'low';
}

const isHeld = (hour: SeenHour, direction: number, { heldDeviations }: AnomalyLimits): boolean =>
  deviationsOf(hour) * Math.sign(direction) >= heldDeviations;

/** Marks the hours that the newest one shows to be wrong: itself, and those just before it on the same side. */
export function markFirst(hours: readonly SeenHour[], limits: AnomalyLimits): readonly SeenHour[] {
  const newest = hours.at(-1);
  if (!newest) return hours;
  const from = newest.start - heldHours * hourMs;
  const direction = deviationsOf(newest);
  return hours.map((hour) =>
    hour === newest || (hour.start > from && isHeld(hour, direction, limits))
      ? { ...hour, flagged: true }
      : hour,
  );
}

/** Whether an hour of an episode is still wrong. */
export const isStillWrong = (hour: SeenHour, { heldDeviations }: AnomalyLimits): boolean =>
  Math.abs(deviationsOf(hour)) >= keepShare * heldDeviations;

/** Whether the hour that is running has used far more already than a whole one may. */
export const isRunningAway = (
  used: number,
  { value, spread }: Expectation,
  { runningDeviations }: AnomalyLimits,
): boolean => used >= value + runningDeviations * spread;

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
