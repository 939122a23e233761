import { secondMs } from '../model/time.ts';
import { distanceM, type Position } from './geo.ts';

/** What is kept of a fix. */
export interface Place extends Position {
  /** Unix ms UTC, as the device says. */
  readonly at: number;
  readonly speedKmh?: number;
  /** Ignition on. */
  readonly acc?: boolean;
  readonly odometerKm?: number;
  /** Our clock, Unix ms UTC. */
  readonly receivedAt?: number;
}

export interface BearingLimits {
  readonly stuckM: number;
  readonly stuckFromKmh: number;
  readonly stuckStepMostS: number;
  readonly frozenS: number;
  readonly standingKmh: number;
  readonly driftFromM: number;
  readonly driftToM: number;
  readonly movedFixes: number;
}

/** Whether the vehicle moves, and whether its receiver does. */
export interface Bearing {
  /** The fix from which on the coordinates are the same to the last digit. */
  readonly same: Place | null;
  /** How far it must have gone since by its own speed, metres. */
  readonly sameM: number;
  readonly lastAt: number;
  /** About which it stands; null while it moves. */
  readonly anchor: Anchor | null;
}

interface Anchor extends Position {
  /** Fixes of which it is the mean, up to a bound. */
  readonly weight: number;
  /** Fixes in a row beyond what a receiver drifts. */
  readonly away: number;
  /** It is moved without its engine: fixes in a row that show it at rest again end that. */
  readonly towed: boolean;
  readonly rests: number;
}

export const noBearing: Bearing = { same: null, sameM: 0, lastAt: 0, anchor: null };

interface Judged {
  readonly bearing: Bearing;
  readonly mark: 'good' | 'stuck' | 'drift';
  readonly standing: boolean;
}

/** So that an anchor that was taken badly still moves. */
const weightMost = 60;

/** One more fix that is where a car can be. */
export function judgeBearing(before: Bearing, place: Place, limits: BearingLimits): Judged {
  const { same, sameM } = repeated(before, place, limits);
  const bearing = { ...before, same, sameM, lastAt: place.at };
  if (isStuck(same, sameM, place, limits)) return { bearing, mark: 'stuck', standing: false };
  if (!isStanding(place, limits))
    return { bearing: { ...bearing, anchor: null }, mark: 'good', standing: false };
  const { anchor, mark } = about(before.anchor ?? restAt(place), place, limits);
  return { bearing: { ...bearing, anchor }, mark, standing: !anchor.towed };
}

function repeated(
  { same, sameM, lastAt }: Bearing,
  place: Place,
  { stuckFromKmh, stuckStepMostS }: BearingLimits,
): Pick<Bearing, 'same' | 'sameM'> {
  if (same === null || same.lat !== place.lat || same.lon !== place.lon)
    return { same: place, sameM: 0 };
  const { speedKmh = 0 } = place;
  const seconds = Math.min((place.at - lastAt) / secondMs, stuckStepMostS);
  return { same, sameM: sameM + (speedKmh >= stuckFromKmh ? (speedKmh / 3.6) * seconds : 0) };
}

/** The same place while speed or odometer say that it moves, or the same instant while ours goes on. */
function isStuck(
  same: Place | null,
  sameM: number,
  place: Place,
  { stuckM, frozenS }: BearingLimits,
): boolean {
  if (same === null || same === place) return false;
  const counted = ((place.odometerKm ?? 0) - (same.odometerKm ?? place.odometerKm ?? 0)) * 1000;
  if (Math.max(sameM, counted) > stuckM) return true;
  const waitedMs = (place.receivedAt ?? 0) - (same.receivedAt ?? place.receivedAt ?? 0);
  return place.at === same.at && waitedMs >= frozenS * secondMs;
}

/** With the ignition off whatever the receiver says of speed is its own; without it only standstill is believed. */
const isStanding = ({ acc, speedKmh }: Place, { standingKmh }: BearingLimits): boolean =>
  acc === false || (speedKmh !== undefined && speedKmh <= standingKmh);

const restAt = ({ lat, lon }: Position): Anchor => ({
  lat,
  lon,
  weight: 0,
  away: 0,
  towed: false,
  rests: 0,
});

/** A fix of a vehicle that should stand: near its anchor, scattered about it, or away from it for so many fixes that it was moved. */
function about(
  anchor: Anchor,
  place: Place,
  limits: BearingLimits,
): { readonly anchor: Anchor; readonly mark: 'good' | 'drift' } {
  const metres = distanceM(anchor, place);
  if (anchor.towed) return { anchor: towed(anchor, place, metres, limits), mark: 'good' };
  if (metres > limits.driftToM) {
    const away = anchor.away + 1;
    if (away < limits.movedFixes) return { anchor: { ...anchor, away }, mark: 'drift' };
    return { anchor: { ...restAt(place), towed: true }, mark: 'good' };
  }
  const weight = Math.min(anchor.weight + 1, weightMost);
  // A mean in which those far out count no more than those at the edge.
  const share = Math.min(1, limits.driftFromM / metres) / weight;
  const mean = {
    ...anchor,
    lat: anchor.lat + (place.lat - anchor.lat) * share,
    lon: anchor.lon + (place.lon - anchor.lon) * share,
    weight,
    away: 0,
  };
  return { anchor: mean, mark: metres > limits.driftFromM ? 'drift' : 'good' };
}

function towed(
  anchor: Anchor,
  place: Place,
  metres: number,
  { driftFromM, movedFixes }: BearingLimits,
): Anchor {
  if (metres > driftFromM) return { ...restAt(place), towed: true };
  const rests = anchor.rests + 1;
  return { ...anchor, rests, towed: rests < movedFixes };
}
