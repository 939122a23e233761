import { Link } from 'wouter';
import { localTime } from '../../model/time.ts';
import { useApp } from '../lib/app-context.ts';
import { fieldsOfOrder, type OrderRow, type OrderState } from '../lib/dispatches.ts';
import { formatNumber } from '../lib/format.ts';
import { type DispatchView, toneOf } from '../lib/trips.ts';
import { useEntities } from '../lib/use-lists.ts';
import type { Names } from '../lib/use-names.ts';
import { OrderDialog } from './order-dialog.tsx';
import { RemoveButton } from './remove-button.tsx';
import { At } from './time.tsx';

const tones: Readonly<Record<OrderState, string>> = {
  planned: 'info',
  'under-way': 'info',
  'as-ordered': 'verdict good',
  differs: 'verdict warning',
  'never-driven': 'verdict warning',
};

/** Where it may go, how far, and with how many. */
function Allowed({ order }: { readonly order: DispatchView }) {
  const { texts, locale } = useApp();
  const words = texts.dispatches;
  const route = useEntities('routes').data?.byId.get(order.route ?? '');
  const area = useEntities('places').data?.byId.get(order.area ?? '');
  const { passengers, distanceKm } = order;
  const more = [
    distanceKm !== undefined && `${words.upTo} ${formatNumber(distanceKm, locale, 1)} km`,
    passengers !== undefined && words.persons(passengers),
  ].filter(Boolean);
  return (
    <>
      {[route?.name ?? order.route, area?.name ?? order.area].filter(Boolean).join(' · ') ||
        words.any}
      {more.length > 0 && <small>{more.join(' · ')}</small>}
    </>
  );
}

function StateCell({ row: { state, verdicts, trips, order }, zone }: RowProps) {
  const { texts } = useApp();
  const [first] = trips;
  const date = first && localTime(Date.parse(first.startedAt), zone).date;
  return (
    <>
      <span className="chips">
        <span className={`badge ${tones[state]}`}>{texts.dispatches.states[state]}</span>
        {verdicts
          .filter((verdict) => verdict !== 'matched')
          .map((verdict) => (
            <span key={verdict} className={`badge verdict ${toneOf(verdict)}`}>
              {texts.trips.verdicts[verdict]}
            </span>
          ))}
      </span>
      {date && (
        <small>
          <Link href={`/vehicles/${order.vehicle}?date=${date}`}>
            {texts.dispatches.driven(trips.length)}
          </Link>
        </small>
      )}
      {order.filedAt && (
        <small>
          {texts.dispatches.filed} <At at={order.filedAt} zone={zone} />
        </small>
      )}
    </>
  );
}

interface RowProps {
  readonly row: OrderRow;
  readonly zone: string;
}

interface OrderRowProps {
  readonly row: OrderRow;
  readonly names: Names;
  /** Whether one may change it. */
  readonly mayWrite: boolean;
  readonly done: () => void;
}

/** An order with what became of it, and what can be done about it. */
export function OrderLine({ row, names, mayWrite, done }: OrderRowProps) {
  const { texts } = useApp();
  const words = texts.dispatches;
  const { order } = row;
  const vehicle = useEntities('vehicles').data?.byId.get(order.vehicle);
  const zone = names.zone(vehicle?.institution ?? '');
  const plate = names.device(order.vehicle);
  return (
    <tr>
      <td>
        <strong>{plate}</strong>
        <small>{order.id}</small>
      </td>
      <td data-label={words.window}>
        <At at={order.from} zone={zone} />
        <small>
          <At at={order.to} zone={zone} />
        </small>
      </td>
      <td data-label={words.who}>
        {order.driver ?? '—'}
        {order.purpose !== undefined && <small>{order.purpose}</small>}
      </td>
      <td data-label={words.where}>
        <Allowed order={order} />
      </td>
      <td data-label={words.state}>
        <StateCell row={row} zone={zone} />
      </td>
      <td>
        {mayWrite && (
          <span className="row">
            <OrderDialog
              key={order.version}
              label={words.change}
              fields={() => fieldsOfOrder(order, zone)}
              before={order}
              done={done}
            />
            <RemoveButton
              label={words.cancel}
              sure={words.cancelSure(order.id, plate)}
              path={`/dispatches/${encodeURIComponent(order.id)}`}
              done={done}
            />
          </span>
        )}
      </td>
    </tr>
  );
}
