import { dayMs, localTime } from '../model/time.ts';
import { decodeAmount, decodeAmounts, encodeAmount, noAmount } from './letters.ts';
import { medianOf, spreadOf } from './robust.ts';
import { doubtOf, factorOf, responseOf, type WeatherResponse } from './weather.ts';

/*
 * What a meter is expected to use in an hour: the median of that hour, and of those beside it, on the newest days of the same kind, brought to the
 * temperature of the day where that is known. Causal: only the past is in it. Two weeks are enough to begin; a lasting change is taken up within weeks.
 */

/** One day of consumption as it was. Plain JSON; what is not there is `false`, 0 or not known. */
export interface BaselineDay {
  /** Days since 1970-01-01 by the calendar of the institution. */
  readonly day: number;
  /** Not a working day. */
  readonly rest?: true;
  /** A statutory holiday: less is used than at a weekend, and weekends are not measured by it. */
  readonly holiday?: true;
  /** Two characters an hour; see `encodeAmount`. */
  readonly hours: string;
  /** Hours held to be wrong, one bit each, 0:00 the lowest. */
  readonly flagged?: number;
  /** Of these the ones that never become normal: a person said so. */
  readonly confirmed?: number;
  /** Mean outdoors of the day before, °C. */
  readonly outdoorC?: number;
}

export interface Baseline {
  /** Ascending; at most `keptDays` of each kind, none older than `oldestDays`. */
  readonly days: readonly BaselineDay[];
  /** First day that counts; null before there is one. */
  readonly since: number | null;
  /** Mean consumption of an hour of any kind, without those held to be wrong, and the largest of all but confirmed ones; renewed daily; null before the first day is over. */
  readonly level: number | null;
  readonly peak: number | null;
  /** Renewed daily; null where no temperatures are known. */
  readonly response: WeatherResponse | null;
}

/** An hour in the calendar of the institution. */
export interface LocalHour {
  readonly day: number;
  readonly hour: number;
  readonly rest: boolean;
  readonly holiday?: boolean;
  /** Mean outdoors of the day before, °C; undefined where nobody measured it. */
  readonly outdoorC?: number | undefined;
}

export interface Expectation {
  /** Median of the reference hours. */
  readonly value: number;
  /** Robust standard deviation of the reference hours, with a floor. */
  readonly spread: number;
  /** How many hours it rests on, and of how many days they are. */
  readonly hours: number;
  readonly days: number;
  /** None of them is idle. */
  readonly isSteady: boolean;
}

export const newBaseline: Baseline = {
  days: [],
  since: null,
  level: null,
  peak: null,
  response: null,
};

const keptDays = { work: 12, rest: 10, holiday: 6 };
const oldestDays = 56;
/** Before that many days have passed, nothing is judged. */
const leastDays = 14;
/** Fewer reference hours than this are no reference. */
const leastHours = 6;
/** Days of the same kind that are looked at, newest first. */
export const referenceDays = 10;
/** Hours held to be wrong become part of what is normal, which a median bears, when they are this old and the episode they belong to is over. */
const flaggedDays = 3;
/** Of fewer days of weekends, one that went wrong would be half of what is known. */
const leastWeekends = 4;
/** So many days of a kind tell what a new level is. */
const newLevelDays = 2;
/** Nothing is known better than this: share of the expected value, and of the mean level. */
const leastSpread = { ofValue: 0.08, ofLevel: 0.1 };
/** Below this share of the level an hour is mostly idle, and what is used in it now and then is normal. */
const idleShare = 0.25;
/** Where at least this share of the level was used every time, nothing at all is no chance. */
const steadyShare = 0.7;

/** With fewer hours a day is not known. */
export const leastHoursOfDay = 20;

const unknownDay = noAmount.repeat(24);
/** The least that is told from nothing. */
const smallest = 0.001;

/**
 * Where an hour stands in the calendar of a zone.
 * @param isRest asked for a date (YYYY-MM-DD) and weekday (1 Monday … 7 Sunday)
 */
export function toLocalHour(
  start: number,
  zone: string,
  isRest: (date: string, weekday: number) => boolean,
): LocalHour {
  const { date, hour, weekday } = localTime(start, zone);
  return { day: Date.parse(date) / dayMs, hour, rest: isRest(date, weekday) };
}

/** With one more hour, in order of time. Gaps are not learned: leave them out. */
export function learn(baseline: Baseline, at: LocalHour, value: number): Baseline {
  const { days } = baseline;
  const newest = days.at(-1);
  if (newest !== undefined && at.day < newest.day) return baseline;
  const isToday = newest?.day === at.day;
  const today = isToday ? newest : begin(at);
  const from = 2 * at.hour;
  const hours = today.hours.slice(0, from) + encodeAmount(value) + today.hours.slice(from + 2);
  const earlier = isToday ? days.slice(0, -1) : thin(days, at.day);
  return {
    ...(isToday ? baseline : summed(days)),
    days: [...earlier, { ...today, hours }],
    since: baseline.since ?? at.day,
  };
}

const begin = ({ day, rest, holiday, outdoorC }: LocalHour): BaselineDay => ({
  day,
  ...(rest ? { rest } : {}),
  ...(holiday ? { holiday } : {}),
  ...(outdoorC === undefined ? {} : { outdoorC: Math.round(outdoorC * 10) / 10 }),
  hours: unknownDay,
});

const kindOf = ({ rest, holiday }: Pick<BaselineDay, 'rest' | 'holiday'>) =>
  holiday ? 'holiday' : rest ? 'rest' : 'work';

function thin(days: readonly BaselineDay[], today: number): readonly BaselineDay[] {
  const kept = { work: 0, rest: 0, holiday: 0 };
  return days
    .toReversed()
    .filter((each) => {
      const kind = kindOf(each);
      kept[kind] += 1;
      return kept[kind] <= keptDays[kind] && each.day > today - oldestDays;
    })
    .reverse();
}

/** Values of a day's hours but those marked. */
export function valuesOf(hours: string, marked: number): readonly number[] {
  const values: number[] = [];
  for (let hour = 0; hour < 24; hour += 1) {
    const value = (marked & (1 << hour)) === 0 ? decodeAmount(hours, hour) : undefined;
    if (value !== undefined) values.push(value);
  }
  return values;
}

/** A day's hours from 0:00 on, undefined where it is not known. */
export const valuesByHour = ({ hours }: BaselineDay): readonly (number | undefined)[] =>
  decodeAmounts(hours);

const sumOf = (values: readonly number[]): number => values.reduce((sum, each) => sum + each, 0);

/** What the days say together. */
function summed(days: readonly BaselineDay[]): Pick<Baseline, 'level' | 'peak' | 'response'> {
  let sum = 0;
  let count = 0;
  let peak = 0;
  const warm: { rest: boolean; mean: number; outdoorC: number }[] = [];
  for (const { hours, flagged = 0, confirmed = 0, rest = false, outdoorC } of days) {
    const known = valuesOf(hours, flagged);
    const ofDay = sumOf(known);
    sum += ofDay;
    count += known.length;
    peak = Math.max(peak, ...valuesOf(hours, confirmed));
    if (outdoorC !== undefined && known.length >= leastHoursOfDay)
      warm.push({ rest, mean: ofDay / known.length, outdoorC });
  }
  if (count === 0) return { level: null, peak: null, response: null };
  return { level: sum / count, peak, response: responseOf(warm) ?? null };
}

/** After a lasting change: only what was from `fromDay` on is expected, even where it was held to be wrong. */
export function restart({ days }: Baseline, fromDay: number): Baseline {
  const kept = days
    .filter(({ day }) => day >= fromDay)
    .map(({ flagged: _flagged, confirmed: _confirmed, ...day }) => day);
  return { days: kept, since: fromDay, ...summed(kept) };
}

/** After a change that a person explained: what was from `fromDay` on is expected at once, of every kind of day that has two of them. */
export function accept(baseline: Baseline, fromDay: number): Baseline {
  const { days } = restart(baseline, fromDay);
  const isTold = (each: BaselineDay) =>
    days.filter((other) => kindOf(other) === kindOf(each)).length >= newLevelDays;
  const earlier = baseline.days.filter((each) => each.day < fromDay && !isTold(each));
  const kept = [...earlier, ...days];
  return { days: kept, since: baseline.since, ...summed(kept) };
}

export interface ExpectOptions {
  /** Nothing is known better than this share of the largest hour. */
  readonly leastOfPeak?: number;
  /** First day of an episode that lasts. */
  readonly episodeDay?: number;
}

/** What to expect in an hour; undefined where too little is known. */
export function expectedOf(
  baseline: Baseline,
  at: LocalHour,
  { leastOfPeak = 0, episodeDay = at.day }: ExpectOptions = {},
): Expectation | undefined {
  const { since, level, peak } = baseline;
  if (since === null || level === null || at.day - since < leastDays) return undefined;
  const { values, days, celsius } = referenceOf(
    baseline,
    at,
    Math.min(episodeDay, at.day - flaggedDays + 1),
  );
  if (values.length < leastHours) return undefined;
  const value = medianOf(values);
  const usual = Math.max(
    spreadOf(values, value),
    leastSpread.ofValue * value,
    leastSpread.ofLevel * level,
    leastOfPeak * (peak ?? 0),
    value < idleShare * level ? nowAndThen(values, value) : 0,
    smallest,
  );
  const spread = usual * doubtOf(celsius, at.outdoorC);
  const isSteady = values.every((each) => each >= steadyShare * level);
  return { value, spread, hours: values.length, days, isSteady };
}

/** How far the highest tenth lies from the median, in deviations of a normal distribution. */
function nowAndThen(values: readonly number[], middle: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return ((sorted[Math.floor(sorted.length * 0.9)] ?? middle) - middle) / 1.28;
}

interface Reference {
  readonly values: readonly number[];
  readonly days: number;
  /** Mean outdoors before those days, where it is known. */
  readonly celsius: readonly number[];
}

/** The hour and its neighbours on the newest days of the same kind, without what is held to be wrong. */
function referenceOf({ days, response }: Baseline, at: LocalHour, flaggedFrom: number): Reference {
  const values: number[] = [];
  const celsius: number[] = [];
  let used = 0;
  for (const each of likeDays(days, at)) {
    const wrong = each.day >= flaggedFrom ? each.flagged : each.confirmed;
    if (((wrong ?? 0) & (1 << at.hour)) !== 0) continue;
    const factor = factorOf(response, each.outdoorC, at.outdoorC);
    for (const value of valuesAround(each.hours, at.hour, wrong ?? 0)) values.push(value * factor);
    if (each.outdoorC !== undefined) celsius.push(each.outdoorC);
    used += 1;
    if (used === referenceDays) break;
  }
  return { values, days: used, celsius };
}

function valuesAround(hours: string, middle: number, wrong: number): readonly number[] {
  const values: number[] = [];
  for (let hour = Math.max(0, middle - 1); hour <= Math.min(23, middle + 1); hour += 1) {
    const value = (wrong & (1 << hour)) === 0 ? decodeAmount(hours, hour) : undefined;
    if (value !== undefined) values.push(value);
  }
  return values;
}

/** Newest first. Weekends are measured by weekends and, where there are too few, by holidays; holidays by all days of rest. */
export function likeDays(days: readonly BaselineDay[], at: LocalHour): readonly BaselineDay[] {
  const alike = days
    .filter(({ day, rest = false }) => rest === at.rest && day < at.day)
    .toReversed();
  if (!at.rest || at.holiday) return alike;
  const weekends = alike.filter(({ holiday }) => !holiday);
  return weekends.length >= leastWeekends ? weekends : alike;
}
