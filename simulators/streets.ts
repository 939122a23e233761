import type { LonLat } from '../model/entities.ts';
import { centred, type Dice, seedOf } from './noise.ts';

/** A network of streets that is almost a grid: blocks of 600 by 540 m, turned a little, no crossing exactly in its place. */

/** A crossing: blocks east and north of the middle of the town. */
export type Crossing = readonly [east: number, north: number];

const middle: LonLat = [115.98, 36.45];
const blockM = { east: 600, north: 540 };
/** Crossings lie up to this far from where the grid would have them. */
const crookedM = 35;
const turnedRad = 0.07;

/** Mean radius of the Earth × 1°. */
const metresPerDegree = 111_195;
const metresPerDegreeEast = metresPerDegree * Math.cos((middle[1] * Math.PI) / 180);

const round6 = (degrees: number): number => Math.round(degrees * 1e6) / 1e6;

/** A point so many metres east and north of another; good to 0.1 % within the town. */
export const moved = ([lon, lat]: LonLat, eastM: number, northM: number): LonLat => [
  lon + eastM / metresPerDegreeEast,
  lat + northM / metresPerDegree,
];

/** Metres east and north from one point to another. */
export const between = (from: LonLat, to: LonLat): readonly [eastM: number, northM: number] => [
  (to[0] - from[0]) * metresPerDegreeEast,
  (to[1] - from[1]) * metresPerDegree,
];

export const distanceM = (from: LonLat, to: LonLat): number => Math.hypot(...between(from, to));

/** Metres from a point to the nearest point of a line. */
export function distanceToLineM(point: LonLat, line: readonly LonLat[]): number {
  let nearest = Number.POSITIVE_INFINITY;
  for (let i = 1; i < line.length; i += 1) {
    const [x0, y0] = between(point, line[i - 1] as LonLat);
    const [x1, y1] = between(point, line[i] as LonLat);
    const square = (x1 - x0) ** 2 + (y1 - y0) ** 2;
    const along = square === 0 ? 0 : -(x0 * (x1 - x0) + y0 * (y1 - y0)) / square;
    const share = Math.min(1, Math.max(0, along));
    nearest = Math.min(nearest, Math.hypot(x0 + share * (x1 - x0), y0 + share * (y1 - y0)));
  }
  return nearest;
}

const streetsSeed = seedOf(0, 'streets');

/** Where a crossing is; the same in every city. */
export function toLonLat([east, north]: Crossing): LonLat {
  const id = (east + 10_000) * 20_000 + north + 10_000;
  const x = east * blockM.east + crookedM * centred(streetsSeed, 2 * id);
  const y = north * blockM.north + crookedM * centred(streetsSeed, 2 * id + 1);
  const [lon, lat] = moved(
    middle,
    x * Math.cos(turnedRad) - y * Math.sin(turnedRad),
    x * Math.sin(turnedRad) + y * Math.cos(turnedRad),
  );
  return [round6(lon), round6(lat)];
}

const same = (a: Crossing, b: Crossing): boolean => a[0] === b[0] && a[1] === b[1];

/** Along the streets from one crossing to another by no detour, with a few turns. Both ends included. */
export function wayBetween(from: Crossing, to: Crossing, dice: Dice): readonly Crossing[] {
  const way: Crossing[] = [from];
  let here = from;
  while (!same(here, to)) {
    const left: Crossing = [to[0] - here[0], to[1] - here[1]];
    const goesEast = left[1] === 0 || (left[0] !== 0 && dice.between(0, 1) < 0.5);
    const far = Math.abs(goesEast ? left[0] : left[1]);
    const blocks = Math.min(far, dice.whole(2, 5));
    for (let i = 0; i < blocks; i += 1) {
      here = goesEast
        ? [here[0] + Math.sign(left[0]), here[1]]
        : [here[0], here[1] + Math.sign(left[1])];
      way.push(here);
    }
  }
  return way;
}

const directions: readonly Crossing[] = [
  [1, 0],
  [-1, 0],
  [0, 1],
  [0, -1],
];

/** How far from its route a vehicle is at the end of a detour, at least. */
const detourLeastM = 600;

/**
 * Streets that lead from a crossing of a route away from it, the crossing itself left out.
 * @returns the shortest that ends far from every part of the route; empty where none does
 */
export function detourFrom(crossing: Crossing, line: readonly LonLat[]): readonly Crossing[] {
  for (const blocks of [2, 3, 4]) {
    const ways = directions.map(([east, north]) =>
      Array.from(
        { length: blocks },
        (_, i): Crossing => [crossing[0] + east * (i + 1), crossing[1] + north * (i + 1)],
      ),
    );
    const awayM = (way: readonly Crossing[]) =>
      distanceToLineM(toLonLat(way.at(-1) ?? crossing), line);
    const furthest = ways.reduce((best, way) => (awayM(way) > awayM(best) ? way : best));
    if (awayM(furthest) >= detourLeastM) return furthest;
  }
  return [];
}
