import type { TripView } from '../../api/contract.ts';
import { hourMs, isoInZone, minuteMs } from '../../model/time.ts';
import type { TripVerdict } from '../../model/trip.ts';
import { instantIn } from './meter-tree.ts';
import { type DispatchView, isInOrder } from './trips.ts';

/** Orders to drive: what became of each, and what a form about one says. */

export const orderStates = [
  'planned',
  'under-way',
  'as-ordered',
  'differs',
  'never-driven',
] as const;
export type OrderState = (typeof orderStates)[number];

export interface OrderRow {
  readonly order: DispatchView;
  readonly state: OrderState;
  /** Of all its trips, each once. */
  readonly verdicts: readonly TripVerdict[];
  readonly trips: readonly TripView[];
}

function stateOf(order: DispatchView, trips: readonly TripView[], now: number): OrderState {
  const isOver = Date.parse(order.to) <= now;
  if (trips.length === 0) {
    if (isOver) return 'never-driven';
    return now < Date.parse(order.from) ? 'planned' : 'under-way';
  }
  if (!isOver || trips.some(({ state }) => state === 'under-way')) return 'under-way';
  return trips.every(isInOrder) ? 'as-ordered' : 'differs';
}

/** Orders with the trips that were driven under them, the latest first. @param trips of a day before the first order and later */
export function orderRows(
  orders: readonly DispatchView[],
  trips: readonly TripView[],
  now: number,
): OrderRow[] {
  const byOrder = Map.groupBy(trips, ({ dispatch }) => dispatch);
  return orders
    .map((order) => {
      const own = byOrder.get(order.id) ?? [];
      const verdicts = [...new Set(own.flatMap((trip) => trip.verdicts))];
      return { order, state: stateOf(order, own, now), verdicts, trips: own };
    })
    .sort((a, b) => Date.parse(b.order.from) - Date.parse(a.order.from));
}

/** What a form about an order holds, as text. */
export interface OrderFields {
  readonly vehicle: string;
  readonly driver: string;
  /** `YYYY-MM-DDTHH:MM` on the clock of the institution. */
  readonly from: string;
  readonly to: string;
  readonly route: string;
  readonly area: string;
  readonly passengers: string;
  readonly distanceKm: string;
  readonly purpose: string;
}

const minuteIn = (at: number, zone: string): string => isoInZone(at, zone).slice(0, 16);

const texts = ['driver', 'route', 'area', 'purpose'] as const;
const numbers = ['passengers', 'distanceKm'] as const;

export const fieldsOfOrder = (order: DispatchView, zone: string): OrderFields => ({
  vehicle: order.vehicle,
  driver: order.driver ?? '',
  from: minuteIn(Date.parse(order.from), zone),
  to: minuteIn(Date.parse(order.to), zone),
  route: order.route ?? '',
  area: order.area ?? '',
  passengers: String(order.passengers ?? ''),
  distanceKm: String(order.distanceKm ?? ''),
  purpose: order.purpose ?? '',
});

/** The next whole hour, for eight hours. */
export function newFields(vehicle: string, zone: string, now: number): OrderFields {
  const from = Math.ceil(now / hourMs) * hourMs;
  const rest = { driver: '', route: '', area: '', passengers: '', distanceKm: '', purpose: '' };
  return { vehicle, from: minuteIn(from, zone), to: minuteIn(from + 8 * hourMs, zone), ...rest };
}

/** About a trip that has no order: its times, and while it is under way an hour more. */
export function slipFields(trip: TripView, zone: string, now: number): OrderFields {
  const end = trip.endedAt === null ? now + hourMs : Date.parse(trip.endedAt) + minuteMs - 1;
  const fields = newFields(trip.vehicle, zone, now);
  return { ...fields, from: minuteIn(Date.parse(trip.startedAt), zone), to: minuteIn(end, zone) };
}

const filingHours = 24;

/** A slip that is filed later than a day after the start of its trip does not count. */
export const mayFileSlip = (
  { verdicts, startedAt }: Pick<TripView, 'verdicts' | 'startedAt'>,
  now: number,
): boolean =>
  verdicts.includes('no-dispatch') && now - Date.parse(startedAt) <= filingHours * hourMs;

/**
 * What the service is sent. An empty field is left out of a new order, and taken away from one that is changed.
 * @param before what is changed; undefined for a new one
 */
export function orderBody(
  fields: OrderFields,
  zone: string,
  before?: DispatchView,
): Record<string, unknown> {
  const instant = (text: string) => {
    const at = instantIn(text, zone);
    return at === undefined ? '' : isoInZone(at, zone);
  };
  const none = before ? null : undefined;
  const filled = [
    ...texts.map((name) => [name, fields[name] === '' ? none : fields[name]] as const),
    ...numbers.map((name) => [name, fields[name] === '' ? none : Number(fields[name])] as const),
  ];
  return {
    ...(before && { version: before.version }),
    vehicle: fields.vehicle,
    from: instant(fields.from),
    to: instant(fields.to),
    ...Object.fromEntries(filled.filter(([, value]) => value !== undefined)),
  };
}

/** `d-20261122-x4k2p9`: says its day, and need not be thought of. */
export const freshOrderId = (from: string, random: () => number = Math.random): string =>
  `d-${from.slice(0, 10).replaceAll('-', '')}-${random().toString(36).slice(2, 8).padEnd(6, '0')}`;
