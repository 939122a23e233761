import { reconcile } from '../fleet/reconcile.ts';
import { followChanges, type Place } from '../ingest/transitions.ts';
import type { Context } from '../model/context.ts';
import type { Directory } from '../registry/registry.ts';
import type { ExternalSink, TripRecord } from '../stores/store.ts';
import type { TripBook, TripChange } from '../trips/trips.ts';

interface Told {
  readonly trips: TripBook;
  readonly directory: () => Directory;
  readonly influx: Pick<ExternalSink, 'writeTrips'>;
}

/** What became of trips into InfluxDB, with what was ordered as it is then. */
export const followTrips = (
  { trips, directory, influx }: Told,
  place: Place,
  context: Context,
): { stop(): Promise<void> } =>
  followChanges(
    { name: 'changes of trips', read: trips.changes },
    place,
    (changes) => influx.writeTrips(changes.map((change) => toRecord(change, directory()))),
    context,
  );

function toRecord({ n, change, trip }: TripChange, directory: Directory): TripRecord {
  const device = directory.device(trip.vehicle);
  const parking = device?.type === 'vehicle' ? device.vehicle.parking : undefined;
  const { dispatch, verdicts } = reconcile(trip, {
    dispatches: directory.dispatchesOf(trip.vehicle),
    place: directory.place,
    route: directory.route,
    ...(parking !== undefined && { parking }),
  });
  const state = trip.endedAt === null ? 'under-way' : 'over';
  return {
    n,
    trip,
    state: change === 'withdrawn' ? 'withdrawn' : state,
    dispatch,
    verdict: verdicts.join(','),
  };
}
