import { useSearchParams } from 'wouter';
import type { EntityView } from '../../api/contract.ts';
import { alarms } from '../../model/terminal-alarms.ts';
import { localTime, minuteMs, spanOfDay } from '../../model/time.ts';
import { useApp, useNow } from '../lib/app-context.ts';
import { formatMetric, formatNumber } from '../lib/format.ts';
import { driveOf } from '../lib/track.ts';
import { type Driven, useTrack } from '../lib/use-track.ts';
import type { VehicleRow } from '../lib/vehicles.ts';
import { DayPicker } from './day-picker.tsx';
import { LazyTrackMap } from './lazy.tsx';
import { Show } from './states.tsx';
import { At } from './time.tsx';

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
        <div>
          <dt>{words.distance}</dt>
          <dd>{formatMetric(drive.km, 'odometer_km', locale)}</dd>
        </div>
        <div>
          <dt>{words.fastest}</dt>
          <dd>{formatMetric(drive.fastestKmh, 'speed_kmh', locale)}</dd>
        </div>
        <div>
          <dt>{words.first}</dt>
          <dd>
            <At at={drive.firstAt} zone={zone} />
          </dd>
        </div>
        <div>
          <dt>{words.last}</dt>
          <dd>
            <At at={drive.lastAt} zone={zone} />
          </dd>
        </div>
        <div>
          <dt>{words.fixes}</dt>
          <dd>{formatNumber(driven.fixes.length, locale, 0)}</dd>
        </div>
        {drive.doubtful > 0 && (
          <div>
            <dt>{words.doubtful}</dt>
            <dd>{formatNumber(drive.doubtful, locale, 0)}</dd>
          </div>
        )}
      </dl>
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
            <LazyTrackMap
              key={date}
              institution={vehicle.institution}
              fixes={found.fixes}
              row={isToday ? row : undefined}
            />
          </>
        )}
      </Show>
    </section>
  );
}
