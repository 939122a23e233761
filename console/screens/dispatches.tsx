import { useMemo } from 'react';
import type { TripView } from '../../api/contract.ts';
import { dayMs, localTime, minuteMs, shiftDay, startOfDay } from '../../model/time.ts';
import { getAll } from '../lib/api.ts';
import { useApp, useNow, useSession, useTitle } from '../lib/app-context.ts';
import {
  newFields,
  type OrderRow,
  type OrderState,
  orderRows,
  orderStates,
} from '../lib/dispatches.ts';
import type { DispatchView } from '../lib/trips.ts';
import { useFilters } from '../lib/use-filters.ts';
import { useEntities } from '../lib/use-lists.ts';
import { useLoad } from '../lib/use-load.ts';
import { useNames } from '../lib/use-names.ts';
import { byPlate } from '../lib/vehicles.ts';
import { Choice, Filters } from '../parts/filters.tsx';
import { OrderDialog } from '../parts/order-dialog.tsx';
import { OrderLine } from '../parts/order-line.tsx';
import { Portion } from '../parts/portion.tsx';
import { Segments } from '../parts/segments.tsx';
import { Empty, Show } from '../parts/states.tsx';
import { Table } from '../parts/table.tsx';

const spans = [1, 7, 31] as const;
/** Orders are given so far ahead at most. */
const aheadDays = 92;
const most = 10_000;
const shownAtFirst = 200;

interface Asked {
  readonly institution: string;
  readonly vehicle: string;
  readonly days: (typeof spans)[number];
  readonly from: number;
  readonly to: number;
}

function useAsked(): readonly [Asked, OrderState | undefined, ReturnType<typeof useFilters>[1]] {
  const { me } = useSession();
  const [query, choose] = useFilters();
  const days = spans.find((span) => String(span) === query.get('days')) ?? 7;
  const tomorrow = shiftDay(localTime(useNow(minuteMs), me.timeZone).date, 1);
  const [institution, vehicle] = [query.get('institution') ?? '', query.get('vehicle') ?? ''];
  const from = startOfDay(shiftDay(tomorrow, -days), me.timeZone);
  const to = startOfDay(shiftDay(tomorrow, aheadDays), me.timeZone);
  const state = orderStates.find((known) => known === query.get('state'));
  return [{ institution, vehicle, days, from, to }, state, choose];
}

function useRows({ institution, vehicle, from, to }: Asked) {
  const { api } = useApp();
  const scope = { institution: institution || undefined, vehicle: vehicle || undefined };
  const load = async (signal: AbortSignal) => {
    const orders = await getAll<DispatchView>(
      api,
      '/dispatches',
      { ...scope, from, to },
      most,
      signal,
    );
    // Under a long order trips may have been driven before the range; one begins before its order, too.
    const first = Math.min(from, ...orders.items.map((order) => Date.parse(order.from)));
    const since = Math.max(first, from - 31 * dayMs) - dayMs;
    const trips = await getAll<TripView>(api, '/trips', { ...scope, from: since }, most, signal);
    return {
      rows: orderRows(orders.items, trips.items, Date.now()),
      isComplete: orders.complete && trips.complete,
    };
  };
  const key = `dispatches:${institution}:${vehicle}:${from}:${to}`;
  return useLoad(key, load, { everyMs: 5 * minuteMs });
}

interface OrdersProps {
  readonly rows: readonly OrderRow[];
  readonly done: () => void;
}

function Orders({ rows, done }: OrdersProps) {
  const { texts } = useApp();
  const { me } = useSession();
  const words = texts.dispatches;
  const names = useNames();
  const mayWrite = me.writes.includes('dispatches');
  if (rows.length === 0) return <Empty title={words.none} />;
  return (
    <Portion of={rows} step={shownAtFirst}>
      {(some) => (
        <Table
          kind="orders"
          heads={[texts.trips.vehicle, words.window, words.who, words.where, words.state, '']}
        >
          {some.map((row) => (
            <OrderLine key={row.order.id} row={row} names={names} mayWrite={mayWrite} done={done} />
          ))}
        </Table>
      )}
    </Portion>
  );
}

interface AskProps {
  readonly asked: Asked;
  readonly state: OrderState | undefined;
  readonly choose: (key: string, value: string) => void;
}

function Ask({ asked, state, choose }: AskProps) {
  const { texts } = useApp();
  const words = texts.dispatches;
  const institutions = useEntities('institutions').data?.items ?? [];
  const vehicles = useEntities('vehicles').data?.items ?? [];
  const all = (name: string) => `${name}: ${texts.common.all}`;
  return (
    <Filters>
      <Segments
        label={words.window}
        values={spans}
        chosen={asked.days}
        name={(days) => words.since(days)}
        choose={(days) => choose('days', String(days))}
      />
      <Choice
        label={words.state}
        all={all(words.state)}
        value={state ?? ''}
        options={orderStates.map((known) => [known, words.states[known]])}
        choose={(known) => choose('state', known)}
      />
      <Choice
        label={texts.trips.vehicle}
        all={all(texts.trips.vehicle)}
        value={asked.vehicle}
        options={byPlate(vehicles).map(({ id, plate }) => [id, plate])}
        choose={(id) => choose('vehicle', id)}
      />
      <Choice
        label={texts.alerts.institution}
        all={all(texts.alerts.institution)}
        value={asked.institution}
        options={institutions.map(({ id, name }) => [id, name])}
        choose={(id) => choose('institution', id)}
      />
    </Filters>
  );
}

/** Orders to drive, those to come and what became of the others; who may, gives, changes and cancels them. */
export function DispatchesScreen() {
  const { texts } = useApp();
  const { me } = useSession();
  const words = texts.dispatches;
  useTitle(words.title);
  const [asked, state, choose] = useAsked();
  const loaded = useRows(asked);
  const rows = useMemo(
    () => (loaded.data?.rows ?? []).filter((row) => state === undefined || row.state === state),
    [loaded.data, state],
  );
  return (
    <div className="screen">
      <header className="row apart">
        <h1>{words.title}</h1>
        {me.writes.includes('dispatches') && (
          <OrderDialog
            label={words.add}
            isPrimary
            fields={() => newFields(asked.vehicle, me.timeZone, Date.now())}
            done={loaded.reload}
          />
        )}
      </header>
      <p className="faint">{words.explain}</p>
      <Ask asked={asked} state={state} choose={choose} />
      <Show of={loaded}>
        {({ isComplete }) => (
          <>
            {!isComplete && <p className="note">{texts.trips.cut}</p>}
            <Orders rows={rows} done={loaded.reload} />
          </>
        )}
      </Show>
    </div>
  );
}
