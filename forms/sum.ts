import type { FormBase } from '../energy/form/base.ts';
import { checkForm, type FormCheck } from '../energy/form/checks.ts';
import { formOf } from '../energy/form/form.ts';
import { sumOfInstitutions } from '../energy/form/join.ts';
import type { Institution } from '../model/entities.ts';
import { spanOfPeriod } from '../model/form.ts';
import type { Device, Directory } from '../registry/registry.ts';
import {
  type FormCalibre,
  type FormQuestion,
  type FormVersion,
  type SummedForm,
  type SummedInstitution,
  standing,
} from './forms.ts';
import type { InputSources } from './inputs.ts';
import { type DeskParts, frozenForm, makeForm, materialNow } from './make.ts';

/** The form of several institutions together (汇总表). */

/** Devices by the institution they belong to: going through all of them for each institution would take too long. */
function devicesBy(directory: Directory): ReadonlyMap<string, readonly Device[]> {
  return Map.groupBy(directory.devices(), ({ institution }) => institution.id);
}

interface Member extends SummedInstitution {
  readonly base: FormBase<FormCalibre>;
}

const hasNone = (devices: readonly Device[], versions: readonly FormVersion[]): boolean =>
  devices.length === 0 && versions.length === 0;

async function memberOf(
  parts: DeskParts,
  question: FormQuestion,
  versions: readonly FormVersion[],
  sources: InputSources,
): Promise<Member> {
  const { institution, period, calibre = 'calorific' } = question;
  const { id, name } = institution;
  const version = standing(versions);
  const key = { institution: id, period: period.name };
  const frozen = version && parts.book.frozen(key, version.version);
  const isFirst = versions.length <= 1;
  if (frozen) {
    const { base } = frozenForm(parts, period, frozen, version.entered, calibre);
    return { id, name, version, isFirst, base };
  }
  const entered = versions.at(-1)?.entered ?? {};
  const material = await materialNow(parts, question, entered, sources);
  const { base } = makeForm(parts, period, material, calibre);
  return { id, name, version: undefined, isFirst, base };
}

function missingCheck(members: readonly Member[]): FormCheck[] {
  const missing = members.filter(({ version }) => !version);
  if (missing.length === 0) return [];
  const names = missing.slice(0, 5).map(({ name }) => name);
  const more = missing.length > names.length;
  return [
    {
      code: 'institutions-missing',
      severity: 'warning',
      cell: null,
      text: {
        zh: `${missing.length} 个单位尚未报送，按现有数据计：${names.join('、')}${more ? '等' : ''}`,
        en: `${missing.length} have not submitted; what is known now counts: ${names.join(', ')}${more ? ', …' : ''}`,
      },
    },
  ];
}

const partOf = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);

/** Institutions with neither devices nor forms are no part of it. */
export async function sumForms(
  parts: DeskParts,
  question: FormQuestion,
  sources: InputSources,
): Promise<SummedForm> {
  const { period, calibre = 'calorific' } = question;
  const { directory } = sources;
  const own = devicesBy(directory);
  const versions = Map.groupBy(parts.book.ofPeriod(period.name), (each) => each.institution);
  const members: Member[] = [];
  for (const id of [...directory.within(question.institution.id)].sort()) {
    const institution: Institution | undefined = directory.institution(id);
    const [devices = [], known = []] = [own.get(id), versions.get(id)];
    if (!institution || hasNone(devices, known)) continue;
    const narrow = { ...sources, directory: { ...directory, devices: () => devices } };
    members.push(await memberOf(parts, { ...question, institution }, known, narrow));
  }
  const form = together(parts, question, calibre, members);
  const isOver = spanOfPeriod(period, question.institution.timeZone).to <= sources.now;
  const submitted = members.filter(({ version }) => version);
  return {
    form,
    kgPerL: parts.kgPerL,
    checks: [...missingCheck(members), ...checkForm(parts.definition, form, { isOver })],
    institutions: members.map(({ base: _, ...member }) => member),
    completion: partOf(submitted.length, members.length),
    accuracy: partOf(submitted.filter(({ isFirst }) => isFirst).length, submitted.length),
  };
}

function together<C extends FormCalibre>(
  { definition, factors, kgPerL }: DeskParts,
  { period: { edition, date } }: FormQuestion,
  calibre: C,
  members: readonly Member[],
) {
  const method = { calibre, grid: 'national', water: 'excluded', kgPerL } as const;
  const base = sumOfInstitutions<FormCalibre>(calibre, members);
  const context = { method, book: factors };
  return formOf<FormCalibre>(definition, { edition, date, base, entered: {} }, context);
}
