import type { Reconciled } from '../fleet/reconcile.ts';
import { isoInZone } from '../model/time.ts';
import type { KeptTrip, TripPoint } from '../model/trip.ts';
import type { Datum } from './contract.ts';
import type { TripView } from './trip-shape.ts';
import { inDatum } from './views.ts';

/** A trip as the outside sees it. @param compared with the orders of its vehicle */
export function toTripView(
  trip: KeptTrip,
  compared: Reconciled | undefined,
  zone: string,
  datum: Datum,
): TripView {
  const { firstStartedAt: _, now, start, ...rest } = trip;
  const iso = (at: number) => isoInZone(at, zone);
  const point = (place: Omit<TripPoint, 'at'>) => ({
    ...inDatum(place, datum),
    places: place.places,
  });
  return {
    ...rest,
    state: trip.endedAt === null ? 'under-way' : 'over',
    startedAt: iso(trip.startedAt),
    endedAt: trip.endedAt === null ? null : iso(trip.endedAt),
    start: point(start),
    end: point(now),
    stops: trip.stops.map((stop) => ({
      ...point(stop),
      from: iso(stop.from),
      to: iso(stop.to),
      idlingS: stop.idlingS,
    })),
    way: trip.way.map(([lat, lon]) => {
      const there = inDatum({ lat, lon }, datum);
      return [there.lat, there.lon];
    }),
    dispatch: compared?.dispatch ?? null,
    verdicts: compared?.verdicts ?? [],
    approvedKm: compared?.approvedKm ?? null,
    revisedAt: iso(trip.revisedAt),
  };
}
