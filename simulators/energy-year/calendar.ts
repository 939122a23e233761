import { dayMs } from '../../model/time.ts';

/** The days of the year that is simulated, written down from the State Council's notice for 2026, so that it can be held against the calendar of the service. */

/** A month in which the meters are already there and nothing goes wrong comes before the year. 0:00 in Shanghai. */
export const yearFrom = Date.parse('2025-12-01T00:00:00+08:00');
export const yearTo = Date.parse('2027-01-01T00:00:00+08:00');
export const yearDays = (yearTo - yearFrom) / dayMs;

export type TrueDay = 'workday' | 'weekend' | 'statutory-holiday' | 'transfer-workday';

/** First and last day off. */
const holidays = [
  ['2026-01-01', '2026-01-03'],
  ['2026-02-15', '2026-02-23'],
  ['2026-04-04', '2026-04-06'],
  ['2026-05-01', '2026-05-05'],
  ['2026-06-19', '2026-06-21'],
  ['2026-09-25', '2026-09-27'],
  ['2026-10-01', '2026-10-07'],
] as const;
const transferred = [
  '2026-01-04',
  '2026-02-14',
  '2026-02-28',
  '2026-05-09',
  '2026-09-20',
  '2026-10-10',
];
/** First and last day without pupils. */
export const vacations = [
  ['2026-01-24', '2026-03-01'],
  ['2026-07-04', '2026-08-31'],
] as const;

const zoneMs = 8 * 3_600_000;

/** From 0. */
export const dayOf = (at: number): number => Math.floor((at - yearFrom) / dayMs);
export const startOf = (day: number): number => yearFrom + day * dayMs;
const dateOfDay = (day: number): string =>
  new Date(startOf(day) + zoneMs).toISOString().slice(0, 10);

export interface Day {
  /** From 0. */
  readonly day: number;
  readonly date: string;
  readonly kind: TrueDay;
  /** Sunday is 0. */
  readonly weekday: number;
  readonly vacation: boolean;
  /** District heating is on: 15 November to 15 March. */
  readonly heating: boolean;
}

const within = (date: string, ranges: readonly (readonly [string, string])[]): boolean =>
  ranges.some(([from, to]) => date >= from && date <= to);

function toDay(day: number): Day {
  const date = dateOfDay(day);
  const weekday = new Date(startOf(day) + zoneMs).getUTCDay();
  const monthDay = date.slice(5);
  const heating = monthDay >= '11-15' || monthDay <= '03-15';
  return {
    day,
    date,
    weekday,
    kind: kindOf(date, weekday),
    vacation: within(date, vacations),
    heating,
  };
}

function kindOf(date: string, weekday: number): TrueDay {
  if (within(date, holidays)) return 'statutory-holiday';
  if (transferred.includes(date)) return 'transfer-workday';
  return weekday % 6 === 0 ? 'weekend' : 'workday';
}

export const days: readonly Day[] = Array.from({ length: yearDays }, (_, day) => toDay(day));

/** @throws RangeError outside the year */
export function dayAt(day: number): Day {
  const found = days[day];
  if (!found) throw new RangeError(`day ${day} is not in the year`);
  return found;
}

export const isWorked = ({ kind }: Day): boolean => kind.endsWith('workday');

/** Where a mistake about the calendar would show: holidays, transfers and the working days beside them; for schools the edges of vacations too. */
export function isSpecial(day: number, isSchool: boolean): boolean {
  const near = [day - 1, day, day + 1].map((each) => days[each]);
  const isUnusual = near.some((each) => each && !['workday', 'weekend'].includes(each.kind));
  return isUnusual || (isSchool && near.some((each) => each?.vacation !== near[1]?.vacation));
}
