import type { Fix } from '../model/observation.ts';
import type { Offset } from './corridor.ts';

export type TrackPoint = readonly [at: number, lat: number, lon: number, distanceM: number];

/** A stretch on which a vehicle is, or seems to be, outside its corridor. Plain JSON. */
export interface Excursion {
  /** `at` of the first and the newest fix beyond the edge; null before there is one. */
  readonly since: number | null;
  readonly until: number;
  /** Fixes beyond the edge. */
  readonly fixes: number;
  /** Distance from the line beyond a share of the half width, added up over time. */
  readonly metreSeconds: number;
  /** Greatest distance from the line. */
  readonly maxM: number;
  /** Fixes beyond the edge; every `stride`-th, so that a long stretch stays small. */
  readonly track: readonly TrackPoint[];
  readonly stride: number;
  /** Fixes that were not believed meanwhile, by reason. */
  readonly poor: Readonly<Record<string, number>>;
  /** Since when the vehicle seems to be back, by how many fixes. */
  readonly backSince: number | null;
  readonly backFixes: number;
  /** Whether it is decided that the vehicle has left. */
  readonly left: boolean;
}

/** All that apply must be reached. */
export interface ExcursionLimits {
  /** Since the first fix beyond the edge. */
  readonly enterS: number;
  readonly enterFixes: number;
  readonly enterMetreSeconds: number;
  readonly leaveS: number;
  readonly leaveFixes: number;
  /** Back means nearer than this share of the half width. */
  readonly leaveShare: number;
}

const trackPoints = 48;
/** Distance from the line counts from this share of the half width on: a vehicle that is leaving shows it before the edge. */
const countedShare = 0.5;
/** A fix after an outage does not speak for all of it. */
const longestStepS = 30;
/** An outlier back to the line does not end a beginning; a second one does. */
const fixesToForget = 2;

export const noExcursion: Excursion = {
  since: null,
  until: 0,
  fixes: 0,
  metreSeconds: 0,
  maxM: 0,
  track: [],
  stride: 1,
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

/**
 * One more good fix, in order of `at`.
 *
 * @param sinceS seconds since the good fix before it
 * @returns the excursion as it stands; `noExcursion` once the vehicle is back
 */
export function follow(
  excursion: Excursion,
  fix: Fix,
  offset: Offset,
  sinceS: number,
  limits: ExcursionLimits,
): Excursion {
  return excursion.left
    ? followOutside(excursion, fix, offset, limits)
    : followInside(excursion, fix, offset, Math.min(sinceS, longestStepS), limits);
}

function followInside(
  excursion: Excursion,
  fix: Fix,
  { distanceM, halfWidthM, inside }: Offset,
  seconds: number,
  limits: ExcursionLimits,
): Excursion {
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
  const outside = withTrack(counted, fix, distanceM);
  const left =
    outside.fixes >= limits.enterFixes &&
    secondsOutside(outside) >= limits.enterS &&
    outside.metreSeconds >= limits.enterMetreSeconds;
  return { ...outside, left };
}

function followOutside(
  excursion: Excursion,
  fix: Fix,
  { distanceM, halfWidthM, inside }: Offset,
  limits: ExcursionLimits,
): Excursion {
  if (!inside) return withTrack(excursion, fix, distanceM);
  const isBack = distanceM <= limits.leaveShare * halfWidthM || distanceM > halfWidthM;
  if (!isBack) return { ...excursion, backSince: null, backFixes: 0 };
  const backSince = excursion.backSince ?? fix.at;
  const backFixes = excursion.backFixes + 1;
  const isOver = backFixes >= limits.leaveFixes && fix.at - backSince >= limits.leaveS * 1000;
  return isOver ? noExcursion : { ...excursion, backSince, backFixes };
}
