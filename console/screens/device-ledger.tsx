import { Link, useSearchParams } from 'wouter';
import type { LedgerDayView, LedgerView } from '../../api/contract.ts';
import { dayMs, secondMs, shiftDay, startOfDay } from '../../model/time.ts';
import { useApp, useSession, useTitle } from '../lib/app-context.ts';
import { formatDuration, formatNumber, instantOf } from '../lib/format.ts';
import { setAsideOf } from '../lib/ledger.ts';
import { useLoad } from '../lib/use-load.ts';
import { useNames } from '../lib/use-names.ts';
import { Composition, CompositionLegend } from '../parts/composition.tsx';
import { Facts } from '../parts/fact.tsx';
import { LedgerCells, LedgerTable } from '../parts/ledger-table.tsx';
import { Show } from '../parts/states.tsx';
import { At } from '../parts/time.tsx';

const daysShown = 14;

/** One device: its last days, and the gaps of the one that is chosen. */
export function DeviceLedgerScreen({ id }: { readonly id: string }) {
  const { api, texts } = useApp();
  const name = useNames().device(id);
  useTitle(`${name} · ${texts.ledger.title}`);
  const { timeZone: zone } = useSession().me;
  const [query, setQuery] = useSearchParams();
  const date = query.get('date') ?? undefined;
  const day = useLoad(
    `ledger:${id}:${date ?? ''}`,
    (signal) => api.get<LedgerView>(`/devices/${encodeURIComponent(id)}/ledger`, { date }, signal),
    { everyMs: 30_000 },
  );
  const last = day.data?.date;
  const to = last && shiftDay(last, Math.min(daysShown - 1, daysUntilToday(last)));
  const days = useLoad(
    to && `ledger-days:${id}:${to}`,
    (signal) =>
      api.get<{ items: readonly LedgerDayView[] }>(
        `/devices/${encodeURIComponent(id)}/ledger/days`,
        {
          from: startOfDay(shiftDay(to ?? '', 1 - daysShown), zone),
          to: startOfDay(shiftDay(to ?? '', 1), zone),
        },
        signal,
      ),
    { everyMs: 30_000 },
  );
  return (
    <div className="screen">
      <p className="crumbs">
        <Link href="/ledger">{texts.ledger.title}</Link>
      </p>
      <h1>
        {name} <small className="faint">{id}</small>
      </h1>
      <Show of={day}>{(found) => <Day of={found} />}</Show>
      <h2>{texts.ledger.days}</h2>
      <CompositionLegend />
      <Show of={days}>
        {({ items }) => (
          <Days
            items={items.toReversed()}
            chosen={day.data?.date}
            choose={(next) => setQuery({ date: next }, { replace: true })}
          />
        )}
      </Show>
    </div>
  );
}

const daysUntilToday = (date: string): number =>
  Math.max(0, Math.floor((Date.now() - Date.parse(`${date}T00:00:00Z`)) / dayMs));

function Day({ of }: { readonly of: LedgerView }) {
  const { texts, locale } = useApp();
  const { me } = useSession();
  const words = texts.ledger;
  const reasons: Readonly<Record<string, string>> = texts.quarantine.reasons;
  const number = (value: number | null) => formatNumber(value, locale, 0);
  const facts: readonly (readonly [string, string])[] = [
    [words.expected, number(of.expected)],
    [words.observed, number(of.observed)],
    [words.missing, number(of.missing)],
    [words.stored, number(of.stored)],
    [words.duplicate, number(of.duplicate)],
    [words.quarantined, number(setAsideOf(of))],
    [words.late, number(of.late)],
    ...(of.restedS > 0
      ? [[words.rested, formatDuration(of.restedS * secondMs, texts, locale)] as const]
      : []),
    ...(of.requeued > 0 ? [[words.requeued, number(of.requeued)] as const] : []),
    ...(of.serialGaps ? [[words.serialGaps, number(of.serialGaps.missing)] as const] : []),
  ];
  const mayWork = me.role === 'admin' || me.role === 'integrator';
  return (
    <section className="card ledger-day">
      <h2>{of.date}</h2>
      <Composition of={of} />
      <Facts of={facts} />
      <p className="faint">{words.messages(number(of.journalled), number(of.messages.empty))}</p>
      {setAsideOf(of) > 0 && (
        <p className="chips">
          {Object.entries(of.quarantined).map(([reason, by]) => (
            <span key={reason} className="badge">
              {reasons[reason] ?? reason} {number(by)}
            </span>
          ))}
          {mayWork && <Link href={`/quarantine?device=${of.device}`}>{words.seeQuarantine}</Link>}
        </p>
      )}
      <Gaps of={of} />
    </section>
  );
}

function Gaps({ of }: { readonly of: LedgerView }) {
  const { texts, locale } = useApp();
  const words = texts.ledger;
  if (of.expected === null) return <p className="faint">{words.gapsNeed}</p>;
  if (of.gaps.length === 0) return <p className="faint">{words.noGaps}</p>;
  return (
    <>
      <h3>
        {words.gaps} <small className="faint">{formatNumber(of.gaps.length, locale, 0)}</small>
      </h3>
      <ul className="gaps">
        {of.gaps.map(({ from, to }) => (
          <li key={from}>
            <span>
              <At at={from} /> – <At at={to} />
            </span>
            <b>{formatDuration((instantOf(to) ?? 0) - (instantOf(from) ?? 0), texts, locale)}</b>
          </li>
        ))}
      </ul>
    </>
  );
}

function Days({
  items,
  chosen,
  choose,
}: {
  readonly items: readonly LedgerDayView[];
  readonly chosen: string | undefined;
  readonly choose: (date: string) => void;
}) {
  const { texts } = useApp();
  return (
    <LedgerTable first={texts.ledger.day}>
      {items.map((day) => (
        <tr key={day.date} className="opens" onClick={() => choose(day.date)}>
          <td>
            <button
              type="button"
              className="link"
              aria-pressed={day.date === chosen}
              onClick={() => choose(day.date)}
            >
              {day.date}
            </button>
          </td>
          <LedgerCells of={day} />
        </tr>
      ))}
    </LedgerTable>
  );
}
