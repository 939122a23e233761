import type { LonLat, Place } from '../../model/entities.ts';

/** Lines and rings on the map, WGS-84 degrees, distances in metres on a local plane: good to a per mille over a city. */

const metresPerDegree = 111_320;
const radians = Math.PI / 180;

const eastMetres = (degrees: number, lat: number) =>
  degrees * metresPerDegree * Math.cos(lat * radians);

export function distanceM([lonA, latA]: LonLat, [lonB, latB]: LonLat): number {
  return Math.hypot(eastMetres(lonB - lonA, (latA + latB) / 2), (latB - latA) * metresPerDegree);
}

/** Length of a line in metres. */
export function lengthM(line: readonly LonLat[]): number {
  let total = 0;
  let last: LonLat | undefined;
  for (const point of line) {
    if (last) total += distanceM(last, point);
    last = point;
  }
  return total;
}

type Ring = [number, number][];

function arc(
  [lon, lat]: LonLat,
  radiusM: number,
  fromDeg: number,
  toDeg: number,
  steps: number,
): Ring {
  const ring: Ring = [];
  for (let step = 0; step <= steps; step++) {
    const angle = (fromDeg + ((toDeg - fromDeg) * step) / steps) * radians;
    ring.push([
      lon + (Math.cos(angle) * radiusM) / (metresPerDegree * Math.cos(lat * radians)),
      lat + (Math.sin(angle) * radiusM) / metresPerDegree,
    ]);
  }
  return ring;
}

export const circleRing = (center: LonLat, radiusM: number): Ring =>
  arc(center, radiusM, 0, 360, 48);

/** The outline of a place, closed. */
export function placeRing(place: Place): Ring | undefined {
  if (place.circle) return circleRing(place.circle.center, place.circle.radiusM);
  const first = place.polygon?.[0];
  if (!place.polygon || !first) return undefined;
  const ring = place.polygon.map(([lon, lat]): [number, number] => [lon, lat]);
  const last = ring.at(-1);
  if (last && (last[0] !== first[0] || last[1] !== first[1])) ring.push([first[0], first[1]]);
  return ring;
}

/** The stadium around one segment: all within `halfWidthM` of it. */
function segmentRing(a: LonLat, b: LonLat, halfWidthM: number): Ring {
  const heading =
    Math.atan2((b[1] - a[1]) * metresPerDegree, eastMetres(b[0] - a[0], (a[1] + b[1]) / 2)) /
    radians;
  const ring = [
    ...arc(b, halfWidthM, heading - 90, heading + 90, 8),
    ...arc(a, halfWidthM, heading + 90, heading + 270, 8),
  ];
  const first = ring[0];
  if (first) ring.push(first);
  return ring;
}

/** The corridor of a route as one stadium per segment, for a map layer whose fill does not add up where they overlap. */
export function corridorRings(line: readonly LonLat[], halfWidthM: number): Ring[] {
  const rings: Ring[] = [];
  let last: LonLat | undefined;
  for (const point of line) {
    if (last) rings.push(segmentRing(last, point, halfWidthM));
    last = point;
  }
  return rings;
}

export type Bounds = [west: number, south: number, east: number, north: number];

/** The box around all points, or undefined for none. */
export function boundsOf(points: Iterable<LonLat>): Bounds | undefined {
  let bounds: Bounds | undefined;
  for (const [lon, lat] of points) {
    bounds = bounds
      ? [
          Math.min(bounds[0], lon),
          Math.min(bounds[1], lat),
          Math.max(bounds[2], lon),
          Math.max(bounds[3], lat),
        ]
      : [lon, lat, lon, lat];
  }
  return bounds;
}

/** Distances between graticule lines, in degrees; the first that gives at most `most` lines is taken. */
const graticuleSteps = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30];

interface GraticuleLine {
  readonly line: Ring;
  /** `116.05°E`. */
  readonly label: string;
}

const degreeLabel = (value: number, digits: number, positive: string, negative: string) =>
  `${Math.abs(value).toFixed(digits)}°${value < 0 ? negative : positive}`;

/** Meridians and parallels across a box, some `most` each way, with their labels. */
export function graticule([west, south, east, north]: Bounds, most = 8): GraticuleLine[] {
  const span = Math.max(east - west, north - south);
  const step = graticuleSteps.find((candidate) => span / candidate <= most) ?? 30;
  const digits = Math.max(0, Math.ceil(-Math.log10(step)));
  const lines: GraticuleLine[] = [];
  for (let n = Math.ceil(west / step); n * step <= east; n++) {
    const lon = n * step;
    lines.push({
      line: [
        [lon, south],
        [lon, north],
      ],
      label: degreeLabel(lon, digits, 'E', 'W'),
    });
  }
  for (let n = Math.ceil(south / step); n * step <= north; n++) {
    const lat = n * step;
    lines.push({
      line: [
        [west, lat],
        [east, lat],
      ],
      label: degreeLabel(lat, digits, 'N', 'S'),
    });
  }
  return lines;
}
