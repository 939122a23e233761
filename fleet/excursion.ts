import type { Fix } from '../model/observation.ts';
import type { Offset } from './corridor.ts';
import { isLeap, isRough, type Passage, passageTo, type Trail, toMark } from './trail.ts';

export type TrackPoint = readonly [at: number, lat: number, lon: number, distanceM: number];

/** A stretch on which a vehicle is, or seems to be, outside its corridor. Plain JSON. */
export interface Excursion {
  /** `at` of the first and the newest fix beyond the edge; null before there is one. */
  readonly since: number | null;
  readonly until: number;
  /** Fixes beyond the edge. */
  readonly fixes: number;
  /** The first of them where no receiver errs to, and how many there are. */
  readonly farSince: number | null;
  readonly farFixes: number;
  /** Distance from the line beyond a share of the half width, added up over time. */
  readonly metreSeconds: number;
  /** Greatest distance from the line. */
  readonly maxM: number;
  /** Fixes beyond the edge; every `stride`-th, so that a long stretch stays small. */
  readonly track: readonly TrackPoint[];
  readonly stride: number;
  /** Steps meanwhile, and the one out, that cannot have been driven or were not seen. */
  readonly leaps: number;
  /** Fixes that were not believed meanwhile, by reason. */
  readonly poor: Readonly<Record<string, number>>;
  /** Since when the vehicle seems to be back, by how many fixes. */
  readonly backSince: number | null;
  readonly backFixes: number;
  /** Whether it is decided that the vehicle has left. */
  readonly left: boolean;
}

/** What must be reached before a vehicle has left, and before it is back. */
export interface ExcursionLimits {
  /** Since the first fix beyond the edge, however clear it is. */
  readonly enterS: number;
  readonly enterFixes: number;
  /** Where the way out was not seen: since the first fix beyond the edge, by fixes, and distance times time. */
  readonly doubtedS: number;
  readonly doubtedFixes: number;
  readonly enterMetreSeconds: number;
  /** Nearer to the line a receiver may be wrong for a while, however narrow the corridor is; and how long. */
  readonly receiverM: number;
  readonly receiverS: number;
  readonly leaveS: number;
  readonly leaveFixes: number;
  /** Back means nearer than this share of the half width. */
  readonly leaveShare: number;
}

const trackPoints = 40;
/** Distance from the line counts from this share of the half width on: a vehicle that is leaving shows it before the edge. */
const countedShare = 0.5;
/** A fix after an outage does not speak for all of it. */
const longestStepS = 30;
/** An outlier back to the line does not end a beginning; a second one does. */
const fixesToForget = 2;
/** Nearer to the line than this share of the half width, and than this at the least, is well within. */
const withinShare = 0.6;
const leastWithinM = 30;
/** After more than this the way between two fixes is not known. */
const longestGapS = 45;
/** Metres away from the line that make a way out clear. */
const clearM = 50;
const clearSteadyM = 30;
const farM = 80;
/** So many steps outwards, by so many metres without the longest, are driven whatever was before. */
const outwardSteps = 4;
const steadyM = 70;
/** Nearer than this, and not on the way out, is where a receiver between houses puts a car that is on its route. */
const plateauM = 250;
/** Where the distance from the line is unsteady it takes so many times as long to be sure. */
const roughPatience = 4;

export const noExcursion: Excursion = {
  since: null,
  until: 0,
  fixes: 0,
  farSince: null,
  farFixes: 0,
  metreSeconds: 0,
  maxM: 0,
  track: [],
  stride: 1,
  leaps: 0,
  poor: {},
  backSince: null,
  backFixes: 0,
  left: false,
};

const degrees = (value: number) => Math.round(value * 1e6) / 1e6;

function withTrack(excursion: Excursion, fix: Fix, distanceM: number): Excursion {
  const fixes = excursion.fixes + 1;
  const point: TrackPoint = [fix.at, degrees(fix.lat), degrees(fix.lon), Math.round(distanceM)];
  const isKept = excursion.fixes % excursion.stride === 0;
  const track = isKept ? [...excursion.track, point] : excursion.track;
  const isFull = track.length > trackPoints;
  return {
    ...excursion,
    since: excursion.since ?? fix.at,
    until: fix.at,
    fixes,
    maxM: Math.max(excursion.maxM, distanceM),
    track: isFull ? track.filter((_, index) => index % 2 === 0) : track,
    stride: isFull ? excursion.stride * 2 : excursion.stride,
    backSince: null,
    backFixes: 0,
  };
}

/** With a fix that was not believed; before anything seems wrong there is nothing to note. */
export const withPoor = (excursion: Excursion, reason: string): Excursion =>
  excursion.since === null
    ? excursion
    : {
        ...excursion,
        poor: { ...excursion.poor, [reason]: (excursion.poor[reason] ?? 0) + 1 },
      };

export const secondsOutside = ({ since, until }: Excursion): number =>
  since === null ? 0 : (until - since) / 1000;

/** A believed fix in its place. */
export interface Seen {
  readonly fix: Fix;
  readonly offset: Offset;
  /** The way before it. */
  readonly trail: Trail;
  /** Seconds since the believed fix before it. */
  readonly sinceS: number;
}

/**
 * One more believed fix, in order of `at`.
 *
 * @returns the excursion as it stands; `noExcursion` once the vehicle is back
 */
export const follow = (excursion: Excursion, seen: Seen, limits: ExcursionLimits): Excursion =>
  excursion.left ? followOutside(excursion, seen, limits) : followInside(excursion, seen, limits);

function followInside(excursion: Excursion, seen: Seen, limits: ExcursionLimits): Excursion {
  const { distanceM, halfWidthM, inside } = seen.offset;
  const seconds = Math.min(seen.sinceS, longestStepS);
  const excessM = distanceM - countedShare * halfWidthM;
  if (inside && (excessM <= 0 || distanceM > halfWidthM)) {
    const backFixes = excursion.backFixes + 1;
    const metreSeconds = excursion.metreSeconds / 2;
    return backFixes >= fixesToForget ? noExcursion : { ...excursion, metreSeconds, backFixes };
  }
  const counted = {
    ...excursion,
    metreSeconds: excursion.metreSeconds + excessM * seconds,
    backFixes: 0,
  };
  if (inside) return counted;
  const mark = toMark(seen.fix, seen.offset);
  const passage = passageTo(seen.trail, mark, withinOf(seen.offset), longestGapS);
  const last = seen.trail.marks.at(-1);
  const isDoubted =
    excursion.since === null
      ? !passage.isDriven
      : last !== undefined && isLeap(seen.trail, last, mark);
  const isFar = distanceM >= limits.receiverM;
  const outside = {
    ...withTrack(counted, seen.fix, distanceM),
    leaps: counted.leaps + Number(isDoubted),
    farSince: counted.farSince ?? (isFar ? seen.fix.at : null),
    farFixes: counted.farFixes + Number(isFar),
  };
  return { ...outside, left: isSure(outside, passage, seen, limits) };
}

/** Nearer to the line than this is well within, metres. */
const withinOf = ({ halfWidthM }: Offset): number =>
  Math.max(withinShare * halfWidthM, leastWithinM);

/** Whether it is decided that the vehicle has left. */
function isSure(
  outside: Excursion,
  passage: Passage,
  { fix, offset, trail }: Seen,
  limits: ExcursionLimits,
): boolean {
  const seconds = secondsOutside(outside);
  if (seconds < limits.enterS || outside.fixes < limits.enterFixes) return false;
  const { distanceM } = offset;
  if (distanceM < limits.receiverM)
    return seconds >= limits.receiverS && outside.fixes >= 3 * limits.doubtedFixes;
  if (passage.outward >= outwardSteps && passage.steadyM >= steadyM) return true;
  if (outside.leaps === 0 && isClear(outside, passage, offset)) return true;
  const isPlateau = distanceM < plateauM && passage.outwardM < clearM;
  const patience = isRough(trail, toMark(fix, offset), outside.farSince ?? fix.at)
    ? roughPatience
    : 1;
  const farS = (fix.at - (outside.farSince ?? fix.at)) / 1000;
  return (
    outside.farFixes >= (isPlateau ? 2 : 1) * limits.doubtedFixes &&
    farS >= limits.doubtedS * patience &&
    outside.metreSeconds >= limits.enterMetreSeconds * patience
  );
}

/** The way out was seen: by steps that led outwards, or by one that led far. */
function isClear(outside: Excursion, passage: Passage, { distanceM, halfWidthM }: Offset): boolean {
  if (passage.outward >= 2 && passage.steadyM >= clearSteadyM) return true;
  return outside.farFixes >= 2
    ? passage.outwardM >= clearM || outside.farFixes >= 4
    : passage.isEasy && distanceM >= halfWidthM + farM;
}

function followOutside(
  excursion: Excursion,
  { fix, offset }: Seen,
  limits: ExcursionLimits,
): Excursion {
  const { distanceM, halfWidthM, inside } = offset;
  if (!inside) return withTrack(excursion, fix, distanceM);
  const isBack = distanceM <= limits.leaveShare * halfWidthM || distanceM > halfWidthM;
  if (!isBack) return { ...excursion, backSince: null, backFixes: 0 };
  const backSince = excursion.backSince ?? fix.at;
  const backFixes = excursion.backFixes + 1;
  const isOver = backFixes >= limits.leaveFixes && fix.at - backSince >= limits.leaveS * 1000;
  return isOver ? noExcursion : { ...excursion, backSince, backFixes };
}
