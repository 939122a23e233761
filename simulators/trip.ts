import type { LonLat } from '../model/entities.ts';
import type { SimulatedRoute } from './city.ts';
import { unit } from './noise.ts';
import { between, type Crossing, detourFrom, distanceM, toLonLat } from './streets.ts';

/** A drive along a route, a stay at its end and the way back, as a function of the seconds since it began. */

export interface Drive {
  readonly lon: number;
  readonly lat: number;
  readonly speedKmh: number;
  readonly headingDeg: number;
  readonly drivenM: number;
  readonly engine: boolean;
}

export interface Trip {
  readonly durationS: number;
  readonly lengthM: number;
  /** When crossings are reached, seconds: those of the way out, then those of the way back, all ends included. */
  readonly reachedS: readonly number[];
  /** When the detour begins and ends, seconds; null where there is none. */
  readonly detourS: { readonly from: number; readonly to: number } | null;
  at(seconds: number): Drive;
}

/** Leaves the route at a crossing, stands for a while and comes back the same way. */
export interface Detour {
  /** Index in `reachedS`. At the ends of the route there is nothing to leave: they and those beside them are passed by. */
  readonly crossing: number;
  readonly standsS: number;
}

/** A stretch of constant acceleration along the path. */
interface Piece {
  readonly fromS: number;
  readonly fromM: number;
  readonly speed: number;
  readonly acceleration: number;
  readonly engine: boolean;
}

/** Metres per second, and per second squared. */
const cruise = [11, 12.5, 14, 15] as const;
const turning = 6;
const push = 1.2;
const brake = 1.6;
/** Engines are switched off in longer stays. */
const shortStayS = 90;

interface Builder {
  readonly points: LonLat[];
  readonly untilM: number[];
  readonly pieces: Piece[];
  seconds: number;
  metres: number;
  speed: number;
}

function stand(builder: Builder, seconds: number): void {
  const engine = seconds < shortStayS;
  const { seconds: fromS, metres: fromM } = builder;
  builder.pieces.push({ fromS, fromM, speed: 0, acceleration: 0, engine });
  builder.seconds += seconds;
}

function roll(builder: Builder, acceleration: number, metres: number, to: number): void {
  if (metres <= 0) return;
  const { seconds: fromS, metres: fromM, speed } = builder;
  builder.pieces.push({ fromS, fromM, speed, acceleration, engine: true });
  builder.seconds += (2 * metres) / (speed + to);
  builder.metres += metres;
  builder.speed = to;
}

/** Drives to the next point: speeds up, goes on, and slows down to `arriving`. */
function driveTo(builder: Builder, to: LonLat, wanted: number, arriving: number): void {
  const from = builder.points.at(-1) ?? to;
  const length = distanceM(from, to);
  const { speed } = builder;
  // The highest speed from which it can still slow down in time.
  const possible = Math.sqrt(
    (2 * length * push * brake + speed ** 2 * brake + arriving ** 2 * push) / (push + brake),
  );
  const top = Math.max(speed, arriving, Math.min(wanted, possible));
  const pushM = (top ** 2 - speed ** 2) / (2 * push);
  const brakeM = Math.min(length - pushM, (top ** 2 - arriving ** 2) / (2 * brake));
  builder.points.push(to);
  builder.untilM.push((builder.untilM.at(-1) ?? 0) + length);
  roll(builder, push, pushM, top);
  roll(builder, 0, length - pushM - brakeM, top);
  roll(builder, (arriving ** 2 - top ** 2) / (2 * Math.max(brakeM, 0.01)), brakeM, arriving);
  builder.speed = arriving;
}

/** Speed at a point of a path: through, round the corner, or 0 at a red light. */
function passing(path: readonly LonLat[], i: number, seed: number, wanted: number): number {
  const [before, here, after] = [path[i - 1], path[i], path[i + 1]];
  if (!before || !here || !after) return 0;
  const [x0, y0] = between(before, here);
  const [x1, y1] = between(here, after);
  const isTurn = x0 * x1 + y0 * y1 < 0.8 * Math.hypot(x0, y0) * Math.hypot(x1, y1);
  if (unit(seed, i) < 0.18) return 0;
  return isTurn ? turning : wanted;
}

/** What happens at the points of a path. */
interface Watch {
  onReached(i: number): void;
  /** Turns off there: it is neither driven through nor waited at. */
  leaves(i: number): boolean;
}

const unwatched: Watch = { onReached: () => {}, leaves: () => false };

function drivePath(
  builder: Builder,
  path: readonly LonLat[],
  seed: number,
  { onReached, leaves }: Watch = unwatched,
): void {
  const wanted = cruise[Math.floor(unit(seed, -1) * cruise.length)] ?? cruise[0];
  for (let i = 1; i < path.length; i += 1) {
    const arriving = leaves(i) ? turning : passing(path, i, seed, wanted);
    driveTo(builder, path[i] as LonLat, wanted, arriving);
    onReached(i);
    const isLight = arriving === 0 && i < path.length - 1;
    if (isLight) stand(builder, 12 + 30 * unit(seed, 1000 + i));
  }
}

/** Not an end of the route, nor beside one. */
const isInner = (i: number, count: number): boolean => i >= 2 && i < count - 2;

/**
 * A trip of a route.
 * @param variant the same variant takes the same time: lights and speeds are drawn from it
 * @param staysS at the far end
 */
export function createTrip(
  { line, way }: SimulatedRoute,
  variant: number,
  staysS: number,
  detour?: Detour,
): Trip {
  const builder: Builder = {
    points: [line[0] as LonLat],
    untilM: [0],
    pieces: [],
    seconds: 0,
    metres: 0,
    speed: 0,
  };
  const reachedS: number[] = [];
  let detourS: Trip['detourS'] = null;
  const pass = (crossing: Crossing): void => {
    const isLeft =
      reachedS.length === detour?.crossing && isInner(reachedS.length % way.length, way.length);
    reachedS.push(builder.seconds);
    if (!detour || !isLeft) return;
    const from = builder.seconds;
    const out = [crossing, ...detourFrom(crossing, line)].map(toLonLat);
    drivePath(builder, out, variant + 5);
    stand(builder, detour.standsS);
    drivePath(builder, out.toReversed(), variant + 6);
    detourS = { from, to: builder.seconds };
  };
  const drive = (crossings: readonly Crossing[], seed: number): void => {
    const first = reachedS.length;
    const leaves = (i: number) => isInner(i, way.length) && first + i === detour?.crossing;
    pass(crossings[0] as Crossing);
    const onReached = (i: number) => pass(crossings[i] as Crossing);
    drivePath(builder, crossings.map(toLonLat), seed, { onReached, leaves });
  };
  drive(way, variant);
  stand(builder, staysS);
  drive(way.toReversed(), variant + 1);
  return {
    durationS: builder.seconds,
    lengthM: builder.metres,
    reachedS,
    detourS,
    at: (seconds) => follow(builder, seconds),
  };
}

/** Index of the last number that is not above a value; 0 where all are. */
function lastNotAbove(count: number, at: (i: number) => number, value: number): number {
  let low = 0;
  let high = count - 1;
  while (low < high) {
    const half = (low + high + 1) >> 1;
    if (at(half) <= value) low = half;
    else high = half - 1;
  }
  return low;
}

function follow({ pieces, points, untilM, seconds: duration }: Builder, seconds: number): Drive {
  const now = Math.min(Math.max(seconds, 0), duration);
  const piece = pieces[lastNotAbove(pieces.length, (i) => pieces[i]?.fromS ?? 0, now)] as Piece;
  const sinceS = now - piece.fromS;
  const drivenM = piece.fromM + piece.speed * sinceS + (piece.acceleration * sinceS ** 2) / 2;
  const speed = Math.max(0, piece.speed + piece.acceleration * sinceS);
  const leg = Math.min(
    points.length - 2,
    lastNotAbove(untilM.length, (i) => untilM[i] ?? 0, drivenM),
  );
  const from = points[leg] as LonLat;
  const to = points[leg + 1] as LonLat;
  const length = (untilM[leg + 1] ?? 0) - (untilM[leg] ?? 0);
  const share = Math.min(1, Math.max(0, (drivenM - (untilM[leg] ?? 0)) / length));
  const [eastM, northM] = between(from, to);
  const heading = (Math.atan2(eastM, northM) * 180) / Math.PI;
  return {
    lon: from[0] + (to[0] - from[0]) * share,
    lat: from[1] + (to[1] - from[1]) * share,
    speedKmh: speed * 3.6,
    headingDeg: (heading + 360) % 360,
    drivenM,
    engine: piece.engine,
  };
}
