import { Link } from 'wouter';
import { useApp } from '../lib/app-context.ts';
import { useOpenAlerts } from '../lib/use-lists.ts';
import type { VehicleRow } from '../lib/vehicles.ts';
import { AlertList } from './alert-list.tsx';
import { VehicleBadge } from './badge.tsx';
import { CloseButton } from './close-button.tsx';
import { PositionFacts } from './position-facts.tsx';
import { Segments } from './segments.tsx';

export const trackHours = [1, 6, 24] as const;

interface DetailProps {
  readonly row: VehicleRow;
  readonly hours: number | undefined;
  readonly setHours: (hours: number | undefined) => void;
  readonly close: () => void;
  /** What is to be said of the track that is drawn. */
  readonly trackNote: string | undefined;
}

/** One vehicle: what it does, where it was, and what is wrong with it. */
export function VehicleDetail({ row, hours, setHours, close, trackNote }: DetailProps) {
  const { texts } = useApp();
  const alerts = useOpenAlerts();
  const { vehicle, position, state } = row;
  const own =
    alerts.data?.items.filter(
      ({ subject }) => subject.type === 'vehicle' && subject.id === vehicle.id,
    ) ?? [];
  return (
    <section aria-label={vehicle.plate}>
      <h2>
        {vehicle.plate} <VehicleBadge state={state} />
        <CloseButton close={close} />
      </h2>
      <p className="faint">
        {vehicle.name ?? vehicle.id} · {texts.vehicleClass[vehicle.class]}
      </p>
      <PositionFacts position={position} />
      <h3>{texts.map.track}</h3>
      <Segments
        label={texts.map.track}
        values={trackHours}
        chosen={hours}
        name={(choice) => texts.map.trackHours(choice)}
        choose={(choice) => setHours(hours === choice ? undefined : choice)}
      />
      {trackNote !== undefined && <p className="faint">{trackNote}</p>}
      {own.length > 0 && (
        <>
          <h3>{texts.map.openAlerts}</h3>
          <AlertList compact alerts={own} />
        </>
      )}
      <p className="row">
        <Link href={`/vehicles/${vehicle.id}`}>{texts.vehicles.seeVehicle}</Link>
        <Link href={`/alerts?state=&subject=${vehicle.id}`}>{texts.overview.allAlerts}</Link>
      </p>
    </section>
  );
}
