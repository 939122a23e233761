import type { FlowPeak } from './flow-peak.ts';
import type { LeakLimits } from './leak.ts';
import { type FlowMemory, measuredOf, usualFlow } from './water-flow.ts';

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

/** What some hours together are held against. */
interface Usual {
  /** m³/h of the busiest, and so many times that is too much. */
  readonly top: number;
  readonly factor: number;
  /** Of the busiest of the nights; undefined where it does not matter. Twice the factor is too much then, if it is that share of the busiest of all. */
  readonly night: number | undefined;
  readonly nightShare: number;
}

function burstAbove(
  flow: number,
  { top, factor, night, nightShare }: Usual,
  { burstFactor, burstLitresPerHour }: LeakLimits,
): Burst | undefined {
  const least = burstLitresPerHour / 1000;
  const byDay = factor * top + least;
  const byNight =
    night === undefined ? byDay : Math.max(2 * burstFactor * night, nightShare * top) + least;
  const limit = Math.min(byDay, byNight);
  return flow > limit ? { flow, usual: limit < byDay ? (night ?? top) : top, limit } : undefined;
}

/** Even at night it takes that share of the busiest two hours. */
const leastOfTop = 0.5;

/** By the lesser of the newest two hours; the mean of a gap will do, for some of it was above, but not at night, for it may reach into the day. */
export function burstOfPair(
  memory: FlowMemory,
  isNight: boolean,
  limits: LeakLimits,
): Burst | undefined {
  const pair = pairOf(memory.hours);
  if (pair === undefined) return undefined;
  const { topPair, nightPair } = usualFlow(memory);
  const night = isNight && newestPair(memory) !== undefined ? nightPair : undefined;
  const usual = { top: topPair, factor: limits.burstFactor, night, nightShare: leastOfTop };
  return burstAbove(pair, usual, limits);
}

/** Some hours together vary less than two: the more, the less above the busiest is enough. */
interface LongBurst {
  readonly hours: number;
  /** Of what the factor adds. */
  readonly share: number;
  readonly name: 'topThree' | 'topSix';
  readonly nightName?: 'nightSix';
}

export const longBursts = [
  { hours: 3, share: 0.6, name: 'topThree' },
  { hours: 6, share: 0.5, name: 'topSix', nightName: 'nightSix' },
] as const satisfies readonly LongBurst[];

export const longFactorOf = (
  { share }: Pick<LongBurst, 'share'>,
  { burstFactor }: Pick<LeakLimits, 'burstFactor'>,
): number => Number((1 + (burstFactor - 1) * share).toPrecision(4));

export const leastOfSix = 0.3;

/** By the mean of the newest hours: what runs for long in the day is less than twice what people draw. */
export function burstOfMean(
  memory: FlowMemory,
  long: LongBurst,
  isNight: boolean,
  limits: LeakLimits,
): Burst | undefined {
  const flow = newestMean(memory, long.hours);
  if (flow === undefined) return undefined;
  // Hour by hour a burst of today would become usual.
  const peak = usualFlow({ ...memory, today: null });
  const night = isNight && long.nightName ? peak[long.nightName] : undefined;
  const factor = longFactorOf(long, limits);
  return burstAbove(flow, { top: peak[long.name], factor, night, nightShare: leastOfSix }, limits);
}

/** m³/h; undefined where one of so many hours was not measured. */
export function newestMean(memory: FlowMemory, count: number): number | undefined {
  const hours = measuredOf(memory).slice(-count);
  if (hours.length < count || hours.includes(null)) return undefined;
  return hours.reduce<number>((sum, hour) => sum + (hour ?? 0), 0) / count;
}

export const newestPair = (memory: FlowMemory): number | undefined => pairOf(measuredOf(memory));

function pairOf(hours: readonly (number | null)[]): number | undefined {
  const [before, newest] = hours.slice(-2);
  return before == null || newest == null ? undefined : Math.min(before, newest);
}
