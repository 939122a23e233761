import type { Text } from '../../model/alert.ts';
import { type Cap, hasCalibre, type Target } from '../../model/goals.ts';
import type { Calibre } from '../factor-set.ts';
import { type AnyFigure, amountOf, isWhole, partsOf, sizeIn, sumOf } from './amount.ts';
import type { MonthFigure } from './figure.ts';
import { type Forecast, forecastYear, type MonthAmount } from './forecast.ts';
import { figuresList, monthWords } from './words.ts';

/** How an institution stands against a target or a cap of a year. */

/**
 * `met` and `missed`: the year is over. `exceeded`: what is known is above it already. `at-risk`: the whole interval of the forecast is above;
 * `on-course`: none of it; `uncertain`: a part.
 */
export type GoalState =
  | 'met'
  | 'missed'
  | 'exceeded'
  | 'at-risk'
  | 'uncertain'
  | 'on-course'
  | 'unknown';

export interface GoalStanding {
  readonly goal: number | null;
  /** What is known of the year so far. */
  readonly actual: number | null;
  readonly forecast: Forecast | null;
  readonly state: GoalState;
  /** Why it is not known. */
  readonly reason: Text | null;
  /** How many months of the year are known. */
  readonly knownMonths: number;
}

export interface TargetStanding extends GoalStanding {
  readonly baseValue: number | null;
  readonly baseFrom: 'given' | 'measured' | null;
}

/** Corrected figures by month, and up to where they are looked at. */
export interface Past {
  readonly figures: ReadonlyMap<string, MonthFigure>;
  /** The last month that is over, YYYY-MM. */
  readonly upTo: string;
}

const leastMonths = 3;

export const monthsOfYear = (year: number): readonly string[] =>
  Array.from({ length: 12 }, (_, n) => `${year}-${String(n + 1).padStart(2, '0')}`);

const daysIn = (month: string): number =>
  new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5, 7)), 0)).getUTCDate();

/** Months of a year; null what is not over, or not known. */
function yearOf(
  { figures, upTo }: Past,
  year: number,
  figure: AnyFigure,
  calibre: Calibre,
): readonly MonthAmount[] {
  const { amount } = partsOf(figure);
  return monthsOfYear(year).map((month) => {
    const found = month <= upTo ? figures.get(month) : undefined;
    const told = found && amountOf(found, amount, calibre);
    return { days: daysIn(month), value: told && isWhole(told) ? told.value : null };
  });
}

const yearsBefore = (past: Past, year: number, figure: AnyFigure, calibre: Calibre) =>
  [1, 2, 3].map((by) => yearOf(past, year - by, figure, calibre));

const divided = (forecast: Forecast | null, by: number): Forecast | null =>
  forecast && {
    ...forecast,
    value: forecast.value / by,
    lower: forecast.lower / by,
    upper: forecast.upper / by,
  };

function running(goal: number, actual: number, forecast: Forecast): GoalState {
  if (actual > goal) return 'exceeded';
  if (forecast.lower > goal) return 'at-risk';
  return forecast.upper <= goal ? 'on-course' : 'uncertain';
}

function over(goal: number, forecast: Forecast): GoalState {
  if (forecast.lower > goal) return 'missed';
  return forecast.upper <= goal ? 'met' : 'unknown';
}

const unknown = (
  goal: number | null,
  reason: Text,
  rest: Partial<GoalStanding> = {},
): GoalStanding => ({
  goal,
  actual: null,
  forecast: null,
  state: 'unknown',
  knownMonths: 0,
  ...rest,
  reason,
});

const noSize: Text = {
  zh: '未登记用能人数或建筑面积，无法计算。',
  en: 'The head count or floor area is not recorded.',
};

/** The year against a goal in the unit of the figure. */
function standing(
  past: Past,
  year: number,
  figure: AnyFigure,
  calibre: Calibre,
  goal: number,
): GoalStanding {
  const months = yearOf(past, year, figure, calibre);
  const known = months.flatMap(({ value }) => value ?? []);
  const knownMonths = known.length;
  const own = monthsOfYear(year).flatMap((month) => past.figures.get(month) ?? []);
  const size = sizeIn(
    own.filter(({ month }) => month <= past.upTo),
    partsOf(figure).by,
  );
  if (knownMonths === 0) return unknown(goal, figuresList.noMonth);
  if (size === null) return unknown(goal, noSize, { knownMonths });
  const actual = known.reduce((sum, value) => sum + value, 0) / size;
  const forecast = divided(forecastYear(months, yearsBefore(past, year, figure, calibre)), size);
  const base = { goal, actual, forecast, knownMonths, reason: null };
  const isOver = past.upTo >= `${year}-12`;
  const isEnough = forecast !== null && (knownMonths >= leastMonths || actual > goal);
  if (!isEnough) return { ...base, state: 'unknown', reason: figuresList.tooFew(leastMonths) };
  const state = isOver ? over(goal, forecast) : running(goal, actual, forecast);
  return { ...base, state, reason: state === 'unknown' ? figuresList.notWhole : null };
}

function baseOf(
  { indicator, baseYear, baseValue, calibre }: Target,
  { figures }: Past,
): { value: number | null; from: TargetStanding['baseFrom']; reason: Text | null } {
  if (baseValue !== undefined) return { value: baseValue, from: 'given', reason: null };
  const sum = sumOf(figures, monthsOfYear(baseYear), indicator, calibre);
  if (sum.value !== null) return { value: sum.value, from: 'measured', reason: null };
  if (sum.missing.length === 0) return { value: null, from: null, reason: noSize };
  const missing = monthWords(sum.missing);
  const reason = {
    zh: `基准年 ${baseYear} 未填基准值，且数据不全（缺 ${missing.zh}）。`,
    en: `No base value is given, and the base year ${baseYear} is not known in full (${missing.en} missing).`,
  };
  return { value: null, from: null, reason };
}

/** The figures are those of the target's own calibre, whatever else is asked for. */
export function targetStanding(target: Target, past: Past): TargetStanding {
  const { indicator, year, changePct, calibre } = target;
  const base = baseOf(target, past);
  const told = { baseValue: base.value, baseFrom: base.from };
  if (base.value === null) return { ...unknown(null, base.reason ?? figuresList.noMonth), ...told };
  const goal = base.value * (1 + changePct / 100);
  return { ...standing(past, year, indicator, calibre, goal), ...told };
}

/** The figures are those of the cap's own calibre. */
export const capStanding = ({ item, year, cap, calibre = 'calorific' }: Cap, past: Past) =>
  standing(past, year, item, calibre, cap);

/** The calibre a goal is of; null for what has none. */
export const calibreOf = (figure: string, calibre: Calibre | undefined): Calibre | null =>
  hasCalibre(figure) ? (calibre ?? 'calorific') : null;
