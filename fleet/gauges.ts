import { hourMs } from '../model/time.ts';
import { median } from './fuel.ts';

/** What the gauges of a vehicle say over weeks: the way by its odometer, and what its tank or battery lost and was given. */

/** What the gauges said in a stretch of some minutes; null where they said nothing. */
export interface Gauges {
  /** Unix ms UTC. */
  readonly at: number;
  readonly odometerKm: number | null;
  readonly fuelL: number | null;
  readonly socPct: number | null;
}

/** An odometer is not believed that says more: what another one showed before it was changed, or a slip of the bus. */
const fastestKmh = 200;
/** What may be missing between two of its whole numbers. */
const slackKm = 5;

/**
 * By the odometer over everything given; what it lost by going back or leaping is left out.
 * @returns null where it was not seen twice
 */
export function odometerKmOf(gauges: readonly Gauges[]): number | null {
  let sum = 0;
  let steps = 0;
  let before: { readonly at: number; readonly km: number } | undefined;
  for (const { at, odometerKm: km } of gauges) {
    if (km === null) continue;
    if (before) {
      const step = km - before.km;
      const most = slackKm + ((at - before.at) / hourMs) * fastestKmh;
      if (step >= 0 && step <= most) sum += step;
      steps += 1;
    }
    before = { at, km };
  }
  return steps === 0 ? null : sum;
}

export interface Level {
  readonly at: number;
  readonly level: number;
}

/** A level that rose: filled up or charged. */
export interface Rise {
  /** The last time it was low, and the first time it was full. Unix ms UTC. */
  readonly from: number;
  readonly to: number;
  /** Level before and after, in the unit of the gauge. */
  readonly low: number;
  readonly high: number;
}

export interface Course {
  /** All that went, and all that came. */
  readonly used: number;
  readonly given: number;
  readonly rises: readonly Rise[];
}

/** Of so many neighbours the median: a step stays a step, a single slip goes, at the ends as well. */
const neighbours = 3;

function smoothed(levels: readonly Level[]): Level[] {
  const lastFrom = Math.max(0, levels.length - neighbours);
  return levels.map(({ at }, index) => {
    const from = Math.min(lastFrom, Math.max(0, index - 1));
    const around = levels.slice(from, from + neighbours);
    return { at, level: median(around.map(({ level }) => level)) ?? 0 };
  });
}

interface Turns {
  /** Where it turned last, and the lowest or highest since. */
  readonly pivot: Level;
  readonly extreme: Level;
  readonly rising: boolean;
  readonly rises: readonly Rise[];
}

const withRise = ({ pivot, extreme, rising, rises }: Turns): readonly Rise[] =>
  rising
    ? [...rises, { from: pivot.at, to: extreme.at, low: pivot.level, high: extreme.level }]
    : rises;

/** One more level. What is as low as ever is the low anew: the tank was filled after the last time it was so low. */
function follow(turns: Turns, next: Level, least: number): Turns {
  const { extreme, rising } = turns;
  const back = rising ? extreme.level - next.level : next.level - extreme.level;
  if (back >= least)
    return { pivot: extreme, extreme: next, rising: !rising, rises: withRise(turns) };
  const isFurther = rising ? next.level > extreme.level : next.level <= extreme.level;
  return isFurther ? { ...turns, extreme: next } : turns;
}

/**
 * What went and what came over a course of levels: what rises by less than `least` before it falls again is noise, and what did not come and is
 * not there any more was used.
 * @returns undefined for less than two levels
 */
export function courseOf(levels: readonly Level[], least: number): Course | undefined {
  const [first, ...rest] = smoothed(levels);
  const last = rest.at(-1);
  if (!first || !last) return undefined;
  const begun: Turns = { pivot: first, extreme: first, rising: false, rises: [] };
  const rises = withRise(rest.reduce((turns, next) => follow(turns, next, least), begun));
  const given = rises.reduce((sum, { low, high }) => sum + high - low, 0);
  return { used: Math.max(0, first.level - last.level + given), given, rises };
}
