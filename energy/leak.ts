import { medianOf, spreadOf } from './robust.ts';
import {
  type FlowMemory,
  type FlowPeak,
  keptHours,
  knownOf,
  leastOf,
  measuredOf,
  type Night,
  usualFlow,
  usualLeast,
} from './water-flow.ts';

export interface LeakLimits {
  /** Less than this is no leak, however steadily it flows. */
  readonly leastLitresPerHour: number;
  /** Nor less than this share of what the meter counts on the whole. */
  readonly leastSharePct: number;
  /** The quietest hours of some nights together lie so many deviations above those before. */
  readonly nightDeviations: number;
  /** So many times the busiest two hours are a burst, and twice that the busiest hour. */
  readonly burstFactor: number;
  /** And by so much above. */
  readonly burstLitresPerHour: number;
}

/** Flow that does not rest, m³/h. Plain JSON. */
export interface Leak {
  readonly pattern: 'continuous' | 'nights';
  /** Least flow of the stretch it was found by, and what is usual. */
  readonly least: number;
  readonly usual: number;
  readonly limit: number;
  /** Hours that the flow was looked at over: a coarse register shows a small flow only over several. */
  readonly block: number;
  /** Length of the stretch. */
  readonly overHours: number;
}

/** Days before anything is judged. */
export const leastDays = 14;
/** The quietest hours of a day are so many running. */
export const nightHours = 5;
const leastNights = 10;
/** Nothing is known better than this share of the usual least flow. */
const leastSpread = 0.1;
/** What flows within a day may be chance where water hardly ever rests; over two days less is enough. */
const stretches = [
  { hours: 24, factor: 2, floors: 2, of: measuredOf },
  { hours: 48, factor: 1.5, floors: 1, of: knownOf },
] as const;

/** Least flow that counts for a leak, m³/h. */
export function floorOf({ used, hours }: FlowPeak, limits: LeakLimits): number {
  const mean = hours === 0 ? 0 : used / hours;
  return Math.max(limits.leastLitresPerHour / 1000, (limits.leastSharePct / 100) * mean);
}

/** Hours over which a flow moves the register by two of its steps. */
export const blockOf = ({ step }: FlowMemory, flow: number): number =>
  Math.min(nightHours, Math.max(1, Math.ceil((2 * (step ?? 0)) / flow)));

/** Hour by hour a great leak would become usual as last night leaves the day that is looked at: so many times the days before is enough. */
const leap = 2.5;

/**
 * Flow that has not rested for a day or two, though it used to.
 * @param isAfter the hours of a leak that is over are still among those that are looked at
 */
export function continuousLeak(
  memory: FlowMemory,
  limits: LeakLimits,
  isAfter: boolean,
): Leak | undefined {
  const usual = usualFlow(memory);
  const before = isAfter ? usual : usualLeast(memory);
  const floor = floorOf(usual, limits);
  for (const { hours, factor, floors, of } of stretches) {
    const block = blockOf(memory, floors * floor);
    const least = leastOf(of(memory), hours, block);
    const name = hours === 24 ? 'least24' : 'least48';
    const most = before[name];
    const limit = Math.min(factor * usual[name], leap * most) + floors * floor;
    if (least !== undefined && least > limit)
      return { pattern: 'continuous', least, usual: most, limit, block, overHours: hours };
  }
  return undefined;
}

/** What the newest hour says of the least flows, to be learned. */
export function leastFlows(memory: FlowMemory, limits: LeakLimits) {
  const floor = floorOf(usualFlow(memory), limits);
  const [day, twoDays] = stretches.map(({ hours, floors, of }) =>
    leastOf(of(memory), hours, blockOf(memory, floors * floor)),
  );
  return {
    ...(day === undefined ? {} : { least24: day }),
    ...(twoDays === undefined ? {} : { least48: twoDays }),
  };
}

/** Least flow over the quietest hours of the newest 24, m³/h. */
export const leastOfNight = (memory: FlowMemory): number | undefined =>
  leastOf(measuredOf(memory), 24, nightHours);

/** What is usual for nights, and how far they lie from it. */
function usualNights(nights: readonly Night[], step: number) {
  const values = nights.map(({ least }) => least);
  const usual = medianOf(values);
  return {
    usual,
    spread: Math.max(spreadOf(values, usual), leastSpread * usual, step / nightHours / 2),
  };
}

/** So many nights running, each above that quantile of the nights before. */
const rows = [
  { count: 3, quantile: 1 },
  { count: 4, quantile: 0.9 },
] as const;

/**
 * The quietest hours of the newest nights lie above what they used to be: each of them, and together by so many deviations of their mean.
 */
export function nightLeak(memory: FlowMemory, limits: LeakLimits): Leak | undefined {
  const floor = floorOf(usualFlow(memory), limits);
  for (const { count, quantile } of rows) {
    const newest = memory.nights.slice(-count);
    const before = memory.nights.slice(0, -count).filter(({ leaking }) => !leaking);
    if (newest.some(({ leaking }) => leaking) || before.length < leastNights) return undefined;
    const { usual, spread } = usualNights(before, memory.step ?? 0);
    const sorted = before.map(({ least }) => least).sort((a, b) => a - b);
    const most = sorted[Math.ceil(quantile * sorted.length) - 1] ?? 0;
    const mean = newest.reduce((sum, { least }) => sum + least, 0) / count;
    const limit = usual + Math.max(floor, (limits.nightDeviations * spread) / Math.sqrt(count));
    const isAbove = mean > limit && newest.every(({ least }) => least > most);
    if (isAbove && neverRests(memory, mean - usual)) {
      const overHours = 24 * count;
      return { pattern: 'nights', least: mean, usual, limit, block: nightHours, overHours };
    }
  }
  return undefined;
}

/** Whether as much has flown in all the hours of two days, as far as the register can show it. */
function neverRests(memory: FlowMemory, flow: number): boolean {
  const least = leastOf(knownOf(memory), keptHours, blockOf(memory, flow));
  return least !== undefined && least > flow / 2;
}

/** Flow that nothing there has ever drawn, m³/h. Plain JSON. */
export interface Burst {
  readonly flow: number;
  readonly usual: number;
  readonly limit: number;
}

/** A single hour so many times the busiest, and of so many m³, is more likely a wrong reading: the next hour has to bear it out. */
const doubtful = { times: 10, leastM3: 5 };

export const isDoubtful = (used: number, { top, topPair }: FlowPeak): boolean =>
  used > Math.max(doubtful.leastM3, doubtful.times * Math.max(top, topPair));

/** By one hour, over or not. */
export function burstOfHour(
  used: number,
  memory: FlowMemory,
  limits: LeakLimits,
): Burst | undefined {
  const usual = usualFlow(memory);
  const limit = 2 * limits.burstFactor * usual.top + limits.burstLitresPerHour / 1000;
  return used > limit && !isDoubtful(used, usual)
    ? { flow: used, usual: usual.top, limit }
    : undefined;
}

/** By the lesser of the newest two hours; the mean of a gap will do, for some of it was above. At night twice what is usual then will do. */
export function burstOfPair(
  memory: FlowMemory,
  isNight: boolean,
  { burstFactor, burstLitresPerHour }: LeakLimits,
): Burst | undefined {
  const pair = pairOf(memory.hours);
  if (pair === undefined) return undefined;
  const { topPair, nightPair } = usualFlow(memory);
  const least = burstLitresPerHour / 1000;
  const byDay = burstFactor * topPair + least;
  const byNight = Math.max(2 * burstFactor * nightPair, leastOfTop * topPair) + least;
  const limit = isNight ? Math.min(byDay, byNight) : byDay;
  return pair > limit
    ? { flow: pair, usual: limit < byDay ? nightPair : topPair, limit }
    : undefined;
}

/** Even at night it takes that share of the busiest two hours. */
const leastOfTop = 0.5;

export const newestPair = (memory: FlowMemory): number | undefined => pairOf(measuredOf(memory));

function pairOf(hours: readonly (number | null)[]): number | undefined {
  const [before, newest] = hours.slice(-2);
  return before == null || newest == null ? undefined : Math.min(before, newest);
}

/** Whether the newest hours show that a leak is over: less flows again, over as many hours as the register needs to show it. */
export function isOver(memory: FlowMemory, { usual, least, pattern }: Leak): boolean {
  if (pattern === 'nights') return false;
  const excess = least - usual;
  const block = Math.min(nightHours, Math.max(1, Math.ceil((2 * (memory.step ?? 0)) / excess)));
  const newest = leastOf(measuredOf(memory), block, block);
  return newest !== undefined && newest < usual + excess / 2;
}

/** Night by night: two normal ones running. */
export const areNightsOver = (nights: readonly Night[], { usual, least }: Leak): boolean =>
  nights.length >= 2 && nights.slice(-2).every((night) => night.least < (usual + least) / 2);
