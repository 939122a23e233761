import { type Amount, type FigureName, type Rate, rates } from '../../model/goals.ts';
import type { Calibre } from '../factor-set.ts';
import type { CountedMedium, Size } from '../indicators.ts';
import type { MediumFigure, MonthFigure } from './figure.ts';

/** Figures by name: amounts, and amounts by head or area. */

/** Of the quotas only: without, and of, the heat that was bought. */
export type QuotaAmount = 'non-heating-kgce' | 'heating-kgce';
export type QuotaRate = 'non-heating-per-m2-kgce' | 'heating-per-m2-kgce';
export type AnyAmount = Amount | QuotaAmount;
export type AnyFigure = FigureName | QuotaRate;

const units: Readonly<Record<AnyFigure, string>> = {
  'energy-kgce': 'kgce',
  'electricity-kwh': 'kWh',
  'water-m3': 'm³',
  'gas-m3': 'm³',
  'heat-gj': 'GJ',
  'co2-kg': 'kgCO2',
  'per-head-kgce': 'kgce/person',
  'per-m2-kgce': 'kgce/m²',
  'electricity-per-m2-kwh': 'kWh/m²',
  'water-per-head-m3': 'm³/person',
  'co2-per-m2-kg': 'kgCO2/m²',
  'non-heating-per-m2-kgce': 'kgce/m²',
  'heating-per-m2-kgce': 'kgce/m²',
};

export const unitOf = (figure: AnyFigure): string => units[figure];

interface By {
  readonly amount: AnyAmount;
  readonly by: keyof Size;
}

const ratesBy: Readonly<Record<Rate | QuotaRate, By>> = {
  'per-head-kgce': { amount: 'energy-kgce', by: 'energyUsers' },
  'per-m2-kgce': { amount: 'energy-kgce', by: 'floorAreaM2' },
  'electricity-per-m2-kwh': { amount: 'electricity-kwh', by: 'floorAreaM2' },
  'water-per-head-m3': { amount: 'water-m3', by: 'energyUsers' },
  'co2-per-m2-kg': { amount: 'co2-kg', by: 'floorAreaM2' },
  'non-heating-per-m2-kgce': { amount: 'non-heating-kgce', by: 'floorAreaM2' },
  'heating-per-m2-kgce': { amount: 'heating-kgce', by: 'floorAreaM2' },
};

const isRate = (figure: AnyFigure): figure is Rate | QuotaRate =>
  (rates as readonly string[]).includes(figure) || Object.hasOwn(ratesBy, figure);

/** The amount a figure is made of, and by what it is divided. */
export const partsOf = (figure: AnyFigure): { amount: AnyAmount; by: keyof Size | null } =>
  isRate(figure) ? ratesBy[figure] : { amount: figure, by: null };

/** An amount of one month. */
export interface Known {
  /** Null where no meter counts it, or nothing is known. */
  readonly value: number | null;
  /** Least share of the time that is known of any of its media, 0 to 1. */
  readonly known: number;
}

const carriers: readonly CountedMedium[] = ['electricity', 'gas', 'heat'];
const mediaOf: Readonly<Record<AnyAmount, readonly CountedMedium[]>> = {
  'energy-kgce': carriers,
  'electricity-kwh': ['electricity'],
  'water-m3': ['water'],
  'gas-m3': ['gas'],
  'heat-gj': ['heat'],
  'co2-kg': carriers,
  'non-heating-kgce': ['electricity', 'gas'],
  'heating-kgce': ['heat'],
};

function figureIn(figure: MediumFigure, amount: AnyAmount, calibre: Calibre): number | null {
  if (amount === 'co2-kg') return figure.co2Kg;
  return amount.endsWith('kgce') ? figure.energyKgce[calibre] : figure.value;
}

/** @param calibre for amounts in standard coal; the others have none */
export function amountOf({ media }: MonthFigure, amount: AnyAmount, calibre: Calibre): Known {
  const own = media.filter(({ medium }) => mediaOf[amount].includes(medium));
  const values = own.map((each) => figureIn(each, amount, calibre));
  const told = values.filter((value) => value !== null);
  return {
    value: told.length === 0 ? null : told.reduce((sum, value) => sum + value, 0),
    known: told.length < values.length ? 0 : Math.min(1, ...own.map(({ known }) => known)),
  };
}

/** From here on a month counts as known. */
export const leastKnown = 0.9;

/** Whether so much of the month is known that it may be judged by. */
export const isWhole = ({ value, known }: Known): boolean => value !== null && known >= leastKnown;

/** A figure of a stretch of months. */
export interface Sum {
  /** Null where a month is not known, or it has no size to be divided by. */
  readonly value: number | null;
  /** Months that are not known, YYYY-MM. */
  readonly missing: readonly string[];
  /** Least share known of any of its months, 0 to 1. */
  readonly known: number;
  /** Whether what it is to be divided by is not recorded. */
  readonly isSizeless: boolean;
}

/** The size as last recorded in the months. */
export const sizeIn = (figures: readonly MonthFigure[], by: keyof Size | null): number | null => {
  if (by === null) return 1;
  const last = figures.findLast(({ size }) => (size[by] ?? 0) > 0);
  return last?.size[by] ?? null;
};

/** @param months those asked for; ones without a figure are not known */
export function sumOf(
  figures: ReadonlyMap<string, MonthFigure>,
  months: readonly string[],
  figure: AnyFigure,
  calibre: Calibre,
): Sum {
  const { amount, by } = partsOf(figure);
  const found = months.flatMap((month) => figures.get(month) ?? []);
  const told = new Map(found.map((each) => [each.month, amountOf(each, amount, calibre)]));
  const missing = months.filter((month) => !isWhole(told.get(month) ?? { value: null, known: 0 }));
  const size = sizeIn(found, by);
  const total = [...told.values()].reduce((sum, { value }) => sum + (value ?? 0), 0);
  const isKnown = missing.length === 0 && months.length > 0;
  const known = months.map((month) => told.get(month)?.known ?? 0);
  return {
    value: isKnown && size !== null ? total / size : null,
    missing,
    known: Math.min(1, ...known),
    isSizeless: size === null,
  };
}
