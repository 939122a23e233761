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

const corners = 48;

/** A circle on the ground as a closed ring. */
export function circleRing([lon, lat]: LonLat, radiusM: number): Ring {
  return Array.from({ length: corners + 1 }, (_, corner) => {
    const angle = ((2 * Math.PI) / corners) * corner;
    return [
      lon + (Math.cos(angle) * radiusM) / (metresPerDegree * Math.cos(lat * radians)),
      lat + (Math.sin(angle) * radiusM) / metresPerDegree,
    ];
  });
}

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

/** Metres a pixel covers at zoom 0 on the equator, with the map's tiles of 512 pixels. */
const metresPerPixel = 78_271.517;

/** How wide the corridor of a route is on the map at zoom 0, in pixels; twice as wide with every zoom. */
export const corridorPx = (line: readonly LonLat[], halfWidthM: number): number =>
  (2 * halfWidthM) / (metresPerPixel * Math.cos((line[0]?.[1] ?? 0) * radians));

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
