import type { Entered, FormWhy } from '../../model/form.ts';
import type { Calibre } from '../factor-set.ts';
import type { Factor, FactorBook, GridChoice } from '../factors.ts';
import type { MeterUse, Size } from '../indicators.ts';
import { type HourQuality, worstQuality } from '../quality.ts';
import type { CoalAmount } from './coal.ts';

/** Figures of the form before they are put into its cells. */

/** How figures are made. One calibre for all of a form. */
export interface FormMethod<C extends Calibre = Calibre> extends GridChoice {
  readonly calibre: C;
  readonly water: 'excluded' | 'working-fluid';
  /** Factors are by mass, fuel cards and tanks by volume. */
  readonly kgPerL: Readonly<Record<'gasoline' | 'diesel' | 'kerosene', number>>;
}

export interface FormContext<C extends Calibre> {
  readonly method: FormMethod<C>;
  readonly book: FactorBook;
}

/** What one meter counted in one month. */
export interface FormMeter {
  readonly id: string;
  readonly name: string;
  readonly use: MeterUse;
}

/** What was paid for the fuel of one vehicle in one month. */
export interface FormFuel {
  readonly vehicle: string;
  readonly plate: string;
  readonly fuel: 'gasoline' | 'diesel';
  readonly litres: number;
  readonly yuan: number;
  readonly entries: number;
}

/** Everything a month's figures are made of. Plain JSON: kept with what was submitted. */
export interface MonthInputs {
  /** YYYY-MM. */
  readonly month: string;
  readonly size: Size & { readonly newEnergyVehicles: number };
  readonly meters: readonly FormMeter[];
  readonly fuel: readonly FormFuel[];
  /** How many vehicles use each fuel. */
  readonly vehicles: Readonly<Record<'gasoline' | 'diesel', number>>;
  /** By code of the cell. */
  readonly entered: Readonly<Record<string, Entered>>;
}

/** What a figure is made of: a meter, a vehicle's fuel entries, or the form of an institution below. */
export interface FormPart {
  readonly type: 'meter' | 'vehicle' | 'institution';
  readonly id: string;
  readonly name: string;
  /** In the base unit of the cell; null where nothing is known. */
  readonly amount: number | null;
  readonly quality: HourQuality | null;
  /** 0 to 1. */
  readonly coverage: number | null;
  /** Fuel entries. */
  readonly entries: number | null;
}

/** `none`: there is nothing of the kind, which counts as 0. `missing`: there is, and it is not known how much. */
export type CellState = 'known' | 'none' | 'missing';

export interface UsedFactor extends Factor {
  readonly of: 'kgce' | 'kgco2';
}

/** A cell that is not derived, in its base unit. */
export interface BaseCell<C extends Calibre> {
  readonly code: string;
  readonly state: CellState;
  readonly amount: number | null;
  /** What is known of one that is missing. */
  readonly known: number | null;
  readonly why: FormWhy | null;
  readonly quality: HourQuality | null;
  readonly coverage: number | null;
  /** Null where it is no energy, or not known. */
  readonly coal: CoalAmount<C> | null;
  readonly co2Kg: number | null;
  readonly factors: readonly UsedFactor[];
  readonly parts: readonly FormPart[];
  readonly entered: Entered | null;
  /** What meters or fuel entries say, where something was entered in its place. */
  readonly measured: number | null;
  /** False: gas stands as it was metered, its state is not known. */
  readonly stateKnown: boolean;
}

export const emptyCell = (code: string): BaseCell<never> => ({
  code,
  state: 'none',
  amount: null,
  known: null,
  why: 'not-entered',
  quality: null,
  coverage: null,
  coal: null,
  co2Kg: null,
  factors: [],
  parts: [],
  entered: null,
  measured: null,
  stateKnown: true,
});

const distinctKey = ({ of, set, value, source }: UsedFactor) =>
  `${of} ${set} ${value} ${source.en}`;

export const distinctFactors = (factors: readonly UsedFactor[]): readonly UsedFactor[] => [
  ...new Map(factors.map((factor) => [distinctKey(factor), factor])).values(),
];

/** Null where none is known. */
export const sumOf = (values: readonly (number | null)[]): number | null => {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
};

/** The worst of those that are known; null where none is. */
export function worstOf(qualities: readonly (HourQuality | null)[]): HourQuality | null {
  const known = qualities.filter((quality) => quality !== null);
  return known.length === 0 ? null : worstQuality(known);
}

export function meanOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}
