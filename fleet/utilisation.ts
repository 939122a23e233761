import type { OfficeHours } from '../model/entities.ts';
import { minutesOf } from '../model/office-hours.ts';
import { hourMs, localTime, minuteMs, shiftDay, startOfDay } from '../model/time.ts';

/** How much of the days and office hours of a month a vehicle was on the road. */

export interface Span {
  /** Unix ms UTC, `from` inclusive, `to` exclusive. */
  readonly from: number;
  readonly to: number;
}

export interface Utilisation {
  /** Days on which it was driven. */
  readonly daysUsed: number;
  /** Workdays that have begun, and those on which it was driven; null where the calendar does not know a day. */
  readonly workdays: number | null;
  readonly workdaysUsed: number | null;
  /** Office hours of the workdays, and those during which it was on a trip. */
  readonly officeHours: number | null;
  readonly officeHoursUsed: number | null;
}

export interface Working {
  readonly zone: string;
  readonly officeHours: OfficeHours;
  /** Whether the day YYYY-MM-DD is worked; undefined where that is not known. */
  isWorkday(date: string): boolean | undefined;
}

/** Days of the zone that have a part in the span, YYYY-MM-DD, ascending. */
export function datesOf({ from, to }: Span, zone: string): string[] {
  const dates: string[] = [];
  if (to <= from) return dates;
  const last = localTime(to - 1, zone).date;
  for (let date = localTime(from, zone).date; date <= last; date = shiftDay(date, 1))
    dates.push(date);
  return dates;
}

const overlapMs = (a: Span, b: Span): number =>
  Math.max(0, Math.min(a.to, b.to) - Math.max(a.from, b.from));

const clipped = (span: Span, to: Span): Span => ({
  from: Math.max(span.from, to.from),
  to: Math.min(span.to, to.to),
});

function officeOf(date: string, { zone, officeHours: { from, to } }: Working): Span {
  const midnight = startOfDay(date, zone);
  return {
    from: midnight + minutesOf(from) * minuteMs,
    to: midnight + minutesOf(to) * minuteMs,
  };
}

const sum = (values: readonly number[]): number => values.reduce((total, each) => total + each, 0);

/** @param trips of the vehicle; they do not overlap */
export function utilisationOf(period: Span, trips: readonly Span[], working: Working): Utilisation {
  const within = trips.map((trip) => clipped(trip, period));
  const used = new Set(within.flatMap((trip) => datesOf(trip, working.zone)));
  const days = datesOf(period, working.zone).map((date) => ({
    date,
    isWorkday: working.isWorkday(date),
  }));
  const daysUsed = used.size;
  if (days.some(({ isWorkday }) => isWorkday === undefined))
    return {
      daysUsed,
      workdays: null,
      workdaysUsed: null,
      officeHours: null,
      officeHoursUsed: null,
    };
  const workdays = days.filter(({ isWorkday }) => isWorkday).map(({ date }) => date);
  const offices = workdays.map((date) => clipped(officeOf(date, working), period));
  const drivenMs = offices.map((office) => sum(within.map((trip) => overlapMs(trip, office))));
  return {
    daysUsed,
    workdays: workdays.length,
    workdaysUsed: workdays.filter((date) => used.has(date)).length,
    officeHours: sum(offices.map((office) => overlapMs(office, office))) / hourMs,
    officeHoursUsed: sum(drivenMs) / hourMs,
  };
}
