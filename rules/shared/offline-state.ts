import { distanceM } from '../../fleet/geo.ts';
import type { Accepted, Fix } from '../../model/observation.ts';
import { minuteMs } from '../../model/time.ts';

/** Why nothing usable comes from a vehicle. */
export type OfflineCause =
  | 'door'
  | 'power'
  | 'antenna'
  | 'garage'
  | 'parked'
  | 'link'
  | 'no-position'
  | 'stuck';

/** What is remembered of a vehicle's messages, in the order in which they came. Plain JSON. */
export interface Heard {
  /** Our clock when anything came last; null before that. */
  readonly at: number | null;
  /** Device clock of the newest. */
  readonly newestAt: number;
  /** Ignition off by the newest that says so. */
  readonly parked: boolean;
  /** Last position that was measured. */
  readonly position: readonly [lat: number, lon: number] | null;
  /** By the newest: slow enough to be driving into a garage. */
  readonly slow: boolean;
  /** By the newest: alarm bits of power and antenna. */
  readonly alarms: number;
  /** Our clock since when nothing that came could be built on, by what; null while it can. */
  readonly poorSince: number | null;
  readonly poor: 'no-position' | 'stuck' | null;
  /** The newest came without a position. */
  readonly lost: boolean;
  /** How far it must have driven at the same coordinates by its own speed, metres. */
  readonly sameM: number;
}

export const unheard: Heard = {
  at: null,
  newestAt: 0,
  parked: false,
  position: null,
  slow: false,
  alarms: 0,
  poorSince: null,
  poor: null,
  lost: false,
  sameM: 0,
};

const powerBits = (1 << 7) | (1 << 8);
export const antennaBits = (1 << 4) | (1 << 5) | (1 << 6);
const slowKmh = 20;
/** Same coordinates over a way as long as this are none. */
const stuckM = 1000;
const longestStepMs = minuteMs;
/** What was without a position before a longer silence is another matter. */
const closeMs = 15 * minuteMs;

const isSame = ([lat, lon]: readonly [number, number], fix: Fix) =>
  lat === fix.lat && lon === fix.lon;

function poorOf(fix: Fix, sameM: number): Heard['poor'] {
  if (fix.acc === false) return null;
  if (!fix.fixed || (fix.lat === 0 && fix.lon === 0)) return 'no-position';
  return sameM >= stuckM ? 'stuck' : null;
}

const sameAfter = ({ position, sameM }: Heard, fix: Fix, drivenM: number): number =>
  fix.fixed && position !== null && isSame(position, fix) ? sameM + drivenM : 0;

/** One more thing that came; what is older than the newest is only a sign of life. */
export function hear(before: Heard, event: Accepted): Heard {
  const at = Math.max(before.at ?? 0, event.receivedAt);
  if (event.type !== 'fix' || event.at < before.newestAt) return { ...before, at };
  const { speedKmh = 0, acc, fixed, lat, lon, alarms = 0 } = event;
  const stepS = Math.min(longestStepMs, event.at - before.newestAt) / 1000;
  const sameM = sameAfter(before, event, speedKmh >= 5 ? (speedKmh / 3.6) * stepS : 0);
  const poor = poorOf(event, sameM);
  const isClose = before.poor === poor && event.at - before.newestAt <= closeMs;
  return {
    at,
    newestAt: event.at,
    parked: acc === undefined ? before.parked : !acc,
    position: fixed && (lat !== 0 || lon !== 0) ? [lat, lon] : before.position,
    slow: speedKmh <= slowKmh,
    alarms: alarms & (powerBits | antennaBits),
    poorSince: poor === null ? null : ((isClose ? before.poorSince : null) ?? event.receivedAt),
    lost: !fixed,
    poor,
    sameM,
  };
}

/** Within this of a garage the sky is gone. */
const garageM = 150;

export interface Garage {
  readonly lat: number;
  readonly lon: number;
  readonly radiusM: number;
}

const isNear = ([lat, lon]: readonly [number, number], garage: Garage | undefined): boolean =>
  garage !== undefined && distanceM({ lat, lon }, garage) <= garage.radiusM + garageM;

/** Standing or slow without the sky over it, at its own parking place: it stands in a basement, and may for the longest of holidays. */
export const isUnderground = (heard: Heard, garage: Garage | undefined): boolean =>
  heard.slow &&
  heard.lost &&
  (heard.alarms & (powerBits | antennaBits)) === 0 &&
  heard.position !== null &&
  isNear(heard.position, garage);

/** What the last messages say of why none comes any more. */
export function causeOf(heard: Heard, garage: Garage | undefined): OfflineCause {
  if ((heard.alarms & powerBits) !== 0) return 'power';
  if (isUnderground(heard, garage)) return 'garage';
  if (heard.parked) return 'parked';
  if ((heard.alarms & antennaBits) !== 0) return 'antenna';
  const isLost = heard.poor === 'no-position' && heard.slow;
  if (heard.slow && (isLost || (heard.position && isNear(heard.position, garage)))) return 'garage';
  return 'link';
}

/** Why what comes cannot be built on. */
export const poorCause = ({ poor, alarms }: Heard): OfflineCause =>
  poor === 'stuck' ? 'stuck' : (alarms & antennaBits) !== 0 ? 'antenna' : 'no-position';
