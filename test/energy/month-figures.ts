import { loadFactorSets } from '../../energy/factor-set.ts';
import { createFactorBook } from '../../energy/factors.ts';
import type { CountedMedium, MeterUse, Size } from '../../energy/indicators.ts';
import { figureOf, type MonthFigure, spanOfMonth } from '../../energy/standing/figure.ts';

/** Months of an institution, as tests say them. */

export const book = createFactorBook(loadFactorSets());
export const options = { book, choice: { grid: 'national' } } as const;
export const zone = 'Asia/Shanghai';

export type Counted = Partial<Record<CountedMedium, number | null>>;

/** @param counted kWh, m³ or GJ of the month; null where nothing of it is known */
export function aMonth(month: string, counted: Counted, size: Size = sized): MonthFigure {
  const span = spanOfMonth(month, zone);
  const uses = Object.entries(counted).map(
    ([medium, value]): MeterUse => ({
      medium: medium as CountedMedium,
      date: `${month}-01`,
      lengthMs: span.to - span.from,
      value,
      quality: value === null ? 'missing' : 'measured',
      coverage: value === null ? 0 : 1,
    }),
  );
  return figureOf(span, uses, size, options);
}

export const sized: Size = { energyUsers: 100, floorAreaM2: 5000 };

export const months = (year: number, upTo = 12): readonly string[] =>
  Array.from({ length: upTo }, (_, n) => `${year}-${String(n + 1).padStart(2, '0')}`);

/** The same every month. */
export const even = (year: number, counted: Counted, upTo = 12, size = sized) =>
  months(year, upTo).map((month) => aMonth(month, counted, size));

export const byMonth = (figures: readonly MonthFigure[]): ReadonlyMap<string, MonthFigure> =>
  new Map(figures.map((figure) => [figure.month, figure]));
