import type { ReactNode } from 'react';
import { Link, useLocation } from 'wouter';
import type { LedgerLine, LedgerOverview } from '../../api/contract.ts';
import { useApp, useTitle } from '../lib/app-context.ts';
import { formatNumber } from '../lib/format.ts';
import { useFilters } from '../lib/use-filters.ts';
import { useLoad } from '../lib/use-load.ts';
import { CompositionLegend } from '../parts/composition.tsx';
import { DayPicker } from '../parts/day-picker.tsx';
import { Filters, Search } from '../parts/filters.tsx';
import { LedgerCells, LedgerTable } from '../parts/ledger-table.tsx';
import { Empty, Show } from '../parts/states.tsx';
import { Tile } from '../parts/tile.tsx';

const shown = 300;

/** Completeness: every device and what came of it on a day, worst first. Filters stand in the address. */
export function LedgerScreen() {
  const { api, texts } = useApp();
  useTitle(texts.ledger.title);
  const [query, choose] = useFilters();
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
  return (
    <div className="screen">
      <h1>{texts.ledger.title}</h1>
      <p className="faint">{texts.ledger.explain}</p>
      <Filters>
        <DayPicker
          date={date ?? overview.data?.date ?? ''}
          isToday={date === null}
          choose={(next) => choose('date', next)}
        />
        <Search
          label={texts.common.search}
          value={search ?? ''}
          choose={(text) => choose('search', text)}
        />
        <button
          type="button"
          aria-pressed={incomplete !== null}
          onClick={() => choose('incomplete', incomplete === null ? '1' : '')}
        >
          {texts.ledger.onlyIncomplete}
        </button>
      </Filters>
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
        <Tile key={name} label={name} value={value} note={more} />
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
      <LedgerTable first={words.device}>
        {of.items.map((line) => (
          <Row key={line.device} line={line} date={of.date} />
        ))}
      </LedgerTable>
      {hidden > 0 && <p className="faint">{words.more(formatNumber(hidden, locale, 0))}</p>}
    </>
  );
}

function Row({ line, date }: { readonly line: LedgerLine; readonly date: string }) {
  const { texts } = useApp();
  const [, go] = useLocation();
  const words = texts.ledger;
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
      <LedgerCells of={line} />
    </tr>
  );
}
