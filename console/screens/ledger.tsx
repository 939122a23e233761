import type { ReactNode } from 'react';
import { Link, useLocation, useSearchParams } from 'wouter';
import type { LedgerLine, LedgerOverview } from '../../api/contract.ts';
import { useApp, useTitle } from '../lib/app-context.ts';
import { formatNumber } from '../lib/format.ts';
import { setAsideOf, shiftDay } from '../lib/ledger.ts';
import { useLoad } from '../lib/use-load.ts';
import { Composition, CompositionLegend } from '../parts/composition.tsx';
import { Empty, Show } from '../parts/states.tsx';

const shown = 300;

/** Completeness: every device and what came of it on a day, worst first. Filters stand in the address. */
export function LedgerScreen() {
  const { api, texts } = useApp();
  useTitle(texts.ledger.title);
  const [query, setQuery] = useSearchParams();
  const [date, search, incomplete] = [
    query.get('date'),
    query.get('search'),
    query.get('incomplete'),
  ];
  const asked = {
    ...(date && { date }),
    ...(search && { search }),
    ...(incomplete && { incomplete: true }),
    limit: shown,
  };
  const overview = useLoad(
    `ledger:${JSON.stringify(asked)}`,
    (signal) => api.get<LedgerOverview>('/ledger', asked, signal),
    { everyMs: 30_000 },
  );
  const choose = (key: string, value: string) =>
    setQuery(
      (before) => {
        const next = new URLSearchParams(before);
        if (value === '') next.delete(key);
        else next.set(key, value);
        return next;
      },
      { replace: true },
    );
  return (
    <div className="screen">
      <h1>{texts.ledger.title}</h1>
      <p className="faint">{texts.ledger.explain}</p>
      <form className="filters" onSubmit={(event) => event.preventDefault()}>
        <DayPicker
          date={date ?? overview.data?.date ?? ''}
          isToday={date === null}
          choose={(next) => choose('date', next)}
        />
        <input
          type="search"
          aria-label={texts.common.search}
          placeholder={texts.common.search}
          value={search ?? ''}
          onChange={(event) => choose('search', event.target.value)}
        />
        <button
          type="button"
          aria-pressed={incomplete !== null}
          onClick={() => choose('incomplete', incomplete === null ? '1' : '')}
        >
          {texts.ledger.onlyIncomplete}
        </button>
      </form>
      <Show of={overview}>
        {(found) => (
          <>
            <Totals of={found.totals} />
            <Devices of={found} isFiltered={incomplete !== null} />
          </>
        )}
      </Show>
    </div>
  );
}

function DayPicker({
  date,
  isToday,
  choose,
}: {
  readonly date: string;
  readonly isToday: boolean;
  readonly choose: (date: string) => void;
}) {
  const { texts } = useApp();
  return (
    <span className="day-picker">
      <button
        type="button"
        aria-label={texts.ledger.before}
        disabled={date === ''}
        onClick={() => choose(shiftDay(date, -1))}
      >
        ‹
      </button>
      <input
        type="date"
        aria-label={texts.ledger.date}
        value={date}
        onChange={(event) => choose(event.target.value)}
      />
      <button
        type="button"
        aria-label={texts.ledger.after}
        disabled={isToday || date === ''}
        onClick={() => choose(shiftDay(date, 1))}
      >
        ›
      </button>
      {!isToday && (
        <button type="button" onClick={() => choose('')}>
          {texts.ledger.today}
        </button>
      )}
    </span>
  );
}

function Totals({ of }: { readonly of: LedgerOverview['totals'] }) {
  const { texts, locale } = useApp();
  const share = of.expected === 0 ? null : (100 * of.missing) / of.expected;
  const tiles: readonly [string, ReactNode, ReactNode?][] = [
    [
      texts.ledger.complete,
      `${formatNumber(of.complete, locale, 0)} / ${formatNumber(of.devices, locale, 0)}`,
    ],
    [texts.ledger.stored, formatNumber(of.stored, locale, 0)],
    [
      texts.ledger.missing,
      formatNumber(of.missing, locale, 0),
      share !== null && `${formatNumber(share, locale, 2)} %`,
    ],
    [texts.ledger.quarantined, formatNumber(of.quarantined, locale, 0)],
    [texts.ledger.duplicate, formatNumber(of.duplicate, locale, 0)],
    [texts.ledger.late, formatNumber(of.late, locale, 0)],
  ];
  return (
    <div className="tiles">
      {tiles.map(([name, value, more]) => (
        <div key={name} className="card tile">
          <span>{name}</span>
          <b>{value}</b>
          {more && <small>{more}</small>}
        </div>
      ))}
    </div>
  );
}

function Devices({
  of,
  isFiltered,
}: {
  readonly of: LedgerOverview;
  readonly isFiltered: boolean;
}) {
  const { texts, locale } = useApp();
  const words = texts.ledger;
  if (of.items.length === 0) {
    const fine = isFiltered && of.totals.devices > 0;
    return (
      <Empty title={fine ? words.allComplete : words.none}>
        <span>{fine ? words.allCompleteMore : words.noneMore}</span>
      </Empty>
    );
  }
  const hidden = of.next === null ? 0 : of.totals.devices - of.items.length;
  return (
    <>
      <CompositionLegend />
      <div className="card table ledger">
        <table>
          <thead>
            <tr>
              <th>{words.device}</th>
              <th>{words.composition}</th>
              <th className="number">{words.expected}</th>
              <th className="number">{words.observed}</th>
              <th className="number">{words.missing}</th>
              <th className="number">{words.quarantined}</th>
              <th className="number">{words.duplicate}</th>
              <th className="number">{words.late}</th>
            </tr>
          </thead>
          <tbody>
            {of.items.map((line) => (
              <Row key={line.device} line={line} date={of.date} />
            ))}
          </tbody>
        </table>
      </div>
      {hidden > 0 && <p className="faint">{words.more(formatNumber(hidden, locale, 0))}</p>}
    </>
  );
}

function Row({ line, date }: { readonly line: LedgerLine; readonly date: string }) {
  const { texts, locale } = useApp();
  const [, go] = useLocation();
  const words = texts.ledger;
  const number = (value: number | null) => formatNumber(value, locale, 0);
  const address = `/ledger/${line.device}?date=${date}`;
  const known = line.type !== null;
  return (
    <tr {...(known && { className: 'opens', onClick: () => go(address) })}>
      <td>
        {known ? (
          <Link href={address} onClick={(event) => event.stopPropagation()}>
            {line.name}
          </Link>
        ) : (
          line.name
        )}
        <small>
          {line.device}
          {!known && ` · ${words.unknown}`}
          {!line.heard && ` · ${words.neverHeard}`}
          {known && line.expected === null && ` · ${words.noInterval}`}
        </small>
      </td>
      <td data-label={words.composition}>
        <Composition of={line} />
      </td>
      <Count label={words.expected} value={number(line.expected)} />
      <Count label={words.observed} value={number(line.observed)} />
      <Count
        label={words.missing}
        value={number(line.missing)}
        tone={line.missing ? 'silent' : ''}
      />
      <Count
        label={words.quarantined}
        value={number(setAsideOf(line))}
        tone={setAsideOf(line) > 0 ? 'bad' : ''}
      />
      <Count label={words.duplicate} value={number(line.duplicate)} />
      <Count label={words.late} value={number(line.late)} />
    </tr>
  );
}

function Count({
  label,
  value,
  tone = '',
}: {
  readonly label: string;
  readonly value: string;
  readonly tone?: string;
}) {
  return (
    <td className={`number ${tone}`} data-label={label}>
      {value}
    </td>
  );
}
