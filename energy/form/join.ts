import type { Calibre } from '../factor-set.ts';
import type { FormBase } from './base.ts';
import { type BaseCell, distinctFactors, type FormPart, meanOf, sumOf, worstOf } from './cell.ts';
import { addCoal } from './coal.ts';
import type { CellDefinition, FormDefinition } from './definition.ts';

/** Months to a year, and institutions to those above them. */

/** The same meter or vehicle of several months. */
function mergedParts(parts: readonly FormPart[]): readonly FormPart[] {
  const groups = Map.groupBy(parts, ({ type, id }) => `${type} ${id}`);
  return [...groups.values()].flatMap((same) => {
    const last = same.at(-1);
    if (!last) return [];
    return {
      ...last,
      amount: sumOf(same.map(({ amount }) => amount)),
      quality: worstOf(same.map(({ quality }) => quality)),
      coverage: meanOf(same.map(({ coverage }) => coverage)),
      entries: sumOf(same.map(({ entries }) => entries)),
    };
  });
}

/** None counts as 0; where one is missing, so is the sum. */
function joinCells<C extends Calibre>(calibre: C, cells: readonly BaseCell<C>[]): BaseCell<C> {
  const [first] = cells;
  if (!first) throw new Error('there is nothing to join');
  const missing = cells.find(({ state }) => state === 'missing');
  const known = cells.filter(({ state }) => state === 'known');
  const isKnown = !missing && known.length > 0;
  const coals = known.flatMap(({ coal }) => coal ?? []);
  const total = sumOf(cells.map((cell) => cell.known));
  const measured = sumOf(cells.map((cell) => cell.measured));
  return {
    code: first.code,
    state: missing ? 'missing' : known.length > 0 ? 'known' : 'none',
    amount: isKnown ? total : null,
    known: total,
    why: missing ? missing.why : isKnown ? null : first.why,
    quality: worstOf(cells.map(({ quality }) => quality)),
    coverage: meanOf(cells.map(({ coverage }) => coverage)),
    coal: isKnown && coals.length > 0 ? addCoal(calibre, coals) : null,
    co2Kg: isKnown ? sumOf(known.map(({ co2Kg }) => co2Kg)) : null,
    factors: distinctFactors(cells.flatMap(({ factors }) => factors)),
    parts: mergedParts(cells.flatMap(({ parts }) => parts)),
    entered: null,
    measured,
    stateKnown: cells.every(({ stateKnown }) => stateKnown),
  };
}

const codesOf = <C extends Calibre>(bases: readonly FormBase<C>[]): readonly string[] => [
  ...new Set(bases.flatMap((base) => [...base.keys()])),
];

const cellsNamed = <C extends Calibre>(bases: readonly FormBase<C>[], code: string) =>
  bases.flatMap((base) => base.get(code) ?? []);

/** What is a state and not a flow: of a year it is that of its end. */
const isState = ({ section }: CellDefinition): boolean => section === 'basic';

/** @param months ascending, at least one */
export function yearOf<C extends Calibre>(
  { cells }: FormDefinition,
  calibre: C,
  months: readonly FormBase<NoInfer<C>>[],
): FormBase<C> {
  const states = new Set(cells.filter(isState).map(({ code }) => code));
  return new Map(
    codesOf(months).map((code) => {
      const all = cellsNamed(months, code);
      const last = all.at(-1);
      return [code, states.has(code) && last ? last : joinCells(calibre, all)];
    }),
  );
}

export interface InstitutionBase<C extends Calibre> {
  readonly id: string;
  readonly name: string;
  readonly base: FormBase<C>;
}

/** As one part of the sum of several. */
const asPart = (
  cell: BaseCell<Calibre>,
  { id, name }: Pick<InstitutionBase<Calibre>, 'id' | 'name'>,
): FormPart => ({
  type: 'institution',
  id,
  name,
  amount: cell.known,
  quality: cell.quality,
  coverage: cell.coverage,
  entries: null,
});

/** Institutions together, each of them one part. */
export function sumOfInstitutions<C extends Calibre>(
  calibre: C,
  institutions: readonly InstitutionBase<NoInfer<C>>[],
): FormBase<C> {
  const bases = institutions.map(
    ({ base, ...who }): FormBase<C> =>
      new Map(
        [...base].map(([code, cell]) => [
          code,
          {
            ...cell,
            entered: null,
            measured: null,
            parts: cell.state === 'none' ? [] : [asPart(cell, who)],
          },
        ]),
      ),
  );
  return new Map(codesOf(bases).map((code) => [code, joinCells(calibre, cellsNamed(bases, code))]));
}
