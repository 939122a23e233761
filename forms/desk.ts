import { type CheckedAgainst, checkForm, type FormCheck, valuesOf } from '../energy/form/checks.ts';
import type { Form } from '../energy/form/form.ts';
import { AppError } from '../model/errors.ts';
import { formPeriod, periodBefore, periodOfLastYear, spanOfPeriod } from '../model/form.ts';
import {
  type FormDesk,
  type FormQuestion,
  type FormVersion,
  type Frozen,
  standing,
} from './forms.ts';
import type { InputSources } from './inputs.ts';
import {
  type DeskParts,
  frozenForm,
  type MadeForm,
  type Material,
  makeForm,
  materialNow,
  sourcesOf,
} from './make.ts';
import { sumForms } from './sum.ts';

/** Figures of another period: what was submitted, else what meters know of it. */
async function valuesAt(
  parts: DeskParts,
  { institution }: Pick<FormQuestion, 'institution'>,
  name: string,
  sources: InputSources,
): Promise<CheckedAgainst['last']> {
  const period = formPeriod(name);
  if (!period) return undefined;
  const key = { institution: institution.id, period: name };
  const versions = parts.book.versions(key);
  const valid = standing(versions);
  const frozen = valid && parts.book.frozen(key, valid.version);
  if (frozen) return { period: name, values: valuesOf(frozen.form) };
  const material = await materialNow(
    parts,
    { institution, period },
    versions.at(-1)?.entered ?? {},
    sources,
  );
  const { form } = makeForm(parts, period, material, 'calorific');
  // Nobody has said that there was none.
  const cells = form.cells.filter(({ state }) => state === 'known');
  return { period: name, values: valuesOf({ cells }) };
}

async function checksOf(
  parts: DeskParts,
  question: FormQuestion,
  form: Form,
  sources: InputSources,
): Promise<readonly FormCheck[]> {
  const { period, institution } = question;
  const [before, yearAgo] = [periodBefore(period), periodOfLastYear(period)];
  const last = await valuesAt(parts, question, before, sources);
  const lastYear = yearAgo === before ? last : await valuesAt(parts, question, yearAgo, sources);
  const isOver = spanOfPeriod(period, institution.timeZone).to <= sources.now;
  return checkForm(parts.definition, form, {
    isOver,
    ...(last && { last }),
    ...(lastYear && { lastYear }),
  });
}

interface Draft extends MadeForm {
  readonly material: Material;
  readonly checks: readonly FormCheck[];
}

async function draftOf(
  parts: DeskParts,
  question: FormQuestion,
  version: FormVersion | undefined,
): Promise<Draft> {
  const sources = sourcesOf(parts, question.signal);
  const material = await materialNow(parts, question, version?.entered ?? {}, sources);
  const calibre = question.calibre ?? version?.calibre ?? 'calorific';
  const made = makeForm(parts, question.period, material, calibre);
  return { ...made, material, checks: await checksOf(parts, question, made.form, sources) };
}

/** Below this two figures are the same. */
const sameShare = 1e-9;

const isSame = (a: number | null, b: number | null): boolean =>
  a === b ||
  (a !== null && b !== null && Math.abs(a - b) <= sameShare * Math.max(Math.abs(a), Math.abs(b)));

function differences(was: Form, now: Form): Readonly<Record<string, number | null>> {
  const fresh = new Map(now.cells.map((cell) => [cell.code, cell.value]));
  const changed = was.cells.flatMap(({ code, value }) => {
    const to = fresh.get(code);
    return to === undefined || isSame(value, to) ? [] : [[code, to] as const];
  });
  return Object.fromEntries(changed);
}

async function toldFrozen(
  parts: DeskParts,
  question: FormQuestion,
  version: FormVersion,
  frozen: Frozen,
) {
  const { period, calibre = frozen.form.calibre } = question;
  const { form } = frozenForm(parts, period, frozen, version.entered, calibre);
  const sources = sourcesOf(parts, question.signal);
  const material = await materialNow(parts, question, version.entered, sources);
  const now = makeForm(parts, period, { ...material, kgPerL: frozen.kgPerL }, calibre);
  const { checks, kgPerL } = frozen;
  return { form, checks, version, isFrozen: true, kgPerL, since: differences(form, now.form) };
}

const stopsIt = ({ severity }: FormCheck): boolean => severity === 'blocking';

/** Makes forms of what is known, and of what was frozen. */
export function createFormDesk(parts: DeskParts): FormDesk {
  const { book, definition, kgPerL } = parts;
  const keyOf = ({ institution, period }: FormQuestion) => ({
    institution: institution.id,
    period: period.name,
  });
  return {
    book,
    definition,
    async own(question) {
      const key = keyOf(question);
      const versions = book.versions(key);
      const wanted = question.version ?? versions.at(-1)?.version ?? 1;
      const version = versions.find((each) => each.version === wanted);
      if (!version && wanted !== 1)
        throw new AppError('NOT_FOUND', `no version ${wanted} of this form`);
      const frozen = version && book.frozen(key, version.version);
      if (frozen) return toldFrozen(parts, question, version, frozen);
      const { form, checks } = await draftOf(parts, question, version);
      return { form, checks, version, isFrozen: false, kgPerL, since: {} };
    },
    sum: (question) => sumForms(parts, question, sourcesOf(parts, question.signal)),
    async submit(question, actor) {
      const key = keyOf(question);
      const version = book.versions(key).at(-1);
      const { form, base, material, checks } = await draftOf(parts, question, version);
      const faults = checks
        .filter(stopsIt)
        .map(({ cell, text }) => ({ path: cell ?? '', message: `${text.zh}。 ${text.en}.` }));
      if (faults.length > 0)
        throw new AppError('INPUT_INVALID', `faults: ${faults.length}; nothing was submitted`, {
          faults,
        });
      const frozen = { form, base: [...base.values()], inputs: material.inputs, kgPerL, checks };
      const { calibre } = form;
      const known = { user: actor.user, revision: actor.revision ?? version?.revision ?? 0 };
      const set =
        calibre === (version?.calibre ?? 'calorific')
          ? version
          : book.enter(key, { entered: {}, calibre }, known);
      // Whatever was entered while this was worked out is not in it.
      return book.submit(key, frozen, { ...actor, revision: set?.revision ?? known.revision });
    },
  };
}
