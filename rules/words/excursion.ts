import type { DatumTally } from '../../fleet/datum.ts';
import { type Excursion, type ExcursionLimits, secondsOutside } from '../../fleet/excursion.ts';
import type { GateLimits } from '../../fleet/quality.ts';
import type { Finding } from '../../model/alert.ts';
import type { Dispatch, Institution, Vehicle } from '../../model/entities.ts';
import type { Ordered } from '../shared/route-orders.ts';
import { clock, distance, duration } from './units.ts';

export interface Told {
  readonly change: Finding['change'];
  readonly excursion: Excursion;
  /** Whether it has been on its route at all under these orders. */
  readonly hasJoined: boolean;
  readonly datum: DatumTally['verdict'];
  /** `at` of the fix that decided. */
  readonly at: number;
  readonly vehicle: Vehicle;
  readonly institution: Institution;
  readonly orders: readonly Ordered[];
  readonly params: ExcursionLimits & GateLimits;
}

/** What a dispatcher needs to check that a vehicle was off its route. */
export function explainExcursion(told: Told): Finding {
  const { change, excursion, at, vehicle } = told;
  return {
    change,
    subject: { type: 'vehicle', id: vehicle.id },
    at,
    severity: 'warning',
    summary: toSummary(told),
    evidence: {
      from: excursion.since ?? at,
      to: Math.max(at, excursion.until),
      flagged: excursion.track.map(([fixAt]) => fixAt),
      observed: {
        reason: told.hasJoined ? 'left' : 'never-joined',
        maxDistanceM: Math.round(excursion.maxM),
        secondsOutside: Math.round(secondsOutside(excursion)),
        fixesOutside: excursion.fixes,
        track: excursion.track.map(([fixAt, lat, lon, distanceM]) => ({
          at: fixAt,
          lat,
          lon,
          distanceM,
        })),
      },
      expected: {
        routes: told.orders.map(({ route }) => ({
          id: route.id,
          name: route.name,
          widthM: route.widthM,
        })),
      },
      method: toMethod(told),
      context: { dispatches: told.orders.map(({ dispatch }) => toContext(dispatch)) },
      quality: {
        ignoredFixes: excursion.poor,
        everyNthFix: excursion.stride,
        stepsNotDriven: excursion.leaps,
        correctedDatum: told.datum === 'none' ? null : told.datum,
      },
    },
  };
}

/** A dispatch as evidence has it. */
export const toContext = ({ id, driver, from, to, route, purpose }: Dispatch) => ({
  id,
  driver,
  from,
  to,
  route,
  purpose,
});

function toSummary({
  excursion,
  hasJoined,
  vehicle,
  institution,
  orders,
}: Told): Finding['summary'] {
  const [first] = orders;
  const name = first?.route.name ?? '';
  const since = clock(excursion.since ?? excursion.until, institution.timeZone);
  const far = distance(excursion.maxM);
  const long = duration(secondsOutside(excursion) * 1000);
  return hasJoined
    ? {
        zh: `${vehicle.plate} 自 ${since} 偏离路线“${name}”，最远 ${far.zh}，已 ${long.zh}`,
        en: `${vehicle.plate} off route "${name}" since ${since}: up to ${far.en} away, for ${long.en}`,
      }
    : {
        zh: `${vehicle.plate} 至 ${since} 仍未驶上路线“${name}”，最远 ${far.zh}`,
        en: `${vehicle.plate} has not come onto route "${name}" by ${since}: up to ${far.en} away`,
      };
}

function toMethod({ params }: Told): Finding['evidence']['method'] {
  const { doubtedS, doubtedFixes, enterMetreSeconds, receiverM, receiverS } = params;
  const { leaveS, leaveFixes, leaveShare, minSatellites, maxSpeedKmh } = params;
  const share = Math.round(leaveShare * 100);
  return {
    zh: `逐点计算到派车路线的最短距离，超过走廊半宽为偏离。先剔除未定位、卫星少于 ${minSatellites} 颗和隐含速度超过 ${maxSpeedKmh} km/h 的点。能看到车辆按平时车速逐步驶离的，一出走廊即告警；突然跳出或中间没有定位的，须在走廊外达 ${doubtedFixes} 点（不再远离的加倍）、${doubtedS} 秒，且距离（自半宽的一半起计）与时间之积达 ${enterMetreSeconds} 米·秒，距离忽大忽小的加四倍；离路线不足 ${receiverM} 米的须持续 ${receiverS} 秒。连续 ${leaveFixes} 点、${leaveS} 秒回到半宽的 ${share}% 以内，或派车结束，即解除。`,
    en: `The shortest distance of each fix to the dispatched route; beyond the half width is off route. Fixes without position, with fewer than ${minSatellites} satellites, or implying more than ${maxSpeedKmh} km/h are dropped first. Where the vehicle is seen to drive away at its usual speed it is raised at the edge; where it leapt out, or was not seen, after ${doubtedFixes} fixes (twice as many while it goes no farther) and ${doubtedS} s outside, and ${enterMetreSeconds} metre-seconds (distance beyond half of the half width, times time), four times that while the distance is unsteady; nearer than ${receiverM} m to the line after ${receiverS} s. Over after ${leaveFixes} fixes and ${leaveS} s within ${share} % of the half width, or when the dispatch ends.`,
  };
}
