import type { LonLat } from '../model/entities.ts';

/** Mean radius of the Earth, metres (IUGG R1). */
const earthRadiusM = 6_371_008.8;
export const radians = Math.PI / 180;
export const metresPerDegree = earthRadiusM * radians;

export interface Position {
  readonly lat: number;
  readonly lon: number;
}

/** Longitudes meet at ±180°: the shorter way round, in degrees. */
export const turn = (degrees: number): number => ((((degrees + 180) % 360) + 360) % 360) - 180;

/** Great-circle distance on the sphere, metres. */
export function distanceM(a: Position, b: Position): number {
  const halfLat = Math.sin(((b.lat - a.lat) * radians) / 2);
  const halfLon = Math.sin((turn(b.lon - a.lon) * radians) / 2);
  const chord =
    halfLat * halfLat + Math.cos(a.lat * radians) * Math.cos(b.lat * radians) * halfLon * halfLon;
  return 2 * earthRadiusM * Math.asin(Math.min(1, Math.sqrt(chord)));
}

export interface Nearest {
  /** Metres to the nearest point of the line; infinite for a line without points. */
  readonly distanceM: number;
  /** Index of the segment that point lies on. */
  readonly segment: number;
}

/**
 * From a point to a line of one or more points, on the plane that touches the sphere at the point: within 0.1 % for lines
 * that pass within 50 km, at any latitude where people drive.
 */
export function nearestOnLine({ lat, lon }: Position, line: readonly LonLat[]): Nearest {
  const eastPerDegree = metresPerDegree * Math.cos(lat * radians);
  let best = Number.POSITIVE_INFINITY;
  let segment = 0;
  let fromX = 0;
  let fromY = 0;
  for (let index = 0; index < line.length; index += 1) {
    const corner = line[index] as LonLat;
    const x = turn(corner[0] - lon) * eastPerDegree;
    const y = (corner[1] - lat) * metresPerDegree;
    const square = index === 0 ? x * x + y * y : squareToSegment(fromX, fromY, x, y);
    if (square < best) {
      best = square;
      segment = Math.max(0, index - 1);
    }
    fromX = x;
    fromY = y;
  }
  return { distanceM: Math.sqrt(best), segment };
}

/** Square of the distance from the origin to a segment. */
export function squareToSegment(fromX: number, fromY: number, toX: number, toY: number): number {
  const alongX = toX - fromX;
  const alongY = toY - fromY;
  const length = alongX * alongX + alongY * alongY;
  const share = length === 0 ? 0 : -(fromX * alongX + fromY * alongY) / length;
  const clipped = Math.min(1, Math.max(0, share));
  const x = fromX + clipped * alongX;
  const y = fromY + clipped * alongY;
  return x * x + y * y;
}

/** Whether a point lies within a ring of corners, closed or not; rings do not cross the 180th meridian. */
export function isInside({ lat, lon }: Position, ring: readonly LonLat[]): boolean {
  let inside = false;
  let [fromLon, fromLat] = ring.at(-1) ?? [0, 0];
  for (const [toLon, toLat] of ring) {
    const crosses = toLat > lat !== fromLat > lat;
    if (crosses && lon < ((fromLon - toLon) * (lat - toLat)) / (fromLat - toLat) + toLon)
      inside = !inside;
    [fromLon, fromLat] = [toLon, toLat];
  }
  return inside;
}
