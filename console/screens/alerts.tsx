import { useCallback, useState } from 'react';
import { useSearchParams } from 'wouter';
import type { AlertView, Page } from '../../api/contract.ts';
import { type AlertFilter, belongs, placeAlert } from '../lib/alerts.ts';
import type { Query } from '../lib/api.ts';
import { useApp, useLive, useTitle } from '../lib/app-context.ts';
import { useEntities } from '../lib/use-lists.ts';
import { useLoad } from '../lib/use-load.ts';
import { useNames, useRuleKinds } from '../lib/use-names.ts';
import { AlertList } from '../parts/alert-list.tsx';
import { Choice, Filters } from '../parts/filters.tsx';
import { Empty, Show } from '../parts/states.tsx';

const pageSize = 100;
const activeStates = 'open,acknowledged';
const families = ['energy', 'water', 'room', 'meter', 'vehicle', 'device'] as const;

const keys = [
  'state',
  'kind',
  'severity',
  'institution',
  'subject',
] as const satisfies readonly (keyof AlertFilter)[];

function AlertFilters({
  filter,
  choose,
}: {
  readonly filter: AlertFilter;
  readonly choose: (change: AlertFilter) => void;
}) {
  const { texts, locale } = useApp();
  const kinds = useRuleKinds();
  const names = useNames();
  const institutions = useEntities('institutions');
  return (
    <Filters>
      <select
        aria-label={texts.alerts.state}
        value={filter.state ?? ''}
        onChange={(event) => choose({ state: event.target.value })}
      >
        <option value={activeStates}>{texts.alerts.active}</option>
        <option value="">
          {texts.alerts.state}: {texts.common.all}
        </option>
        {Object.entries(texts.state).map(([key, label]) => (
          <option key={key} value={key}>
            {label}
          </option>
        ))}
      </select>
      <Choice
        label={texts.alerts.kind}
        all={`${texts.alerts.kind}: ${texts.common.all}`}
        value={filter.kind ?? ''}
        options={[
          ...families.map((family) => [`${family}.*`, texts.alerts[family]] as const),
          ...(kinds.data?.items.map(({ kind, title }) => [kind, `— ${title[locale]}`] as const) ??
            []),
        ]}
        choose={(kind) => choose({ kind })}
      />
      <Choice
        label={texts.alerts.severity}
        all={`${texts.alerts.severity}: ${texts.common.all}`}
        value={filter.severity ?? ''}
        options={Object.entries(texts.severity)}
        choose={(severity) => choose({ severity })}
      />
      {(institutions.data?.items.length ?? 0) > 1 && (
        <Choice
          label={texts.alerts.institution}
          all={`${texts.alerts.institution}: ${texts.common.all}`}
          value={filter.institution ?? ''}
          options={institutions.data?.items.map(({ id, name }) => [id, name] as const) ?? []}
          choose={(institution) => choose({ institution })}
        />
      )}
      {filter.subject && (
        <button type="button" className="chip" onClick={() => choose({ subject: '' })}>
          {texts.alerts.subject}: {names.device(filter.subject)} ✕
        </button>
      )}
    </Filters>
  );
}

/** Alerts, newest first, as they come. Filters stand in the address. */
export function AlertsScreen() {
  const { api, texts } = useApp();
  useTitle(texts.alerts.title);
  const [query, setQuery] = useSearchParams();
  const [busy, setBusy] = useState(false);
  const filter: AlertFilter = {
    state: activeStates,
    ...Object.fromEntries(
      keys.filter((key) => query.has(key)).map((key) => [key, query.get(key) ?? '']),
    ),
  };
  const asked: Query = { ...filter, limit: pageSize };
  const key = `alerts:${JSON.stringify(filter)}`;
  const alerts = useLoad(key, (signal) => api.get<Page<AlertView>>('/alerts', asked, signal));
  const { set, reload } = alerts;
  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` is the filter as text
  const place = useCallback(
    (data: unknown) => {
      if (filter.institution) reload();
      else
        set((page) => ({
          ...page,
          items: placeAlert(page.items, data as AlertView, (alert) => belongs(alert, filter)),
        }));
    },
    [key, set, reload],
  );
  useLive('alert', place);
  const choose = (change: AlertFilter) =>
    setQuery(
      {
        ...Object.fromEntries(
          Object.entries(filter).filter(([name, value]) => value !== '' || name === 'state'),
        ),
        ...change,
      },
      { replace: true },
    );
  const more = (next: string) => {
    setBusy(true);
    api
      .get<Page<AlertView>>('/alerts', { ...asked, cursor: next })
      .then(
        (page) =>
          set((before) => ({
            items: [
              ...before.items,
              ...page.items.filter(({ id }) => !before.items.some((item) => item.id === id)),
            ],
            next: page.next,
          })),
        reload,
      )
      .finally(() => setBusy(false));
  };
  return (
    <div className="screen">
      <h1>{texts.alerts.title}</h1>
      <AlertFilters filter={filter} choose={choose} />
      <Show of={alerts}>
        {({ items, next }) => (
          <>
            {items.length === 0 && (
              <Empty title={texts.alerts.none}>
                <span>{texts.alerts.noneMore}</span>
                <button type="button" onClick={() => setQuery({}, { replace: true })}>
                  {texts.alerts.clearFilters}
                </button>
              </Empty>
            )}
            {items.length > 0 && (
              <section className="card">
                <AlertList alerts={items} />
              </section>
            )}
            {next !== null && (
              <button type="button" disabled={busy} onClick={() => more(next)}>
                {texts.common.more}
              </button>
            )}
          </>
        )}
      </Show>
    </div>
  );
}
