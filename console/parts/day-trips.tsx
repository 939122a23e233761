import type { TripView } from '../../api/contract.ts';
import { getAll } from '../lib/api.ts';
import { useApp } from '../lib/app-context.ts';
import { formatExact } from '../lib/format.ts';
import { type LoadOptions, useLoad } from '../lib/use-load.ts';
import { SlipDialog } from './order-dialog.tsx';
import { Show } from './states.tsx';
import { Table } from './table.tsx';
import { Verdicts, WayCells } from './trip-cells.tsx';

const most = 1_000;

/** Trips of a vehicle that began in a range. @param name of the range */
export function useTripsOf(
  vehicle: string,
  name: string,
  range: () => { readonly from: number; readonly to: number },
  options: LoadOptions = {},
) {
  const { api } = useApp();
  const path = `/vehicles/${encodeURIComponent(vehicle)}/trips`;
  return useLoad(
    `trips:${vehicle}:${name}`,
    (signal) => getAll<TripView>(api, path, { limit: most, ...range() }, most, signal),
    options,
  );
}

interface RowProps {
  readonly trip: TripView;
  readonly zone: string;
  readonly seek: (at: number) => void;
  readonly reload: () => void;
}

function Row({ trip, zone, seek, reload }: RowProps) {
  const { texts } = useApp();
  const words = texts.trips;
  const clock = (at: string) => formatExact(Date.parse(at), zone).slice(11, 16);
  return (
    <tr>
      <td>
        <button type="button" className="link" onClick={() => seek(Date.parse(trip.startedAt))}>
          {clock(trip.startedAt)} – {trip.endedAt === null ? '…' : clock(trip.endedAt)}
        </button>
      </td>
      <WayCells trip={trip} />
      <td data-label={words.order}>
        <Verdicts trip={trip} />
        {trip.dispatch !== null && <small>{trip.dispatch}</small>}
        <SlipDialog trip={trip} zone={zone} done={reload} />
      </td>
    </tr>
  );
}

interface DayTripsProps {
  readonly trips: ReturnType<typeof useTripsOf>;
  readonly zone: string;
  /** Shows the instant in the replay. */
  readonly seek: (at: number) => void;
}

/** Trips of a day; the time of one leads the replay there. */
export function DayTrips({ trips, zone, seek }: DayTripsProps) {
  const { texts } = useApp();
  const words = texts.trips;
  return (
    <>
      <h3 className="day-trips">{words.ofDay}</h3>
      <Show of={trips}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="faint">{words.noneOfDay}</p>
          ) : (
            <Table
              kind="trips"
              heads={[words.time, words.way, { number: words.distance }, words.order]}
            >
              {items.map((trip) => (
                <Row key={trip.id} trip={trip} zone={zone} seek={seek} reload={trips.reload} />
              ))}
            </Table>
          )
        }
      </Show>
    </>
  );
}
