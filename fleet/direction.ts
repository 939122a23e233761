import type { LonLat } from '../model/entities.ts';
import type { Fix } from '../model/observation.ts';
import { distanceM, radians } from './geo.ts';

/** How far, and since when, a vehicle goes against its route. Plain JSON. */
export interface Direction {
  /** The fix that was looked at last. */
  readonly last: readonly [at: number, lat: number, lon: number] | null;
  readonly since: number | null;
  readonly againstM: number;
  /** Steps in the right direction, or off the route, one after the other. */
  readonly rightSteps: number;
}

export const noDirection: Direction = { last: null, since: null, againstM: 0, rightSteps: 0 };

/** Shorter steps have no direction that can be believed. */
const stepM = 50;
/** A longer time between two fixes hides which way was taken. */
const longestStepMs = 90_000;
/** So many steps the right way end it. */
const stepsToForget = 2;

/** Degrees clockwise from north. */
function bearingDeg([fromLon, fromLat]: LonLat, [toLon, toLat]: LonLat): number {
  const east = (toLon - fromLon) * Math.cos(toLat * radians);
  return Math.atan2(east, toLat - fromLat) / radians;
}

/**
 * One more believed fix.
 * @param isAgainst whether the route lies there and nowhere goes about that way
 */
export function turnTo(
  known: Direction,
  { at, lat, lon }: Fix,
  isAgainst: (bearingDeg: number) => boolean,
): Direction {
  const here = [at, lat, lon] as const;
  if (known.last === null || at - known.last[0] > longestStepMs)
    return { ...noDirection, last: here };
  const [fromAt, fromLat, fromLon] = known.last;
  const metres = distanceM({ lat: fromLat, lon: fromLon }, { lat, lon });
  if (metres < stepM) return known;
  if (isAgainst(bearingDeg([fromLon, fromLat], [lon, lat])))
    return {
      last: here,
      since: known.since ?? fromAt,
      againstM: known.againstM + metres,
      rightSteps: 0,
    };
  const rightSteps = known.rightSteps + 1;
  return rightSteps >= stepsToForget
    ? { ...noDirection, last: here }
    : { ...known, last: here, rightSteps };
}
