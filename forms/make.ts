import type { FactorBook } from '../energy/factors.ts';
import { baseOfMonth, type FormBase } from '../energy/form/base.ts';
import type { FormMethod, MonthInputs } from '../energy/form/cell.ts';
import type { FormDefinition } from '../energy/form/definition.ts';
import { enteredOver, type Form, formOf } from '../energy/form/form.ts';
import { yearOf } from '../energy/form/join.ts';
import type { Institution } from '../model/entities.ts';
import { AppError } from '../model/errors.ts';
import {
  type Entered,
  type FormPeriod,
  formPeriod,
  monthsOfPeriod,
  spanOfPeriod,
} from '../model/form.ts';
import {
  type FormBook,
  type FormCalibre,
  type FormQuestion,
  type FormVersion,
  type Frozen,
  standing,
} from './forms.ts';
import { type InputSources, readMonth } from './inputs.ts';

/** Forms of what is known now, and of what was frozen. */

export interface DeskParts extends Omit<InputSources, 'directory' | 'now'> {
  readonly book: FormBook;
  readonly definition: FormDefinition;
  readonly factors: FactorBook;
  /** Densities of fuels. */
  readonly kgPerL: Frozen['kgPerL'];
  readonly directory: () => InputSources['directory'];
  /** Our clock, Unix ms UTC. */
  readonly now: () => number;
}

/** What a form is made of, of whatever calibre it is to be. */
export interface Material {
  readonly inputs: readonly MonthInputs[];
  readonly entered: Readonly<Record<string, Entered>>;
  readonly kgPerL: Frozen['kgPerL'];
}

export interface MadeForm {
  readonly form: Form;
  readonly base: FormBase<FormCalibre>;
}

const methodOf = <C extends FormCalibre>(calibre: C, kgPerL: Frozen['kgPerL']): FormMethod<C> => ({
  calibre,
  grid: 'national',
  water: 'excluded',
  kgPerL,
});

function makeOf<C extends FormCalibre>(
  { definition, factors }: Pick<DeskParts, 'definition' | 'factors'>,
  { edition, date }: FormPeriod,
  { inputs, entered, kgPerL }: Material,
  calibre: C,
): MadeForm {
  const context = { method: methodOf(calibre, kgPerL), book: factors };
  const months = inputs.map((month) => baseOfMonth(definition, month, context));
  const [first] = months;
  const base =
    edition === 'month' && first
      ? first
      : enteredOver(definition, yearOf(definition, calibre, months), entered, date, context);
  return { base, form: formOf(definition, { edition, date, base, entered: {} }, context) };
}

/** @throws AppError `INPUT_INVALID` where there is no factor for what was entered */
export const makeForm = (
  parts: Pick<DeskParts, 'definition' | 'factors'>,
  period: FormPeriod,
  material: Material,
  calibre: FormCalibre,
): MadeForm =>
  calibre === 'calorific'
    ? makeOf(parts, period, material, 'calorific')
    : makeOf(parts, period, material, 'equivalent');

/** Reads until nobody waits for the answer any more. */
export const sourcesOf = (parts: DeskParts, signal: AbortSignal | undefined): InputSources => ({
  ...parts,
  directory: parts.directory(),
  now: parts.now(),
  months(meter, months) {
    if (signal?.aborted) throw new AppError('SERVICE_BUSY', 'nobody waits for the answer any more');
    return parts.months(meter, months);
  },
});

/** A month of what was submitted of it, else as it is known now. */
async function monthInputs(
  parts: DeskParts,
  institution: Institution,
  month: string,
  sources: InputSources,
): Promise<MonthInputs> {
  const key = { institution: institution.id, period: month };
  const versions = parts.book.versions(key);
  const valid = standing(versions);
  const [frozen] = (valid && parts.book.frozen(key, valid.version)?.inputs) ?? [];
  return frozen ?? readMonth(institution, month, versions.at(-1)?.entered ?? {}, sources);
}

/** What is known now. A year is made of the months that have begun, each of what was submitted of it. */
export async function materialNow(
  parts: DeskParts,
  { institution, period }: Pick<FormQuestion, 'institution' | 'period'>,
  entered: Readonly<Record<string, Entered>>,
  sources: InputSources,
): Promise<Material> {
  const { kgPerL } = parts;
  if (period.edition === 'month')
    return {
      inputs: [await readMonth(institution, period.name, entered, sources)],
      entered,
      kgPerL,
    };
  const begun = monthsOfPeriod(period).filter((name) => {
    const month = formPeriod(name);
    return month && spanOfPeriod(month, institution.timeZone).from < sources.now;
  });
  const inputs: MonthInputs[] = [];
  for (const month of begun.length > 0 ? begun : monthsOfPeriod(period).slice(0, 1))
    inputs.push(await monthInputs(parts, institution, month, sources));
  return { inputs, entered, kgPerL };
}

/** What was frozen, in the calibre asked for: its own as it was kept, another one made of the same. */
export function frozenForm(
  parts: Pick<DeskParts, 'definition' | 'factors'>,
  period: FormPeriod,
  frozen: Frozen,
  entered: FormVersion['entered'],
  calibre: FormCalibre,
): MadeForm {
  if (frozen.form.calibre === calibre)
    return { form: frozen.form, base: new Map(frozen.base.map((cell) => [cell.code, cell])) };
  return makeForm(parts, period, { ...frozen, entered }, calibre);
}
