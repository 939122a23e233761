import { secondMs } from '../model/time.ts';
import { distanceM, type Position } from './geo.ts';

/** A fix that can be built on, as far as trips need it. */
export interface Spot extends Position {
  /** Unix ms UTC. */
  readonly at: number;
  readonly speedKmh?: number;
  /** Ignition on. */
  readonly acc?: boolean;
  readonly odometerKm?: number;
}

/** Where a vehicle stands, or seems to. Plain JSON. */
export interface Rest extends Position {
  /** Fixes of which it is the mean, up to a bound. */
  readonly weight: number;
  readonly since: number;
  readonly lastAt: number;
  /** It stands for so long that it takes proof to believe that it has left. */
  readonly settled: boolean;
  /** Of the trip when it came to stand: what its receiver scatters while it stands is taken back. */
  readonly metres: number;
  readonly movingMs: number;
  /** With the ignition on; null where that is not known. */
  readonly idleMs: number | null;
  /** Newest that the vehicle said there. */
  readonly odometerKm: number | null;
}

/** Fixes away from where a vehicle stands: the beginning of a way, or nothing. */
export interface Away extends Position {
  /** Of the first of them. */
  readonly at: number;
  readonly fixes: number;
  /** Of these, in a row, such as only a vehicle under way gives. */
  readonly driven: number;
  readonly metres: number;
  readonly maxKmh: number | null;
  /** The point about which the last ones stay, and since when. */
  readonly stay: Position & { readonly since: number };
}

/** With the reasons in `docs/trips.md`. */
export const restLimits = {
  /** This far from where it stands it still stands there. */
  restM: 60,
  /** Where it says itself that it stands. */
  stillM: 150,
  /** Under way, fixes further apart than this go on. */
  pauseM: 50,
  /** Left for certain: so far on a straight way at a speed, so far by several fixes, or by two. */
  drivenM: 150,
  drivenFixes: 3,
  drivenKmh: 5,
  drivenStepM: 15,
  /** The way may be so much longer than the distance. */
  drivenBend: 1.6,
  clearM: 400,
  /** Where ignition or speed say that it stands. */
  clearStillM: 600,
  clearFixes: 4,
  clearS: 20,
  farM: 1000,
  farFixes: 2,
  /** By its own odometer, of a vehicle that says that it drives. */
  odometerKm: 0.3,
  /** So long about another point it stands there now, unseen how it came there; sooner where it was not here for half as long. */
  movedS: 1800,
  movedLeastS: 300,
  weightMost: 10_000,
} as const;

/** To a millimetre: enough for a mean that moves slowly. */
const degrees = (value: number): number => Math.round(value * 1e8) / 1e8;

export const restAt = (spot: Spot, settled: boolean, metres = 0, movingMs = 0): Rest => ({
  lat: degrees(spot.lat),
  lon: degrees(spot.lon),
  weight: 1,
  since: spot.at,
  lastAt: spot.at,
  settled,
  metres,
  movingMs,
  idleMs: null,
  odometerKm: spot.odometerKm ?? null,
});

/** One more fix there. @param idleMs since the one before, with the ignition on; null where that is not known */
export function stay(rest: Rest, spot: Spot, idleMs: number | null): Rest {
  const weight = Math.min(rest.weight + 1, restLimits.weightMost);
  const idle = idleMs === null ? rest.idleMs : (rest.idleMs ?? 0) + idleMs;
  const { odometerKm = rest.odometerKm } = spot;
  const there = { ...rest, weight, lastAt: spot.at, idleMs: idle, odometerKm };
  const metres = distanceM(rest, spot);
  // A mean in which those far out count no more than those at the edge.
  const share = Math.min(1, restLimits.restM / 2 / Math.max(1, metres)) / weight;
  return {
    ...there,
    lat: degrees(rest.lat + (spot.lat - rest.lat) * share),
    lon: degrees(rest.lon + (spot.lon - rest.lon) * share),
  };
}

/** One more fix away from it. @param last fix before, wherever it was */
export function stray(away: Away | null, rest: Rest, spot: Spot, last: Spot): Away {
  const { lat, lon, at, speedKmh = null } = spot;
  const here = { lat: degrees(lat), lon: degrees(lon) };
  if (!away) {
    const driven = Number(isDriven(rest, spot, rest));
    return {
      ...here,
      at,
      fixes: 1,
      driven,
      metres: 0,
      maxKmh: speedKmh,
      stay: { ...here, since: at },
    };
  }
  const driven = isDriven(rest, spot, last) ? away.driven + 1 : 0;
  const stays = distanceM(away.stay, spot) <= restLimits.restM;
  return {
    ...away,
    fixes: away.fixes + 1,
    driven,
    metres: Math.round((away.metres + distanceM(last, spot)) * 100) / 100,
    maxKmh: speedKmh === null ? away.maxKmh : Math.max(away.maxKmh ?? 0, speedKmh),
    stay: stays ? away.stay : { ...here, since: at },
  };
}

/** Under way by its own word, and further out than before. */
function isDriven(rest: Position, spot: Spot, last: Position): boolean {
  const { drivenKmh, drivenStepM } = restLimits;
  return (
    spot.acc !== false &&
    (spot.speedKmh ?? 0) >= drivenKmh &&
    distanceM(rest, spot) - distanceM(rest, last) >= drivenStepM
  );
}

/** Whether the fixes away from it prove that the vehicle has left. */
export function hasLeft(rest: Rest, away: Away, spot: Spot): boolean {
  const limits = restLimits;
  const far = distanceM(rest, spot);
  const way = distanceM(rest, away) + away.metres;
  if (away.driven >= limits.drivenFixes && far >= limits.drivenM && way <= limits.drivenBend * far)
    return true;
  const ownKm = (spot.odometerKm ?? 0) - (rest.odometerKm ?? spot.odometerKm ?? 0);
  if (ownKm >= limits.odometerKm && (away.maxKmh ?? 0) >= limits.drivenKmh) return true;
  if (far >= limits.farM && away.fixes >= limits.farFixes) return true;
  const seemsStill = spot.acc === false || (away.maxKmh !== null && away.maxKmh < limits.drivenKmh);
  return (
    far >= (seemsStill ? limits.clearStillM : limits.clearM) &&
    away.fixes >= limits.clearFixes &&
    spot.at - away.at >= limits.clearS * secondMs
  );
}

/** Whether it stands about another point by now. */
export function hasMoved(rest: Rest, { stay: { since } }: Away, { at }: Spot): boolean {
  const { movedS, movedLeastS } = restLimits;
  const wantedMs = Math.max(movedLeastS * secondMs, 2 * (rest.lastAt - rest.since));
  return at - since >= Math.min(movedS * secondMs, wantedMs);
}
