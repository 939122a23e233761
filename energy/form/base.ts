import type { Entered } from '../../model/form.ts';
import type { Calibre, EnergyItem } from '../factor-set.ts';
import type { Factor } from '../factors.ts';
import { type Converted, convert } from '../indicators.ts';
import {
  type BaseCell,
  distinctFactors,
  emptyCell,
  type FormContext,
  type FormFuel,
  type FormMeter,
  type FormPart,
  type MonthInputs,
  meanOf,
  sumOf,
  type UsedFactor,
  worstOf,
} from './cell.ts';
import { addCoal } from './coal.ts';
import type { CellDefinition, CellSource, FormDefinition } from './definition.ts';
import { type BaseUnit, units } from './units.ts';

/** The cells of one month that are not derived. */

const used = (of: UsedFactor['of'], factor: Factor | null): UsedFactor[] =>
  factor === null ? [] : [{ ...factor, of }];

/** So many `per` of the factor are one of the base unit. @throws Error where they do not fit */
function perBase(
  base: BaseUnit,
  per: Factor['per'],
  item: EnergyItem,
  kgPerL: Readonly<Record<string, number>>,
): number {
  if (base === per) return 1;
  // A cubic metre of water is a tonne.
  if (base === 'm3' && per === 't' && item === 'fresh-water') return 1;
  const density = kgPerL[item];
  if (base === 'L' && per === 'kg' && density !== undefined) return density;
  throw new Error(`a factor per ${per} does not fit ${item} counted in ${base}`);
}

interface Converts<C extends Calibre> {
  readonly coal: BaseCell<C>['coal'];
  readonly co2Kg: number | null;
  readonly factors: readonly UsedFactor[];
}

const noEnergy = { coal: null, co2Kg: null, factors: [] } as const;

/** An amount of a cell's base unit in standard coal and CO2, by the tables. */
export function convertAmount<C extends Calibre>(
  definition: CellDefinition,
  amount: number,
  date: string,
  { method, book }: FormContext<C>,
): Converts<C> {
  const { calibre, kgPerL, water } = method;
  const { base } = units[definition.unit];
  // What is entered in standard coal is in it already.
  if (base === 'kgce') return { coal: { calibre, kgce: amount }, co2Kg: null, factors: [] };
  const { item, co2Item = item } = definition;
  if (item === undefined || co2Item === undefined) return noEnergy;
  const isWater = item === 'fresh-water';
  if (isWater && water === 'excluded') return noEnergy;
  const coal = book.coal(item, calibre, date);
  const kgce = amount * coal.value * perBase(base, coal.per, item, kgPerL);
  if (isWater) return { coal: { calibre, kgce }, co2Kg: null, factors: used('kgce', coal) };
  const co2 = book.co2(co2Item, date, method);
  return {
    coal: { calibre, kgce },
    co2Kg: amount * co2.value * perBase(base, co2.per, co2Item, kgPerL),
    factors: [...used('kgce', coal), ...used('kgco2', co2)],
  };
}

const meterPart = ({ id, name }: FormMeter, found: Converted): FormPart => ({
  type: 'meter',
  id,
  name,
  amount: found.value,
  quality: found.quality,
  coverage: found.coverage,
  entries: null,
});

function ofMeters<C extends Calibre>(
  { code }: CellDefinition,
  medium: string,
  { meters }: MonthInputs,
  { method, book }: FormContext<C>,
): BaseCell<C> {
  const own = meters.filter(({ use }) => use.medium === medium);
  if (own.length === 0) return { ...emptyCell(code), why: 'no-meter' };
  const found = own.map((meter) => ({ meter, use: convert(meter.use, method, book) }));
  const isWhole = own.every(({ use }) => use.value !== null);
  const uses = found.map(({ use }) => use);
  const total = sumOf(uses.map(({ value }) => value));
  const kgce = sumOf(uses.map(({ energyKgce }) => energyKgce));
  const factors = uses.flatMap(({ coal, co2 }) => [...used('kgce', coal), ...used('kgco2', co2)]);
  return {
    ...emptyCell(code),
    state: isWhole ? 'known' : 'missing',
    amount: isWhole ? total : null,
    known: total,
    why: isWhole ? null : 'no-reading',
    quality: worstOf(uses.map(({ quality }) => quality)),
    coverage: meanOf(uses.map(({ coverage }) => coverage)),
    coal:
      isWhole && kgce !== null
        ? addCoal(method.calibre, [{ calibre: method.calibre, kgce }])
        : null,
    co2Kg: isWhole ? sumOf(uses.map(({ co2Kg }) => co2Kg)) : null,
    factors: distinctFactors(factors),
    parts: found.map(({ meter, use }) => meterPart(meter, use)),
    stateKnown: uses.every(({ stateKnown }) => stateKnown),
  };
}

const fuelPart = (fuel: FormFuel, what: 'litres' | 'yuan'): FormPart => ({
  type: 'vehicle',
  id: fuel.vehicle,
  name: fuel.plate,
  amount: fuel[what],
  quality: null,
  coverage: null,
  entries: fuel.entries,
});

function ofFuel<C extends Calibre>(
  definition: CellDefinition,
  { fuel, what }: Extract<CellSource, { kind: 'fuel' }>,
  inputs: MonthInputs,
  context: FormContext<C>,
): BaseCell<C> {
  const { code } = definition;
  const own = inputs.fuel.filter((each) => each.fuel === fuel);
  if (own.length === 0)
    return { ...emptyCell(code), why: inputs.vehicles[fuel] === 0 ? 'no-vehicle' : 'no-entries' };
  const amount = own.reduce((sum, each) => sum + each[what], 0);
  return {
    ...emptyCell(code),
    state: 'known',
    amount,
    known: amount,
    why: null,
    ...convertAmount(definition, amount, `${inputs.month}-01`, context),
    parts: own.map((each) => fuelPart(each, what)),
  };
}

function ofRegistry(
  code: string,
  field: 'energyUsers' | 'floorAreaM2' | 'newEnergyVehicles',
  { size }: MonthInputs,
): BaseCell<never> {
  const amount = size[field];
  if (amount === undefined) return { ...emptyCell(code), state: 'missing', why: 'not-recorded' };
  return { ...emptyCell(code), state: 'known', amount, known: amount, why: null };
}

/** What an officer wrote takes the place of what was measured, which stays beside it. */
export function withEntered<C extends Calibre>(
  definition: CellDefinition,
  cell: BaseCell<C>,
  entered: Entered | undefined,
  date: string,
  context: FormContext<C>,
): BaseCell<C> {
  if (entered === undefined) return cell;
  const amount = entered.value * units[definition.unit].size;
  return {
    ...cell,
    state: 'known',
    amount,
    known: amount,
    why: null,
    ...convertAmount(definition, amount, date, context),
    entered,
    measured: cell.known,
    stateKnown: true,
  };
}

function measuredCell<C extends Calibre>(
  definition: CellDefinition,
  inputs: MonthInputs,
  context: FormContext<C>,
): BaseCell<C> | undefined {
  const { code, source } = definition;
  switch (source.kind) {
    case 'registry':
      return ofRegistry(code, source.field, inputs);
    case 'meter':
      return ofMeters(definition, source.medium, inputs, context);
    case 'fuel':
      return ofFuel(definition, source, inputs, context);
    case 'entered':
      return emptyCell(code);
    default:
      return undefined;
  }
}

/** By code. */
export type FormBase<C extends Calibre> = ReadonlyMap<string, BaseCell<C>>;

/**
 * The cells of a month that are not derived, whatever the edition.
 * @throws AppError `INPUT_INVALID` where there is no factor for one
 */
export function baseOfMonth<C extends Calibre>(
  form: FormDefinition,
  inputs: MonthInputs,
  context: FormContext<C>,
): FormBase<C> {
  const date = `${inputs.month}-01`;
  const cells = new Map<string, BaseCell<C>>();
  for (const definition of form.cells) {
    const { since, until, code } = definition;
    if ((since !== undefined && since > date) || (until !== undefined && until <= date)) continue;
    const measured = measuredCell(definition, inputs, context);
    if (measured)
      cells.set(code, withEntered(definition, measured, inputs.entered[code], date, context));
  }
  return cells;
}
