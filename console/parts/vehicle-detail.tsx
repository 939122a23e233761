import { Link } from 'wouter';
import { useApp } from '../lib/app-context.ts';
import { compassPoint, formatMetric, formatNumber } from '../lib/format.ts';
import { useOpenAlerts } from '../lib/use-lists.ts';
import type { VehicleRow } from '../lib/vehicles.ts';
import { AlertList } from './alert-list.tsx';
import { VehicleBadge } from './badge.tsx';
import { Icon } from './icon.tsx';
import { Ago, At } from './time.tsx';

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
  const { texts, locale } = useApp();
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
        <button
          type="button"
          className="quiet close"
          aria-label={texts.common.close}
          onClick={close}
        >
          <Icon name="close" />
        </button>
      </h2>
      <p className="faint">
        {vehicle.name ?? vehicle.id} · {texts.vehicleClass[vehicle.class]}
      </p>
      {position ? (
        <dl className="facts">
          <div>
            <dt>{texts.map.speed}</dt>
            <dd>{formatMetric(position.speedKmh, 'speed_kmh', locale)}</dd>
          </div>
          <div>
            <dt>{texts.map.heading}</dt>
            <dd>
              {position.headingDeg === null
                ? '—'
                : `${compassPoint(position.headingDeg, texts)} ${formatNumber(position.headingDeg, locale, 0)}°`}
            </dd>
          </div>
          <div>
            <dt>{texts.map.acc}</dt>
            <dd>
              {position.acc === null ? '—' : position.acc ? texts.map.accOn : texts.map.accOff}
            </dd>
          </div>
          <div>
            <dt>{texts.map.at}</dt>
            <dd>
              <At at={position.at} /> (<Ago at={position.at} />)
            </dd>
          </div>
        </dl>
      ) : (
        <p className="note">{texts.map.never}</p>
      )}
      <h3>{texts.map.track}</h3>
      <fieldset className="segments">
        <legend className="hidden">{texts.map.track}</legend>
        {trackHours.map((choice) => (
          <button
            key={choice}
            type="button"
            aria-pressed={hours === choice}
            onClick={() => setHours(hours === choice ? undefined : choice)}
          >
            {texts.map.trackHours(choice)}
          </button>
        ))}
      </fieldset>
      {trackNote !== undefined && <p className="faint">{trackNote}</p>}
      {own.length > 0 && (
        <>
          <h3>{texts.map.openAlerts}</h3>
          <AlertList compact alerts={own} />
        </>
      )}
      <p>
        <Link href={`/alerts?state=&subject=${vehicle.id}`}>{texts.overview.allAlerts}</Link>
      </p>
    </section>
  );
}
