import { type FigureName, figureInfo, type Why } from '../model/vehicle-ledger.ts';

/** Arithmetic of figures, some of which are not known. */

/** A figure, or why it is not known. */
export type Said = number | Why;
export type Saying = Readonly<Record<FigureName, Said>>;

/** As many digits as the figure is told with. */
export const rounded = (value: number, digits: number): number => {
  const scale = 10 ** digits;
  // Half a cent that stands a hair below its half, as 1.005 does, is rounded up as on paper.
  return Math.round(value * scale * (1 + Number.EPSILON)) / scale;
};

/** `of` ÷ `by` as the table has it, by what is said of both. */
export function ratioOf(name: FigureName, said: (name: FigureName) => Said): Said {
  const { ratio, digits } = figureInfo(name);
  if (!ratio) return said(name);
  const [of, by] = [said(ratio.of as FigureName), said(ratio.by as FigureName)];
  if (typeof of === 'string') return of;
  if (typeof by === 'string') return by;
  return by < ratio.least ? 'too-little' : rounded((of / by) * ratio.factor, digits);
}
