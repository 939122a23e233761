import type { LeakLimits } from './leak.ts';
import { type FlowMemory, type FlowPeak, measuredOf, usualFlow } from './water-flow.ts';

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

/** By the lesser of the newest two hours; the mean of a gap will do, for some of it was above. At night twice what is usual then will do, but not for the mean of a gap, which may reach into the day. */
export function burstOfPair(
  memory: FlowMemory,
  isNight: boolean,
  { burstFactor, burstLitresPerHour }: LeakLimits,
): Burst | undefined {
  const pair = pairOf(memory.hours);
  if (pair === undefined) return undefined;
  const { topPair, nightPair } = usualFlow(memory);
  const isMeasured = newestPair(memory) !== undefined;
  const least = burstLitresPerHour / 1000;
  const byDay = burstFactor * topPair + least;
  const byNight = Math.max(2 * burstFactor * nightPair, leastOfTop * topPair) + least;
  const limit = isNight && isMeasured ? Math.min(byDay, byNight) : byDay;
  return pair > limit
    ? { flow: pair, usual: limit < byDay ? nightPair : topPair, limit }
    : undefined;
}

/** So many hours together vary less than two. */
export const longBurstHours = 6;

export const longFactorOf = ({ burstFactor }: Pick<LeakLimits, 'burstFactor'>): number =>
  1 + (burstFactor - 1) / 2;

/** By the mean of the newest hours: what runs for long in the day is less than twice what people draw. */
export function burstOfSix(
  memory: FlowMemory,
  isNight: boolean,
  limits: LeakLimits,
): Burst | undefined {
  const flow = newestSix(memory);
  if (flow === undefined) return undefined;
  // Hour by hour a burst of today would become usual.
  const { topSix, nightSix } = usualFlow({ ...memory, today: null });
  const least = limits.burstLitresPerHour / 1000;
  const byDay = longFactorOf(limits) * topSix + least;
  const byNight = Math.max(2 * limits.burstFactor * nightSix, leastOfSix * topSix) + least;
  const limit = isNight ? Math.min(byDay, byNight) : byDay;
  return flow > limit ? { flow, usual: limit < byDay ? nightSix : topSix, limit } : undefined;
}

export const leastOfSix = 0.3;

export const newestSix = (memory: FlowMemory): number | undefined => {
  const hours = measuredOf(memory).slice(-longBurstHours);
  if (hours.length < longBurstHours || hours.includes(null)) return undefined;
  return hours.reduce<number>((sum, hour) => sum + (hour ?? 0), 0) / longBurstHours;
};

/** Even at night it takes that share of the busiest two hours. */
const leastOfTop = 0.5;

export const newestPair = (memory: FlowMemory): number | undefined => pairOf(measuredOf(memory));

function pairOf(hours: readonly (number | null)[]): number | undefined {
  const [before, newest] = hours.slice(-2);
  return before == null || newest == null ? undefined : Math.min(before, newest);
}
