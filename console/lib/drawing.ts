import type { EntityView } from '../../api/contract.ts';
import type { LonLat, Place, Route } from '../../model/entities.ts';

/**
 * A place or a route as a person draws it. Its points stand as text, one `lon, lat` a line in WGS-84: typed, pasted, or put there by a click on the map,
 * it is always the same text.
 */

export const drawnKinds = ['places', 'routes'] as const;
export type DrawnKind = (typeof drawnKinds)[number];

export const placeKinds = [
  'parking',
  'area',
  'fuel',
  'repair',
  'charging',
  'poi',
] as const satisfies readonly Place['kind'][];

export type Shape = 'circle' | 'polygon' | 'line';

export interface Draft {
  readonly kind: DrawnKind;
  readonly id: string;
  /** Of what is changed; undefined for a new one. */
  readonly version: number | undefined;
  readonly name: string;
  readonly institution: string;
  readonly placeKind: Place['kind'];
  readonly shape: Shape;
  readonly points: string;
  /** As typed, metres: the radius of a circle, the half width of a route. */
  readonly metres: string;
  readonly oneWay: boolean;
  /** The line of a route and its other lines, as text; the one being drawn stands in `points` and may be newer there. */
  readonly ways: readonly string[];
  /** Which of them is drawn; 0 is the line itself. */
  readonly way: number;
  /** As typed: metres of each segment of the line, or nothing. */
  readonly widths: string;
  /** Ids of places. */
  readonly mustVisit: readonly string[];
}

export type PlaceView = EntityView<'places'> & { readonly id: string };
export type RouteView = EntityView<'routes'> & { readonly id: string };

/** 1e-6° is about 0.1 m. */
const digits = 6;

const pointText = ([lon, lat]: LonLat): string =>
  `${Number(lon.toFixed(digits))}, ${Number(lat.toFixed(digits))}`;

export const pointsText = (points: readonly LonLat[]): string => points.map(pointText).join('\n');

export interface ReadPoints {
  readonly points: readonly LonLat[];
  /** 1-based lines that are no position. */
  readonly faults: readonly number[];
}

function pointIn(line: string): LonLat | undefined {
  const [lon, lat, ...more] = line
    .trim()
    .split(/[\s,，;；]+/)
    .map(Number);
  if (lon === undefined || lat === undefined || more.length > 0) return undefined;
  return Math.abs(lon) <= 180 && Math.abs(lat) <= 90 ? [lon, lat] : undefined;
}

export function readPoints(text: string): ReadPoints {
  const points: LonLat[] = [];
  const faults: number[] = [];
  text.split('\n').forEach((line, n) => {
    if (line.trim() === '') return;
    const point = pointIn(line);
    if (point) points.push(point);
    else faults.push(n + 1);
  });
  return { points, faults };
}

/** A circle has one point, its middle; the others grow at their end. */
export const withPoint = (draft: Draft, point: LonLat): Draft => ({
  ...draft,
  points:
    draft.shape === 'circle' || draft.points.trim() === ''
      ? pointText(point)
      : `${draft.points.trimEnd()}\n${pointText(point)}`,
});

/** @param index of a point, not of a line */
export const withMoved = (draft: Draft, index: number, to: LonLat): Draft => ({
  ...draft,
  points: pointsText(readPoints(draft.points).points.map((point, n) => (n === index ? to : point))),
});

export const withoutLast = (draft: Draft): Draft => ({
  ...draft,
  points: pointsText(readPoints(draft.points).points.slice(0, -1)),
});

const usualMetres = { circle: '120', polygon: '', line: '150' } as const;

export const newDraft = (kind: DrawnKind, id: string, institution: string): Draft => {
  const shape = kind === 'routes' ? 'line' : 'circle';
  return {
    kind,
    id,
    version: undefined,
    name: '',
    institution,
    placeKind: 'parking',
    shape,
    points: '',
    metres: usualMetres[shape],
    oneWay: false,
    ways: [''],
    way: 0,
    widths: '',
    mustVisit: [],
  };
};

/** A polygon drawn over a circle begins at its middle, and the other way round. */
export const withShape = (draft: Draft, shape: Shape): Draft => ({
  ...draft,
  shape,
  points:
    shape === 'circle' ? pointsText(readPoints(draft.points).points.slice(0, 1)) : draft.points,
  metres: draft.metres === '' ? usualMetres[shape] : draft.metres,
});

/** Without the last corner where it is the first again: a ring closes by itself. */
function openRing(ring: readonly LonLat[]): readonly LonLat[] {
  const [first, last] = [ring[0], ring.at(-1)];
  const isClosed = ring.length > 1 && first && last && first[0] === last[0] && first[1] === last[1];
  return isClosed ? ring.slice(0, -1) : ring;
}

export function draftOfPlace(place: PlaceView): Draft {
  const { id, version, name, institution, circle, polygon = [] } = place;
  return {
    ...newDraft('places', id, institution),
    version,
    name,
    placeKind: place.kind,
    shape: circle ? 'circle' : 'polygon',
    points: pointsText(circle ? [circle.center] : openRing(polygon)),
    metres: circle ? String(circle.radiusM) : '',
  };
}

export const draftOfRoute = (route: RouteView): Draft => ({
  ...newDraft('routes', route.id, route.institution),
  version: route.version,
  name: route.name,
  points: pointsText(route.line),
  metres: String(route.widthM),
  oneWay: route.oneWay ?? false,
  ways: [route.line, ...(route.lines ?? [])].map(pointsText),
  widths: (route.segmentWidthsM ?? []).join(', '),
  mustVisit: route.mustVisit ?? [],
});

/** Every line of a route as it stands now, the line itself first. */
const waysOf = ({ ways, way, points }: Draft): readonly string[] => ways.with(way, points);

/** Another of its lines is drawn from now on; one beyond the last is a new one. */
export function withWay(draft: Draft, way: number): Draft {
  const ways = waysOf(draft);
  const all = way < ways.length ? ways : [...ways, ''];
  return { ...draft, ways: all, way, points: all[way] ?? '' };
}

/** Without the line that is drawn, unless that is the line itself. */
export function withoutWay(draft: Draft): Draft {
  if (draft.way === 0) return draft;
  const ways = draft.ways.toSpliced(draft.way, 1);
  return { ...draft, ways, way: 0, points: ways[0] ?? '' };
}

const lineOf = (draft: Draft): readonly LonLat[] => readPoints(waysOf(draft)[0] ?? '').points;

/** How many widths it takes, one for each segment of the line. */
export const segmentsOf = (draft: Draft): number => Math.max(0, lineOf(draft).length - 1);

/** Widths of the segments; undefined where they are none, or not as many as the line has segments. */
export function widthsOf(draft: Draft): readonly number[] | undefined {
  const widths = draft.widths
    .split(/[\s,，;；]+/)
    .filter((text) => text !== '')
    .map(Number);
  const isWhole = widths.length > 0 && widths.length === segmentsOf(draft);
  return isWhole && widths.every((metres) => metres > 0) ? widths : undefined;
}

/** How many points it takes before there is anything to keep. */
const fewest = { circle: 1, polygon: 3, line: 2 } as const;

export const isWhole = (draft: Draft): boolean => {
  const { shape, points, metres } = draft;
  const texts = draft.kind === 'routes' ? waysOf(draft) : [points];
  const isSized = shape === 'polygon' || Number(metres) > 0;
  return (
    isSized &&
    texts.every((text, n) => {
      const read = readPoints(text);
      // Another line of which nothing is drawn is none.
      const isEnough = read.points.length >= fewest[shape] || (n > 0 && text.trim() === '');
      return read.faults.length === 0 && isEnough;
    })
  );
};

/** As far as it is drawn; undefined while too little of it is there. */
export function placeOf(draft: Draft): Place | undefined {
  if (draft.kind !== 'places') return undefined;
  const { id, name, institution, placeKind: kind, shape } = draft;
  const { points } = readPoints(draft.points);
  const [center] = points;
  const radiusM = Number(draft.metres);
  const own = { id, name, institution, kind };
  if (shape === 'circle')
    return center && radiusM > 0 ? { ...own, circle: { center, radiusM } } : undefined;
  return points.length >= fewest.polygon ? { ...own, polygon: points } : undefined;
}

export function routeOf(draft: Draft): Route | undefined {
  if (draft.kind !== 'routes') return undefined;
  const { id, name, institution, metres, oneWay } = draft;
  const [line = [], ...others] = waysOf(draft).map((text) => readPoints(text).points);
  const lines = others.filter((points) => points.length >= fewest.line);
  const [widthM, segmentWidthsM] = [Number(metres), widthsOf(draft)];
  if (line.length < fewest.line || !(widthM > 0)) return undefined;
  return {
    id,
    name,
    institution,
    line,
    widthM,
    ...(oneWay && { oneWay }),
    ...(lines.length > 0 && { lines }),
    ...(segmentWidthsM && { segmentWidthsM }),
    ...(draft.mustVisit.length > 0 && { mustVisit: draft.mustVisit }),
  };
}

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** What a route need not have. */
const routeOptions = ['lines', 'segmentWidthsM', 'mustVisit'] as const;
const isOption = (name: string): boolean => routeOptions.some((option) => option === name);

/** As it is drawn where that is otherwise than before, null where it is there no more. */
function changedOptions(after: Partial<Route>, before: Partial<Route>): Record<string, unknown> {
  const changed = routeOptions.filter((name) => !isSame(after[name], before[name]));
  return Object.fromEntries(changed.map((name) => [name, after[name] ?? null]));
}

/**
 * What the service is sent. Fields that are not drawn here stay as they are, but those that no longer fit go.
 * @param before what is changed
 */
export function bodyOf(draft: Draft, before?: PlaceView | RouteView): Record<string, unknown> {
  const { id: _, ...fields } = placeOf(draft) ?? routeOf(draft) ?? { id: '' };
  if (draft.version === undefined) return { id: draft.id, ...fields };
  const version = { version: draft.version };
  if (draft.kind === 'places') {
    const other = draft.shape === 'circle' ? { polygon: null } : { circle: null };
    return { ...version, ...fields, ...other };
  }
  const changed = changedOptions(fields, before && 'line' in before ? before : {});
  const plain = Object.entries(fields).filter(([name]) => !isOption(name));
  return {
    ...version,
    ...Object.fromEntries(plain),
    ...(!draft.oneWay && { oneWay: null }),
    ...changed,
  };
}
