import type { Hour } from '../../energy/hourly.ts';
import { dayMs, hourMs } from '../../model/time.ts';

/*
 * How long a meter that is used most days stands still now and again. Water is drawn at no fixed hours, so that an hour in which it always moved
 * says little of it; how long it has ever rested says more.
 */

/** Of the hours of one week. Plain JSON. */
interface RestWeek {
  /** Weeks since 1970-01-01. */
  readonly week: number;
  /** Longest rest that ended in it, hours. */
  readonly longest: number;
  /** Most hours that it stood through in a row though it always moves in them. */
  readonly usual: number;
  /** Hours in which it moved, and all that are known. */
  readonly moved: number;
  readonly hours: number;
}

export interface Stillness {
  /** Known hours it has stood by now. */
  readonly still: number;
  /** Start of the first hour known; null before. */
  readonly since: number | null;
  readonly weeks: readonly RestWeek[];
}

export const newStillness: Stillness = { still: 0, since: null, weeks: [] };

const weekMs = 7 * dayMs;
const keptWeeks = 8;
/** Before that much is known nothing is judged. */
const leastKnownMs = 14 * dayMs;
/** What moves in fewer hours is used now and then: its rests are anything. */
const leastMoved = 0.25;
/** What is less is arithmetic, in the unit of the counter. */
const finest = 0.0001;

/**
 * With an hour that is over, in order. What a gap hides is known where the counter stands after it as before.
 * @param usual hours it had stood through by the reading before though it always moves in them
 */
export function seeHour(
  stillness: Stillness,
  { start, value, quality }: Hour,
  isHoliday: boolean,
  usual: number,
): Stillness {
  if (value === null || isHoliday) return stillness;
  const isStill = value < finest && (quality === 'measured' || quality === 'estimated');
  if (!isStill && quality !== 'measured') return { ...stillness, still: 0 };
  const week = Math.floor(start / weekMs);
  const last = stillness.weeks.at(-1);
  const isThis = last?.week === week;
  const now = isThis ? last : { week, longest: 0, usual: 0, moved: 0, hours: 0 };
  const before = isThis ? stillness.weeks.slice(0, -1) : stillness.weeks;
  const seen = {
    ...now,
    longest: isStill ? now.longest : Math.max(now.longest, stillness.still),
    usual: isStill ? now.usual : Math.max(now.usual, usual),
    moved: now.moved + Number(!isStill),
    hours: now.hours + 1,
  };
  return {
    still: isStill ? stillness.still + 1 : 0,
    since: stillness.since ?? start,
    weeks: [...before.filter((each) => each.week > week - keptWeeks), seen],
  };
}

export interface StillLimits {
  /** Standing so many times longer than ever is too long, */
  readonly restFactor: number;
  /** but no shorter rest than this, */
  readonly leastRestHours: number;
  /** and any that is longer than this. */
  readonly mostRestHours: number;
}

const sumOf = (weeks: readonly RestWeek[], of: (week: RestWeek) => number): number =>
  weeks.reduce((sum, week) => sum + of(week), 0);

/** Whether it is in use so much that its rests say something. */
function isMuchUsed({ still, since, weeks }: Stillness, now: number): boolean {
  if (since === null || now - since - still * hourMs < leastKnownMs) return false;
  const hours = sumOf(weeks, (week) => week.hours) - still;
  return sumOf(weeks, ({ moved }) => moved) >= leastMoved * hours;
}

/** Whether it stands far longer than in all its weeks. */
export function standsTooLong(
  stillness: Stillness,
  now: number,
  { restFactor, leastRestHours, mostRestHours }: StillLimits,
): boolean {
  const { still, weeks } = stillness;
  if (still < leastRestHours || !isMuchUsed(stillness, now)) return false;
  const longest = Math.max(0, ...weeks.map((week) => week.longest));
  return still >= Math.min(mostRestHours, restFactor * longest);
}

/** Whether it is in use, and has never stood through nearly so many hours in which it always moves. */
export const isUnusual = (stillness: Stillness, usual: number, now: number): boolean =>
  isMuchUsed(stillness, now) && stillness.weeks.every((week) => usual >= 2 * week.usual);
