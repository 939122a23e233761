import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { AppError, type Fault, messageOf } from '../model/errors.ts';

/** Factor sets: dated, cited tables of what a unit of an energy item is in standard coal or CO2. One YAML file of `energy/factors` each. */

const text = z.strictObject({ zh: z.string().min(1), en: z.string().min(1) });
const day = z.iso.date({ error: 'want a day as YYYY-MM-DD' });

/** 当量值 and 等价值; a result is of one of them, and results of different ones are never added up. */
export type Calibre = 'calorific' | 'equivalent';

export const energyItem = z.enum([
  'electricity',
  'natural-gas',
  'heat',
  'fresh-water',
  'raw-coal',
  'anthracite',
  'bituminous-coal',
  'coke',
  'crude-oil',
  'fuel-oil',
  'gasoline',
  'kerosene',
  'diesel',
  'lpg',
  'lng',
  'coke-oven-gas',
  'pipeline-gas',
]);
export type EnergyItem = z.infer<typeof energyItem>;

/** Of which grid an electricity factor is. */
const grid = z.enum(['national', 'regional', 'provincial']);
export type Grid = z.infer<typeof grid>;

const row = z.strictObject({
  item: energyItem,
  /** Gas: cubic metres at 20 °C and 101.325 kPa. */
  per: z.enum(['kWh', 'm3', 'GJ', 't', 'kg', 'L']),
  /** In the quantity of the set. */
  value: z.number().positive(),
  grid: grid.default('national'),
  /** Name of the region or province. */
  area: z.string().min(1).exactOptional(),
  /** First two digits of the division codes (GB/T 2260) of the area. */
  divisions: z
    .array(z.string().regex(/^\d{2}$/))
    .min(1)
    .exactOptional(),
  /** Whether the value was taken from what the issuer published, not from a transcription. */
  verified: z.boolean().default(false),
});
export type FactorRow = z.infer<typeof row>;

const factorSet = z
  .strictObject({
    name: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/),
    title: text,
    /** kg of standard coal (29,307.6 kJ each), or kg of CO2. */
    quantity: z.enum(['kgce', 'kgco2']),
    calibre: z.enum(['calorific', 'equivalent']).exactOptional(),
    /** For what is used from this day of the institution on. */
    validFrom: day,
    /** Exclusive; absent: until further notice. */
    validTo: day.exactOptional(),
    /** The document, and how its values came here. */
    source: text,
    notes: text.exactOptional(),
    rows: z.array(row).min(1),
  })
  .superRefine((set, context) => {
    for (const [path, message] of contradictions(set))
      context.addIssue({ code: 'custom', path: [...path], message });
  });
export type FactorSet = z.infer<typeof factorSet>;

type Contradiction = readonly [path: readonly (string | number)[], message: string];

const isForSame = (a: FactorRow, b: FactorRow): boolean =>
  a.item === b.item &&
  a.grid === b.grid &&
  (a.divisions ?? ['']).some((division) => (b.divisions ?? ['']).includes(division));

function* contradictions(set: FactorSet): Generator<Contradiction> {
  if (set.quantity === 'kgce' && set.calibre === undefined)
    yield [['calibre'], 'missing; standard coal is of one calibre'];
  if (set.quantity === 'kgco2' && set.calibre !== undefined)
    yield [['calibre'], 'CO2 has no calibre'];
  if (set.validTo !== undefined && set.validTo <= set.validFrom)
    yield [['validTo'], 'want a day after validFrom'];
  for (const [n, each] of set.rows.entries()) {
    if ((each.grid === 'national') !== (each.divisions === undefined))
      yield [['rows', n, 'divisions'], 'want divisions for a region or province, and only there'];
    if (set.rows.slice(0, n).some((other) => isForSame(each, other)))
      yield [['rows', n], `${each.item} stands here twice`];
  }
}

/**
 * One set from its YAML text.
 * @throws AppError `INPUT_INVALID` with every fault
 */
export function parseFactorSet(yaml: string): FactorSet {
  const document = parseDocument(yaml);
  const broken = document.errors.map((error): Fault => ({ path: '', message: error.message }));
  if (broken.length > 0) throw new AppError('INPUT_INVALID', 'not YAML', { faults: broken });
  const parsed = factorSet.safeParse(document.toJS());
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(
    ({ path, message }): Fault => ({ path: path.join('.'), message }),
  );
  const list = faults.map(({ path, message }) => `${path}: ${message}`).join('; ');
  throw new AppError('INPUT_INVALID', list, { faults });
}

function readSet(path: string): FactorSet {
  try {
    return parseFactorSet(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new AppError('INPUT_INVALID', `${path}: ${messageOf(cause)}`, { cause });
  }
}

/**
 * Every set, ascending by name, which is that of its file.
 * @param dir folder of `*.yaml`; by default the one beside this file
 * @throws AppError `INPUT_INVALID` for the first file that is wrong
 */
export function loadFactorSets(dir = join(import.meta.dirname, 'factors')): readonly FactorSet[] {
  const files = readdirSync(dir).filter((file) => file.endsWith('.yaml'));
  return files.sort().map((file) => {
    const set = readSet(join(dir, file));
    if (`${set.name}.yaml` === file) return set;
    throw new AppError('INPUT_INVALID', `${file}: got name ${set.name}, want that of the file`);
  });
}
