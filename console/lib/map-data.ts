import type { LonLat, Place, Route } from '../../model/entities.ts';
import { type Bounds, corridorPx, graticule, placeRing } from './geo.ts';
import type { Moment } from './replay.ts';
import type { VehicleRow } from './vehicles.ts';

/** What the map draws, as GeoJSON. */

type Position = [lon: number, lat: number];

export interface Feature {
  readonly type: 'Feature';
  readonly properties: Record<string, unknown>;
  readonly geometry:
    | { type: 'Point'; coordinates: Position }
    | { type: 'LineString'; coordinates: Position[] }
    | { type: 'Polygon'; coordinates: Position[][] }
    | { type: 'MultiPolygon'; coordinates: Position[][][] };
}

/** WGS-84 → what the base map is drawn in. */
export type Shift = (position: LonLat) => Position;

export const collection = (features: Feature[]) => ({
  type: 'FeatureCollection' as const,
  features,
});

const line = (
  points: readonly LonLat[],
  shift: Shift,
  properties: Record<string, unknown> = {},
): Feature => ({
  type: 'Feature',
  properties,
  geometry: { type: 'LineString', coordinates: points.map(shift) },
});

const point = (position: LonLat, shift: Shift, properties: Record<string, unknown>): Feature => ({
  type: 'Feature',
  properties,
  geometry: { type: 'Point', coordinates: shift(position) },
});

const centreOf = (ring: readonly LonLat[]): LonLat => {
  const corners = ring.slice(1);
  const sum = corners.reduce(([lon, lat], [x, y]): [number, number] => [lon + x, lat + y], [0, 0]);
  return [sum[0] / corners.length, sum[1] / corners.length];
};

export function placeFeatures(places: readonly Place[], shift: Shift): Feature[] {
  return places.flatMap((place): Feature[] => {
    const ring = placeRing(place);
    if (!ring) return [];
    const properties = { id: place.id, name: place.name, kind: place.kind };
    return [
      {
        type: 'Feature',
        properties,
        geometry: { type: 'Polygon', coordinates: [ring.map(shift)] },
      },
      point(place.circle?.center ?? centreOf(ring), shift, properties),
    ];
  });
}

/** Stretches of equal width; segments of their own width are stretches of their own. */
function corridorsOf({ line: first, lines = [], widthM, segmentWidthsM: widths }: Route) {
  const others = lines.map((points) => ({ points, widthM }));
  if (!widths) return [{ points: first, widthM }, ...others];
  const own = widths.map((metres, n) => ({ points: first.slice(n, n + 2), widthM: metres }));
  return [...own, ...others];
}

/** Each line of a route and, below it, as wide as its corridor. */
export function routeFeatures(routes: readonly Route[], shift: Shift): Feature[] {
  return routes.flatMap((route): Feature[] => {
    const { id, name, line: first, lines = [], oneWay = false } = route;
    return [
      ...corridorsOf(route).map(({ points, widthM }) =>
        line(points, shift, { id, part: 'corridor', width: corridorPx(points, widthM) }),
      ),
      ...[first, ...lines].map((points) => line(points, shift, { id, part: 'line', name, oneWay })),
    ];
  });
}

/** What is being drawn: its points, numbered, and a line through them. */
export function draftFeatures(
  points: readonly LonLat[],
  shape: 'circle' | 'polygon' | 'line',
  shift: Shift,
): Feature[] {
  const [first] = points;
  const closed = shape === 'polygon' && first && points.length > 2 ? [...points, first] : points;
  return [
    ...(points.length > 1 ? [line(closed, shift)] : []),
    ...points.map((position, index) => point(position, shift, { index })),
  ];
}

/** Meridians and parallels with labels at the west and south edges of the view. */
export function graticuleFeatures(bounds: Bounds): Feature[] {
  const same: Shift = ([lon, lat]) => [lon, lat];
  const [west, , east] = bounds;
  // A label at the very corner would be cut.
  const isInside = (lon: number) =>
    lon > west + (east - west) * 0.05 && lon < east - (east - west) * 0.05;
  return graticule(bounds).flatMap(({ line: points, label }) => {
    const [start] = points;
    const isMeridian = label.endsWith('E') || label.endsWith('W');
    const isLabelled = start && (!isMeridian || isInside(start[0]));
    return [
      line(points, same),
      ...(isLabelled ? [point(start, same, { label, along: isMeridian ? 'south' : 'west' })] : []),
    ];
  });
}

/** With more vehicles than these arrows from afar are a thicket, and slow to draw: dots stand in for them. */
const mostArrows = 1_500;

export function vehicleFeatures(
  rows: readonly VehicleRow[],
  alerted: ReadonlySet<string>,
  shift: Shift,
): Feature[] {
  const plain = rows.length > mostArrows;
  const features: Feature[] = [];
  for (const { vehicle, position, state } of rows) {
    if (!position) continue;
    features.push(
      point([position.lon, position.lat], shift, {
        id: vehicle.id,
        plate: vehicle.plate,
        state,
        heading: position.headingDeg ?? 0,
        alerted: alerted.has(vehicle.id),
        plain,
      }),
    );
  }
  return features;
}

/** One vehicle at an instant that is past. */
export const replayFeature = (
  { position, speedKmh, headingDeg, isGap }: Moment,
  plate: string,
  shift: Shift,
): Feature =>
  point(position, shift, {
    plate,
    state: isGap ? 'offline' : (speedKmh ?? 0) > 0 ? 'moving' : 'parked',
    heading: headingDeg,
  });

/** A track as lines, broken where nothing was heard for long. */
export function trackFeatures(
  points: readonly { readonly at: number; readonly position: LonLat }[],
  gapMs: number,
  shift: Shift,
  properties: Record<string, unknown> = {},
): Feature[] {
  const pieces: LonLat[][] = [];
  let last: number | undefined;
  for (const { at, position } of points) {
    if (last === undefined || at - last > gapMs) pieces.push([]);
    pieces.at(-1)?.push(position);
    last = at;
  }
  return pieces.filter((piece) => piece.length > 1).map((piece) => line(piece, shift, properties));
}
