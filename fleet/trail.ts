import type { Fix } from '../model/observation.ts';
import type { Offset } from './corridor.ts';
import { distanceM, type Position } from './geo.ts';

/** A believed fix with where it was in relation to the corridor, metres. */
export type Mark = readonly [at: number, lat: number, lon: number, awayM: number, alongM: number];

/** How the vehicle came to where it is. Plain JSON. */
export interface Trail {
  /** Oldest first; not all fixes, but some seconds apart. */
  readonly marks: readonly Mark[];
  /** What it usually drives when it drives, m/s. */
  readonly cruiseMs: number;
}

/** Nearer together the scatter of a receiver is more than the way. */
const markEveryMs = 4000;
const mostMarks = 6;
const standingMs = 2;
const slowestCruiseMs = 5;
/** Cruise follows what is driven over some two minutes. */
const cruiseFollowsS = 120;
/** Faster than usual by more than this, a step was not driven: a share, or m/s, whichever is more. */
const fasterShare = 1.5;
const fasterMs = 6;

export const noTrail: Trail = { marks: [], cruiseMs: 10 };

const degrees = (value: number) => Math.round(value * 1e6) / 1e6;
const toPosition = ([, lat, lon]: Mark): Position => ({ lat, lon });

export const toMark = (fix: Fix, offset: Offset): Mark => [
  fix.at,
  degrees(fix.lat),
  degrees(fix.lon),
  Math.round(offset.distanceM),
  Math.round(offset.alongM),
];

/** @returns the trail with one more believed fix */
export function extend(trail: Trail, mark: Mark): Trail {
  const last = trail.marks.at(-1);
  if (last === undefined) return { ...trail, marks: [mark] };
  if (mark[0] - last[0] < markEveryMs) return trail;
  const seconds = (mark[0] - last[0]) / 1000;
  const driven = distanceM(toPosition(last), toPosition(mark)) / seconds;
  const marks = [...trail.marks.slice(1 - mostMarks), mark];
  if (driven < standingMs) return { ...trail, marks };
  const share = Math.min(1, seconds / cruiseFollowsS);
  const believed = Math.min(driven, fastest(trail));
  const cruiseMs = Math.round((trail.cruiseMs + share * (believed - trail.cruiseMs)) * 100) / 100;
  return { marks, cruiseMs: Math.max(slowestCruiseMs, cruiseMs) };
}

const fastest = ({ cruiseMs }: Trail): number =>
  Math.max(fasterShare * cruiseMs, cruiseMs + fasterMs);

/**
 * Whether one can have been driven to from the other. Who leaves the route by a side street does not go on along the route meanwhile: what a receiver invents
 * beside it comes on top of the way along it.
 */
export const isDriven = (trail: Trail, from: Mark, to: Mark): boolean =>
  wayOf(from, to) <= fastest(trail) * secondsFrom(from, to) + receiverM;

/** Whether no car that drives as this one does can have come from one to the other, wherever the route is. */
export function isLeap(trail: Trail, from: Mark, to: Mark): boolean {
  const wayM = distanceM(toPosition(from), toPosition(to));
  return wayM > leapShare * fastest(trail) * secondsFrom(from, to) + receiverM;
}

const secondsFrom = (from: Mark, to: Mark) => Math.max(1, (to[0] - from[0]) / 1000);
const leapShare = 1.4;
/** Scatter of two fixes. */
const receiverM = 15;
/** A step towards the line or away from it that may be scatter. */
const scatterM = 5;

/** Whether one was driven to from the other no faster than usual. */
const isEasy = (trail: Trail, from: Mark, to: Mark): boolean =>
  wayOf(from, to) <= easyShare * trail.cruiseMs * secondsFrom(from, to);
const easyShare = 1.3;

/** What must have been driven if it was by streets that meet at right angles. */
function wayOf(from: Mark, to: Mark): number {
  const wayM = distanceM(toPosition(from), toPosition(to));
  const alongM = Math.min(wayM, Math.abs(to[4] - from[4]));
  return Math.max(wayM, alongM + Math.abs(to[3] - from[3]));
}

/** How a vehicle came to where it is. */
export interface Passage {
  /** Every step since it was well within can have been driven. */
  readonly isDriven: boolean;
  /** The last step was no faster than usual. */
  readonly isEasy: boolean;
  /** Steps that led outwards, one after the other, up to now. */
  readonly outward: number;
  /** Metres those steps led away from the line, and all but the longest of them. */
  readonly outwardM: number;
  readonly steadyM: number;
}

/**
 * @param withinM nearer to the line is well within
 * @param longestS a longer time between two fixes tells nothing of how the way was
 */
export function passageTo(trail: Trail, mark: Mark, withinM: number, longestS: number): Passage {
  const marks = [...trail.marks.filter(([at]) => at < mark[0]), mark];
  const steps = marks.slice(1).map((to, index) => [marks[index] ?? to, to] as const);
  const isKnown = (from: Mark, to: Mark) => to[0] - from[0] <= longestS * 1000;
  const within = marks.findLastIndex(([, , , awayM]) => awayM <= withinM);
  const since = within < 0 ? steps : steps.slice(within);
  const isSeen = within >= 0 || marks.length >= mostMarks;
  const last = steps.findLastIndex(
    ([from, to]) => !isKnown(from, to) || to[3] - from[3] <= -scatterM || isLeap(trail, from, to),
  );
  const led = steps.slice(last + 1).map(([from, to]) => to[3] - from[3]);
  const outwardM = led.reduce((sum, metres) => sum + metres, 0);
  const [newest] = steps.slice(-1);
  return {
    isDriven: isSeen && since.every(([from, to]) => isKnown(from, to) && isDriven(trail, from, to)),
    isEasy: newest !== undefined && isEasy(trail, ...newest),
    outward: led.filter((metres) => metres >= scatterM).length,
    outwardM,
    steadyM: outwardM - Math.max(0, ...led),
  };
}

/**
 * How unsteadily the distance from the line has changed since `sinceAt`, metres: the middle one of its second differences; 0 for less than four marks, and
 * without limit where the receiver repeats itself to the last digit. Beside a straight road it changes steadily whichever way one goes; between houses
 * a receiver scatters.
 */
function unsteadyM(trail: Trail, mark: Mark, sinceAt: number): number {
  const last = trail.marks.at(-1);
  if (last && last[0] < mark[0] && last[1] === mark[1] && last[2] === mark[2])
    return Number.POSITIVE_INFINITY;
  const away = [...trail.marks, mark].filter(([at]) => at >= sinceAt).map((each) => each[3]);
  const bends: number[] = [];
  for (let index = 2; index < away.length; index += 1) {
    const [a = 0, b = 0, c = 0] = away.slice(index - 2, index + 1);
    bends.push(Math.abs(a - 2 * b + c));
  }
  return bends.length < 2 ? 0 : (bends.sort((a, b) => a - b)[bends.length >> 1] ?? 0);
}
/** More than this is a receiver that is not to be trusted. */
const roughM = 10;

export const isRough = (trail: Trail, mark: Mark, sinceAt: number): boolean =>
  unsteadyM(trail, mark, sinceAt) > roughM;
