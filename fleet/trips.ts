import { secondMs } from '../model/time.ts';
import type { Trip, TripSoFar } from '../model/trip.ts';
import { type FixMark, type HygieneState, passFix, type SeenFix, unseen } from './hygiene.ts';
import { type Ground, type Presence, passThrough, standIn, unplaced } from './presence.ts';
import type { Spot } from './resting.ts';
import { type Course, isLong, newCourse, passPlaced, passUnplaced } from './trip-course.ts';
import { addVisited, toTrip } from './trip-sum.ts';

/** A vehicle's motion as remembered between fixes: plain JSON. */
export interface MotionState {
  readonly hygiene: HygieneState;
  readonly course: Course;
  readonly presence: Presence;
}

export const unmoved: MotionState = { hygiene: unseen, course: newCourse, presence: unplaced };

export interface MotionStep {
  readonly state: MotionState;
  /** Of the fix; `waiting` while the receiver settles. */
  readonly mark: FixMark | 'waiting';
  readonly standing: boolean;
  readonly changes: MotionChanges;
}

/** What is new with a fix. */
export interface MotionChanges {
  /** Trips that are over, ascending. */
  readonly ended: readonly Trip[];
  /** The trip under way where it has just begun, has made a stop, or was not told for some minutes. */
  readonly told: TripSoFar | null;
  /** Ids of places. */
  readonly entered: readonly string[];
  readonly left: readonly string[];
}

const nothing: MotionChanges = { ended: [], told: null, entered: [], left: [] };

/** A trip under way is told again after so long. */
const tellMs = 120 * secondMs;

/** One more fix of a vehicle, in order of `at`: what it is worth, whether it is under way, and where it is. */
export function stepMotion(
  state: MotionState,
  fix: SeenFix,
  vehicle: string,
  ground: Ground,
): MotionStep {
  const waiting = [...state.hygiene.held.map(({ place }): Spot => place), toSpot(fix)];
  const { state: hygiene, verdicts } = passFix(state.hygiene, fix);
  let { course, presence } = state;
  let changes = nothing;
  verdicts.forEach(({ mark, standing }, index) => {
    const spot = waiting[index];
    if (!spot) return;
    const isPlaced = mark === 'good' || mark === 'drift';
    const before = course;
    const desk = { vehicle, ground, ended: [] };
    course = isPlaced
      ? passPlaced(course, spot, { isDrift: mark === 'drift', standing }, desk)
      : passUnplaced(course, spot, desk);
    const seen = isPlaced ? locate(presence, before, course, ground) : undefined;
    presence = seen?.presence ?? presence;
    course = withVisited(course, seen);
    changes = join(changes, desk.ended, seen);
  });
  const told = toldNow(state.course, course, presence, vehicle);
  if (told && course.trip) course = { ...course, trip: { ...course.trip, toldAt: told.now.at } };
  const last = verdicts.length === waiting.length ? verdicts.at(-1) : undefined;
  return {
    state: { hygiene, course, presence },
    mark: last?.mark ?? 'waiting',
    standing: last?.standing ?? false,
    changes: told ? { ...changes, told } : changes,
  };
}

const toSpot = ({ at, lat, lon, speedKmh, acc, odometerKm }: SeenFix): Spot => ({
  at,
  lat,
  lon,
  ...(speedKmh !== undefined && { speedKmh }),
  ...(acc !== undefined && { acc }),
  ...(odometerKm !== undefined && { odometerKm }),
});

const withVisited = (course: Course, seen: Seen | undefined): Course =>
  course.trip && seen && seen.entered.length > 0
    ? { ...course, trip: addVisited(course.trip, seen.entered) }
    : course;

type Seen = ReturnType<typeof standIn>;

function join(changes: MotionChanges, ended: readonly Trip[], seen: Seen | undefined) {
  const moved = seen && (seen.entered.length > 0 || seen.left.length > 0) ? seen : undefined;
  if (ended.length === 0 && !moved) return changes;
  return {
    ...changes,
    ended: [...changes.ended, ...ended],
    entered: [...changes.entered, ...(moved?.entered ?? [])],
    left: [...changes.left, ...(moved?.left ?? [])],
  };
}

/** Where it stands the mean of its fixes says where it is; what strays from there says nothing before it has left. */
function locate(
  presence: Presence,
  before: Course,
  { rest, away, last, odd }: Course,
  ground: Ground,
): Seen | undefined {
  if (!rest || !last || odd || away) return undefined;
  if (!rest.settled) return passThrough(presence, last, last.at - (before.last?.at ?? 0), ground);
  const isKnown = presence.at !== null || isLong(rest);
  return isKnown ? standIn(presence, rest, ground) : undefined;
}

/** The trip under way, for whoever asks; null where there is none. */
export function tripOf({ course, presence }: MotionState, vehicle: string): TripSoFar | null {
  const { trip, last } = course;
  if (!trip || !last) return null;
  const { at, lat, lon } = last;
  return toTrip(trip, vehicle, { at, lat, lon, places: presence.at ?? [] });
}

function toldNow(
  before: Course,
  course: Course,
  presence: Presence,
  vehicle: string,
): TripSoFar | null {
  const { trip, last } = course;
  if (!trip || !last) return null;
  const isNew = before.trip?.startedAt !== trip.startedAt;
  const hasStopped = before.trip?.stopCount !== trip.stopCount;
  if (!isNew && !hasStopped && last.at - trip.toldAt < tellMs) return null;
  return tripOf({ hygiene: unseen, course, presence }, vehicle);
}
