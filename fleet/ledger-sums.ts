import { type FigureName, figureInfo, figureNames } from '../model/vehicle-ledger.ts';
import { ratioOf, rounded, type Said, type Saying } from './ledger-figures.ts';

/** Sums and means of many vehicles. */

export interface Summed {
  /** Of the vehicles of which it is known; null where of none, and of ratios. */
  readonly sum: number | null;
  /** Of a ratio: of the sums, over the vehicles of which both are known. */
  readonly average: number | null;
  /** Of how many vehicles it is known. */
  readonly known: number;
}

export type Sums = Readonly<Record<FigureName, Summed>>;

const isNumber = (said: Said): said is number => typeof said === 'number';

function sumOf(name: FigureName, all: readonly Saying[]): Summed {
  const { digits } = figureInfo(name);
  const values = all.map((figures) => figures[name]).filter(isNumber);
  if (values.length === 0) return { sum: null, average: null, known: 0 };
  const sum = values.reduce((total, each) => total + each, 0);
  // A mean of whole things, such as trips, is none of them.
  const average = rounded(sum / values.length, Math.max(1, digits));
  return { sum: rounded(sum, digits), average, known: values.length };
}

function ratioOver(name: FigureName, all: readonly Saying[]): Summed {
  const known = all.filter((figures) => isNumber(figures[name]));
  const said = (part: FigureName): Said => sumOf(part, known).sum ?? 'not-told';
  const average = known.length === 0 ? 'not-told' : ratioOf(name, said);
  return { sum: null, average: isNumber(average) ? average : null, known: known.length };
}

export function sumsOf(all: readonly Saying[]): Sums {
  const sums = figureNames.map((name) => [
    name,
    figureInfo(name).ratio ? ratioOver(name, all) : sumOf(name, all),
  ]);
  return Object.fromEntries(sums) as Sums;
}
