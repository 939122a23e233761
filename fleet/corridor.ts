import type { LonLat, Place } from '../model/entities.ts';
import { distanceM, isInside, nearestOnLine, type Position } from './geo.ts';

/** One way that may be driven. */
export interface Strand {
  readonly line: readonly LonLat[];
  /** How far from the line is still on the way, metres. */
  readonly halfWidthM: number;
}

/** Everywhere a vehicle may be: along any of the strands, and anywhere within the free places. */
export interface Corridor {
  readonly strands: readonly Strand[];
  /** Where leaving the line means nothing, such as the yards at both ends. */
  readonly free: readonly Pick<Place, 'circle' | 'polygon'>[];
}

export interface Offset {
  /** Metres to the nearest strand's line; infinite where there is no strand. */
  readonly distanceM: number;
  /** Half width of that strand, metres. */
  readonly halfWidthM: number;
  /** Within the width of a strand, or in a free place. */
  readonly inside: boolean;
}

/** Circles of `radiusM` around the ends of a line; none for a radius of 0. */
export function endsOf(line: readonly LonLat[], radiusM: number): Corridor['free'] {
  const ends = [line[0], line.at(-1)].filter((end) => end !== undefined);
  return radiusM > 0 ? ends.map((center) => ({ circle: { center, radiusM } })) : [];
}

const isIn = (position: Position, { circle, polygon }: Pick<Place, 'circle' | 'polygon'>) =>
  (circle !== undefined &&
    distanceM(position, { lon: circle.center[0], lat: circle.center[1] }) <= circle.radiusM) ||
  (polygon !== undefined && isInside(position, polygon));

/** Where a position is in relation to the corridor: the strand it is least far outside of decides. */
export function offsetFrom(corridor: Corridor, position: Position): Offset {
  let nearest: Omit<Offset, 'inside'> = {
    distanceM: Number.POSITIVE_INFINITY,
    halfWidthM: corridor.strands[0]?.halfWidthM ?? 0,
  };
  for (const { line, halfWidthM } of corridor.strands) {
    const found = nearestOnLine(position, line).distanceM;
    if (found - halfWidthM < nearest.distanceM - nearest.halfWidthM)
      nearest = { distanceM: found, halfWidthM };
  }
  const inside =
    nearest.distanceM <= nearest.halfWidthM || corridor.free.some((place) => isIn(position, place));
  return { ...nearest, inside };
}
