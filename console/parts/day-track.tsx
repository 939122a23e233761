import { useMemo } from 'react';
import { useSearchParams } from 'wouter';
import type { AlertView, EntityView } from '../../api/contract.ts';
import { alarms } from '../../model/terminal-alarms.ts';
import { localTime, minuteMs, spanOfDay } from '../../model/time.ts';
import { useApp, useNow } from '../lib/app-context.ts';
import { formatMetric, formatNumber } from '../lib/format.ts';
import { momentAt } from '../lib/replay.ts';
import { driveOf } from '../lib/track.ts';
import { useAlertsOf } from '../lib/use-alerts-of.ts';
import { type Driven, useTrack } from '../lib/use-track.ts';
import type { VehicleRow } from '../lib/vehicles.ts';
import { DayPicker } from './day-picker.tsx';
import { DayTrips, useTripsOf } from './day-trips.tsx';
import { Fact } from './fact.tsx';
import { LazyTrackMap } from './lazy.tsx';
import { Replay, useReplayClock } from './replay.tsx';
import { Show } from './states.tsx';
import { At } from './time.tsx';

const noAlerts: readonly AlertView[] = [];

/** Everything the terminal held to be an alarm, also what raises no alert. */
function TerminalAlarms({ counts }: { readonly counts: Driven['alarms'] }) {
  const { texts, locale } = useApp();
  if (counts.length === 0) return null;
  return (
    <>
      <h3>{texts.vehicles.terminalAlarms}</h3>
      <ul>
        {counts.map(([bit, fixes]) => (
          <li key={bit}>
            {alarms.find((alarm) => alarm.bit === bit)?.[locale] ?? bit}:{' '}
            {formatNumber(fixes, locale, 0)}
          </li>
        ))}
      </ul>
    </>
  );
}

function Drive({ driven, zone }: { readonly driven: Driven; readonly zone: string }) {
  const { texts, locale } = useApp();
  const words = texts.vehicles;
  const drive = driveOf(driven.fixes);
  if (!drive) return <p className="faint">{words.noTrack}</p>;
  return (
    <>
      {driven.isCut && <p className="note">{texts.common.truncated}</p>}
      <dl className="stats">
        <Fact name={words.distance}>{formatMetric(drive.km, 'odometer_km', locale)}</Fact>
        <Fact name={words.fastest}>{formatMetric(drive.fastestKmh, 'speed_kmh', locale)}</Fact>
        <Fact name={words.first}>
          <At at={drive.firstAt} zone={zone} />
        </Fact>
        <Fact name={words.last}>
          <At at={drive.lastAt} zone={zone} />
        </Fact>
        <Fact name={words.fixes}>{formatNumber(driven.fixes.length, locale, 0)}</Fact>
        {drive.doubtful > 0 && (
          <Fact name={words.doubtful}>{formatNumber(drive.doubtful, locale, 0)}</Fact>
        )}
      </dl>
    </>
  );
}

interface DrivenAgainProps extends DayTrackProps {
  readonly driven: Driven;
  readonly date: string;
}

/** The track on the map, and the day driven again by its good fixes. */
function DrivenAgain({ vehicle, driven, row, zone, date }: DrivenAgainProps) {
  const { fixes } = driven;
  const good = useMemo(() => fixes.filter(({ isGood }) => isGood), [fixes]);
  const alerts = useAlertsOf(vehicle.id).data?.items ?? noAlerts;
  const trips = useTripsOf(
    vehicle.id,
    `${zone}:${date}`,
    () => spanOfDay(date, zone),
    row ? { everyMs: minuteMs } : {},
  );
  const clock = useReplayClock(good[0]?.at ?? 0, good.at(-1)?.at ?? 0);
  const moment = useMemo(
    () => (clock.at === undefined ? undefined : momentAt(good, clock.at)),
    [good, clock.at],
  );
  return (
    <>
      <LazyTrackMap
        institution={vehicle.institution}
        fixes={fixes}
        row={row}
        moment={moment}
        plate={vehicle.plate}
      />
      <Replay fixes={good} alerts={alerts} zone={zone} clock={clock} />
      <DayTrips trips={trips} zone={zone} seek={clock.seek} />
    </>
  );
}

interface DayTrackProps {
  readonly vehicle: EntityView<'vehicles'>;
  readonly row: VehicleRow | undefined;
  readonly zone: string;
}

const isDate = (text: string | null): text is string =>
  text !== null && /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));

/** Where a vehicle drove on a day of its institution's zone. The day stands in the address. */
export function DayTrack({ vehicle, row, zone }: DayTrackProps) {
  const { texts } = useApp();
  const [query, setQuery] = useSearchParams();
  const today = localTime(useNow(minuteMs), zone).date;
  const asked = query.get('date');
  const date = isDate(asked) && asked < today ? asked : today;
  const isToday = date === today;
  const driven = useTrack(
    vehicle.id,
    `${zone}:${date}`,
    () => spanOfDay(date, zone),
    isToday ? { everyMs: minuteMs } : {},
  );
  const choose = (next: string) => setQuery(next === '' ? {} : { date: next }, { replace: true });
  return (
    <section className="card">
      <h2>{texts.vehicles.day}</h2>
      <div className="filters">
        <DayPicker date={date} isToday={isToday} choose={choose} />
      </div>
      <Show of={driven}>
        {(found) => (
          <>
            <Drive driven={found} zone={zone} />
            <TerminalAlarms counts={found.alarms} />
            <DrivenAgain
              key={date}
              date={date}
              vehicle={vehicle}
              driven={found}
              row={isToday ? row : undefined}
              zone={zone}
            />
          </>
        )}
      </Show>
    </section>
  );
}
