import type { LonLat } from '../../model/entities.ts';
import { distanceM, distanceToLineM } from '../streets.ts';
import { middle, slowTown } from './city.ts';
import type { Moment } from './course.ts';
import type { MonthRoute } from './routes.ts';
import { stretchesOf } from './stretches.ts';

const roadKmh = 120;
/** Edges are not sharp. */
const edgeM = 120;
const besideM = 60;

/** An ordered way with limits of its own. */
export interface LimitedWay {
  readonly line: readonly LonLat[];
  readonly limitsKmh: readonly number[];
}

export const limitedWay = (
  { crossings, limitsKmh }: MonthRoute,
  line: readonly LonLat[],
): LimitedWay | undefined => (limitsKmh && crossings.length > 1 ? { line, limitsKmh } : undefined);

/** @returns the lowest limit that may hold there, and the lowest that holds whatever is meant by an edge */
function limitsAt({ point }: Moment, way: LimitedWay | undefined): readonly [number, number] {
  const away = distanceM(point, middle);
  const town = (metres: number) => (away < metres ? slowTown.limitKmh : roadKmh);
  const aways = (way?.line ?? []).slice(1).map((_, n) => ({
    kmh: way?.limitsKmh[Math.min(n, way.limitsKmh.length - 1)] ?? roadKmh,
    metres: distanceToLineM(point, way?.line.slice(n, n + 2) ?? []),
  }));
  const nearest = Math.min(...aways.map(({ metres }) => metres));
  const near = aways.filter(({ metres }) => metres <= nearest + besideM).map(({ kmh }) => kmh);
  const isThere = nearest < besideM;
  return [
    Math.min(town(slowTown.radiusM + edgeM), ...near),
    Math.min(town(slowTown.radiusM - edgeM), isThere ? Math.max(...near) : roadKmh),
  ];
}

/** Longest run of what is so, in moments. */
function longestRun(are: readonly boolean[]): number {
  let [run, most] = [0, 0];
  for (const is of are) {
    run = is ? run + 1 : 0;
    most = Math.max(most, run);
  }
  return most;
}

/** The law punishes from a tenth above the limit on. */
export function speeding(track: readonly Moment[], way: LimitedWay | undefined) {
  const fast = track.filter(({ speedKmh }) => speedKmh > 50);
  const limits = new Map(fast.map((moment) => [moment, limitsAt(moment, way)]));
  const isOver = (moment: Moment) => moment.speedKmh > (limits.get(moment)?.[0] ?? roadKmh) + 1;
  const isFarOver = (moment: Moment) =>
    moment.speedKmh > (limits.get(moment)?.[1] ?? roadKmh) * 1.1 + 1;
  return stretchesOf(track, isOver, 60_000).map((stretch) => {
    const inside = track.filter(({ at }) => at >= stretch[0] && at <= stretch[1]);
    const least = Math.min(...inside.map((moment) => limits.get(moment)?.[0] ?? roadKmh));
    const must = longestRun(inside.map(isFarOver)) >= 5;
    return { kind: 'overspeed', what: `above ${least} km/h`, stretch, must };
  });
}
