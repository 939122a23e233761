import type { Text } from '../../model/alert.ts';
import type { Entered, FormEdition, FormSection, FormWhy } from '../../model/form.ts';
import type { Calibre } from '../factor-set.ts';
import type { HourQuality } from '../quality.ts';
import { type FormBase, withEntered } from './base.ts';
import {
  type BaseCell,
  type CellState,
  distinctFactors,
  type FormContext,
  type FormPart,
  sumOf,
  type UsedFactor,
} from './cell.ts';
import { addCoal } from './coal.ts';
import {
  type CellDefinition,
  type CellSource,
  cellsOf,
  type FormDefinition,
  isEnterable,
} from './definition.ts';
import { type UnitName, units } from './units.ts';

/** The form as it is shown and kept: every cell in its unit, with what it is made of. Plain JSON. */

export interface FormCell {
  readonly code: string;
  readonly name: Text;
  readonly hint: Text | null;
  readonly section: FormSection;
  readonly unit: UnitName;
  readonly unitName: Text;
  readonly digits: number;
  readonly source: CellSource['kind'];
  readonly enterable: boolean;
  readonly state: CellState;
  /** In `unit`. Null where there is none, or where it is not known. */
  readonly value: number | null;
  /** What is known of one that is missing, in `unit`. */
  readonly known: number | null;
  readonly why: FormWhy | null;
  readonly quality: HourQuality | null;
  readonly coverage: number | null;
  readonly energyKgce: number | null;
  readonly co2Kg: number | null;
  readonly parts: readonly (Omit<FormPart, 'amount'> & {
    /** In `unit`. */
    readonly value: number | null;
    /** Of what is known of the cell, 0 to 1. */
    readonly share: number | null;
  })[];
  readonly entered: Entered | null;
  readonly measured: number | null;
  readonly stateKnown: boolean;
}

export interface Form<C extends Calibre = Calibre> {
  readonly definition: string;
  readonly calibre: C;
  readonly edition: FormEdition;
  readonly cells: readonly FormCell[];
  readonly factors: readonly UsedFactor[];
}

const inUnit = (amount: number | null, unit: UnitName): number | null =>
  amount === null ? null : amount / units[unit].size;

const shareOf = (amount: number | null, known: number | null): number | null =>
  amount === null || known === null || known === 0 ? null : amount / known;

/** The state of cells together: missing where one is, none where all are. */
function stateOf(cells: readonly Pick<BaseCell<Calibre>, 'state'>[]): CellState {
  if (cells.some(({ state }) => state === 'missing')) return 'missing';
  return cells.some(({ state }) => state === 'known') ? 'known' : 'none';
}

interface Together {
  readonly amount: number | null;
  readonly state: CellState;
}

type Amounts = Map<string, Together>;

function energyOf<C extends Calibre>(calibre: C, cells: readonly BaseCell<C>[]): number | null {
  const coals = cells.flatMap(({ coal }) => coal ?? []);
  return coals.length === 0 ? null : addCoal(calibre, coals).kgce;
}

function ratioOf(of: Together | undefined, per: Together | undefined): Together {
  if (of?.state === 'none') return { amount: null, state: 'none' };
  const isKnown = of?.state === 'known' && per?.state === 'known' && per.amount !== 0;
  if (!isKnown || of.amount === null || per.amount === null)
    return { amount: null, state: 'missing' };
  return { amount: of.amount / per.amount, state: 'known' };
}

/** What a cell that is made of others comes to, in its base unit. */
function derivedAmount<C extends Calibre>(
  source: CellSource,
  calibre: C,
  base: FormBase<C>,
  amounts: Amounts,
): Together {
  if (source.kind === 'ratio') return ratioOf(amounts.get(source.of), amounts.get(source.per));
  if (source.kind !== 'sum' && source.kind !== 'energy' && source.kind !== 'co2')
    return { amount: null, state: 'none' };
  const cells = source.of.flatMap((code) => base.get(code) ?? []);
  const state = stateOf(cells);
  if (state !== 'known') return { amount: null, state };
  const values = {
    sum: () => sumOf(cells.map(({ amount }) => amount)),
    energy: () => energyOf(calibre, cells),
    co2: () => sumOf(cells.map(({ co2Kg }) => co2Kg)),
  };
  const amount = values[source.kind]();
  return { amount, state: amount === null ? 'none' : 'known' };
}

const aboutCell = (definition: CellDefinition) => ({
  code: definition.code,
  name: definition.name,
  hint: definition.hint ?? null,
  section: definition.section,
  unit: definition.unit,
  unitName: units[definition.unit].name,
  digits: definition.digits,
  source: definition.source.kind,
  enterable: isEnterable(definition),
});

function toBaseCell(definition: CellDefinition, cell: BaseCell<Calibre>): FormCell {
  const { unit } = definition;
  const { amount: _, coal, parts, known, measured, factors: __, code: ___, ...rest } = cell;
  return {
    ...aboutCell(definition),
    ...rest,
    value: inUnit(cell.amount, unit),
    known: inUnit(known, unit),
    measured: inUnit(measured, unit),
    energyKgce: coal?.kgce ?? null,
    parts: parts.map(({ amount, ...part }) => ({
      ...part,
      value: inUnit(amount, unit),
      share: shareOf(amount, known),
    })),
  };
}

function toDerivedCell(definition: CellDefinition, { amount, state }: Together): FormCell {
  const { unit } = definition;
  return {
    ...aboutCell(definition),
    state,
    value: inUnit(amount, unit),
    known: null,
    why: state === 'missing' ? 'part-missing' : null,
    quality: null,
    coverage: null,
    energyKgce: null,
    co2Kg: null,
    parts: [],
    entered: null,
    measured: null,
    stateKnown: true,
  };
}

/** A year with what was entered for the year itself, in the place of what its months come to. @param date its first day */
export function enteredOver<C extends Calibre>(
  definition: FormDefinition,
  base: FormBase<C>,
  entered: Readonly<Record<string, Entered>>,
  date: string,
  context: FormContext<C>,
): FormBase<C> {
  const full = new Map(base);
  for (const each of cellsOf(definition, 'year', date)) {
    const cell = full.get(each.code);
    if (cell) full.set(each.code, withEntered(each, cell, entered[each.code], date, context));
  }
  return full;
}

export interface FormOf<C extends Calibre> {
  readonly edition: FormEdition;
  /** YYYY-MM-DD, first day of the period. */
  readonly date: string;
  readonly base: FormBase<C>;
  /** Of the period itself; a month's are in its base already. */
  readonly entered: Readonly<Record<string, Entered>>;
}

/**
 * Every cell of the period. All standard coal in it is of the calibre of the method.
 * @throws AppError `INPUT_INVALID` where there is no factor for something entered
 */
export function formOf<C extends Calibre>(
  definition: FormDefinition,
  { edition, date, base, entered }: FormOf<NoInfer<C>>,
  context: FormContext<C>,
): Form<C> {
  const { calibre } = context.method;
  const asked = cellsOf(definition, edition, date);
  const full = edition === 'year' ? enteredOver(definition, base, entered, date, context) : base;
  const amounts: Amounts = new Map();
  const cells = asked.map((each) => {
    const cell = full.get(each.code);
    const told = cell ?? derivedAmount(each.source, calibre, full, amounts);
    amounts.set(each.code, { amount: told.amount, state: told.state });
    return cell ? toBaseCell(each, cell) : toDerivedCell(each, told);
  });
  const factors = distinctFactors([...full.values()].flatMap((cell) => cell.factors));
  return { definition: definition.name, calibre, edition, cells, factors };
}
