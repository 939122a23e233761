import type { Dispatch, Place, Route } from '../model/entities.ts';
import { hourMs, minuteMs } from '../model/time.ts';
import type { TripPoint, TripSoFar, TripStop, TripVerdict } from '../model/trip.ts';
import { nearestOnLine, type Position } from './geo.ts';
import { isInAny } from './within.ts';

export interface ReconcileLimits {
  /** An order is about a trip that lies so far outside its times. */
  readonly reachMinutes: number;
  /** Early and late begin here. */
  readonly toleranceMinutes: number;
  /** A slip filed later than this after the start of its trip does not count. */
  readonly filingHours: number;
  readonly stopMinutes: number;
  /** Beyond the edge of the area, or the width of the route, it is somewhere else. */
  readonly marginM: number;
  /** Over what was approved, and so many kilometres more. */
  readonly overPercent: number;
  readonly overKm: number;
}

export const reconcileLimits: ReconcileLimits = {
  reachMinutes: 120,
  toleranceMinutes: 30,
  filingHours: 24,
  stopMinutes: 15,
  marginM: 500,
  overPercent: 20,
  overKm: 5,
};

/** What the trips of one vehicle are compared with. */
export interface Ordered {
  /** Of the vehicle. */
  readonly dispatches: readonly Dispatch[];
  place(id: string): Place | undefined;
  route(id: string): Route | undefined;
  /** Id of its designated parking place. */
  readonly parking?: string;
}

/** A trip as far as it is compared; `endedAt` null or absent while it is under way. */
export type ComparedTrip = Pick<
  TripSoFar,
  'startedAt' | 'start' | 'now' | 'distanceKm' | 'odometerKm' | 'stops' | 'way'
> & { readonly endedAt?: number | null };

export interface Reconciled {
  /** Id of the order it was driven under; null where there is none. */
  readonly dispatch: string | null;
  readonly verdicts: readonly TripVerdict[];
  /** Way that was approved; null where the order says none. */
  readonly approvedKm: number | null;
  /** Stops that were not ordered. */
  readonly extraStops: readonly TripStop[];
}

const endOf = ({ endedAt, now }: ComparedTrip): number => endedAt ?? now.at;

/** How long an order and a trip have to do with one another, ms; at most 0 where they do not. */
function overlapMs(order: Dispatch, trip: ComparedTrip, limits: ReconcileLimits): number {
  const reach = limits.reachMinutes * minuteMs;
  const [from, to] = [order.from - reach, order.to + reach];
  return Math.min(to, endOf(trip)) - Math.max(from, trip.startedAt) + 1;
}

const isFiled = ({ filedAt }: Dispatch, { startedAt }: ComparedTrip, limits: ReconcileLimits) =>
  filedAt === undefined || filedAt - startedAt <= limits.filingHours * hourMs;

/** The order that fits best: the one it lies within longest, of several the one that begins nearest. */
function orderOf(
  trip: ComparedTrip,
  { dispatches }: Ordered,
  limits: ReconcileLimits,
): Dispatch | undefined {
  const fits = dispatches.flatMap((order) => {
    const overlap = overlapMs(order, trip, limits);
    if (overlap <= 0 || !isFiled(order, trip, limits)) return [];
    const within = Math.min(order.to, endOf(trip)) - Math.max(order.from, trip.startedAt);
    return [{ order, within, away: Math.abs(order.from - trip.startedAt) }];
  });
  return fits.sort((a, b) => b.within - a.within || a.away - b.away)[0]?.order;
}

/** Whether a position is where the order lets the vehicle be; undefined where the order leaves it free. */
function createAllowed(order: Dispatch, ordered: Ordered, limits: ReconcileLimits) {
  const area = order.area === undefined ? undefined : ordered.place(order.area);
  const route = order.route === undefined ? undefined : ordered.route(order.route);
  if (!area && !route) return undefined;
  const parking = ordered.parking === undefined ? undefined : ordered.place(ordered.parking);
  const free = [area, parking].filter((place) => place !== undefined);
  return (position: Position): boolean =>
    isInAny(position, free) ||
    free.some((place) => edgeM(position, place) <= limits.marginM) ||
    (route !== undefined &&
      nearestOnLine(position, route.line).distanceM <= route.widthM + limits.marginM);
}

/** Metres from the edge of a place that the position lies outside of. */
function edgeM(position: Position, { circle, polygon }: Place): number {
  if (circle) return nearestOnLine(position, [circle.center]).distanceM - circle.radiusM;
  const first = polygon?.[0];
  return polygon && first
    ? nearestOnLine(position, [...polygon, first]).distanceM
    : Number.POSITIVE_INFINITY;
}

const toPosition = ([lat, lon]: readonly [number, number]): Position => ({ lat, lon });
const pointsOf = ({ way, start, now }: ComparedTrip): readonly Position[] => [
  ...way.map(toPosition),
  ...[start, now].map(({ lat, lon }: TripPoint) => ({ lat, lon })),
];

/** Of one trip. Distances of the trips that were driven under an order before are in `drivenKm`. */
export function reconcile(
  trip: ComparedTrip,
  ordered: Ordered,
  limits: ReconcileLimits = reconcileLimits,
  drivenKm = 0,
): Reconciled {
  const order = orderOf(trip, ordered, limits);
  if (!order)
    return { dispatch: null, verdicts: ['no-dispatch'], approvedKm: null, extraStops: [] };
  const verdicts: TripVerdict[] = [];
  const tolerance = limits.toleranceMinutes * minuteMs;
  if (trip.startedAt < order.from - tolerance) verdicts.push('early');
  if (endOf(trip) > order.to + tolerance) verdicts.push('late');
  const isAllowed = createAllowed(order, ordered, limits);
  if (isAllowed && !pointsOf(trip).every(isAllowed)) verdicts.push('wrong-area');
  const extraStops = isAllowed
    ? trip.stops.filter(
        (stop) => stop.to - stop.from >= limits.stopMinutes * minuteMs && !isAllowed(stop),
      )
    : [];
  if (extraStops.length > 0) verdicts.push('extra-stop');
  const approvedKm = order.distanceKm ?? null;
  const km = drivenKm + (trip.odometerKm ?? trip.distanceKm);
  if (approvedKm !== null && km > approvedKm * (1 + limits.overPercent / 100) + limits.overKm)
    verdicts.push('over-distance');
  if (verdicts.length === 0) verdicts.push('matched');
  if (order.filedAt !== undefined && order.filedAt > trip.startedAt) verdicts.push('slip');
  return { dispatch: order.id, verdicts, approvedKm, extraStops };
}

export interface ReconciledAll<Trip> {
  readonly trips: readonly { readonly trip: Trip; readonly reconciled: Reconciled }[];
  /** Orders that are over, and under which nothing was driven. */
  readonly neverDriven: readonly Dispatch[];
}

/**
 * All trips of one vehicle, ascending, against all its orders of that time.
 *
 * @param until orders that end later may still be driven, Unix ms UTC
 */
export function reconcileAll<Trip extends ComparedTrip>(
  trips: readonly Trip[],
  ordered: Ordered,
  until: number,
  limits: ReconcileLimits = reconcileLimits,
): ReconciledAll<Trip> {
  const driven = new Map<string, number>();
  const compared = trips.map((trip) => {
    const before = orderOf(trip, ordered, limits)?.id ?? '';
    const reconciled = reconcile(trip, ordered, limits, driven.get(before) ?? 0);
    const km = (driven.get(before) ?? 0) + (trip.odometerKm ?? trip.distanceKm);
    driven.set(before, km);
    return { trip, reconciled };
  });
  const neverDriven = ordered.dispatches.filter(
    (order) =>
      order.to <= until &&
      !driven.has(order.id) &&
      !trips.some((trip) => overlapMs(order, trip, limits) > 0),
  );
  return { trips: compared, neverDriven };
}
