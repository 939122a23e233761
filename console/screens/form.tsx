import { Link } from 'wouter';
import type { FormView } from '../../api/contract.ts';
import { stateWords } from '../../model/form.ts';
import { minuteMs } from '../../model/time.ts';
import { urlOf } from '../lib/api.ts';
import { useApp, useTitle } from '../lib/app-context.ts';
import { pathOfForm } from '../lib/forms.ts';
import { useFilters } from '../lib/use-filters.ts';
import { type Loaded, useLoad } from '../lib/use-load.ts';
import { useNames } from '../lib/use-names.ts';
import { Choice, Filters } from '../parts/filters.tsx';
import { FormCells } from '../parts/form-cells.tsx';
import {
  FormAbout,
  FormActs,
  FormChecks,
  FormHistory,
  FormMembers,
  FormStateBadge,
} from '../parts/form-review.tsx';
import { Segments } from '../parts/segments.tsx';
import { Show } from '../parts/states.tsx';

interface Asked {
  readonly institution: string;
  readonly period: string;
  readonly scope: 'own' | 'sum';
  /** Undefined: that of the form. */
  readonly calibre: FormView['calibre'] | undefined;
  /** Undefined: the newest. */
  readonly version: string | undefined;
}

function useForm(asked: Asked | undefined): Loaded<FormView> {
  const { api } = useApp();
  const { institution = '', period = '', scope, calibre, version } = asked ?? {};
  return useLoad(
    asked && `form:${institution}:${period}:${scope}:${calibre}:${version}`,
    (signal) =>
      api.get<FormView>(pathOfForm(institution, period), { scope, calibre, version }, signal),
    { freshMs: minuteMs },
  );
}

function Files({ asked }: { readonly asked: Asked }) {
  const { texts } = useApp();
  const { institution, period, scope, calibre, version } = asked;
  return (
    <span className="row">
      {(['xlsx', 'csv'] as const).map((format) => (
        <a
          key={format}
          href={urlOf(pathOfForm(institution, period), { scope, calibre, version, format })}
          download
        >
          {texts.forms.download(format)}
        </a>
      ))}
    </span>
  );
}

type Choose = (key: string, value: string) => void;

interface VersionsProps {
  readonly form: FormView;
  readonly compared: string;
  readonly choose: Choose;
}

/** Which version is shown, and beside which. */
function Versions({ form, compared, choose }: VersionsProps) {
  const { texts, locale } = useApp();
  const words = texts.forms;
  if (form.versions.length < 2) return null;
  const options = form.versions.map(
    ({ version, state }) =>
      [String(version), words.versionOf(version, stateWords[state][locale])] as const,
  );
  return (
    <>
      <Choice
        label={words.version}
        value={String(form.version)}
        options={options}
        choose={(version) => choose('version', version)}
      />
      <Choice
        label={words.compare}
        all={words.noCompare}
        value={compared}
        options={options.filter(([version]) => version !== String(form.version))}
        choose={(version) => choose('compare', version)}
      />
    </>
  );
}

interface BodyProps {
  readonly asked: Asked;
  readonly form: FormView;
  readonly compared: string;
  readonly choose: Choose;
  readonly done: () => void;
}

function Body({ asked, form, compared, choose, done }: BodyProps) {
  const { texts } = useApp();
  const words = texts.forms;
  const other = useForm(compared === '' ? undefined : { ...asked, version: compared });
  const newest = form.versions.at(-1);
  const isNewest = newest === undefined || newest.version === form.version;
  return (
    <>
      <Filters>
        <Segments
          label={words.scope}
          values={['own', 'sum'] as const}
          chosen={form.scope}
          name={(scope) => words.scopes[scope]}
          choose={(scope) => choose('scope', scope)}
        />
        <Segments
          label={words.calibre}
          values={['calorific', 'equivalent'] as const}
          chosen={form.calibre}
          name={(calibre) => words.calibres[calibre]}
          choose={(calibre) => choose('calibre', calibre)}
        />
        <Versions form={form} compared={compared} choose={choose} />
        <Files asked={asked} />
      </Filters>
      {form.scope === 'own' && (
        <div className="row">
          <FormStateBadge state={form.state} overdue={form.overdue} />
          {form.dueAt !== null && (
            <span className="faint">
              {words.due} {form.dueAt.slice(0, 10)}
            </span>
          )}
          {isNewest && <FormActs form={form} done={done} />}
        </div>
      )}
      {form.frozen && <p className="faint">{words.frozen}</p>}
      <FormMembers form={form} />
      <FormChecks form={form} />
      <FormCells form={isNewest ? form : { ...form, may: [] }} compared={other.data} done={done} />
      {form.scope === 'own' && <FormHistory form={form} />}
      <FormAbout form={form} />
    </>
  );
}

interface FormScreenProps {
  readonly institution: string;
  readonly period: string;
}

/** The statistics form of a month or year. What is chosen stands in the address. */
export function FormScreen({ institution, period }: FormScreenProps) {
  const { texts } = useApp();
  const words = texts.forms;
  const names = useNames();
  const [query, choose] = useFilters();
  const calibre = query.get('calibre');
  const asked: Asked = {
    institution,
    period,
    scope: query.get('scope') === 'sum' ? 'sum' : 'own',
    calibre: calibre === 'calorific' || calibre === 'equivalent' ? calibre : undefined,
    version: query.get('version') ?? undefined,
  };
  const loaded = useForm(asked);
  const isYear = period.length === 4;
  const title = isYear ? words.wholeYear(period) : words.monthly(period);
  useTitle(`${words.title} ${period}`);
  /** What was done concerns the newest version. */
  const done = () => {
    choose('version', '');
    loaded.reload();
  };
  return (
    <div className="screen">
      <p className="crumbs">
        <Link
          href={`/forms?institution=${encodeURIComponent(institution)}&year=${period.slice(0, 4)}`}
        >
          {words.back}
        </Link>
      </p>
      <h1>
        {names.institution(institution)} <small>{title}</small>
      </h1>
      <Show of={loaded}>
        {(form) => (
          <Body
            asked={asked}
            form={form}
            compared={query.get('compare') ?? ''}
            choose={choose}
            done={done}
          />
        )}
      </Show>
    </div>
  );
}
