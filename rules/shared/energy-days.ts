import type { Institution } from '../../model/entities.ts';
import { minutesOf, officeHoursDefault } from '../../model/office-hours.ts';
import { dayMs } from '../../model/time.ts';
import { workingDay } from '../../model/working-days.ts';
import type { Surroundings } from '../rule.ts';

/** What a day is to those who use energy. Statutory holidays and vacations are like no other rest days. */
export interface DayUse {
  readonly use: 'work' | 'rest' | 'holiday';
  /** False where the weekday alone decides, for want of a calendar. */
  readonly isKnown: boolean;
}

export function dayUseOf(around: Pick<Surroundings, 'day'>, of: Institution, day: number): DayUse {
  const { rest, reason } = workingDay(around.day, of, dateOfDay(day), weekdayOf(day));
  const isKnown = reason !== 'weekday-only';
  if (!rest) return { use: 'work', isKnown };
  const isLong = reason === 'statutory-holiday' || reason === 'closure';
  return { use: isLong ? 'holiday' : 'rest', isKnown };
}

/** 1 Monday … 7 Sunday. */
export const weekdayOf = (day: number): number => ((((day + 3) % 7) + 7) % 7) + 1;

/** Local day as a number of days since 1970. */
export const dayNumber = (date: string): number => Date.parse(`${date}T00:00:00Z`) / dayMs;

export const dateOfDay = (day: number): string => new Date(day * dayMs).toISOString().slice(0, 10);

export const officeHoursOf = ({ officeHours }: Institution) => officeHours ?? officeHoursDefault;

/** Whole hours that office hours touch, the last one left out. */
export function officeSpanOf(of: Institution): { readonly from: number; readonly to: number } {
  const { from, to } = officeHoursOf(of);
  return { from: Math.floor(minutesOf(from) / 60), to: Math.ceil(minutesOf(to) / 60) };
}

/** `MM-DD`, both ends included; one that ends before it begins goes over the turn of the year. */
export const isInSeason = (date: string, from: string, to: string): boolean => {
  const day = date.slice(5);
  return from <= to ? from <= day && day <= to : day >= from || day <= to;
};

/** Use in vacations says nothing of that in term, and comes back at once: it is compared with more weeks. */
export const hasVacations = ({ kind }: Institution): boolean => kind === 'education';

/** Whether an hour lies on a day of rest, or not wholly in office hours. */
export function isAfterHours(
  institution: Institution,
  { rest, hour }: { readonly rest: boolean; readonly hour: number },
): boolean {
  const { from, to } = officeHoursOf(institution);
  return rest || 60 * hour < minutesOf(from) || 60 * (hour + 1) > minutesOf(to);
}
