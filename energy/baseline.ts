import { dayMs, localTime } from '../model/time.ts';

/*
 * What a meter is expected to use in an hour: the median of that hour, and of those beside it, on the newest days of the same kind.
 * Causal: only the past is in it. Two weeks are enough to begin; a lasting change is taken up within weeks.
 */

/** One day of consumption as it was. Plain JSON. */
export interface BaselineDay {
  /** Days since 1970-01-01 by the calendar of the institution. */
  readonly day: number;
  /** Not a working day. */
  readonly rest: boolean;
  /** Two characters an hour; see `encodeAmount`. */
  readonly hours: string;
  /** Hours held to be wrong, one bit each, 0:00 the lowest. */
  readonly flagged: number;
}

export interface Baseline {
  /** Ascending; at most `keptDays` of each kind, none older than `oldestDays`. */
  readonly days: readonly BaselineDay[];
  /** First day that counts; null before there is one. */
  readonly since: number | null;
  /** Mean consumption of an hour of any kind, renewed daily; null before the first day is over. */
  readonly level: number | null;
}

/** An hour in the calendar of the institution. */
export interface LocalHour {
  readonly day: number;
  readonly hour: number;
  readonly rest: boolean;
}

export interface Expectation {
  /** Median of the reference hours. */
  readonly value: number;
  /** Robust standard deviation of the reference hours, with a floor. */
  readonly spread: number;
  /** How many hours it rests on. */
  readonly hours: number;
}

export const newBaseline: Baseline = { days: [], since: null, level: null };

const keptDays = 14;
const oldestDays = 56;
/** Before that many days have passed, nothing is judged. */
const leastDays = 14;
/** Fewer reference hours than this are no reference. */
const leastHours = 6;
/** Days of the same kind that are looked at, newest first. */
const referenceDays = 10;
/** Hours held to be wrong become part of what is normal when they are this old. */
const flaggedDays = 14;
/** 1.4826 × the median deviation estimates the standard deviation of a normal distribution. */
const toDeviation = 1.4826;
/** Nothing is known better than this: share of the expected value, and of the mean level. */
const leastSpread = { ofValue: 0.08, ofLevel: 0.1 };
/** Below this share of the level an hour is mostly idle, and what is used in it now and then is normal. */
const idleShare = 0.25;

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_';
const codes = new Map([...alphabet].map((letter, code) => [letter, code]));
const unknownDay = '00'.repeat(24);
/** Steps of 0.55 % from 0.001 to 7.6 million; below is 0. */
const smallest = 0.001;
const stepsPerE = 180;
const largestCode = 4095;

/** 0 to 7.6 million → two characters, precise to 0.3 %; `00` stands for nothing known, `01` for 0. */
function encodeAmount(value: number): string {
  const steps = Math.round(Math.log(Math.max(value, smallest) / smallest) * stepsPerE);
  const code = value < smallest ? 1 : Math.min(largestCode, 2 + steps);
  return `${alphabet[code >> 6]}${alphabet[code & 63]}`;
}

function decodeAmount(hours: string, hour: number): number | undefined {
  const high = codes.get(hours[2 * hour] ?? '') ?? 0;
  const code = high * 64 + (codes.get(hours[2 * hour + 1] ?? '') ?? 0);
  if (code === 0) return undefined;
  return code === 1 ? 0 : smallest * Math.exp((code - 2) / stepsPerE);
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}

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
  const today = isToday ? newest : { day: at.day, rest: at.rest, hours: unknownDay, flagged: 0 };
  const from = 2 * at.hour;
  const hours = today.hours.slice(0, from) + encodeAmount(value) + today.hours.slice(from + 2);
  const earlier = isToday ? days.slice(0, -1) : thin(days, at.day);
  return {
    days: [...earlier, { ...today, hours }],
    since: baseline.since ?? at.day,
    level: isToday ? baseline.level : levelOf(days),
  };
}

function thin(days: readonly BaselineDay[], today: number): readonly BaselineDay[] {
  const kept = { work: 0, rest: 0 };
  return days
    .toReversed()
    .filter(({ day, rest }) => {
      const kind = rest ? 'rest' : 'work';
      kept[kind] += 1;
      return kept[kind] <= keptDays && day > today - oldestDays;
    })
    .reverse();
}

function levelOf(days: readonly BaselineDay[]): number | null {
  let sum = 0;
  let count = 0;
  for (const { hours, flagged } of days)
    for (let hour = 0; hour < 24; hour += 1) {
      const value = (flagged & (1 << hour)) === 0 ? decodeAmount(hours, hour) : undefined;
      if (value === undefined) continue;
      sum += value;
      count += 1;
    }
  return count === 0 ? null : sum / count;
}

/** With an hour that was learned held to be wrong. */
export function flag(baseline: Baseline, at: LocalHour): Baseline {
  const days = baseline.days.map((each) =>
    each.day === at.day ? { ...each, flagged: each.flagged | (1 << at.hour) } : each,
  );
  return { ...baseline, days };
}

/** After a lasting change: only what was from `fromDay` on is expected, even where it was held to be wrong. */
export function restart({ days }: Baseline, fromDay: number): Baseline {
  const kept = days.filter(({ day }) => day >= fromDay).map((day) => ({ ...day, flagged: 0 }));
  return { days: kept, since: fromDay, level: levelOf(kept) };
}

/** What to expect in an hour; undefined where too little is known. */
export function expectedOf(baseline: Baseline, at: LocalHour): Expectation | undefined {
  const { since, level } = baseline;
  if (since === null || level === null || at.day - since < leastDays) return undefined;
  const values = referenceOf(baseline, at);
  if (values.length < leastHours) return undefined;
  const value = median(values);
  const deviation = toDeviation * median(values.map((each) => Math.abs(each - value)));
  const spread = Math.max(
    deviation,
    leastSpread.ofValue * value,
    leastSpread.ofLevel * level,
    value < idleShare * level ? nowAndThen(values, value) : 0,
    smallest,
  );
  return { value, spread, hours: values.length };
}

/** How far the highest tenth lies from the median, in deviations of a normal distribution. */
function nowAndThen(values: readonly number[], middle: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return ((sorted[Math.floor(sorted.length * 0.9)] ?? middle) - middle) / 1.28;
}

/** The hour and its neighbours on the newest days of the same kind, without what is held to be wrong. */
function referenceOf({ days }: Baseline, at: LocalHour): readonly number[] {
  const alike = days.filter(({ day, rest }) => rest === at.rest && day < at.day);
  const values: number[] = [];
  let used = 0;
  for (const { day, hours, flagged } of alike.reverse()) {
    const wrong = at.day - day < flaggedDays ? flagged : 0;
    if ((wrong & (1 << at.hour)) !== 0) continue;
    for (let hour = Math.max(0, at.hour - 1); hour <= Math.min(23, at.hour + 1); hour += 1) {
      const value = (wrong & (1 << hour)) === 0 ? decodeAmount(hours, hour) : undefined;
      if (value !== undefined) values.push(value);
    }
    used += 1;
    if (used === referenceDays) break;
  }
  return values;
}
