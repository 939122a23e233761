import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { AppError, type Fault } from '../../model/errors.ts';
import { type FormEdition, formSections } from '../../model/form.ts';
import { energyItem } from '../factor-set.ts';
import { unitNames, units } from './units.ts';

/** The form as dated data: a YAML file of `energy/form/definitions`. */

const text = z.strictObject({ zh: z.string().min(1), en: z.string().min(1) });
const day = z.iso.date({ error: 'want a day as YYYY-MM-DD' });
const code = z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/);
const codes = z.array(code).min(1);

const source = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('registry'),
    field: z.enum(['energyUsers', 'floorAreaM2', 'newEnergyVehicles']),
  }),
  z.strictObject({
    kind: z.literal('meter'),
    medium: z.enum(['electricity', 'water', 'gas', 'heat']),
  }),
  z.strictObject({
    kind: z.literal('fuel'),
    fuel: z.enum(['gasoline', 'diesel']),
    what: z.enum(['litres', 'yuan']),
  }),
  z.strictObject({ kind: z.literal('entered') }),
  /** Cells of one unit together. */
  z.strictObject({ kind: z.literal('sum'), of: codes }),
  /** What these cells are in standard coal, or in CO2. */
  z.strictObject({ kind: z.literal('energy'), of: codes }),
  z.strictObject({ kind: z.literal('co2'), of: codes }),
  z.strictObject({ kind: z.literal('ratio'), of: code, per: code }),
]);

const cell = z.strictObject({
  code,
  name: text,
  unit: z.enum(unitNames),
  section: z.enum(formSections),
  source,
  /** Digits shown behind the point. */
  digits: z.int().min(0).max(6),
  /** Of which energy it is, where it is one; its CO2 where that goes by another name. */
  item: energyItem.exactOptional(),
  co2Item: energyItem.exactOptional(),
  editions: z
    .array(z.enum(['month', 'year']))
    .min(1)
    .default(['month', 'year']),
  /** For periods that begin on or after `since` and before `until`. */
  since: day.exactOptional(),
  until: day.exactOptional(),
  hint: text.exactOptional(),
  /** National mean of a year, to see whether a figure can be true; not a limit. */
  national: z
    .strictObject({ perYear: z.number().positive(), year: z.int(), source: text })
    .exactOptional(),
  /** Whether the cell was read in the form itself, not taken from descriptions of it. */
  verified: z.boolean().default(false),
});
export type CellDefinition = z.infer<typeof cell>;
export type CellSource = z.infer<typeof source>;

const definition = z
  .strictObject({
    name: code,
    title: text,
    issued: day,
    source: text,
    notes: text,
    /** Of the month after, in the institution's zone. */
    dueDay: z.int().min(1).max(28),
    cells: z.array(cell).min(1),
  })
  .superRefine((form, context) => {
    for (const [path, message] of contradictions(form.cells))
      context.addIssue({ code: 'custom', path: [...path], message });
  });
export type FormDefinition = z.infer<typeof definition>;

type Contradiction = readonly [path: readonly (string | number)[], message: string];

const overlaps = (a: CellDefinition, b: CellDefinition): boolean =>
  !(
    (a.until !== undefined && b.since !== undefined && a.until <= b.since) ||
    (b.until !== undefined && a.since !== undefined && b.until <= a.since)
  );

const namedBy = ({ source: from }: CellDefinition): readonly string[] => {
  if (from.kind === 'ratio') return [from.of, from.per];
  return 'of' in from ? from.of : [];
};

const wantedBase: Readonly<Partial<Record<CellSource['kind'], string>>> = {
  energy: 'kgce',
  co2: 'kgco2',
  ratio: 'ratio',
};

function* contradictions(cells: readonly CellDefinition[]): Generator<Contradiction> {
  for (const [n, each] of cells.entries()) {
    const before = cells.slice(0, n);
    const named = before.filter(({ code: other }) => namedBy(each).includes(other));
    if (before.some((other) => other.code === each.code && overlaps(other, each)))
      yield [['cells', n, 'code'], `${each.code} stands here twice for the same time`];
    for (const name of namedBy(each))
      if (!named.some((other) => other.code === name))
        yield [['cells', n, 'source'], `${name} does not stand before it`];
    yield* wrongUnits(each, named, n);
  }
}

/** Derived cells have the unit of what they are, sums that of what they add. */
function* wrongUnits(
  { source: { kind }, unit }: CellDefinition,
  named: readonly CellDefinition[],
  n: number,
): Generator<Contradiction> {
  const { base } = units[unit];
  const wanted = wantedBase[kind];
  if (wanted !== undefined && base !== wanted)
    yield [['cells', n, 'unit'], `want a unit of ${wanted}`];
  const odd = kind === 'sum' && named.find((part) => units[part.unit].base !== base);
  if (odd) yield [['cells', n, 'source'], `${odd.code} is counted in another unit`];
}

/**
 * A form from its YAML text.
 * @throws AppError `INPUT_INVALID` with every fault
 */
export function parseForm(yaml: string): FormDefinition {
  const document = parseDocument(yaml);
  const broken = document.errors.map((error): Fault => ({ path: '', message: error.message }));
  if (broken.length > 0) throw new AppError('INPUT_INVALID', 'not YAML', { faults: broken });
  const parsed = definition.safeParse(document.toJS());
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(
    ({ path, message }): Fault => ({ path: path.join('.'), message }),
  );
  const list = faults.map(({ path, message }) => `${path}: ${message}`).join('; ');
  throw new AppError('INPUT_INVALID', list, { faults });
}

/** The form in use. @throws AppError `INPUT_INVALID` where the file is wrong */
export const loadForm = (
  file = join(import.meta.dirname, 'definitions', 'public-institution-consumption.yaml'),
): FormDefinition => parseForm(readFileSync(file, 'utf8'));

/** The cells of a period, in order. @param date its first day */
export const cellsOf = (
  { cells }: FormDefinition,
  edition: FormEdition,
  date: string,
): readonly CellDefinition[] =>
  cells.filter(
    ({ editions, since, until }) =>
      editions.includes(edition) &&
      (since === undefined || since <= date) &&
      (until === undefined || date < until),
  );

/** Whether an officer may write into it: what nobody measures, or in the place of what was measured. */
export const isEnterable = ({ source: { kind } }: CellDefinition): boolean =>
  kind === 'entered' || kind === 'meter' || kind === 'fuel';
