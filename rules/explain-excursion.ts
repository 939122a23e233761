import { type Excursion, type ExcursionLimits, secondsOutside } from '../fleet/excursion.ts';
import type { GateLimits } from '../fleet/quality.ts';
import type { Finding } from '../model/alert.ts';
import type { Dispatch, Institution, Route, Vehicle } from '../model/entities.ts';
import { clock, distance, duration } from './words.ts';

/** A dispatch with the route it orders. */
export interface Ordered {
  readonly dispatch: Dispatch;
  readonly route: Route;
}

export interface Told {
  readonly change: Finding['change'];
  readonly excursion: Excursion;
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
      quality: { ignoredFixes: excursion.poor, everyNthFix: excursion.stride },
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

function toSummary({ excursion, vehicle, institution, orders }: Told): Finding['summary'] {
  const [first] = orders;
  const name = first?.route.name ?? '';
  const since = clock(excursion.since ?? excursion.until, institution.timeZone);
  const far = distance(excursion.maxM);
  const long = duration(secondsOutside(excursion) * 1000);
  return {
    zh: `${vehicle.plate} 自 ${since} 偏离路线“${name}”，最远 ${far.zh}，已 ${long.zh}`,
    en: `${vehicle.plate} off route "${name}" since ${since}: up to ${far.en} away, for ${long.en}`,
  };
}

function toMethod({ params }: Told): Finding['evidence']['method'] {
  const { enterS, enterFixes, enterMetreSeconds, leaveS, leaveFixes, leaveShare } = params;
  const share = Math.round(leaveShare * 100);
  return {
    zh: `逐点计算到派车路线的最短距离，超过走廊半宽为偏离。先剔除未定位、卫星少于 ${params.minSatellites} 颗和隐含速度超过 ${params.maxSpeedKmh} km/h 的点；偏离达 ${enterFixes} 点、${enterS} 秒，且距离（自半宽的一半起计）与时间之积达 ${enterMetreSeconds} 米·秒时告警；连续 ${leaveFixes} 点、${leaveS} 秒回到半宽的 ${share}% 以内，或派车结束，即解除。`,
    en: `The shortest distance of each fix to the dispatched route; beyond the half width is off route. Fixes without position, with fewer than ${params.minSatellites} satellites, or implying more than ${params.maxSpeedKmh} km/h are dropped first. Raised after ${enterFixes} fixes and ${enterS} s outside, and ${enterMetreSeconds} metre-seconds (distance beyond half of the half width, times time); over after ${leaveFixes} fixes and ${leaveS} s within ${share} % of the half width, or when the dispatch ends.`,
  };
}
