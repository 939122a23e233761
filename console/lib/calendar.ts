import { amendedCalendar, type KnownDay } from '../../model/calendar.ts';
import type { CalendarDay, DayKind } from '../../model/entities.ts';
import { shiftDay } from '../../model/time.ts';

/** The calendar the service judges by, as it is shown: month by month, with who says so. */

export const dayKinds = [
  'workday',
  'weekend',
  'statutory-holiday',
  'transfer-workday',
] as const satisfies readonly DayKind[];

export interface ShownDay {
  /** YYYY-MM-DD. */
  readonly date: string;
  /** Undefined: nobody has said, and it is not guessed. */
  readonly kind: DayKind | undefined;
  readonly name: string | undefined;
  readonly source: KnownDay['source'] | 'none';
}

export interface YearCalendar {
  /** False: rules that need the calendar do not judge the days of this year that nobody has named. */
  readonly isPublished: boolean;
  day(date: string): ShownDay;
}

/** @param amendments by date */
export function calendarOf(
  year: string,
  amendments: ReadonlyMap<string, CalendarDay>,
): YearCalendar {
  const calendar = amendedCalendar(amendments);
  return {
    isPublished: calendar.isPublished(year),
    day: (date) => {
      const known = calendar.find(date);
      if (!known) return { date, kind: undefined, name: undefined, source: 'none' };
      const { day, source } = known;
      // A plain weekday needs no name beside its kind.
      return { date, kind: day.kind, name: source === 'weekday' ? undefined : day.name, source };
    },
  };
}

const week = 7;

/** The weeks of a month `YYYY-MM`, Monday first; empty where a day is of another month. */
export function weeksOf(month: string): (string | undefined)[][] {
  const first = `${month}-01`;
  const lead = (new Date(`${first}T00:00:00Z`).getUTCDay() + 6) % week;
  const weeks: (string | undefined)[][] = [];
  for (
    let start = shiftDay(first, -lead);
    start.slice(0, 7) <= month;
    start = shiftDay(start, week)
  )
    weeks.push(
      Array.from({ length: week }, (_, n) => shiftDay(start, n)).map((date) =>
        date.startsWith(month) ? date : undefined,
      ),
    );
  return weeks;
}

/** `YYYY-MM` so many months on. */
export function shiftMonth(month: string, months: number): string {
  const [year = 0, number = 1] = month.split('-').map(Number);
  return new Date(Date.UTC(year, number - 1 + months, 1)).toISOString().slice(0, 7);
}
