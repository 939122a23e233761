import type { Correction, Metered } from '../../model/goals.ts';
import { startOfDay } from '../../model/time.ts';
import type { Calibre } from '../factor-set.ts';
import type { FactorBook, GridChoice } from '../factors.ts';
import {
  type CountedMedium,
  convert,
  indicatorsOf,
  type MeterUse,
  type Size,
} from '../indicators.ts';
import type { HourQuality } from '../quality.ts';

/** What institutions used month by month: what targets, caps, quotas and comparisons rest on. */

/** One medium of one month. */
export interface MediumFigure {
  readonly medium: CountedMedium;
  /** What is known, in kWh, m³ or GJ; gas in standard m³ where its state is known. */
  readonly value: number | null;
  /** The two calibres stand apart, and nothing here adds them. */
  readonly energyKgce: Readonly<Record<Calibre, number | null>>;
  readonly co2Kg: number | null;
  readonly quality: HourQuality;
  /** Share of the time that was measured, 0 to 1. */
  readonly coverage: number;
  /** Share of the time whose sum is known, measured or estimated, 0 to 1. */
  readonly known: number;
  /** What is known of each of its days, without corrections; only where it was asked for by the day. */
  readonly days?: readonly number[];
}

/** One month of one institution. */
export interface MonthFigure {
  /** YYYY-MM. */
  readonly month: string;
  /** Unix ms UTC, `to` exclusive: of a month that goes on the end of its last whole day. */
  readonly from: number;
  readonly to: number;
  /** As at its end. */
  readonly size: Size;
  readonly media: readonly MediumFigure[];
}

/** How a month is counted. */
export interface MonthOptions {
  readonly book: FactorBook;
  readonly choice: GridChoice;
}

type Span = Pick<MonthFigure, 'month' | 'from' | 'to'>;

/** YYYY-MM, so many months on. */
export function shiftMonth(month: string, by: number): string {
  const months = Number(month.slice(0, 4)) * 12 + Number(month.slice(5, 7)) - 1 + by;
  return `${Math.floor(months / 12)}-${String((months % 12) + 1).padStart(2, '0')}`;
}

export function spanOfMonth(month: string, zone: string): Span {
  const from = startOfDay(`${month}-01`, zone);
  return { month, from, to: startOfDay(`${shiftMonth(month, 1)}-01`, zone) };
}

/** Years before the first factor set have amounts and no standard coal. */
function inCalibre(uses: readonly MeterUse[], calibre: Calibre, { book, choice }: MonthOptions) {
  try {
    const method = { ...choice, calibre, water: 'excluded' } as const;
    const converted = uses.map((use) => convert(use, method, book));
    return indicatorsOf(calibre, converted, {}).parts[0];
  } catch {
    return undefined;
  }
}

function knownOf(uses: readonly MeterUse[]): number {
  const whole = uses.reduce((sum, { lengthMs }) => sum + lengthMs, 0);
  const known = uses.reduce(
    (sum, { lengthMs, value, coverage }) => sum + lengthMs * (value === null ? coverage : 1),
    0,
  );
  return whole === 0 ? 0 : known / whole;
}

function mediumOf(
  medium: CountedMedium,
  uses: readonly MeterUse[],
  options: MonthOptions,
): readonly MediumFigure[] {
  const calorific = inCalibre(uses, 'calorific', options);
  const equivalent = inCalibre(uses, 'equivalent', options);
  const part = calorific ?? equivalent;
  if (!part) return [];
  const { value, co2Kg, quality, coverage } = part;
  const energyKgce = {
    calorific: calorific?.energyKgce ?? null,
    equivalent: equivalent?.energyKgce ?? null,
  };
  return [{ medium, value, energyKgce, co2Kg, quality, coverage, known: knownOf(uses) }];
}

/** @param uses of the institution's top meters, in the month */
export function figureOf(
  span: Span,
  uses: readonly MeterUse[],
  size: Size,
  options: MonthOptions,
): MonthFigure {
  const byMedium = Map.groupBy(uses, ({ medium }) => medium);
  const media = [...byMedium].flatMap(([medium, own]) => mediumOf(medium, own, options));
  return { ...span, size, media };
}

/** With what is known of its days. */
export const withDays = (
  figure: MonthFigure,
  daysOf: (medium: CountedMedium) => readonly number[],
): MonthFigure => ({
  ...figure,
  media: figure.media.map((medium) => ({ ...medium, days: daysOf(medium.medium) })),
});

const mediumCorrected: Readonly<Record<Metered, CountedMedium>> = {
  'electricity-kwh': 'electricity',
  'water-m3': 'water',
  'gas-m3': 'gas',
  'heat-gj': 'heat',
};

/** What a correction adds to a month. */
export interface Corrected extends Pick<Correction, 'id' | 'item' | 'amount' | 'reason'> {
  readonly source: string | null;
}

const daysBetween = (from: string, to: string): number =>
  Math.round((Date.parse(`${to}-01T00:00:00Z`) - Date.parse(`${from}-01T00:00:00Z`)) / 86_400_000);

/** The part of each correction that falls to the month. */
export function correctionsIn(
  month: string,
  corrections: readonly Correction[],
): readonly Corrected[] {
  const next = shiftMonth(month, 1);
  return corrections
    .filter(({ from, to }) => from <= month && month <= to)
    .map(({ id, item, amount, reason, source, from, to }) => ({
      id,
      item,
      amount: (amount * daysBetween(month, next)) / daysBetween(from, shiftMonth(to, 1)),
      reason,
      source: source ?? null,
    }));
}

const plus = (value: number | null, more: number | null): number | null =>
  more === null ? value : (value ?? 0) + more;

function addTo(figure: MediumFigure | undefined, added: MediumFigure): MediumFigure {
  if (!figure) return added;
  const { energyKgce } = figure;
  return {
    ...figure,
    value: plus(figure.value, added.value),
    energyKgce: {
      calorific: plus(energyKgce.calorific, added.energyKgce.calorific),
      equivalent: plus(energyKgce.equivalent, added.energyKgce.equivalent),
    },
    co2Kg: plus(figure.co2Kg, added.co2Kg),
  };
}

const dayMs = 86_400_000;

/** Share of the month that the figure is of. */
const shareOfMonth = ({ month, from, to }: MonthFigure): number =>
  Math.min(1, Math.round((to - from) / dayMs) / daysBetween(month, shiftMonth(month, 1)));

/** The month with its corrections, converted as what was counted is; of one that goes on with as much of them. */
export function correct(
  figure: MonthFigure,
  corrections: readonly Corrected[],
  options: MonthOptions,
): MonthFigure {
  if (corrections.length === 0) return figure;
  const media = new Map(figure.media.map((each) => [each.medium, each]));
  const share = shareOfMonth(figure);
  for (const { item, amount: whole } of corrections) {
    const amount = whole * share;
    const medium = mediumCorrected[item];
    const use: MeterUse = {
      medium,
      date: `${figure.month}-01`,
      lengthMs: figure.to - figure.from,
      value: amount,
      quality: 'measured',
      coverage: 1,
    };
    for (const added of mediumOf(medium, [use], options))
      media.set(medium, addTo(media.get(medium), added));
  }
  return { ...figure, media: [...media.values()] };
}
