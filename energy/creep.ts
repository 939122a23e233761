import { type Baseline, leastHoursOfDay, valuesOf } from './baseline.ts';
import { decodeAmount, encodeAmount } from './letters.ts';
import { medianOf } from './robust.ts';
import { factorOf, responseOf } from './weather.ts';

/*
 * Use that grows so slowly that no day stands out: the last two weeks against the weeks before the last four, each day at its own temperature. Without
 * temperatures the season grows just as slowly, and nothing is said.
 */

/** A day as it was, in the calendar of the institution. */
export interface CreepDay {
  readonly day: number;
  readonly rest: boolean;
  /** Consumption of an hour, mean of the day. */
  readonly mean: number;
  readonly outdoorC: number;
}

export interface Creep {
  /** First of the days that are compared with those before. */
  readonly fromDay: number;
  /** Share by which they are above. */
  readonly rise: number;
  /** In the unit of the counter: beyond what was expected, of all these days. */
  readonly wasted: number;
  readonly used: number;
  readonly days: number;
  readonly referenceDays: number;
}

const recentDays = 14;
/** Days between: those in which it grew. */
const growingDays = 14;
const keptDays = 77;
const least = { recent: 8, reference: 10 };
/** A temperature this much outside of what is known says nothing. */
const beyondC = 2;
const letters = 8;

/** Days as text, the newest last: eight letters each. */
export const addDay = (days: string, { day, rest, mean, outdoorC }: CreepDay): string => {
  const celsius = Math.round(Math.min(49, Math.max(-49, outdoorC))) + 50;
  const text = `${day.toString(36).padStart(4, '0')}${encodeAmount(mean)}${(celsius * 2 + (rest ? 1 : 0)).toString(36).padStart(2, '0')}`;
  return (days + text).slice(-letters * keptDays);
};

function* read(days: string): Generator<CreepDay> {
  for (let at = 0; at + letters <= days.length; at += letters) {
    const code = Number.parseInt(days.slice(at + 6, at + 8), 36);
    yield {
      day: Number.parseInt(days.slice(at, at + 4), 36),
      mean: decodeAmount(days.slice(at + 4, at + 6), 0) ?? 0,
      rest: code % 2 === 1,
      outdoorC: Math.floor(code / 2) - 50,
    };
  }
}

/** How far the last two weeks are above the weeks before; undefined where too little compares. */
export function creepOf(days: string, today: number): Creep | undefined {
  const all = [...read(days)];
  const fromDay = today - recentDays;
  const reference = all.filter(({ day }) => day < fromDay - growingDays);
  const response = responseOf(reference) ?? null;
  const compared = all
    .filter(({ day }) => day >= fromDay)
    .flatMap(({ rest, mean, outdoorC }) => {
      const like = reference.filter((each) => each.rest === rest);
      const celsius = like.map((each) => each.outdoorC);
      const isKnown =
        outdoorC >= Math.min(...celsius) - beyondC && outdoorC <= Math.max(...celsius) + beyondC;
      if (like.length < least.reference / 2 || !isKnown) return [];
      const expected = medianOf(
        like.map((each) => each.mean * factorOf(response, each.outdoorC, outdoorC)),
      );
      return expected > 0 ? [{ mean, expected }] : [];
    });
  if (compared.length < least.recent || reference.length < least.reference) return undefined;
  const used = compared.reduce((sum, { mean }) => sum + 24 * mean, 0);
  const expected = compared.reduce((sum, each) => sum + 24 * each.expected, 0);
  return {
    fromDay,
    rise: medianOf(compared.map((each) => each.mean / each.expected)) - 1,
    wasted: used - expected,
    used,
    days: compared.length,
    referenceDays: reference.length,
  };
}

/** The newest day as it was, without what is held to be wrong; undefined where too little of it, or no temperature, is known. */
export function newestDayOf({ days }: Baseline):
  | {
      readonly day: number;
      readonly rest: boolean;
      readonly mean: number;
      readonly outdoorC: number;
    }
  | undefined {
  const newest = days.at(-1);
  if (newest?.outdoorC === undefined || newest.holiday) return undefined;
  const { day, rest = false, hours, flagged = 0, outdoorC } = newest;
  const known = valuesOf(hours, flagged);
  if (known.length < leastHoursOfDay) return undefined;
  return { day, rest, mean: known.reduce((sum, value) => sum + value, 0) / known.length, outdoorC };
}
