import published from 'chinese-days/dist/chinese-days.json' with { type: 'json' };
import type { CalendarDay } from '../model/entities.ts';

/**
 * The statutory calendar: the State Council's yearly notices as the package `chinese-days` (MIT) has them, from 2004 on. A year is known once its notice
 * is there; before that even a Sunday may turn out a workday, so nothing is said of it.
 */

/** `National Day,国庆节,3` → `国庆节`. */
const chineseName = (entry: string): string => entry.split(',')[1] ?? entry;

const holidays = new Map(Object.entries(published.holidays));
const transferWorkdays = new Map(Object.entries(published.workdays));

/** Both ends of a year's notice. */
const noticeDays = ['01-01', '10-01'];

const builtInYears: ReadonlySet<string> = new Set(
  [...holidays.keys()]
    .map((date) => date.slice(0, 4))
    .filter((year) => noticeDays.every((day) => holidays.has(`${year}-${day}`))),
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

function builtInDay(date: string): CalendarDay | undefined {
  const holiday = holidays.get(date);
  if (holiday) return { date, kind: 'statutory-holiday', name: chineseName(holiday) };
  const transfer = transferWorkdays.get(date);
  if (transfer) return { date, kind: 'transfer-workday', name: `${chineseName(transfer)}调休` };
  return undefined;
}

/**
 * What kind of day a date is, the amendments first. A year the built-in calendar does not know counts as published once the amendments name both its
 * 1 January and its 1 October as statutory holidays; of other years only the days they name are known.
 * @param amendments by date
 */
export function createCalendar(
  amendments: ReadonlyMap<string, CalendarDay>,
): (date: string) => CalendarDay | undefined {
  const isPublished = (year: string): boolean =>
    builtInYears.has(year) ||
    noticeDays.every((day) => amendments.get(`${year}-${day}`)?.kind === 'statutory-holiday');
  return (date) =>
    amendments.get(date) ??
    builtInDay(date) ??
    (isPublished(date.slice(0, 4)) ? ordinaryDay(date) : undefined);
}
