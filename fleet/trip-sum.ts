import { secondMs } from '../model/time.ts';
import type { Trip, TripEnd, TripPoint, TripSoFar, TripStop } from '../model/trip.ts';
import { distanceM, type Position } from './geo.ts';
import type { Rest, Spot } from './resting.ts';

/** A stop in few bytes: seconds since the start of the trip, seconds long, where, seconds with the ignition on, and the places it is in. */
type PackedStop = readonly [
  fromS: number,
  lastedS: number,
  lat: number,
  lon: number,
  idlingS: number | null,
  ...places: string[],
];

type Point = readonly [lat: number, lon: number];

/** What is added up of a trip under way. Plain JSON. */
export interface TripSum {
  readonly startedAt: number;
  readonly from: readonly string[];
  readonly metres: number;
  readonly gapM: number;
  readonly unseenM: number;
  /** Where its way was last added up. */
  readonly counted: Point;
  readonly movingMs: number;
  readonly idleMs: number | null;
  readonly maxKmh: number | null;
  /** First and newest; null where it has said none or counted backwards. */
  readonly odometer: readonly [firstKm: number, lastKm: number] | null;
  readonly odometerFails: boolean;
  readonly stops: readonly PackedStop[];
  readonly stopCount: number;
  readonly visited: readonly string[];
  readonly way: readonly Point[];
  readonly strideM: number;
  /** When its figures were told last. */
  readonly toldAt: number;
}

/** With the reasons in `docs/trips.md`. */
export const sumLimits = {
  /** The way is added up in steps of at least this: what a receiver scatters is not driven. */
  stepM: 25,
  /** Longer without a fix is a gap. */
  gapS: 300,
  stopsMost: 8,
  visitedMost: 8,
  wayMost: 12,
  strideM: 200,
  /** More than any car drives. */
  odometerKmh: 250,
} as const;

const toPoint = ({ lat, lon }: Position): Point => [
  Math.round(lat * 1e5) / 1e5,
  Math.round(lon * 1e5) / 1e5,
];

const toPosition = ([lat, lon]: Point): Position => ({ lat, lon });

const centimetres = (metres: number): number => Math.round(metres * 100) / 100;

export function newSum(
  start: Position & { readonly at: number; readonly odometerKm?: number | null },
  places: readonly string[],
  unseenM: number,
): TripSum {
  const { odometerKm = null } = start;
  return {
    startedAt: start.at,
    from: places,
    metres: 0,
    gapM: 0,
    unseenM: Math.round(unseenM),
    counted: [start.lat, start.lon],
    movingMs: 0,
    idleMs: null,
    maxKmh: null,
    odometer: odometerKm === null ? null : [odometerKm, odometerKm],
    odometerFails: false,
    stops: [],
    stopCount: 0,
    visited: places.slice(0, sumLimits.visitedMost),
    way: [toPoint(start)],
    strideM: sumLimits.strideM,
    toldAt: start.at,
  };
}

/** From here on the way goes on. */
export const beginAt = ({ lat, lon }: Position): Pick<TripSum, 'counted'> => ({
  counted: [lat, lon],
});

/** The way to one more place, as far as it is further than what a receiver scatters. */
export function addWay(sum: TripSum, to: Position, isGap: boolean): TripSum {
  const metres = distanceM(toPosition(sum.counted), to);
  if (metres < sumLimits.stepM) return sum;
  return withWay(
    {
      ...sum,
      metres: centimetres(sum.metres + metres),
      gapM: isGap ? centimetres(sum.gapM + metres) : sum.gapM,
      counted: [to.lat, to.lon],
    },
    to,
  );
}

function withWay(sum: TripSum, to: Position): TripSum {
  const { way, strideM } = sum;
  const last = way.at(-1);
  if (last && distanceM(toPosition(last), to) < strideM) return sum;
  const longer = [...way, toPoint(to)];
  return longer.length > sumLimits.wayMost
    ? { ...sum, way: longer.filter((_, index) => index % 2 === 0), strideM: 2 * strideM }
    : { ...sum, way: longer };
}

/** What a fix says beside its place. @param sinceMs since the fix before it */
export function addWord(sum: TripSum, spot: Spot, sinceMs: number): TripSum {
  const { speedKmh, odometerKm } = spot;
  const maxKmh = speedKmh === undefined ? sum.maxKmh : Math.max(sum.maxKmh ?? 0, speedKmh);
  if (odometerKm === undefined) return maxKmh === sum.maxKmh ? sum : { ...sum, maxKmh };
  if (!sum.odometer) return { ...sum, maxKmh, odometer: [odometerKm, odometerKm] };
  const [first, last] = sum.odometer;
  const roseKm = odometerKm - last;
  const mostKm = 1 + (sumLimits.odometerKmh * sinceMs) / (3600 * secondMs);
  const fails = roseKm < 0 || roseKm > mostKm;
  return {
    ...sum,
    maxKmh,
    odometer: [first, odometerKm],
    odometerFails: sum.odometerFails || fails,
  };
}

/** The vehicle came to a place it had not been in on this trip. */
export function addVisited(sum: TripSum, places: readonly string[]): TripSum {
  const fresh = places.filter((id) => !sum.visited.includes(id));
  return fresh.length === 0
    ? sum
    : { ...sum, visited: [...sum.visited, ...fresh].slice(0, sumLimits.visitedMost) };
}

/** A stop that is over; of too many the shortest is left out. */
export function addStop(sum: TripSum, rest: Rest, places: readonly string[]): TripSum {
  const { since, lastAt, idleMs } = rest;
  const seconds = (ms: number) => Math.round(ms / secondMs);
  const stop: PackedStop = [
    seconds(since - sum.startedAt),
    seconds(lastAt - since),
    ...toPoint(rest),
    idleMs === null ? null : seconds(idleMs),
    ...places,
  ];
  const stops = [...sum.stops, stop];
  const shortest = Math.min(...stops.map(([, lastedS]) => lastedS));
  const left = stops.findIndex(([, lastedS]) => lastedS === shortest);
  return {
    ...sum,
    stops: stops.length > sumLimits.stopsMost ? stops.toSpliced(left, 1) : stops,
    stopCount: sum.stopCount + 1,
  };
}

function toStop({ startedAt }: TripSum, packed: PackedStop): TripStop {
  const [fromS, lastedS, lat, lon, idlingS, ...places] = packed;
  const from = startedAt + fromS * secondMs;
  return { from, to: from + lastedS * secondMs, lat, lon, places, idlingS };
}

const kilometres = (metres: number): number => Math.round(metres) / 1000;

/** @param now newest fix that counted */
export function toTrip(sum: TripSum, vehicle: string, now: TripPoint): TripSoFar {
  const { odometer, idleMs, way } = sum;
  const [lat, lon] = way[0] ?? [now.lat, now.lon];
  const ownKm = odometer && !sum.odometerFails ? odometer[1] - odometer[0] : null;
  return {
    vehicle,
    startedAt: sum.startedAt,
    start: { at: sum.startedAt, lat, lon, places: sum.from },
    now,
    distanceKm: kilometres(sum.metres),
    gapKm: kilometres(sum.gapM),
    odometerKm: ownKm === null ? null : Math.round(ownKm * 1000) / 1000,
    unseenKm: kilometres(sum.unseenM),
    movingS: Math.round(sum.movingMs / secondMs),
    idlingS: idleMs === null ? null : Math.round(idleMs / secondMs),
    maxSpeedKmh: sum.maxKmh,
    stops: sum.stops.map((stop) => toStop(sum, stop)),
    stopCount: sum.stopCount,
    visited: sum.visited,
    way,
  };
}

export const ended = (trip: TripSoFar, endedAt: number, endedBy: TripEnd): Trip => ({
  ...trip,
  endedAt,
  endedBy,
});
