import type { Institution } from '../model/entities.ts';
import { type DayOf, workingDay } from '../model/working-days.ts';
import { type LocalHour, toLocalHour } from './baseline.ts';

/** Where an hour stands in the calendar and the weather of an institution. */
export type LocalHours = (start: number) => LocalHour;

/**
 * By its own vacations and weekdays, else the published calendar; in a year without one the weekday decides.
 * @param outdoorC mean of a day that is over, °C; absent where nobody knows it
 */
export function localHoursOf(
  institution: Institution,
  day: DayOf,
  outdoorC?: (institution: Institution, day: number) => number | undefined,
): LocalHours {
  let last: { readonly start: number; readonly local: LocalHour } | undefined;
  function find(start: number): LocalHour {
    let isHoliday = false;
    const local = toLocalHour(start, institution.timeZone, (date, weekday) => {
      const { rest, reason } = workingDay(day, institution, date, weekday);
      isHoliday = reason === 'statutory-holiday' || reason === 'closure';
      return rest;
    });
    const celsius = outdoorC?.(institution, local.day - 1);
    return {
      ...local,
      ...(isHoliday ? { holiday: true } : {}),
      ...(celsius === undefined ? {} : { outdoorC: celsius }),
    };
  }
  return (start) => {
    if (last?.start !== start) last = { start, local: find(start) };
    return last.local;
  };
}
