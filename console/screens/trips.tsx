import { useMemo } from 'react';
import { Link } from 'wouter';
import type { TripView } from '../../api/contract.ts';
import { dayMs, localTime, minuteMs, shiftDay, startOfDay } from '../../model/time.ts';
import { tripVerdicts } from '../../model/trip.ts';
import { getAll } from '../lib/api.ts';
import { useApp, useNow, useSession, useTitle } from '../lib/app-context.ts';
import { formatNumber } from '../lib/format.ts';
import {
  type DispatchView,
  filterTrips,
  isInOrder,
  neverDriven,
  newestFirst,
  type Wanted,
} from '../lib/trips.ts';
import { useFilters } from '../lib/use-filters.ts';
import { useEntities } from '../lib/use-lists.ts';
import { useLoad } from '../lib/use-load.ts';
import { type Names, useNames } from '../lib/use-names.ts';
import { Choice, Filters } from '../parts/filters.tsx';
import { SlipDialog } from '../parts/order-dialog.tsx';
import { Portion } from '../parts/portion.tsx';
import { Segments } from '../parts/segments.tsx';
import { Empty, Show } from '../parts/states.tsx';
import { Table } from '../parts/table.tsx';
import { Tile } from '../parts/tile.tsx';
import { At } from '../parts/time.tsx';
import { Verdicts, WayCells } from '../parts/trip-cells.tsx';

const spans = [1, 7, 31] as const;
/** One page of the API, and more than a person reads. */
const most = 10_000;
const shownAtFirst = 200;
const wantedKinds = ['not-in-order', ...tripVerdicts] as const satisfies readonly Wanted[];

interface Asked {
  readonly institution: string;
  readonly wanted: Wanted;
  readonly days: (typeof spans)[number];
  readonly from: number;
  readonly to: number;
}

function useAsked(): readonly [Asked, ReturnType<typeof useFilters>[1]] {
  const { me } = useSession();
  const [query, choose] = useFilters();
  const days = spans.find((span) => String(span) === query.get('days')) ?? 7;
  const tomorrow = shiftDay(localTime(useNow(minuteMs), me.timeZone).date, 1);
  const to = startOfDay(tomorrow, me.timeZone);
  const from = startOfDay(shiftDay(tomorrow, -days), me.timeZone);
  const wanted = wantedKinds.find((kind) => kind === query.get('verdict')) ?? 'all';
  return [{ institution: query.get('institution') ?? '', wanted, days, from, to }, choose];
}

interface Found {
  readonly trips: readonly TripView[];
  readonly orders: ReadonlyMap<string, DispatchView>;
  readonly idle: readonly DispatchView[];
  readonly isComplete: boolean;
}

/** Trips of the range, and orders of it that nobody drove under. */
function useFound({ institution, from, to }: Asked) {
  const { api } = useApp();
  const load = async (signal: AbortSignal): Promise<Found> => {
    const scope = { institution: institution || undefined };
    // A trip under an order of the last evening may begin after midnight, and one begins before its order.
    const around = { ...scope, from: from - dayMs, to: to + dayMs };
    const [{ items, complete }, orders] = await Promise.all([
      getAll<TripView>(api, '/trips', around, most, signal),
      getAll<DispatchView>(api, '/dispatches', around, most, signal),
    ]);
    const isWithin = ({ startedAt }: TripView) =>
      Date.parse(startedAt) >= from && Date.parse(startedAt) < to;
    return {
      trips: newestFirst(items.filter(isWithin)),
      orders: new Map(orders.items.map((order) => [order.id, order])),
      idle: complete ? neverDriven(orders.items, items, { from, to }, Date.now()) : [],
      isComplete: complete && orders.complete,
    };
  };
  return useLoad(`trips:all:${institution}:${from}:${to}`, load, { everyMs: 5 * minuteMs });
}

interface TripRowProps {
  readonly trip: TripView;
  readonly reload: () => void;
  readonly order: DispatchView | undefined;
  readonly names: Names;
}

function TripRow({ trip, order, names, reload }: TripRowProps) {
  const { texts } = useApp();
  const words = texts.trips;
  const zone = names.zone(trip.institution);
  const date = localTime(Date.parse(trip.startedAt), zone).date;
  return (
    <tr>
      <td>
        <Link href={`/vehicles/${trip.vehicle}?date=${date}`}>{names.device(trip.vehicle)}</Link>
        <small>{names.institution(trip.institution)}</small>
      </td>
      <td data-label={words.time}>
        <At at={trip.startedAt} zone={zone} />
        <small>{trip.endedAt === null ? '…' : <At at={trip.endedAt} zone={zone} />}</small>
      </td>
      <WayCells trip={trip} />
      <td data-label={words.order}>
        {trip.dispatch ?? words.noOrder}
        {order && <small>{[order.driver, order.purpose].filter(Boolean).join(' · ')}</small>}
        <SlipDialog trip={trip} zone={zone} done={reload} />
      </td>
      <td data-label={words.result}>
        <Verdicts trip={trip} />
      </td>
    </tr>
  );
}

interface TripTableProps {
  readonly trips: readonly TripView[];
  readonly orders: Found['orders'];
  readonly names: Names;
  readonly reload: () => void;
}

function TripTable({ trips, orders, names, reload }: TripTableProps) {
  const { texts } = useApp();
  const words = texts.trips;
  if (trips.length === 0) return <Empty title={words.none} />;
  return (
    <Portion of={trips} step={shownAtFirst}>
      {(some) => (
        <Table
          kind="trips"
          heads={[
            words.vehicle,
            words.time,
            words.way,
            { number: words.distance },
            words.order,
            words.result,
          ]}
        >
          {some.map((trip) => (
            <TripRow
              key={trip.id}
              trip={trip}
              order={orders.get(trip.dispatch ?? '')}
              names={names}
              reload={reload}
            />
          ))}
        </Table>
      )}
    </Portion>
  );
}

function IdleOrders({
  idle,
  names,
}: {
  readonly idle: readonly DispatchView[];
  readonly names: Names;
}) {
  const { texts } = useApp();
  const words = texts.trips;
  if (idle.length === 0) return null;
  return (
    <section className="card">
      <h2>{words.neverDriven}</h2>
      <Table kind="trips" heads={[words.order, words.vehicle, words.window, words.purpose]}>
        {idle.slice(0, shownAtFirst).map((order) => (
          <tr key={order.id}>
            <td>{order.id}</td>
            <td data-label={words.vehicle}>{names.device(order.vehicle)}</td>
            <td data-label={words.window}>
              <At at={order.from} /> – <At at={order.to} />
            </td>
            <td data-label={words.purpose}>
              {[order.driver, order.purpose].filter(Boolean).join(' · ') || '—'}
            </td>
          </tr>
        ))}
      </Table>
    </section>
  );
}

function Sums({ found }: { readonly found: Found }) {
  const { texts, locale } = useApp();
  const words = texts.trips;
  const { trips, idle } = found;
  const number = (n: number) => formatNumber(n, locale, 0);
  const without = trips.filter((trip) => trip.verdicts.includes('no-dispatch')).length;
  const km = trips.reduce((sum, trip) => sum + trip.distanceKm, 0);
  const tiles: readonly (readonly [string, string])[] = [
    [words.count, number(trips.length)],
    [words.distance, `${number(km)} km`],
    [words.inOrder, number(trips.filter(isInOrder).length)],
    [words.verdicts['no-dispatch'], number(without)],
    [words.neverDriven, number(idle.length)],
  ];
  return (
    <div className="tiles">
      {tiles.map(([name, value]) => (
        <Tile key={name} label={name} value={value} />
      ))}
    </div>
  );
}

/** Every trip against the orders it was driven under, and orders nobody drove under. Filters stand in the address. */
export function TripsScreen() {
  const { texts } = useApp();
  const words = texts.trips;
  useTitle(words.title);
  const names = useNames();
  const institutions = useEntities('institutions').data?.items ?? [];
  const [asked, choose] = useAsked();
  const found = useFound(asked);
  const trips = useMemo(
    () => filterTrips(found.data?.trips ?? [], asked.wanted),
    [found.data, asked.wanted],
  );
  return (
    <div className="screen">
      <h1>{words.title}</h1>
      <p className="faint">{words.explain}</p>
      <Filters>
        <Segments
          label={words.time}
          values={spans}
          chosen={asked.days}
          name={(days) => words.lastDays(days)}
          choose={(days) => choose('days', String(days))}
        />
        <Choice
          label={words.result}
          all={`${words.result}: ${texts.common.all}`}
          value={asked.wanted === 'all' ? '' : asked.wanted}
          options={wantedKinds.map((kind) => [
            kind,
            kind === 'not-in-order' ? words.notInOrder : words.verdicts[kind],
          ])}
          choose={(kind) => choose('verdict', kind)}
        />
        <Choice
          label={texts.alerts.institution}
          all={`${texts.alerts.institution}: ${texts.common.all}`}
          value={asked.institution}
          options={institutions.map(({ id, name }) => [id, name])}
          choose={(id) => choose('institution', id)}
        />
      </Filters>
      <Show of={found}>
        {(all) => (
          <>
            {!all.isComplete && <p className="note">{words.cut}</p>}
            <Sums found={all} />
            <TripTable trips={trips} orders={all.orders} names={names} reload={found.reload} />
            <IdleOrders idle={all.idle} names={names} />
          </>
        )}
      </Show>
    </div>
  );
}
