import { groupOf } from '../../energy/circuit-group.ts';
import type { Institution, Meter } from '../../model/entities.ts';
import { officeHoursDefault } from '../../model/office-hours.ts';
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
  const weekday = ((((day + 3) % 7) + 7) % 7) + 1;
  const { rest, reason } = workingDay(around.day, of, dateOfDay(day), weekday);
  const isKnown = reason !== 'weekday-only';
  if (!rest) return { use: 'work', isKnown };
  const isLong = reason === 'statutory-holiday' || reason === 'closure';
  return { use: isLong ? 'holiday' : 'rest', isKnown };
}

/** Local day as a number of days since 1970. */
export const dayNumber = (date: string): number => Date.parse(`${date}T00:00:00Z`) / dayMs;

export const dateOfDay = (day: number): string => new Date(day * dayMs).toISOString().slice(0, 10);

export const officeHoursOf = ({ officeHours }: Institution) => officeHours ?? officeHoursDefault;

/** `MM-DD`, both ends included; one that ends before it begins goes over the turn of the year. */
export const isInSeason = (date: string, from: string, to: string): boolean => {
  const day = date.slice(5);
  return from <= to ? from <= day && day <= to : day >= from || day <= to;
};

/** Use in vacations says nothing of that in term, and comes back at once: it is compared with more weeks. */
export const hasVacations = ({ kind }: Institution): boolean => kind === 'education';

/** Vehicles are charged by night, landscape lights are on when nobody works, and air conditioning follows the weather: `energy.after-hours` judges them. */
export function hasOwnTimes(meter: Pick<Meter, 'circuit' | 'subItem'>): boolean {
  const group = groupOf(meter);
  return group === 'landscape' || group === 'air' || meter.circuit === 'charging';
}
