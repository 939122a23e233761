/** What institutions are held to, and by what figures: targets, caps, corrections. Years and months are those of the institution's zone. */

/** 当量值 and 等价值; figures of different ones are never added up or compared. */
export const calibres = ['calorific', 'equivalent'] as const;

/** What is counted, of a stretch of time. */
export const amounts = [
  'energy-kgce',
  'electricity-kwh',
  'water-m3',
  'gas-m3',
  'heat-gj',
  'co2-kg',
] as const;
export type Amount = (typeof amounts)[number];

/** Amounts by head or by area. */
export const rates = [
  'per-head-kgce',
  'per-m2-kgce',
  'electricity-per-m2-kwh',
  'water-per-head-m3',
  'co2-per-m2-kg',
] as const;
export type Rate = (typeof rates)[number];

export type FigureName = Amount | Rate;

/** What meters count. Standard coal is not among it: it would be of one calibre. */
export const metered = ['electricity-kwh', 'water-m3', 'gas-m3', 'heat-gj'] as const;
export type Metered = (typeof metered)[number];

/** Figures that are of one calibre. */
const ofCalibre: ReadonlySet<string> = new Set<FigureName>([
  'energy-kgce',
  'per-head-kgce',
  'per-m2-kgce',
]);

/** Whether a figure is in standard coal, and so of one calibre. */
export const hasCalibre = (figure: string): boolean => ofCalibre.has(figure);

type Calibre = (typeof calibres)[number];

/** A figure of a year that is to differ from that of a base year by so much. */
export interface Target {
  readonly id: string;
  readonly institution: string;
  readonly indicator: FigureName;
  readonly year: number;
  readonly baseYear: number;
  /** In the unit of the indicator; absent: what was counted in the base year. */
  readonly baseValue?: number;
  /** −3.2 is 3.2 % less. */
  readonly changePct: number;
  readonly calibre: Calibre;
  /** The document that fixes it. */
  readonly source?: string;
}

/** The most an institution may use in a year. */
export interface Cap {
  readonly id: string;
  readonly institution: string;
  readonly item: Amount;
  readonly year: number;
  /** In the unit of the item. */
  readonly cap: number;
  /** Of standard coal, and only there. */
  readonly calibre?: Calibre;
  readonly source?: string;
}

/** What is to be added to what meters counted so that a figure tells what the institution itself used, such as its part of a common meter. */
export interface Correction {
  readonly id: string;
  readonly institution: string;
  readonly item: Metered;
  /** YYYY-MM, both months included; spread evenly over their days. */
  readonly from: string;
  readonly to: string;
  /** Added, in the unit of the item; negative takes away. */
  readonly amount: number;
  readonly reason: string;
  readonly source?: string;
}
