import { type Period, periodAt } from '../energy/consumption/periods.ts';
import { hourMs, localTime, startOfDay } from '../model/time.ts';
import { daysIn } from './days.ts';
import { type Month, monthsOf } from './institution-use.ts';

/** The stretches a page about an institution's year tells of, and the pieces they are put together from. */

/** A stretch and the same one a year before. */
export interface Compared {
  readonly own: Period;
  readonly before: Period;
}

export interface PagePlan {
  /** Whole months, ascending: of the year before all. */
  readonly months: readonly Month[];
  /** Days of the month that goes on, and of the same one a year before, each time up to the hour; ascending. */
  readonly days: readonly Month[];
  /** The months a chart shows, those of the year before and those that have begun. */
  readonly shown: readonly Month[];
  /** The year, or as much of it as is over. */
  readonly year: Compared;
  /** The year before as a whole. */
  readonly wholeBefore: Period;
  /** Only of the year that goes on. */
  readonly month?: Compared;
  readonly today?: Compared;
}

const dateOf = (at: number, zone: string): string => localTime(at, zone).date;

/** The same day and hour a year before; the last of February for one there was not. */
export function yearBefore(at: number, zone: string): number {
  const { date } = localTime(at, zone);
  const intoDay = at - startOfDay(date, zone);
  const before = `${Number(date.slice(0, 4)) - 1}${date.slice(4)}`;
  const isLeapDay = date.endsWith('-02-29');
  const day = startOfDay(isLeapDay ? before.replace('02-29', '02-28') : before, zone);
  const { to } = periodAt('day', day, zone);
  return Math.min(day + intoDay, to);
}

/** The part of the months that lies in a stretch and is not a whole month of it, by days. */
function restOf({ from, to }: Period, months: readonly Month[], zone: string): readonly Month[] {
  const cut = months.find((month) => to > month.from && to < month.to);
  if (!cut) return [];
  return daysIn({ from: Math.max(from, cut.from), to }, zone).map((day) => ({
    date: dateOf(day.from, zone),
    ...day,
  }));
}

/** The pieces of a stretch, whole months first. */
export function piecesIn<Piece extends Period>(
  stretch: Period,
  months: readonly Piece[],
  days: readonly Piece[],
): readonly Piece[] {
  const isIn = ({ from, to }: Period) => from >= stretch.from && to <= stretch.to;
  const wholes = months.filter(isIn);
  const isTold = (day: Period) => wholes.some(({ from, to }) => day.from >= from && day.to <= to);
  return [...wholes, ...days.filter((day) => isIn(day) && !isTold(day))];
}

/** @param now Unix ms; what is being counted in its hour is no part of the page */
export function planOf(year: number, zone: string, now: number): PagePlan {
  const own = monthsOf(year, undefined, zone);
  const last = monthsOf(year - 1, undefined, zone);
  const spanOf = (months: readonly Month[]) => ({
    from: months[0]?.from ?? 0,
    to: months.at(-1)?.to ?? 0,
  });
  const [whole, wholeBefore] = [spanOf(own), spanOf(last)];
  const wholeHour = Math.floor(now / hourMs) * hourMs;
  const end = Math.max(whole.from, Math.min(whole.to, wholeHour));
  const isOver = end === whole.to;
  const endBefore = isOver ? wholeBefore.to : yearBefore(end, zone);
  const since = (from: number): Compared => ({
    own: { from, to: end },
    before: { from: yearBefore(from, zone), to: endBefore },
  });
  return {
    months: [...last, ...own.filter(({ to }) => to <= end)],
    days: [
      ...restOf({ from: wholeBefore.from, to: endBefore }, last, zone),
      ...restOf({ from: whole.from, to: end }, own, zone),
    ],
    shown: [...last, ...own.filter(({ from }) => from < end)],
    year: since(whole.from),
    wholeBefore,
    ...(isOver || wholeHour < whole.from
      ? {}
      : {
          month: since(periodAt('month', end, zone).from),
          today: since(periodAt('day', end, zone).from),
        }),
  };
}
