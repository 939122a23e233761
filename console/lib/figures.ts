import type { IndicatorsView } from '../../api/contract.ts';
import type { Texts } from '../texts/zh.ts';

/** What is asked of a page of figures; it stands in the address. */
export interface FiguresAsked {
  readonly institution: string;
  readonly year: number;
  /** Undefined is the whole year. */
  readonly month: number | undefined;
  readonly calibre: IndicatorsView['calibre'];
}

/** The month before this one, which is over. */
export function lastMonth(date: string): { year: number; month: number } {
  const [year, month] = [Number(date.slice(0, 4)), Number(date.slice(5, 7))];
  return month === 1 ? { year: year - 1, month: 12 } : { year, month: month - 1 };
}

/** @param today YYYY-MM-DD; `month=all` is the whole year */
export function figuresAsked(
  query: URLSearchParams,
  institution: string,
  today: string,
): FiguresAsked {
  const before = lastMonth(today);
  const year = Number(query.get('year'));
  const month = Number(query.get('month'));
  const isMonth = Number.isInteger(month) && month >= 1 && month <= 12;
  const chosen = isMonth ? month : before.month;
  return {
    institution,
    year: Number.isInteger(year) && year >= 2000 && year <= 2200 ? year : before.year,
    month: query.get('month') === 'all' ? undefined : chosen,
    calibre: query.get('calibre') === 'equivalent' ? 'equivalent' : 'calorific',
  };
}

type Warning = 'partial' | 'broken' | 'estimated' | 'gasState' | 'sizeMissing';

const ofQuality: Readonly<Partial<Record<IndicatorsView['quality'], Warning>>> = {
  missing: 'partial',
  reset: 'broken',
  replaced: 'broken',
  estimated: 'estimated',
};

/** What a reader of the figures must know, in words. */
export function warningsOf(figures: IndicatorsView, texts: Texts): readonly string[] {
  const warnings: Warning[] = [];
  const known = ofQuality[figures.quality];
  if (known) warnings.push(known);
  if (figures.parts.some(({ stateKnown }) => !stateKnown)) warnings.push('gasState');
  if (figures.energyKgce !== null && (figures.perHeadKgce === null || figures.perM2Kgce === null))
    warnings.push('sizeMissing');
  return warnings.map((warning) => texts.figures[warning]);
}
