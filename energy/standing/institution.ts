import type { Institution } from '../../model/entities.ts';
import type { Correction } from '../../model/goals.ts';
import type { FactorBook, GridChoice } from '../factors.ts';
import { correct, correctionsIn, type MonthFigure, shiftMonth, spanOfMonth } from './figure.ts';
import type { Peer } from './peer.ts';

/** An institution's months, measured and corrected. */

/** The end of a month. */
export interface Close {
  /** YYYY-MM. */
  readonly month: string;
  /** Unix ms UTC. */
  readonly at: number;
}

export const choiceOf = ({ division }: Pick<Institution, 'division'>): GridChoice => ({
  grid: 'national',
  ...(division === undefined ? {} : { division }),
});

/** Every month from the first there is to the last that ends by then. */
export function closesOf(
  figures: readonly MonthFigure[],
  upTo: number,
  zone: string,
): readonly Close[] {
  const closes: Close[] = [];
  let month = figures[0]?.month;
  while (month !== undefined) {
    const { to } = spanOfMonth(month, zone);
    if (to > upTo) break;
    closes.push({ month, at: to });
    month = shiftMonth(month, 1);
  }
  return closes;
}

const byMonth = (figures: readonly MonthFigure[]): ReadonlyMap<string, MonthFigure> =>
  new Map(figures.map((figure) => [figure.month, figure]));

/** @param figures as they were counted, ascending */
export function peerOf(
  institution: Institution,
  figures: readonly MonthFigure[],
  corrections: readonly Correction[],
  book: FactorBook,
): Peer {
  const options = { book, choice: choiceOf(institution) };
  const corrected = figures.map((figure) =>
    correct(figure, correctionsIn(figure.month, corrections), options),
  );
  return { institution, measured: byMonth(figures), corrected: byMonth(corrected) };
}
