import type { CalendarDay, OfficeHours } from '../../model/entities.ts';
import { minutesOf } from '../../model/office-hours.ts';
import { isWorking } from '../../model/working-days.ts';

/** Whether a minute of the day lies outside office hours, with grace before and after them. */
export function isOffHours(
  day: CalendarDay,
  minute: number,
  { from, to }: OfficeHours,
  graceMinutes: number,
): boolean {
  if (!isWorking(day)) return true;
  return minute < minutesOf(from) - graceMinutes || minute >= minutesOf(to) + graceMinutes;
}
