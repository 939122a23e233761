import { Link } from 'wouter';
import type { VehicleLedgerView } from '../../api/contract.ts';
import { localTime, minuteMs } from '../../model/time.ts';
import { figureInfo, figureNames, uncheckedWhys } from '../../model/vehicle-ledger.ts';
import { useApp, useNow, useSession, useTitle } from '../lib/app-context.ts';
import { formatNumber } from '../lib/format.ts';
import { useFilters } from '../lib/use-filters.ts';
import { useLoad } from '../lib/use-load.ts';
import { useNames } from '../lib/use-names.ts';
import { monthAsked } from '../lib/vehicle-ledger.ts';
import { Fact } from '../parts/fact.tsx';
import { Choice, Filters } from '../parts/filters.tsx';
import { Findings, LedgerFigure, LedgerFiles, useWhy } from '../parts/ledger-figure.tsx';
import { RemoveButton } from '../parts/remove-button.tsx';
import { Show } from '../parts/states.tsx';
import { Table } from '../parts/table.tsx';
import { At } from '../parts/time.tsx';

type Expense = VehicleLedgerView['expenses'][number];

function Figures({ ledger }: { readonly ledger: VehicleLedgerView }) {
  const { locale } = useApp();
  const why = useWhy();
  return (
    <section className="card">
      <dl className="facts many">
        {figureNames.map((name) => (
          <Fact key={name} name={figureInfo(name)[locale]}>
            {why(ledger, name) === undefined ? (
              <LedgerFigure name={name} value={ledger.figures[name]} />
            ) : (
              <span className="faint">{why(ledger, name)}</span>
            )}
          </Fact>
        ))}
      </dl>
    </section>
  );
}

/** What the entry was compared with, and why something could not be. */
function Checked({ check }: Pick<Expense, 'check'>) {
  const { texts, locale } = useApp();
  const words = texts.vehicleLedger;
  if (!check) return <>—</>;
  const unchecked = [...new Set(Object.values(check.unchecked))].filter((why) => why !== null);
  return (
    <>
      <Findings told={check.findings} />
      {check.roseL !== null && <small>{words.rose(formatNumber(check.roseL, locale, 1))}</small>}
      {check.distanceKm !== null && (
        <small>{words.away(formatNumber(check.distanceKm, locale, 1))}</small>
      )}
      {unchecked.length > 0 && (
        <small>
          {words.unchecked}: {unchecked.map((why) => uncheckedWhys[why][locale]).join(' · ')}
        </small>
      )}
    </>
  );
}

interface ExpensesProps extends Pick<VehicleLedgerView, 'vehicle' | 'expenses'> {
  readonly zone: string;
  readonly done: () => void;
}

interface ExpenseProps extends Omit<ExpensesProps, 'expenses'> {
  readonly expense: Expense;
}

function ExpenseRow({ vehicle, expense, zone, done }: ExpenseProps) {
  const { texts, locale } = useApp();
  const words = texts.vehicleLedger;
  const { id, at, dayOnly, kind, yuan, litres, kwh, station, product, card, check } = expense;
  const amounts = [
    litres !== null && `${formatNumber(litres, locale, 2)} L`,
    kwh !== null && `${formatNumber(kwh, locale, 2)} kWh`,
  ].filter(Boolean);
  return (
    <tr>
      <td>
        {dayOnly ? at.slice(0, 10) : <At at={at} zone={zone} />}
        <small>{words.kinds[kind]}</small>
      </td>
      <td className="number" data-label={words.amount}>
        {formatNumber(yuan, locale, 2)} ¥<small>{amounts.join(' · ')}</small>
      </td>
      <td data-label={words.station}>
        {station ?? '—'}
        <small>{[product, card].filter(Boolean).join(' · ')}</small>
      </td>
      <td data-label={words.told}>
        <Checked check={check} />
      </td>
      <td>
        <RemoveButton
          label={words.takeBack}
          sure={words.takeBackOne(formatNumber(yuan, locale, 2))}
          path={`/vehicles/${encodeURIComponent(vehicle)}/expenses/${id}`}
          done={done}
        />
      </td>
    </tr>
  );
}

function Expenses({ expenses, ...rest }: ExpensesProps) {
  const { texts } = useApp();
  const words = texts.vehicleLedger;
  return (
    <>
      <h2>{words.expenses}</h2>
      {expenses.length === 0 ? (
        <p className="faint">{words.noExpenses}</p>
      ) : (
        <Table
          kind="trips"
          heads={[words.when, { number: words.amount }, words.station, words.told, words.takeBack]}
        >
          {expenses.map((expense) => (
            <ExpenseRow key={expense.id} expense={expense} {...rest} />
          ))}
        </Table>
      )}
    </>
  );
}

function Refuellings({
  refuellings,
  zone,
}: Pick<VehicleLedgerView, 'refuellings'> & { zone: string }) {
  const { texts, locale } = useApp();
  const words = texts.vehicleLedger;
  if (refuellings.length === 0) return null;
  return (
    <>
      <h2>{words.refuellings}</h2>
      <Table kind="trips" heads={[words.when, { number: words.rise }]}>
        {refuellings.map(({ from, litres }) => (
          <tr key={from}>
            <td>
              <At at={from} zone={zone} />
            </td>
            <td className="number" data-label={words.rise}>
              {formatNumber(litres, locale, 1)} L
            </td>
          </tr>
        ))}
      </Table>
    </>
  );
}

/** What one vehicle did, used and cost in a month, and every entry paid for it. */
export function VehicleMonthScreen({ id }: { readonly id: string }) {
  const { api, texts } = useApp();
  const { me } = useSession();
  const words = texts.vehicleLedger;
  const names = useNames();
  const [query, choose] = useFilters();
  const today = localTime(useNow(10 * minuteMs), me.timeZone).date;
  const { months, month } = monthAsked(query, today);
  const path = `/vehicles/${encodeURIComponent(id)}/ledger`;
  const loaded = useLoad(`vehicle-ledger:${id}:${month}`, (signal) =>
    api.get<VehicleLedgerView>(path, { month }, signal),
  );
  const title = `${words.title} · ${names.device(id)}`;
  useTitle(title);
  return (
    <div className="screen">
      <p className="crumbs">
        <Link href={`/vehicle-ledger?month=${month}`}>{words.title}</Link>
      </p>
      <h1>{title}</h1>
      <Filters>
        <Choice
          label={words.month}
          value={month}
          options={months.map((known) => [known, known])}
          choose={(known) => choose('month', known)}
        />
        <LedgerFiles path={path} month={month} />
        <Link href={`/vehicles/${id}`}>{texts.vehicles.seeVehicle}</Link>
      </Filters>
      <Show of={loaded}>
        {(ledger) => {
          const zone = names.zone(ledger.institution);
          return (
            <>
              {!ledger.complete && <p className="faint">{words.underWay}</p>}
              <Findings told={ledger.findings} />
              <Figures ledger={ledger} />
              <Expenses vehicle={id} expenses={ledger.expenses} zone={zone} done={loaded.reload} />
              <Refuellings refuellings={ledger.refuellings} zone={zone} />
            </>
          );
        }}
      </Show>
    </div>
  );
}
