import Flatbush from 'flatbush';
import type { LonLat, Place } from '../model/entities.ts';
import { distanceM, isInside, nearestOnLine, type Position } from './geo.ts';

/** A place as an area. */
export interface Area {
  readonly id: string;
  readonly institution: string;
  /** How deep within its edge a position lies, metres; negative outside. Beyond `depthMostM` either way it is that. */
  depthM(position: Position): number;
  /** Half of its narrower extent, metres: nothing lies deeper. */
  readonly halfM: number;
}

export interface PlaceIndex {
  /** Areas in whose bounds the position lies. */
  around(position: Position): readonly Area[];
  area(id: string): Area | undefined;
}

/** Nobody asks how much deeper. */
export const depthMostM = 100;

const metresPerDegree = 111_195;
/** Rings of more corners have their edges looked up. */
const plainCorners = 48;

interface Bounds {
  readonly west: number;
  readonly south: number;
  readonly east: number;
  readonly north: number;
}

const eastPerDegree = (lat: number): number => metresPerDegree * Math.cos((lat * Math.PI) / 180);

const clipped = (metres: number): number => Math.min(depthMostM, Math.max(-depthMostM, metres));

function boundsOf(corners: readonly LonLat[]): Bounds {
  const lons = corners.map(([lon]) => lon);
  const lats = corners.map(([, lat]) => lat);
  return {
    west: Math.min(...lons),
    south: Math.min(...lats),
    east: Math.max(...lons),
    north: Math.max(...lats),
  };
}

function boundsAround([lon, lat]: LonLat, radiusM: number): Bounds {
  const east = radiusM / eastPerDegree(lat);
  const north = radiusM / metresPerDegree;
  return { west: lon - east, south: lat - north, east: lon + east, north: lat + north };
}

function createBoxes(boxes: readonly Bounds[]): Flatbush | undefined {
  if (boxes.length === 0) return undefined;
  const index = new Flatbush(boxes.length);
  for (const { west, south, east, north } of boxes) index.add(west, south, east, north);
  index.finish();
  return index;
}

interface Ring {
  isInside(position: Position): boolean;
  /** Distance to its edge, as far as anybody asks. */
  edgeM(position: Position): number;
}

/** @param ring closed */
function createRing(ring: readonly LonLat[], east: number): Ring {
  if (ring.length <= plainCorners)
    return {
      isInside: (position) => isInside(position, ring),
      edgeM: (position) => nearestOnLine(position, ring).distanceM,
    };
  const edges = ring.slice(1).map((to, index) => [ring[index] ?? to, to] as const);
  const index = createBoxes(edges.map(boundsOf));
  const found = (bounds: Bounds): readonly (readonly LonLat[])[] =>
    (index?.search(bounds.west, bounds.south, bounds.east, bounds.north) ?? []).map(
      (each) => edges[each] ?? [],
    );
  return {
    isInside: ({ lon, lat }) =>
      found({ west: lon, south: lat, east, north: lat }).filter((edge) => crosses(edge, lon, lat))
        .length %
        2 ===
      1,
    edgeM: (position) =>
      Math.min(
        depthMostM,
        ...found(boundsAround([position.lon, position.lat], depthMostM)).map(
          (edge) => nearestOnLine(position, edge).distanceM,
        ),
      ),
  };
}

/** Whether an edge lies to the east of a position, as `isInside` counts it. */
function crosses([from, to]: readonly LonLat[], lon: number, lat: number): boolean {
  if (!from || !to || to[1] > lat === from[1] > lat) return false;
  return lon < ((from[0] - to[0]) * (lat - to[1])) / (from[1] - to[1]) + to[0];
}

interface Bounded {
  readonly area: Area;
  readonly bounds: Bounds;
}

function toCircle({ id, institution }: Place, center: LonLat, radiusM: number): Bounded {
  const middle = { lon: center[0], lat: center[1] };
  const depthM = (position: Position) => clipped(radiusM - distanceM(position, middle));
  const area = { id, institution, depthM, halfM: radiusM };
  return { area, bounds: boundsAround(center, radiusM) };
}

function toPolygon({ id, institution }: Place, corners: readonly LonLat[]): Bounded {
  const bounds = boundsOf(corners);
  const [first] = corners;
  const ring = first ? [...corners, first] : corners;
  const shape = createRing(ring, bounds.east);
  const depthM = (position: Position) => {
    const edgeM = shape.edgeM(position);
    return clipped(shape.isInside(position) ? edgeM : -edgeM);
  };
  const wide = (bounds.east - bounds.west) * eastPerDegree(bounds.south);
  const high = (bounds.north - bounds.south) * metresPerDegree;
  return { area: { id, institution, depthM, halfM: Math.min(wide, high) / 2 }, bounds };
}

function toArea(place: Place): readonly Bounded[] {
  if (place.circle) return [toCircle(place, place.circle.center, place.circle.radiusM)];
  return place.polygon ? [toPolygon(place, place.polygon)] : [];
}

/** For a list that does not change: thousands are looked through in a microsecond or two. */
export function createPlaceIndex(places: readonly Place[]): PlaceIndex {
  const bounded = places.flatMap(toArea);
  const index = createBoxes(bounded.map(({ bounds }) => bounds));
  const byId = new Map(bounded.map(({ area }) => [area.id, area]));
  return {
    around: ({ lon, lat }) =>
      (index?.search(lon, lat, lon, lat) ?? []).flatMap((each) => bounded[each]?.area ?? []),
    area: (id) => byId.get(id),
  };
}
