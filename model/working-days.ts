import type { CalendarDay, Institution } from './entities.ts';

/** Why an institution works on a day, or does not. */
export type DayReason =
  | 'workday'
  | 'weekend'
  | 'statutory-holiday'
  | 'transfer-workday'
  /** A vacation of its own. */
  | 'closure'
  /** Its own weekdays decide. */
  | 'open-weekday'
  | 'closed-weekday'
  /** The year has no published calendar: the weekday alone decides. */
  | 'weekday-only';

export interface WorkingDay {
  readonly rest: boolean;
  readonly reason: DayReason;
}

/** Kind of a day; undefined in a year without a published calendar. */
export type DayOf = (date: string) => CalendarDay | undefined;

export const isWorking = ({ kind }: CalendarDay): boolean =>
  kind === 'workday' || kind === 'transfer-workday';

/**
 * Whether an institution works on a day: by its vacations, its own weekdays, else the working calendar.
 * @param date YYYY-MM-DD
 * @param weekday 1 Monday … 7 Sunday
 */
export function workingDay(
  day: DayOf,
  { closures, openWeekdays }: Institution,
  date: string,
  weekday: number,
): WorkingDay {
  if (closures?.some(({ from, to }) => from <= date && date < to))
    return { rest: true, reason: 'closure' };
  if (openWeekdays) {
    const isOpen = openWeekdays.includes(weekday);
    return { rest: !isOpen, reason: isOpen ? 'open-weekday' : 'closed-weekday' };
  }
  const known = day(date);
  return known
    ? { rest: !isWorking(known), reason: known.kind }
    : { rest: weekday >= 6, reason: 'weekday-only' };
}
