import type { FormDesk, FormEvent, FormVersion, SummedForm, ToldForm } from '../forms/forms.ts';
import type { Institution } from '../model/entities.ts';
import { dueAt, type FormPeriod, spanOfPeriod } from '../model/form.ts';
import { isoInZone } from '../model/time.ts';
import type { FormsView, FormView } from './form-shape.ts';

/** Forms as the outside sees them. */

type CellView = FormView['cells'][number];
type Part = ToldForm['form']['cells'][number]['parts'][number];

/** Whose car used how much is for those who keep the books. */
const partView = (part: Part, mayKnowVehicles: boolean): CellView['parts'][number] =>
  part.type === 'vehicle' && !mayKnowVehicles ? { ...part, id: null, name: null } : part;

function cellViews(
  { form, since }: Pick<ToldForm, 'form'> & Partial<Pick<ToldForm, 'since'>>,
  zone: string,
  mayKnowVehicles: boolean,
): readonly CellView[] {
  return form.cells.map((cell) => {
    const later = since?.[cell.code];
    return {
      ...cell,
      parts: cell.parts.map((part) => partView(part, mayKnowVehicles)),
      entered: cell.entered && { ...cell.entered, at: isoInZone(cell.entered.at, zone) },
      since: later === undefined ? null : { value: later },
    };
  });
}

export function versionView(version: FormVersion, zone: string): FormView['versions'][number] {
  const { version: n, state, reason, madeAt, madeBy, submittedAt, submittedBy } = version;
  return {
    version: n,
    state,
    reason,
    madeAt: isoInZone(madeAt, zone),
    madeBy,
    submittedAt: submittedAt === null ? null : isoInZone(submittedAt, zone),
    submittedBy,
  };
}

const eventView = ({ at, ...event }: FormEvent, zone: string): FormView['history'][number] => ({
  ...event,
  at: isoInZone(at, zone),
});

const isFiled = (version: FormVersion | undefined): boolean =>
  version !== undefined && version.state !== 'draft' && version.state !== 'returned';

const isOwed = ({ name }: FormPeriod, since: string): boolean =>
  name >= since.slice(0, name.length);

/** @param valid the version in force */
function headOf(
  { period, dueDay, now, zone, since }: Dated,
  newest: FormVersion | undefined,
  valid: FormVersion | undefined,
) {
  const due = dueAt(period, dueDay, zone);
  return {
    period: period.name,
    edition: period.edition,
    state: newest?.state ?? ('draft' as const),
    version: newest?.version ?? 1,
    dueAt: due === undefined ? null : isoInZone(due, zone),
    overdue: due !== undefined && now >= due && isOwed(period, since) && !isFiled(valid),
  };
}

export interface Dated {
  readonly period: FormPeriod;
  readonly dueDay: number;
  /** First month of which a form is owed, YYYY-MM. */
  readonly since: string;
  /** Our clock, Unix ms UTC. */
  readonly now: number;
  readonly zone: string;
}

export function formHead(
  dated: Dated,
  newest: FormVersion | undefined,
  valid: FormVersion | undefined,
): FormsView['items'][number] {
  const { zone } = dated;
  return {
    ...headOf(dated, newest, valid),
    inForce: valid?.version ?? null,
    submittedAt: valid?.submittedAt == null ? null : isoInZone(valid.submittedAt, zone),
    submittedBy: valid?.submittedBy ?? null,
  };
}

interface About {
  readonly institution: Institution;
  readonly desk: FormDesk;
  readonly dated: Dated;
  readonly mayKnowVehicles: boolean;
  readonly may: FormView['may'];
}

const calibreSets = (form: ToldForm['form']): readonly string[] => [
  ...new Set(form.factors.map(({ set }) => set)),
];

function common(
  { institution, desk: { definition }, dated: { period, zone } }: About,
  { form, checks, kgPerL }: Pick<ToldForm, 'form' | 'checks' | 'kgPerL'>,
) {
  const { from, to } = spanOfPeriod(period, zone);
  const { title, source, notes } = definition;
  return {
    institution: institution.id,
    title,
    source,
    notes,
    from: isoInZone(from, zone),
    to: isoInZone(to, zone),
    calibre: form.calibre,
    kgPerL,
    factorSets: calibreSets(form),
    factors: form.factors,
    checks,
  };
}

/** @param shown of the version asked for; the head tells of it, `may` of the newest */
export function ownView(
  about: About,
  told: ToldForm,
  versions: readonly FormVersion[],
  valid: FormVersion | undefined,
  history: readonly FormEvent[],
): FormView {
  const { dated, mayKnowVehicles, may } = about;
  const { zone } = dated;
  return {
    ...common(about, told),
    ...headOf(dated, told.version, valid),
    scope: 'own',
    frozen: told.isFrozen,
    revision: versions.at(-1)?.revision ?? 0,
    cells: cellViews(told, zone, mayKnowVehicles),
    versions: versions.map((version) => versionView(version, zone)),
    history: history.map((event) => eventView(event, zone)),
    may,
    institutions: null,
    completion: null,
    accuracy: null,
  };
}

export function sumView(about: About, summed: SummedForm): FormView {
  const { dated } = about;
  return {
    ...common(about, summed),
    ...headOf(dated, undefined, undefined),
    overdue: false,
    scope: 'sum',
    frozen: false,
    revision: 0,
    cells: cellViews(summed, dated.zone, true),
    versions: [],
    history: [],
    may: [],
    institutions: summed.institutions.map(({ id, name, version }) => ({
      id,
      name,
      version: version?.version ?? null,
      state: version?.state ?? null,
    })),
    completion: summed.completion,
    accuracy: summed.accuracy,
  };
}
