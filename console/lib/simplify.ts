import type { LonLat } from '../../model/entities.ts';
import { distanceM } from './geo.ts';

const radians = Math.PI / 180;

/** How far `point` lies from the straight line between two others, in metres, on a plane around it. */
function offsetM(point: LonLat, from: LonLat, to: LonLat): number {
  const stretch = Math.cos(point[1] * radians);
  const [ax, ay] = [(from[0] - point[0]) * stretch, from[1] - point[1]];
  const [dx, dy] = [(to[0] - from[0]) * stretch, to[1] - from[1]];
  const length = dx * dx + dy * dy;
  const share = length === 0 ? 0 : Math.min(1, Math.max(0, -(ax * dx + ay * dy) / length));
  const nearest: LonLat = [point[0] + (ax + share * dx) / stretch, point[1] + (ay + share * dy)];
  return distanceM(point, nearest);
}

/** The point between two that lies farthest from the line through them. */
function farthest(points: readonly LonLat[], first: number, last: number) {
  const [from, to] = [points[first], points[last]];
  let found = { at: -1, offset: -1 };
  if (!from || !to) return found;
  for (let at = first + 1; at < last; at++) {
    const point = points[at];
    const offset = point ? offsetM(point, from, to) : -1;
    if (offset > found.offset) found = { at, offset };
  }
  return found;
}

/**
 * A line of fewer points, none of whose points lies farther than `toleranceM` from it (Douglas and Peucker 1973). First and last point stay.
 * @param points WGS-84
 */
export function simplify(points: readonly LonLat[], toleranceM: number): LonLat[] {
  if (points.length < 3) return [...points];
  const kept = new Set([0, points.length - 1]);
  const open: (readonly [first: number, last: number])[] = [[0, points.length - 1]];
  for (let span = open.pop(); span; span = open.pop()) {
    const { at, offset } = farthest(points, ...span);
    if (offset <= toleranceM) continue;
    kept.add(at);
    open.push([span[0], at], [at, span[1]]);
  }
  return points.filter((_, n) => kept.has(n));
}
