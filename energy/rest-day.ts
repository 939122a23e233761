import { joinRows, rowsOf, withRow } from './day-rows.ts';
import { decodeAmount, encodeAmount } from './letters.ts';
import { medianOf, quantileOf, spreadOf } from './robust.ts';

/** What was used in office hours of days of one kind, ascending by day, in kWh; in letters. */
export type Days = string;

export const noDays: Days = '';

const remembered = { work: 10, rest: 24 };
const compared = 12;
const least = { work: 5, rest: 4 };
/** Where rest days come to more of the working days than this, nobody can tell them apart. */
const tooAlike = 0.6;
/** What happens on more than this share of rest days is usual. */
const usualShare = 0.8;

const width = 2;

export const withDay = (days: Days, day: number, kwh: number, use: 'work' | 'rest'): Days =>
  withRow(days, { day, text: encodeAmount(kwh) }, remembered[use]);

export const withoutDays = (days: Days, gone: ReadonlySet<number>): Days =>
  joinRows(rowsOf(days, width).filter(({ day }) => !gone.has(day)));

export interface UsualRest {
  /** Of a rest day, of a working day, and above this a rest day is used like a working day. */
  readonly restKwh: number;
  readonly workKwh: number;
  readonly limitKwh: number;
  readonly days: number;
}

/** An hour with more than this of a whole working day is a wrong number. */
const mostOfHour = 0.5;
export const isPossible = (kwh: number, { workKwh }: UsualRest): boolean =>
  kwh <= mostOfHour * workKwh;

const valuesOf = (days: Days): readonly number[] =>
  rowsOf(days, width).map(({ text }) => decodeAmount(text, 0) ?? 0);

/**
 * What a rest day usually comes to, and what is too much.
 * @param share of the way from a rest day to a working day
 * @param vacations the most that any twelve rest days of the last 24 came to counts
 * @returns undefined where too little is known, or rest days are as working days are
 */
export function usualRestOf(
  work: Days,
  rest: Days,
  {
    share,
    deviations,
    vacations,
  }: { readonly share: number; readonly deviations: number; readonly vacations: boolean },
): UsualRest | undefined {
  const [works, all] = [valuesOf(work), valuesOf(rest)];
  if (works.length < least.work || all.length < least.rest) return undefined;
  const windows = [all.slice(-compared)];
  if (vacations && all.length >= compared + least.rest) windows.push(all.slice(0, -compared));
  const workKwh = medianOf(works);
  const [restKwh, values] = windows
    .map((window) => [medianOf(window), window] as const)
    .reduce((a, b) => (b[0] > a[0] ? b : a));
  if (restKwh > tooAlike * workKwh) return undefined;
  const limitKwh = Math.max(
    restKwh + share * (workKwh - restKwh),
    restKwh + deviations * spreadOf(values, restKwh),
    1.1 * quantileOf(values, usualShare),
  );
  return { restKwh, workKwh, limitKwh, days: values.length };
}
