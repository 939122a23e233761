import { useCallback, useState } from 'react';
import { useSearchParams } from 'wouter';
import type { AlertView, Page } from '../../api/contract.ts';
import { type AlertFilter, belongs, placeAlert } from '../lib/alerts.ts';
import type { Query } from '../lib/api.ts';
import { useApp, useLive, useTitle } from '../lib/app-context.ts';
import { useEntities } from '../lib/use-lists.ts';
import { useLoad } from '../lib/use-load.ts';
import { useRuleKinds } from '../lib/use-names.ts';
import { AlertList } from '../parts/alert-list.tsx';
import { Empty, Show } from '../parts/states.tsx';

const pageSize = 100;
const activeStates = 'open,acknowledged';
const families = ['energy', 'vehicle', 'device'] as const;

const keys = [
  'state',
  'kind',
  'severity',
  'institution',
  'subject',
] as const satisfies readonly (keyof AlertFilter)[];

function Filters({
  filter,
  choose,
}: {
  readonly filter: AlertFilter;
  readonly choose: (change: AlertFilter) => void;
}) {
  const { texts, locale } = useApp();
  const kinds = useRuleKinds();
  const institutions = useEntities('institutions');
  return (
    <form className="filters" onSubmit={(event) => event.preventDefault()}>
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
      <select
        aria-label={texts.alerts.kind}
        value={filter.kind ?? ''}
        onChange={(event) => choose({ kind: event.target.value })}
      >
        <option value="">
          {texts.alerts.kind}: {texts.common.all}
        </option>
        {families.map((family) => (
          <option key={family} value={`${family}.*`}>
            {texts.alerts[family]}
          </option>
        ))}
        {kinds.data?.items.map((kind) => (
          <option key={kind.kind} value={kind.kind}>
            — {kind.title[locale]}
          </option>
        ))}
      </select>
      <select
        aria-label={texts.alerts.severity}
        value={filter.severity ?? ''}
        onChange={(event) => choose({ severity: event.target.value })}
      >
        <option value="">
          {texts.alerts.severity}: {texts.common.all}
        </option>
        {Object.entries(texts.severity).map(([key, label]) => (
          <option key={key} value={key}>
            {label}
          </option>
        ))}
      </select>
      {(institutions.data?.items.length ?? 0) > 1 && (
        <select
          aria-label={texts.alerts.institution}
          value={filter.institution ?? ''}
          onChange={(event) => choose({ institution: event.target.value })}
        >
          <option value="">
            {texts.alerts.institution}: {texts.common.all}
          </option>
          {institutions.data?.items.map((institution) => (
            <option key={institution.id} value={institution.id}>
              {institution.name}
            </option>
          ))}
        </select>
      )}
      {filter.subject && (
        <button type="button" className="chip" onClick={() => choose({ subject: '' })}>
          {texts.alerts.subject}: {filter.subject} ✕
        </button>
      )}
    </form>
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
      <Filters filter={filter} choose={choose} />
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
