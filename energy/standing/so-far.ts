import { shiftDay, startOfDay } from '../../model/time.ts';
import type { Calibre } from '../factor-set.ts';
import { type AnyFigure, amountOf, isWhole, partsOf, sumOf } from './amount.ts';
import { type MediumFigure, type MonthFigure, shiftMonth, spanOfMonth } from './figure.ts';
import { monthsOfYear } from './goal.ts';

/** The year up to a day: the months that are over and the days of the one that goes on. */

/** The day by which the sum of a year was above a cap. */
export interface Passing {
  /** YYYY-MM. */
  readonly month: string;
  /** Its end, Unix ms UTC. */
  readonly at: number;
  /** The sum by then. */
  readonly actual: number;
}

interface Limit {
  readonly item: AnyFigure;
  readonly year: number;
  readonly cap: number;
  readonly calibre: Calibre;
}

const total = (values: readonly number[]): number => values.reduce((sum, each) => sum + each, 0);

/** The medium as it was after so many days, by how its days were spread. */
function after(medium: MediumFigure, count: number): MediumFigure {
  const days = medium.days ?? [];
  const all = total(days);
  const share = all > 0 ? total(days.slice(0, count)) / all : count / days.length;
  const part = (value: number | null) => (value === null ? null : value * share);
  const { calorific, equivalent } = medium.energyKgce;
  return {
    ...medium,
    value: part(medium.value),
    co2Kg: part(medium.co2Kg),
    energyKgce: { calorific: part(calorific), equivalent: part(equivalent) },
  };
}

/** @returns null where it is not passed, or only months are known and not their days */
export function passingOf(
  { item, year, cap, calibre }: Limit,
  figures: ReadonlyMap<string, MonthFigure>,
  zone: string,
): Passing | null {
  const { amount } = partsOf(item);
  let before = 0;
  for (const month of monthsOfYear(year)) {
    const figure = figures.get(month);
    const whole = figure && amountOf(figure, amount, calibre);
    if (!figure || !whole || !isWhole(whole)) continue;
    const sumAfter = (count: number): number => {
      const media = figure.media.map((medium) => after(medium, count));
      return before + (amountOf({ ...figure, media }, amount, calibre).value ?? 0);
    };
    if (before + (whole.value ?? 0) > cap) return passedIn(figure, sumAfter, cap, zone);
    before += whole.value ?? 0;
  }
  return null;
}

/** @param sumAfter of the year after so many days of the month */
function passedIn(
  { month, media }: MonthFigure,
  sumAfter: (count: number) => number,
  cap: number,
  zone: string,
): Passing | null {
  const known = Math.min(...media.map(({ days }) => days?.length ?? 0));
  for (let count = 1; count <= known; count++) {
    const actual = sumAfter(count);
    if (actual > cap)
      return { month, at: startOfDay(shiftDay(`${month}-01`, count), zone), actual };
  }
  return null;
}

/** The known months of a year up to a day, beside what would be their share. */
export interface SoFar {
  readonly actual: number;
  /** The running one among them. */
  readonly months: number;
  /** What of the goal falls to these months, of the running one to its days. */
  readonly allowance: number | null;
  readonly usedPct: number | null;
}

/** Share of the month that goes on. */
const shareOf = ({ month, from, to }: MonthFigure, zone: string): number => {
  const { to: end } = spanOfMonth(month, zone);
  return (to - from) / (end - from);
};

/** Share of some months, the running one as far as it is over, in their year: by how the year before was spread, else by days. */
function shareIn(
  figures: ReadonlyMap<string, MonthFigure>,
  months: readonly string[],
  running: MonthFigure,
  { figure, calibre, zone }: Asked,
): number {
  const year = Number(running.month.slice(0, 4));
  const { amount } = partsOf(figure);
  const before = monthsOfYear(year - 1).map((month) => {
    const known = figures.get(month);
    const told = known && amountOf(known, amount, calibre);
    return told && isWhole(told) ? told.value : null;
  });
  const spread = before.map((value) => value ?? 0);
  const isKnown = before.every((value) => value !== null) && total(spread) > 0;
  const lengths = monthsOfYear(year).map((month) => {
    const { from, to } = spanOfMonth(month, zone);
    return to - from;
  });
  const weights = isKnown ? spread : lengths;
  const parts = months.map((month) => {
    const weight = weights[Number(month.slice(5)) - 1] ?? 0;
    return month === running.month ? weight * shareOf(running, zone) : weight;
  });
  return total(parts) / total(weights);
}

interface Asked {
  readonly figure: AnyFigure;
  readonly calibre: Calibre;
  readonly zone: string;
}

/** @param figures corrected, those that are over and the running one; null where of the running one too little is known */
export function soFarOf(
  figures: ReadonlyMap<string, MonthFigure>,
  running: MonthFigure,
  goal: number | null,
  asked: Asked,
): SoFar | null {
  const { figure, calibre } = asked;
  const { amount } = partsOf(figure);
  const year = Number(running.month.slice(0, 4));
  const months = monthsOfYear(year).filter((month) => {
    const known = month <= running.month ? figures.get(month) : undefined;
    return known !== undefined && isWhole(amountOf(known, amount, calibre));
  });
  if (!months.includes(running.month)) return null;
  const { value } = sumOf(figures, months, figure, calibre);
  if (value === null) return null;
  const allowance = goal === null ? null : goal * shareIn(figures, months, running, asked);
  const usedPct = allowance === null || allowance <= 0 ? null : (value / allowance) * 100;
  return { actual: value, months: months.length, allowance, usedPct };
}

/**
 * The twelve months up to the day: those that are over, with the running one in the place of as much of the oldest.
 * @returns null where one of them is not known
 */
export function yearUpTo(
  figures: ReadonlyMap<string, MonthFigure>,
  running: MonthFigure,
  { figure, calibre, zone }: Asked,
): number | null {
  const oldest = shiftMonth(running.month, -12);
  const between = Array.from({ length: 11 }, (_, n) => shiftMonth(oldest, n + 1));
  const of = (months: readonly string[]) => sumOf(figures, months, figure, calibre).value;
  const [first, middle, last] = [of([oldest]), of(between), of([running.month])];
  if (first === null || middle === null || last === null) return null;
  return first * (1 - shareOf(running, zone)) + middle + last;
}
