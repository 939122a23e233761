import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import type { Institution } from '../../model/entities.ts';
import { AppError, type Fault, messageOf } from '../../model/errors.ts';
import { calibres } from '../../model/goals.ts';

/** Quotas (定额): dated, cited tables of what is leading, usual and the most. One YAML file of `energy/quotas` each. */

const text = z.strictObject({ zh: z.string().min(1), en: z.string().min(1) });
const day = z.iso.date({ error: 'want a day as YYYY-MM-DD' });
const value = z.number().positive();

const indicator = z.enum([
  'per-head-kgce',
  'per-m2-kgce',
  'electricity-per-m2-kwh',
  'water-per-head-m3',
  'non-heating-per-m2-kgce',
  'heating-per-m2-kgce',
]);

const level = z.enum(['national', 'provincial', 'municipal', 'county', 'township', 'unit']);

const row = z.strictObject({
  indicator,
  /** Absent: of all levels, or the table does not say of which. */
  levels: z.array(level).min(1).exactOptional(),
  /** Absent: of all zones, or the table does not say of which. */
  climateZone: z.enum(['A', 'B']).exactOptional(),
  /** 约束值: the most. */
  constraint: value.exactOptional(),
  /** 基准值. */
  benchmark: value.exactOptional(),
  /** 引导值. */
  leading: value.exactOptional(),
  /** Whether the values were taken from what the issuer published, not from a transcription. */
  verified: z.boolean().default(false),
});
export type QuotaRow = z.infer<typeof row>;

const table = z
  .strictObject({
    name: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/),
    title: text,
    /** By which its values in standard coal are to be held; absent: it has none. */
    calibre: z.enum(calibres).exactOptional(),
    /** Kinds of institutions it is about. */
    kinds: z.array(z.string().min(1)).min(1),
    /** First digits of the division codes (GB/T 2260) where it holds. */
    divisions: z.array(z.string().regex(/^\d{2,6}$/)).min(1),
    validFrom: day,
    /** Exclusive; absent: until further notice. */
    validTo: day.exactOptional(),
    /** The document, and how its values came here. */
    source: text,
    notes: text.exactOptional(),
    rows: z.array(row).min(1),
  })
  .superRefine((whole, context) => {
    for (const [path, message] of contradictions(whole))
      context.addIssue({ code: 'custom', path: [...path], message });
  });
export type QuotaTable = z.infer<typeof table>;

type Contradiction = readonly [path: readonly (string | number)[], message: string];

const isInCoal = ({ indicator: name }: QuotaRow): boolean => name.endsWith('kgce');

const levelsOf = ({ levels = [] }: QuotaRow): readonly string[] =>
  levels.length > 0 ? levels : ['of all'];

const isForSame = (a: QuotaRow, b: QuotaRow): boolean =>
  a.indicator === b.indicator &&
  a.climateZone === b.climateZone &&
  levelsOf(a).some((one) => levelsOf(b).includes(one));

function isAscending({ leading, benchmark, constraint }: QuotaRow): boolean {
  const values = [leading, benchmark, constraint].filter((each) => each !== undefined);
  return values.every((each, n) => n === 0 || (values[n - 1] ?? 0) < each);
}

function* contradictions(whole: z.infer<typeof table>): Generator<Contradiction> {
  if (whole.calibre === undefined && whole.rows.some(isInCoal))
    yield [['calibre'], 'missing; standard coal is of one calibre'];
  if (whole.calibre !== undefined && !whole.rows.some(isInCoal))
    yield [['calibre'], 'nothing here is in standard coal'];
  if (whole.validTo !== undefined && whole.validTo <= whole.validFrom)
    yield [['validTo'], 'want a day after validFrom'];
  for (const [n, each] of whole.rows.entries()) {
    if (each.constraint === undefined && each.benchmark === undefined)
      yield [['rows', n], 'want a constraint or a benchmark'];
    if (!isAscending(each)) yield [['rows', n], 'want leading < benchmark < constraint'];
    if (whole.rows.slice(0, n).some((other) => isForSame(each, other)))
      yield [['rows', n], `${each.indicator} stands here twice`];
  }
}

/**
 * One table from its YAML text.
 * @throws AppError `INPUT_INVALID` with every fault
 */
export function parseQuotaTable(yaml: string): QuotaTable {
  const document = parseDocument(yaml);
  const broken = document.errors.map((error): Fault => ({ path: '', message: error.message }));
  if (broken.length > 0) throw new AppError('INPUT_INVALID', 'not YAML', { faults: broken });
  const parsed = table.safeParse(document.toJS());
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(
    ({ path, message }): Fault => ({ path: path.join('.'), message }),
  );
  const list = faults.map(({ path, message }) => `${path}: ${message}`).join('; ');
  throw new AppError('INPUT_INVALID', list, { faults });
}

function readTable(path: string): QuotaTable {
  try {
    return parseQuotaTable(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new AppError('INPUT_INVALID', `${path}: ${messageOf(cause)}`, { cause });
  }
}

/**
 * Every table, ascending by name, which is that of its file.
 * @param dir folder of `*.yaml`
 * @throws AppError `INPUT_INVALID` for the first file that is wrong
 */
export function loadQuotaTables(
  dir = join(import.meta.dirname, '..', 'quotas'),
): readonly QuotaTable[] {
  const files = readdirSync(dir).filter((file) => file.endsWith('.yaml'));
  return files.sort().map((file) => {
    const found = readTable(join(dir, file));
    if (`${found.name}.yaml` === file) return found;
    throw new AppError('INPUT_INVALID', `${file}: got name ${found.name}, want that of the file`);
  });
}

export interface Quota {
  readonly table: QuotaTable;
  readonly row: QuotaRow;
}

type About = Pick<Institution, 'kind' | 'level' | 'climateZone' | 'division'>;

const isAbout = (
  { kinds, divisions, validFrom, validTo }: QuotaTable,
  { kind, division = '' }: About,
  date: string,
): boolean =>
  kinds.includes(kind ?? '') &&
  divisions.some((start) => division.startsWith(start)) &&
  validFrom <= date &&
  (validTo === undefined || date < validTo);

const isRowOf = (
  { levels, climateZone }: QuotaRow,
  { level: own, climateZone: zone }: About,
): boolean =>
  (levels === undefined || levels.includes(own)) &&
  (climateZone === undefined || climateZone === zone);

/** What holds for an institution on a day, YYYY-MM-DD. */
export const quotasOf = (
  tables: readonly QuotaTable[],
  institution: About,
  date: string,
): readonly Quota[] =>
  tables
    .filter((each) => isAbout(each, institution, date))
    .flatMap((each) =>
      each.rows
        .filter((one) => isRowOf(one, institution))
        .map((one) => ({ table: each, row: one })),
    );
