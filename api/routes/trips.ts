import { type Ordered, type Reconciled, reconcileAll } from '../../fleet/reconcile.ts';
import { dayMs } from '../../model/time.ts';
import type { KeptTrip } from '../../model/trip.ts';
import type { Directory } from '../../registry/registry.ts';
import type { TripQuery } from '../../trips/trips.ts';
import type { Datum } from '../contract.ts';
import { checkOrder } from '../cursor.ts';
import { defined } from '../defined.ts';
import { answers, idParams } from '../document.ts';
import type { Api, ApiRoom } from '../http.ts';
import { datumQuery, trackQuery, tripsQuery } from '../request-shapes.ts';
import { notFound, scopeOf, seenDevice, zoneOf } from '../scope.ts';
import { tripShape, tripsShape } from '../trip-shape.ts';
import { toTripView } from '../trip-view.ts';

/** Trips, with what comparing them with the orders of their vehicles says today. */

const config = { access: 'anyone' } as const;
const tags = ['vehicles'];

/** Under the order of a trip others were driven before: so far back is looked for them. */
const lookBackMs = 7 * dayMs;
const lookBackMost = 10_000;
/** No trip begins later. */
const always = Number.MAX_SAFE_INTEGER;

type Services = ApiRoom['services'];

/** What the trips of a vehicle are compared with. */
function orderedOf(directory: Directory, vehicle: string): Ordered {
  const device = directory.device(vehicle);
  const parking = device?.type === 'vehicle' ? device.vehicle.parking : undefined;
  return {
    dispatches: directory.dispatchesOf(vehicle),
    place: directory.place,
    route: directory.route,
    ...defined({ parking }),
  };
}

/** By id of the trip. @param trips of any vehicles */
function compare(
  trips: readonly KeptTrip[],
  directory: Directory,
  now: number,
): ReadonlyMap<string, Reconciled> {
  const byVehicle = Map.groupBy(trips, ({ vehicle }) => vehicle);
  const compared = [...byVehicle].flatMap(
    ([vehicle, own]) => reconcileAll(own, orderedOf(directory, vehicle), now).trips,
  );
  return new Map(compared.map(({ trip, reconciled }) => [trip.id, reconciled]));
}

async function before({ trips }: Services, query: TripQuery, first: KeptTrip | undefined) {
  if (!first) return [];
  const { cursor: _, ...asked } = query;
  const to = first.startedAt;
  const page = await trips.list({ ...asked, from: to - lookBackMs, to, limit: lookBackMost });
  return page.items;
}

/** @throws AppError `INPUT_MALFORMED`, and those of `TripBook.list` */
async function pageOf(room: ApiRoom, query: TripQuery, datum: Datum) {
  const { services, context } = room;
  checkOrder(query);
  const directory = services.registry.directory();
  const page = await services.trips.list(query);
  const earlier = await before(services, query, page.items[0]);
  const compared = compare([...earlier, ...page.items], directory, context.now());
  const items = page.items.map((trip) =>
    toTripView(trip, compared.get(trip.id), zoneOf(directory, trip.institution), datum),
  );
  return { items, next: page.next };
}

const ofVehicle = {
  config,
  schema: {
    tags,
    summary: 'Trips of one vehicle that began in a range, ascending',
    params: idParams,
    querystring: trackQuery,
    response: answers({ 200: tripsShape }),
  },
};
const ofAll = {
  config,
  schema: {
    tags,
    summary: 'Trips that began in a range, ascending',
    querystring: tripsQuery,
    response: answers({ 200: tripsShape }),
  },
};
const one = {
  config,
  schema: {
    tags,
    summary: 'One trip',
    params: idParams,
    querystring: datumQuery,
    response: answers({ 200: tripShape }),
  },
};

export function tripRoutes(api: Api, room: ApiRoom): void {
  const { registry, trips } = room.services;

  api.get('/vehicles/:id/trips', ofVehicle, async ({ who, params, query }) => {
    const { datum, cursor, ...range } = query;
    const { vehicle } = seenDevice(who, registry.directory(), 'vehicle', params.id);
    return pageOf(room, { ...range, vehicle: vehicle.id, ...defined({ cursor }) }, datum);
  });

  api.get('/trips', ofAll, async ({ who, query }) => {
    const { datum, cursor, institution, vehicle, limit, from = 0, to = always } = query;
    const scope = scopeOf(who, registry.directory(), institution);
    const asked = defined({ cursor, vehicle, institutions: scope && [...scope] });
    return pageOf(room, { from, to, limit, ...asked }, datum);
  });

  api.get('/trips/:id', one, async ({ who, params, query }) => {
    const directory = registry.directory();
    const trip = await trips.get(params.id);
    if (!trip || (who.scope && !who.scope.has(trip.institution))) throw notFound('trip', params.id);
    const { vehicle, startedAt, institution } = trip;
    const asked = { vehicle, from: startedAt, to: startedAt + 1, limit: 1 };
    const earlier = await before(room.services, asked, trip);
    const compared = compare([...earlier, trip], directory, room.context.now());
    return toTripView(trip, compared.get(trip.id), zoneOf(directory, institution), query.datum);
  });
}
