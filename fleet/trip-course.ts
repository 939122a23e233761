import { secondMs } from '../model/time.ts';
import type { Trip, TripEnd } from '../model/trip.ts';
import { distanceM } from './geo.ts';
import { agree } from './hygiene.ts';
import { type Ground, placesAt } from './presence.ts';
import {
  type Away,
  hasLeft,
  hasMoved,
  type Rest,
  restAt,
  restLimits,
  type Spot,
  stay,
  stray,
} from './resting.ts';
import {
  addStop,
  addVisited,
  addWay,
  addWord,
  beginAt,
  ended,
  newSum,
  sumLimits,
  type TripSum,
  toTrip,
} from './trip-sum.ts';

/** Where a vehicle stands or drives. Plain JSON. */
export interface Course {
  /** Newest fix that counted. */
  readonly last: Spot | null;
  /** One since that no car can have come to, and how many in a row. */
  readonly odd: Spot | null;
  readonly odds: number;
  readonly rest: Rest | null;
  readonly away: Away | null;
  /** Since when the ignition is off by every fix; null where it is on or not known. */
  readonly offSince: number | null;
  /** Moved unseen since the last trip, metres. */
  readonly unseenM: number;
  readonly trip: TripSum | null;
}

export const newCourse: Course = {
  last: null,
  odd: null,
  odds: 0,
  rest: null,
  away: null,
  offSince: null,
  unseenM: 0,
  trip: null,
};

/** With the reasons in `docs/trips.md`. */
export const courseLimits = {
  /** Standing for so long is a stop. */
  stopS: 180,
  /** A trip is over after so long with the ignition off, without word of it, and with it on. */
  endOffS: 300,
  endS: 600,
  endOnS: 1800,
  /** A gap in which it has not come further it has stood; in a longer one it may have done anything. */
  gapRestM: 300,
  gapMostS: 1800,
  /** Slower than this on the average it has stood in between. */
  gapLeastKmh: 5,
  /** Fixes further apart are not held against their speeds. */
  oddMostS: 30,
  oddMost: 3,
} as const;

interface Desk {
  readonly vehicle: string;
  readonly ground: Ground;
  /** Takes the trips that are over. */
  readonly ended: Trip[];
}

interface Word {
  readonly isDrift: boolean;
  readonly standing: boolean;
}

const limits = courseLimits;

/** Whether it stands for long enough for the mean of its fixes to mean something. */
export const isLong = ({ since, lastAt }: Rest): boolean =>
  lastAt - since >= limits.stopS * secondMs;

/** One more fix with a place. */
export function passPlaced(before: Course, spot: Spot, word: Word, desk: Desk): Course {
  const course = withIgnition(before, spot);
  const { last, rest } = course;
  if (!last || !rest) return { ...course, last: spot, rest: restAt(spot, true) };
  if (isOdd(course, spot, word)) return { ...course, odd: spot, odds: course.odds + 1 };
  const bridged = bridge({ ...course, odd: null, odds: 0 }, spot, desk);
  return endStanding({ ...move(bridged, spot, word, desk), last: spot }, spot, desk);
}

/** One more fix without a place: only the ignition and the time that goes by speak. */
export function passUnplaced(before: Course, spot: Spot, desk: Desk): Course {
  const course = withIgnition(before, spot);
  const { trip, last, offSince } = course;
  if (!trip || !last) return course;
  const silentMs = spot.at - last.at;
  if (silentMs < limits.endOffS * secondMs) return course;
  if (offSince !== null && spot.at - offSince >= limits.endOffS * secondMs)
    return end(course, Math.max(offSince, last.at), 'ignition-off', desk);
  return silentMs > limits.gapMostS * secondMs ? endUnseen(course, desk) : course;
}

function withIgnition(course: Course, { at, acc }: Spot): Course {
  if (acc === undefined || (acc === false && course.offSince !== null)) return course;
  const offSince = acc ? null : at;
  return offSince === course.offSince ? course : { ...course, offSince };
}

/** Whether it is where no car can have come to since; the third in a row that agrees with the one before is believed. */
function isOdd({ last, odd, odds }: Course, spot: Spot, { isDrift, standing }: Word): boolean {
  if (isDrift || standing || !last) return false;
  if (spot.at - last.at > limits.oddMostS * secondMs || agree(last, spot)) return false;
  return !(odd && agree(odd, spot)) || odds + 1 < limits.oddMost;
}

/** After a gap: whether it stood, drove on, or nobody knows. */
function bridge(course: Course, spot: Spot, desk: Desk): Course {
  const { trip, last, rest } = course;
  if (!trip || !last || !rest) return course;
  const gapS = (spot.at - last.at) / secondMs;
  if (gapS <= sumLimits.gapS) return course;
  const straightM = distanceM(last, spot);
  const ownM = ((spot.odometerKm ?? 0) - (last.odometerKm ?? spot.odometerKm ?? 0)) * 1000;
  const movedM = Math.max(straightM, ownM);
  if (movedM <= limits.gapRestM) return gapS >= limits.endS ? endUnseen(course, desk) : course;
  if (isDriven(movedM, gapS)) return course;
  const over = endUnseen(course, desk);
  return { ...over, rest: restAt(spot, true), unseenM: straightM };
}

const isDriven = (metres: number, seconds: number): boolean =>
  seconds <= limits.gapMostS && metres / seconds >= limits.gapLeastKmh / 3.6;

/** Over where it was last seen. */
function endUnseen(course: Course, desk: Desk): Course {
  const { last, rest } = course;
  if (!last || !rest) return course;
  return end(course, rest.settled ? rest.since : last.at, 'silence', desk);
}

function move(course: Course, spot: Spot, word: Word, desk: Desk): Course {
  const { rest, last } = course;
  if (!rest || !last) return course;
  const farM = distanceM(rest, spot);
  if (isThere(rest, farM, word)) return remain(course, rest, last, spot, word);
  if (!rest.settled) return drive(course, last, spot);
  const away = stray(course.away, rest, spot, last);
  if (hasLeft(rest, away, spot)) return depart({ ...course, away: null }, rest, away, spot, desk);
  if (!hasMoved(rest, away, spot)) return { ...course, away };
  return { ...course, away: null, rest: restAt({ ...spot, ...away.stay }, true) };
}

function isThere({ settled }: Rest, farM: number, { isDrift, standing }: Word): boolean {
  if (isDrift) return !settled || farM <= restLimits.stillM;
  if (!settled) return farM <= restLimits.pauseM;
  return farM <= (standing ? restLimits.stillM : restLimits.restM);
}

function remain(course: Course, before: Rest, last: Spot, spot: Spot, { standing }: Word): Course {
  const passedMs = Math.min(spot.at - last.at, sumLimits.gapS * secondMs);
  const still = standing || before.settled;
  const idleMs = spot.acc === undefined ? null : Number(still && spot.acc) * passedMs;
  const isFar = distanceM(before, spot) > restLimits.stillM;
  const rest = isFar ? { ...before, lastAt: spot.at } : stay(before, spot, idleMs);
  const settles = !rest.settled && isLong(rest);
  const { trip } = course;
  const summed = trip && sumRest(trip, rest, spot, { passedMs, idleMs, still, settles });
  return { ...course, away: null, rest: settles ? { ...rest, settled: true } : rest, trip: summed };
}

interface Passed {
  readonly passedMs: number;
  readonly idleMs: number | null;
  readonly still: boolean;
  readonly settles: boolean;
}

/** Near where it was a moment ago: in a jam, at a light, or at a stop, which takes back what was scattered meanwhile. */
function sumRest(before: TripSum, rest: Rest, spot: Spot, passed: Passed): TripSum {
  const { passedMs, idleMs, still, settles } = passed;
  const word = addWord(before, spot, passedMs);
  const trip = idleMs === null ? word : { ...word, idleMs: (word.idleMs ?? 0) + idleMs };
  if (settles) return { ...trip, ...beginAt(rest), metres: rest.metres, movingMs: rest.movingMs };
  if (still) return trip;
  return { ...addWay(trip, spot, false), movingMs: trip.movingMs + passedMs };
}

function drive(course: Course, last: Spot, spot: Spot): Course {
  const { trip } = course;
  if (!trip) return { ...course, rest: restAt(spot, true) };
  const passedMs = spot.at - last.at;
  const isGap = passedMs > sumLimits.gapS * secondMs;
  const way = addWay(addWord(trip, spot, passedMs), spot, isGap);
  const movingMs = trip.movingMs + passedMs;
  return {
    ...course,
    trip: { ...way, movingMs },
    rest: restAt(spot, false, way.metres, movingMs),
  };
}

/** It has left where it stood: the stop is over, or a trip begins, in the past. */
function depart(course: Course, rest: Rest, away: Away, spot: Spot, { ground }: Desk): Course {
  const { trip } = course;
  const from = trip
    ? { ...addStop(trip, rest, placesAt(ground, rest)), ...beginAt(rest) }
    : begin(course.unseenM, rest, away, ground);
  if (!from) {
    const unseenM = course.unseenM + distanceM(rest, away);
    return { ...course, unseenM, rest: restAt({ ...spot, ...away.stay }, true) };
  }
  const gapMs = away.at - rest.lastAt;
  const out = addWay(from, away, gapMs > sumLimits.gapS * secondMs);
  const way = addWay({ ...out, metres: out.metres + away.metres, ...beginAt(spot) }, spot, false);
  const word = addWord(way, spot, spot.at - rest.lastAt);
  const movingMs = word.movingMs + spot.at - Math.max(rest.lastAt, word.startedAt);
  const maxKmh = away.maxKmh === null ? word.maxKmh : Math.max(word.maxKmh ?? 0, away.maxKmh);
  return {
    ...course,
    trip: { ...word, movingMs, maxKmh },
    unseenM: 0,
    rest: restAt(spot, false, word.metres, movingMs),
  };
}

/** A trip from where it stood, or from where it was seen again. @returns undefined where it only stands elsewhere by now, unseen how it came there */
function begin(unseenM: number, rest: Rest, away: Away, ground: Ground): TripSum | undefined {
  const gapS = (away.at - rest.lastAt) / secondMs;
  const gapM = distanceM(rest, away);
  const stood = { ...rest, at: rest.lastAt };
  if (gapS <= sumLimits.gapS || isDriven(gapM, gapS))
    return newSum(stood, placesAt(ground, rest), unseenM);
  if (gapS <= limits.gapMostS)
    return newSum({ ...stood, at: away.at }, placesAt(ground, rest), unseenM);
  if (away.driven === 0 && away.metres < restLimits.drivenM) return undefined;
  return newSum(away, placesAt(ground, away), unseenM + gapM);
}

/** Whether it has stood for so long that the trip is over. */
function endStanding(course: Course, spot: Spot, desk: Desk): Course {
  const { trip, rest, offSince } = course;
  if (!trip || !rest?.settled) return course;
  const stoodMs = rest.lastAt - rest.since;
  const offMs = offSince === null ? 0 : rest.lastAt - Math.max(offSince, rest.since);
  if (offMs >= limits.endOffS * secondMs)
    return end(course, Math.max(offSince ?? rest.since, rest.since), 'ignition-off', desk);
  const endMs = (spot.acc === undefined ? limits.endS : limits.endOnS) * secondMs;
  return stoodMs >= endMs ? end(course, rest.since, 'standing', desk) : course;
}

function end(
  course: Course,
  at: number,
  by: TripEnd,
  { vehicle, ground, ended: over }: Desk,
): Course {
  const { trip, last, rest } = course;
  if (!trip || !last || !rest) return course;
  const there = rest.settled ? rest : last;
  const isBeforeRest = rest.settled && at === rest.since;
  const idleMs =
    trip.idleMs === null ? null : trip.idleMs - (isBeforeRest ? (rest.idleMs ?? 0) : 0);
  const places = placesAt(ground, there);
  const sum = addVisited({ ...addWay(trip, there, false), idleMs }, places);
  const now = { at, lat: there.lat, lon: there.lon, places };
  over.push(ended(toTrip(sum, vehicle, now), at, by));
  return { ...course, trip: null, away: null, rest: rest.settled ? rest : restAt(last, true) };
}
