import type { GasSupply } from '../model/gas-supply.ts';
import type { Medium } from '../model/metrics.ts';
import type { Calibre } from './factor-set.ts';
import type { Factor, FactorBook, GridChoice } from './factors.ts';
import { coalOfHeatingValue, toStandardM3 } from './gas.ts';
import { type HourQuality, worstQuality } from './quality.ts';

/** What an institution used, in standard coal and CO2, whole and by head and area. */

export type CountedMedium = Exclude<Medium, 'environment'>;

/** What one meter counted in a stretch of time, in the unit of its medium: kWh, m³ or GJ. */
export interface MeterUse {
  readonly medium: CountedMedium;
  /** Day on which the stretch begins, YYYY-MM-DD of the zone; chooses the factors. */
  readonly date: string;
  readonly lengthMs: number;
  /** Null where a part is missing. */
  readonly value: number | null;
  /** What is known beside a null value. */
  readonly knownValue?: number;
  readonly quality: HourQuality;
  /** Share of the time that was measured, 0 to 1. */
  readonly coverage: number;
  readonly gas?: GasSupply;
}

/** How figures are made. */
export interface Method extends GridChoice {
  readonly calibre: Calibre;
  /** Whether water counts as energy used to supply it (耗能工质). DB37 does not convert it. */
  readonly water: 'excluded' | 'working-fluid';
}

/** What a use is in standard coal and CO2. */
export interface Converted extends Pick<MeterUse, 'medium' | 'lengthMs' | 'quality' | 'coverage'> {
  readonly calibre: Calibre;
  /** What is known of it, gas in standard m³ where its state is known; null where nothing is. */
  readonly value: number | null;
  /** Null where the value is, and for water that is not converted. */
  readonly energyKgce: number | null;
  /** Null where the value is, and for water. */
  readonly co2Kg: number | null;
  readonly coal: Factor | null;
  readonly co2: Factor | null;
  /** Gas whose state is not known stands as it was metered. */
  readonly stateKnown: boolean;
}

const times = (value: number | null, factor: Factor | null): number | null =>
  value === null || factor === null ? null : value * factor.value;

/** The supplier's heating value goes before a table's. */
function coalOfGas(use: MeterUse, calibre: Calibre, book: FactorBook): Factor {
  const table = book.coal('natural-gas', calibre, use.date);
  const netMjPerM3 = use.gas?.netHeatingValueMjPerM3;
  if (netMjPerM3 === undefined) return table;
  return {
    value: coalOfHeatingValue(netMjPerM3),
    per: 'm3',
    set: table.set,
    source: {
      zh: '供气单位提供的低位发热量，按 29.3076 MJ/kgce 折算',
      en: 'net heating value stated by the supplier, at 29.3076 MJ/kgce',
    },
    verified: false,
  };
}

interface Factors {
  readonly coal: Factor | null;
  readonly co2: Factor | null;
}

function factorsOf(use: MeterUse, method: Method, book: FactorBook): Factors {
  const { calibre, water } = method;
  const { date } = use;
  switch (use.medium) {
    case 'electricity':
      return {
        coal: book.coal('electricity', calibre, date),
        co2: book.co2('electricity', date, method),
      };
    case 'gas':
      return { coal: coalOfGas(use, calibre, book), co2: book.co2('natural-gas', date, method) };
    case 'heat':
      return { coal: book.coal('heat', calibre, date), co2: book.co2('heat', date, method) };
    case 'water':
      return {
        // A cubic metre of fresh water is a tonne.
        coal: water === 'working-fluid' ? book.coal('fresh-water', calibre, date) : null,
        co2: null,
      };
  }
}

function amountOf({ medium, value, knownValue, gas }: MeterUse) {
  const known = value ?? knownValue ?? null;
  if (medium !== 'gas' || known === null) return { value: known, stateKnown: true };
  const standard = gas && toStandardM3(known, gas);
  return { value: standard ?? known, stateKnown: standard !== undefined };
}

/** @throws AppError `INPUT_INVALID` where there is no factor for it */
export function convert(use: MeterUse, method: Method, book: FactorBook): Converted {
  const { medium, lengthMs, quality, coverage } = use;
  const { value, stateKnown } = amountOf(use);
  const { coal, co2 } = factorsOf(use, method, book);
  return {
    medium,
    lengthMs,
    quality,
    coverage,
    calibre: method.calibre,
    value,
    energyKgce: times(value, coal),
    co2Kg: times(value, co2),
    coal,
    co2,
    stateKnown,
  };
}

/** What is known of several; null where nothing is. */
export function sumKnown(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
}

function coverageOf(parts: readonly Converted[]): number {
  const whole = parts.reduce((sum, { lengthMs }) => sum + lengthMs, 0);
  const covered = parts.reduce((sum, { lengthMs, coverage }) => sum + lengthMs * coverage, 0);
  return whole === 0 ? 0 : covered / whole;
}

/** The uses of one medium together. */
export interface Part {
  readonly medium: CountedMedium;
  /** What is known, in kWh, m³ or GJ. */
  readonly value: number | null;
  readonly quality: HourQuality;
  readonly coverage: number;
  readonly energyKgce: number | null;
  readonly co2Kg: number | null;
  /** Those used, one after another where they changed. */
  readonly coal: readonly Factor[];
  readonly co2: readonly Factor[];
  readonly stateKnown: boolean;
}

function distinct(factors: readonly (Factor | null)[]): readonly Factor[] {
  const known = factors.filter((factor) => factor !== null);
  return [...new Map(known.map((factor) => [`${factor.set} ${factor.value}`, factor])).values()];
}

function partOf(medium: CountedMedium, uses: readonly Converted[]): Part {
  return {
    medium,
    value: sumKnown(uses.map(({ value }) => value)),
    quality: worstQuality(uses.map(({ quality }) => quality)),
    coverage: coverageOf(uses),
    energyKgce: sumKnown(uses.map(({ energyKgce }) => energyKgce)),
    co2Kg: sumKnown(uses.map(({ co2Kg }) => co2Kg)),
    coal: distinct(uses.map(({ coal }) => coal)),
    co2: distinct(uses.map(({ co2 }) => co2)),
    stateKnown: uses.every(({ stateKnown }) => stateKnown),
  };
}

/** What figures are divided by. */
export interface Size {
  readonly energyUsers?: number;
  readonly floorAreaM2?: number;
}

/** Sums are of what is known; `quality` `missing` and `coverage` below 1 say that it is not all. */
export interface Indicators {
  readonly calibre: Calibre;
  readonly energyKgce: number | null;
  readonly co2Kg: number | null;
  readonly perHeadKgce: number | null;
  readonly perM2Kgce: number | null;
  readonly co2PerM2Kg: number | null;
  readonly electricityPerM2Kwh: number | null;
  readonly waterPerHeadM3: number | null;
  readonly coverage: number;
  readonly quality: HourQuality;
  readonly parts: readonly Part[];
}

const media: readonly CountedMedium[] = ['electricity', 'gas', 'heat', 'water'];

const per = (value: number | null | undefined, divisor: number | undefined): number | null =>
  value === null || value === undefined || !divisor ? null : value / divisor;

/**
 * @param uses of the top meters alone, all of the calibre
 * @throws Error where one is of the other calibre: the two are never added up
 */
export function indicatorsOf(
  calibre: Calibre,
  uses: readonly Converted[],
  { energyUsers, floorAreaM2 }: Size,
): Indicators {
  if (uses.some((use) => use.calibre !== calibre))
    throw new Error(`a use of another calibre than ${calibre} cannot be added`);
  const parts = media
    .map((medium) => uses.filter((use) => use.medium === medium))
    .flatMap((same) => (same[0] ? [partOf(same[0].medium, same)] : []));
  const energyKgce = sumKnown(parts.map((part) => part.energyKgce));
  const co2Kg = sumKnown(parts.map((part) => part.co2Kg));
  const amountIn = (medium: CountedMedium) => parts.find((part) => part.medium === medium)?.value;
  return {
    calibre,
    energyKgce,
    co2Kg,
    perHeadKgce: per(energyKgce, energyUsers),
    perM2Kgce: per(energyKgce, floorAreaM2),
    co2PerM2Kg: per(co2Kg, floorAreaM2),
    electricityPerM2Kwh: per(amountIn('electricity'), floorAreaM2),
    waterPerHeadM3: per(amountIn('water'), energyUsers),
    coverage: coverageOf(uses),
    quality: worstQuality(uses.map(({ quality }) => quality)),
    parts,
  };
}
