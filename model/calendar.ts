import type { CalendarDay } from './entities.ts';
import { statutoryDays } from './statutory-days.ts';

/**
 * The statutory calendar: the State Council's yearly notices from 2004 on. A year is known once its notice is there; before that even a Sunday
 * may turn out a workday, so nothing is said of it.
 */

const builtIn = new Map(
  Object.entries(statutoryDays).flatMap(([year, holidays]) =>
    holidays.flatMap(([name, off, worked]) => {
      const toDays = (days: string, kind: CalendarDay['kind'], called: string) =>
        days
          .split(' ')
          .filter((day) => day !== '')
          .map((day): [string, CalendarDay] => {
            const date = `${year}-${day}`;
            return [date, { date, kind, name: called }];
          });
      return [
        ...toDays(worked, 'transfer-workday', `${name}调休`),
        ...toDays(off, 'statutory-holiday', name),
      ];
    }),
  ),
);

/** Both ends of a year's notice. */
const noticeDays = ['01-01', '10-01'];

const builtInYears: ReadonlySet<string> = new Set(
  Object.keys(statutoryDays).filter((year) =>
    noticeDays.every((day) => builtIn.has(`${year}-${day}`)),
  ),
);

const isWeekend = (date: string): boolean =>
  [0, 6].includes(new Date(`${date}T00:00:00Z`).getUTCDay());

function ordinaryDay(date: string): CalendarDay | undefined {
  const at = Date.parse(`${date}T00:00:00Z`);
  if (Number.isNaN(at) || new Date(at).toISOString().slice(0, 10) !== date) return undefined;
  return isWeekend(date)
    ? { date, kind: 'weekend', name: '周末' }
    : { date, kind: 'workday', name: '工作日' };
}

/** A day, and by whose word it is what it is: `weekday` where its year is known and nobody has said otherwise. */
export interface KnownDay {
  readonly day: CalendarDay;
  readonly source: 'amended' | 'notice' | 'weekday';
}

export interface Calendar {
  /** @param year YYYY; of one that is not published only the days somebody has named are known */
  isPublished(year: string): boolean;
  /** @param date YYYY-MM-DD */
  find(date: string): KnownDay | undefined;
}

/**
 * What kind of day a date is, the amendments first. A year the built-in calendar does not know counts as published once the amendments name both its
 * 1 January and its 1 October as statutory holidays; of other years only the days they name are known.
 * @param amendments by date
 */
export function amendedCalendar(amendments: ReadonlyMap<string, CalendarDay>): Calendar {
  const isPublished = (year: string): boolean =>
    builtInYears.has(year) ||
    noticeDays.every((day) => amendments.get(`${year}-${day}`)?.kind === 'statutory-holiday');
  const known = (day: CalendarDay | undefined, source: KnownDay['source']) =>
    day && { day, source };
  return {
    isPublished,
    find: (date) =>
      known(amendments.get(date), 'amended') ??
      known(builtIn.get(date), 'notice') ??
      (isPublished(date.slice(0, 4)) ? known(ordinaryDay(date), 'weekday') : undefined),
  };
}

/** The kind of a day alone; undefined where nobody knows it. @param amendments by date */
export function createCalendar(
  amendments: ReadonlyMap<string, CalendarDay>,
): (date: string) => CalendarDay | undefined {
  const { find } = amendedCalendar(amendments);
  return (date) => find(date)?.day;
}
