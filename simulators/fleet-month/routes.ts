import type { Place, Route } from '../../model/entities.ts';
import { type Crossing, moved, toLonLat, wayBetween } from '../streets.ts';
import type { Home } from './city.ts';
import type { FleetDice } from './dice.ts';

export interface MonthRoute {
  readonly id: string;
  /** From the yard's crossing. */
  readonly crossings: readonly Crossing[];
  /** Of each of its segments. */
  readonly limitsKmh?: readonly number[];
  /** Round and back to where it begins, in this direction only. */
  readonly loop?: Loop;
}

/** Indexes of its crossings. */
export interface Loop {
  /** Farthest from the yard. */
  readonly half: number;
  /** Corners it must come by. */
  readonly stops: readonly [first: number, second: number];
}

const limits = [55, 65, 80] as const;

function straight(n: number, r: number, from: Crossing, dice: FleetDice): MonthRoute {
  const to: Crossing = [from[0] > 0 ? -7 + r : 7 - r, dice.whole(-7, 7)];
  const crossings = wayBetween(from, to, dice);
  const limitsKmh = [...crossings.map(() => dice.pick(limits))];
  return { id: `r${n}-${r}`, crossings, limitsKmh };
}

function round(n: number, from: Crossing, dice: FleetDice): MonthRoute {
  const east = dice.whole(4, 7) * (from[0] > 0 ? -1 : 1);
  const north = dice.whole(4, 7) * (from[1] > 0 ? -1 : 1);
  const crossings: Crossing[] = [from];
  for (const [x, y] of [
    [east, 0],
    [0, north],
    [-east, 0],
    [0, -north],
  ] as const)
    for (let step = Math.abs(x + y); step > 0; step -= 1) {
      const [e, m] = crossings.at(-1) ?? from;
      crossings.push([e + Math.sign(x), m + Math.sign(y)]);
    }
  const [wide, high] = [Math.abs(east), Math.abs(north)];
  const loop: Loop = { half: wide + high, stops: [wide, 2 * wide + high] };
  return { id: `r${n}-round`, crossings, loop };
}

/** Of an institution: three ways across the town, and a round. */
export const routesOf = (n: number, from: Crossing, dice: FleetDice): readonly MonthRoute[] => [
  ...[0, 1, 2].map((r) => straight(n, r, from, dice)),
  round(n, from, dice),
];

/** The round without its second stop: a block before it, it turns off, and comes back two blocks on. */
export function withoutStop({ crossings, loop }: MonthRoute): readonly Crossing[] {
  const corner = loop?.stops[1] ?? 0;
  const before = crossings[corner - 1];
  const there = crossings[corner];
  if (!before || !there) return crossings;
  const aside = crossings
    .slice(corner + 1, corner + 3)
    .map((next): Crossing => [before[0] + next[0] - there[0], before[1] + next[1] - there[1]]);
  return [...crossings.slice(0, corner), ...aside, ...crossings.slice(corner + 2)];
}

const stopId = (route: string, stop: number): string => `${route}-stop${stop}`;

export const toRoute = (home: Home, route: MonthRoute, widthM: number): Route => ({
  id: route.id,
  institution: home.id,
  name: route.id,
  line: [home.yard, ...route.crossings.map(toLonLat)],
  widthM,
  ...(route.loop && {
    oneWay: true,
    mustVisit: route.loop.stops.map((_, stop) => stopId(route.id, stop)),
  }),
});

/** Where it must come by: beside a crossing. */
export const stopsOf = (home: Home): readonly Place[] =>
  home.routes.flatMap(({ id, crossings, loop }) =>
    (loop?.stops ?? []).map((index, stop) => ({
      id: stopId(id, stop),
      institution: home.id,
      name: stopId(id, stop),
      kind: 'poi' as const,
      circle: {
        center: moved(toLonLat(crossings[index] ?? home.crossing), 30, 25),
        radiusM: 60,
      },
    })),
  );

/** Limits by the segments of its line, of which the first leads out of the yard. */
export const limitsOf = ({ routes }: Home): Readonly<Record<string, readonly number[]>> =>
  Object.fromEntries(routes.flatMap(({ id, limitsKmh }) => (limitsKmh ? [[id, limitsKmh]] : [])));
