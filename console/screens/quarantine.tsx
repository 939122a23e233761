import { useState } from 'react';
import type { Page, QuarantineItem, QuarantineSummaryView } from '../../api/contract.ts';
import { dayMs } from '../../model/time.ts';
import { useApp, useTitle } from '../lib/app-context.ts';
import { formatNumber } from '../lib/format.ts';
import { useFilters } from '../lib/use-filters.ts';
import { useLoad } from '../lib/use-load.ts';
import { Choice, Filters, Search } from '../parts/filters.tsx';
import { QuarantineBytes } from '../parts/quarantine-bytes.tsx';
import { Requeue } from '../parts/requeue.tsx';
import { Empty, Show } from '../parts/states.tsx';
import { At } from '../parts/time.tsx';

const shownAtFirst = 100;
const spans = [1, 7, 30, 90] as const;
const spanAtFirst = 7;

/** What was not understood or not believed: found, looked at and read again. Filters stand in the address. */
export function QuarantineScreen() {
  const { api, texts } = useApp();
  useTitle(texts.quarantine.title);
  const [query, choose] = useFilters();
  const [limit, setLimit] = useState(shownAtFirst);
  const device = query.get('device') ?? '';
  const reason = query.get('reason') ?? '';
  const days = Number(query.get('days') ?? spanAtFirst);
  const filter = { ...(device && { device }), ...(reason && { reason }) };
  const items = useLoad(
    `quarantine:${device}:${reason}:${days}:${limit}`,
    (signal) =>
      api.get<Page<QuarantineItem>>(
        '/quarantine',
        { ...filter, from: Date.now() - days * dayMs, to: Date.now() + dayMs, limit },
        signal,
      ),
    { everyMs: 30_000 },
  );
  const summary = useLoad(
    'quarantine-summary',
    (signal) => api.get<QuarantineSummaryView>('/quarantine/summary', {}, signal),
    { everyMs: 30_000 },
  );
  const reload = () => {
    items.reload();
    summary.reload();
  };
  return (
    <div className="screen">
      <h1>{texts.quarantine.title}</h1>
      <p className="faint">{texts.quarantine.explain}</p>
      {summary.data && <Counts of={summary.data} />}
      <Filters>
        <Search
          label={texts.quarantine.device}
          value={device}
          choose={(text) => choose('device', text.trim())}
        />
        <Reasons chosen={reason} of={summary.data?.byReason} choose={choose} />
        <select
          aria-label={texts.quarantine.receivedAt}
          value={days}
          onChange={(event) => choose('days', event.target.value)}
        >
          {spans.map((span) => (
            <option key={span} value={span}>
              {texts.quarantineWork.days(span)}
            </option>
          ))}
        </select>
        <Requeue key={`${device}:${reason}:${days}`} filter={filter} days={days} done={reload} />
      </Filters>
      <Show of={items}>
        {(page) => (
          <>
            <Items of={page.items} isFiltered={device !== '' || reason !== ''} />
            {page.next !== null && (
              <button type="button" onClick={() => setLimit(limit + shownAtFirst)}>
                {texts.common.more}
              </button>
            )}
          </>
        )}
      </Show>
    </div>
  );
}

function Counts({ of }: { readonly of: QuarantineSummaryView }) {
  const { texts, locale } = useApp();
  if (!of.whole) return null;
  const number = (value: number) => formatNumber(value, locale, 0);
  const { understood, expired, dropped } = of.whole;
  return (
    <p className="faint">
      {texts.quarantineWork.counts(
        number(of.items),
        number(understood),
        number(expired),
        number(dropped),
      )}
    </p>
  );
}

function Reasons({
  chosen,
  of = {},
  choose,
}: {
  readonly chosen: string;
  readonly of?: Readonly<Record<string, number>> | undefined;
  readonly choose: (key: string, value: string) => void;
}) {
  const { texts, locale } = useApp();
  const words: Readonly<Record<string, string>> = texts.quarantine.reasons;
  const counted = (key: string) =>
    of[key] === undefined ? '' : ` (${formatNumber(of[key], locale, 0)})`;
  return (
    <Choice
      label={texts.quarantine.reason}
      all={texts.quarantineWork.allReasons}
      value={chosen}
      options={Object.entries(words).map(([key, label]) => [key, label + counted(key)])}
      choose={(key) => choose('reason', key)}
    />
  );
}

function Items({
  of,
  isFiltered,
}: {
  readonly of: readonly QuarantineItem[];
  readonly isFiltered: boolean;
}) {
  const { texts } = useApp();
  if (of.length === 0)
    return isFiltered ? (
      <Empty title={texts.quarantineWork.noneFiltered} />
    ) : (
      <Empty title={texts.quarantine.none}>
        <span>{texts.quarantine.noneMore}</span>
      </Empty>
    );
  return (
    <div className="card table quarantine">
      <table>
        <thead>
          <tr>
            <th>{texts.quarantine.receivedAt}</th>
            <th>{texts.quarantine.device}</th>
            <th>{texts.quarantine.door}</th>
            <th>{texts.quarantine.reason}</th>
            <th>{texts.quarantine.detail}</th>
          </tr>
        </thead>
        <tbody>
          {of.map((item) => (
            <Row key={`${item.seq}.${item.part}`} item={item} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ item }: { readonly item: QuarantineItem }) {
  const { texts, locale } = useApp();
  const words: Readonly<Record<string, string>> = texts.quarantine.reasons;
  const [isOpen, setOpen] = useState(false);
  return (
    <tr>
      <td data-label={texts.quarantine.receivedAt}>
        <At at={item.receivedAt} />
        {item.times > 1 && (
          <small>
            {texts.quarantineWork.times(formatNumber(item.times, locale, 0))} ·{' '}
            <At at={item.lastAt} />
          </small>
        )}
      </td>
      <td data-label={texts.quarantine.device}>
        <code>{item.device}</code>
      </td>
      <td data-label={texts.quarantine.door}>{item.protocol}</td>
      <td data-label={texts.quarantine.reason}>
        <span className="badge">{words[item.reason] ?? item.reason}</span>
        {item.requeuedAt !== null && <small>{texts.quarantineWork.waiting}</small>}
      </td>
      <td data-label={texts.quarantine.detail}>
        {item.detail}
        <details onToggle={(event) => setOpen(event.currentTarget.open)}>
          <summary>
            {texts.quarantine.show} ({formatNumber(item.length, locale, 0)})
          </summary>
          {isOpen && <QuarantineBytes seq={item.seq} />}
        </details>
      </td>
    </tr>
  );
}
