import type { TripView } from '../../api/contract.ts';
import { useApp } from '../lib/app-context.ts';
import { formatMetric } from '../lib/format.ts';
import { toneOf } from '../lib/trips.ts';
import { useEntities } from '../lib/use-lists.ts';

/** Cells of tables of trips. */

export function Verdicts({ trip }: { readonly trip: TripView }) {
  const { texts } = useApp();
  return (
    <span className="chips">
      {trip.state === 'under-way' && (
        <span className="badge info">{texts.trips.states['under-way']}</span>
      )}
      {trip.verdicts.map((verdict) => (
        <span key={verdict} className={`badge verdict ${toneOf(verdict)}`}>
          {texts.trips.verdicts[verdict]}
        </span>
      ))}
    </span>
  );
}

/** By the track, and by the odometer where it says something else. */
function Kilometres({ trip }: { readonly trip: TripView }) {
  const { texts, locale } = useApp();
  const { distanceKm, odometerKm, approvedKm } = trip;
  const km = (value: number) => formatMetric(value, 'odometer_km', locale);
  return (
    <>
      {km(distanceKm)}
      {odometerKm !== null && (
        <small>
          {texts.trips.odometer} {km(odometerKm)}
        </small>
      )}
      {approvedKm !== null && (
        <small>
          {texts.trips.approved} {km(approvedKm)}
        </small>
      )}
    </>
  );
}

/** From where to where, by the places known there. */
function FromTo({ trip }: { readonly trip: TripView }) {
  const { texts } = useApp();
  const places = useEntities('places').data?.byId;
  // A car park says more than the district it lies in.
  const name = ({ places: ids }: TripView['start']) => {
    const known = ids.map((id) => places?.get(id) ?? { name: id, kind: 'poi' });
    const spots = known.filter(({ kind }) => kind !== 'area');
    const told = spots.length > 0 ? spots : known;
    return told.map((place) => place.name).join(' · ') || texts.trips.elsewhere;
  };
  return (
    <>
      {name(trip.start)} → {name(trip.end)}
      {trip.stopCount > 0 && <small>{texts.trips.stops(trip.stopCount)}</small>}
    </>
  );
}

/** Its way and how far it is. */
export function WayCells({ trip }: { readonly trip: TripView }) {
  const words = useApp().texts.trips;
  return (
    <>
      <td data-label={words.way}>
        <FromTo trip={trip} />
      </td>
      <td className="number" data-label={words.distance}>
        <Kilometres trip={trip} />
      </td>
    </>
  );
}
