import type { Place } from '../model/entities.ts';
import { distanceM, isInside, type Position } from './geo.ts';

type Shape = Pick<Place, 'circle' | 'polygon'>;

const isIn = (position: Position, { circle, polygon }: Shape): boolean =>
  circle
    ? distanceM(position, { lon: circle.center[0], lat: circle.center[1] }) <= circle.radiusM
    : polygon !== undefined && isInside(position, polygon);

/** Whether a position lies in one of the places, by their edges alone: for positions that are known to be right. */
export const isInAny = (position: Position, places: readonly Shape[]): boolean =>
  places.some((place) => isIn(position, place));
