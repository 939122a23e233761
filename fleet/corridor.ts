import type { LonLat, Place, Route } from '../model/entities.ts';
import { distanceM, isInside, type Position } from './geo.ts';
import { type Lane, nearestOnLane, toLane } from './lane.ts';

/** One way that may be driven, in either direction. */
export interface Strand {
  readonly line: readonly LonLat[];
  /** How far from the line is still on the way, metres. */
  readonly halfWidthM: number;
  /** Of each segment, where it differs. */
  readonly halfWidthsM?: readonly number[];
}

/** Everywhere a vehicle may be: along any of the strands, and anywhere within the free places. */
export interface Corridor {
  readonly strands: readonly Strand[];
  /** Where leaving the line means nothing, such as the yards at both ends. */
  readonly free: readonly Pick<Place, 'circle' | 'polygon'>[];
}

export interface Offset {
  /** Metres to the line of the strand that decides; infinite where there is no strand. */
  readonly distanceM: number;
  /** Half width there, metres. */
  readonly halfWidthM: number;
  /** Within the width of a strand, or in a free place. */
  readonly inside: boolean;
  /** In a free place. */
  readonly free: boolean;
  /** Metres along that strand; jumps where another strand or another part of it is nearer. */
  readonly alongM: number;
}

/** Circles of `radiusM` around the ends of a line; none for a radius of 0. */
export function endsOf(line: readonly LonLat[], radiusM: number): Corridor['free'] {
  const ends = [line[0], line.at(-1)].filter((end) => end !== undefined);
  return radiusM > 0 ? ends.map((center) => ({ circle: { center, radiusM } })) : [];
}

/** All ways of a route. */
export function strandsOf({ line, lines = [], widthM, segmentWidthsM }: Route): readonly Strand[] {
  const main = { line, halfWidthM: widthM };
  return [
    segmentWidthsM ? { ...main, halfWidthsM: segmentWidthsM } : main,
    ...lines.map((other) => ({ line: other, halfWidthM: widthM })),
  ];
}

const lanes = new WeakMap<readonly LonLat[], Lane>();

/** Made once for a line and its widths, as long as both live. */
export function laneOf({ line, halfWidthM, halfWidthsM }: Strand): Lane {
  const known = lanes.get(line);
  if (known && known.halfWidthM === halfWidthM && known.given === halfWidthsM) return known;
  const made = toLane(line, halfWidthM, halfWidthsM);
  lanes.set(line, made);
  return made;
}

const isIn = (position: Position, { circle, polygon }: Pick<Place, 'circle' | 'polygon'>) =>
  (circle !== undefined &&
    distanceM(position, { lon: circle.center[0], lat: circle.center[1] }) <= circle.radiusM) ||
  (polygon !== undefined && isInside(position, polygon));

/** Where a position is in relation to the corridor: the strand it is least far outside of decides. */
export function offsetFrom(corridor: Corridor, position: Position): Offset {
  let nearest = {
    distanceM: Number.POSITIVE_INFINITY,
    halfWidthM: corridor.strands[0]?.halfWidthM ?? 0,
    alongM: 0,
  };
  for (const strand of corridor.strands) {
    const found = nearestOnLane(laneOf(strand), position);
    if (found.distanceM - found.halfWidthM < nearest.distanceM - nearest.halfWidthM)
      nearest = found;
  }
  const { distanceM: awayM, halfWidthM, alongM } = nearest;
  const within = awayM <= halfWidthM;
  const free = corridor.free.some((place) => isIn(position, place));
  return { distanceM: awayM, halfWidthM, alongM, free, inside: within || free };
}

/** Whether a position is within the width of a strand; free places do not count. */
export const isOnStrand = ({ strands }: Corridor, position: Position): boolean =>
  strands.some((strand) => {
    const { distanceM: awayM, halfWidthM } = nearestOnLane(laneOf(strand), position);
    return awayM <= halfWidthM;
  });
