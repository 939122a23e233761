import type { AlertView } from '../../api/contract.ts';
import { dayMs } from '../../model/time.ts';
import { getAll } from '../lib/api.ts';
import { useApp, useTitle } from '../lib/app-context.ts';
import { type LossOrder, lossesOf, lossOf, lossOrders, sortLosses } from '../lib/losses.ts';
import { useFilters } from '../lib/use-filters.ts';
import { useEntities } from '../lib/use-lists.ts';
import { useLoad } from '../lib/use-load.ts';
import { type Names, useNames } from '../lib/use-names.ts';
import { CsvButton } from '../parts/csv-button.tsx';
import { Choice, Filters } from '../parts/filters.tsx';
import { LossList } from '../parts/loss-list.tsx';
import { Segments } from '../parts/segments.tsx';
import { Empty, Show } from '../parts/states.tsx';

const families = ['energy.*', 'water.*'] as const;
/** 0 is any time. */
const sinceDays = [0, 7, 30, 90, 365] as const;
const active = 'open,acknowledged';
const mostAlerts = 2_000;

function useRows(names: Names) {
  const { texts, locale } = useApp();
  const words = texts.waste;
  return (alerts: readonly AlertView[], order: LossOrder) => [
    [
      words.alert,
      texts.alerts.subject,
      texts.alerts.institution,
      texts.alerts.kind,
      texts.alerts.severity,
      words.state,
      words.opened,
      words.amount,
      texts.figures.amount,
      `${words.yuan} CNY`,
    ],
    ...sortLosses(lossesOf(alerts), order).map(({ alert, loss }) => [
      alert.summary[locale],
      names.subject(alert.subject),
      names.institution(alert.institution),
      names.kind(alert.kind),
      texts.severity[alert.severity],
      texts.state[alert.state],
      alert.openedAt,
      loss.amount,
      loss.unit,
      loss.yuan,
    ]),
  ];
}

/** What was used too much, by alert, with what it cost. Filters stand in the address. */
export function WasteScreen() {
  const { api, texts } = useApp();
  const words = texts.waste;
  useTitle(words.title);
  const names = useNames();
  const institutions = useEntities('institutions');
  const [query, choose] = useFilters();
  const state = query.get('state') === 'all' ? '' : active;
  const institution = query.get('institution') ?? '';
  const days = sinceDays.find((each) => String(each) === query.get('days')) ?? 0;
  const order = lossOrders.find((each) => each === query.get('sort')) ?? 'yuan';
  const alerts = useLoad(`waste:${state}:${institution}:${days}`, async (signal) => {
    const from = days === 0 ? undefined : Date.now() - days * dayMs;
    const pages = await Promise.all(
      families.map((kind) =>
        getAll<AlertView>(
          api,
          '/alerts',
          { state, institution, kind, from, limit: 1_000 },
          mostAlerts,
          signal,
        ),
      ),
    );
    return {
      items: pages.flatMap(({ items }) => items.filter((alert) => lossOf(alert))),
      complete: pages.every(({ complete }) => complete),
    };
  });
  const rows = useRows(names);
  return (
    <div className="screen">
      <h1>{words.title}</h1>
      <p className="faint">{words.explain}</p>
      <Filters>
        <Choice
          label={words.state}
          value={state === '' ? 'all' : 'active'}
          options={[
            ['active', words.active],
            ['all', words.all],
          ]}
          choose={(value) => choose('state', value)}
        />
        {(institutions.data?.items.length ?? 0) > 1 && (
          <Choice
            label={texts.alerts.institution}
            all={`${texts.alerts.institution}: ${texts.common.all}`}
            value={institution}
            options={institutions.data?.items.map(({ id, name }) => [id, name] as const) ?? []}
            choose={(id) => choose('institution', id)}
          />
        )}
        <Choice
          label={words.since}
          value={String(days)}
          options={sinceDays.map((each) => [String(each), words.sinceDays(each)])}
          choose={(each) => choose('days', each)}
        />
        <Segments
          label={words.sort}
          values={lossOrders}
          chosen={order}
          name={(each) => words.sorts[each]}
          choose={(each) => choose('sort', each)}
        />
        {alerts.data && alerts.data.items.length > 0 && (
          <CsvButton name="losses" rows={() => rows(alerts.data?.items ?? [], order)} />
        )}
      </Filters>
      <Show of={alerts}>
        {({ items, complete }) =>
          items.length === 0 ? (
            <Empty title={words.none}>
              <span>{words.noneMore}</span>
            </Empty>
          ) : (
            <section className="card">
              {!complete && <p className="note">{texts.common.truncated}</p>}
              <LossList alerts={items} order={order} />
            </section>
          )
        }
      </Show>
    </div>
  );
}
