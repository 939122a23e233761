import type { Fix } from '../model/observation.ts';
import type { Offset } from './corridor.ts';
import { distanceM } from './geo.ts';

/** On the way to its route, which is no departure from it. Plain JSON. */
export interface Joining {
  /** Where it was seen first under these orders. */
  readonly lat: number;
  readonly lon: number;
  /** Since when it has not come nearer; standing where it began does not count. */
  readonly since: number;
  readonly nearestM: number;
  /** Where it came within the width of the route, while it stays there. */
  readonly on: readonly [lat: number, lon: number] | null;
}

/** Nearer than this it still stands where it began. */
const movedM = 300;
/** Less than this is no approach. */
const nearerM = 100;
/** Who crosses the route, its whole width, has not joined it before so much more. */
const joinedM = 100;

const isOn = ({ distanceM: awayM, halfWidthM }: Offset) => awayM <= halfWidthM;

/** @returns null for a vehicle that is on its route at the first fix */
export const startJoining = ({ at, lat, lon }: Fix, offset: Offset): Joining | null =>
  isOn(offset) ? null : { lat, lon, since: at, nearestM: offset.distanceM, on: null };

/** @returns null once the route is joined */
export function goOnJoining(joining: Joining, fix: Fix, offset: Offset): Joining | null {
  const on = isOn(offset) ? (joining.on ?? ([fix.lat, fix.lon] as const)) : null;
  if (on && distanceM({ lat: on[0], lon: on[1] }, fix) > 2 * offset.halfWidthM + joinedM)
    return null;
  const isNearer = on !== null || offset.distanceM < joining.nearestM - nearerM;
  const hasMoved = distanceM(joining, fix) > movedM;
  if (!isNearer && hasMoved && !offset.free) return { ...joining, on };
  const nearestM = Math.min(joining.nearestM, offset.distanceM);
  return { ...joining, on, since: fix.at, nearestM };
}
