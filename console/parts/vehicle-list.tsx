import { useMemo, useState } from 'react';
import { useApp } from '../lib/app-context.ts';
import { formatMetric, formatNumber } from '../lib/format.ts';
import {
  countStates,
  filterVehicles,
  type VehicleRow,
  type VehicleState,
  vehicleStates,
} from '../lib/vehicles.ts';
import { Ago } from './time.tsx';

/** More than anybody scrolls through; the rest is found by searching. */
const listed = 150;

interface ListProps {
  readonly rows: readonly VehicleRow[];
  readonly choose: (id: string) => void;
}

/** Vehicles to choose from, by plate or name and by what they do. The way to them for a keyboard, beside the map. */
export function VehicleList({ rows, choose }: ListProps) {
  const { texts, locale } = useApp();
  const [search, setSearch] = useState('');
  const [state, setState] = useState<VehicleState>();
  const counts = useMemo(() => countStates(rows), [rows]);
  const found = useMemo(() => filterVehicles(rows, search, state), [rows, search, state]);
  return (
    <>
      <input
        type="search"
        aria-label={texts.map.searchPlate}
        placeholder={texts.map.searchPlate}
        value={search}
        onChange={(event) => setSearch(event.target.value)}
      />
      <div className="chips">
        {vehicleStates.map((known) => (
          <button
            key={known}
            type="button"
            className={`chip ${known}`}
            aria-pressed={state === known}
            onClick={() => setState(state === known ? undefined : known)}
          >
            <i aria-hidden="true" />
            {texts.vehicleState[known]} {formatNumber(counts[known], locale, 0)}
          </button>
        ))}
      </div>
      <ul className="vehicles">
        {found.slice(0, listed).map((row) => (
          <li key={row.vehicle.id}>
            <button type="button" onClick={() => choose(row.vehicle.id)}>
              <i className={`dot ${row.state}`} title={texts.vehicleState[row.state]} />
              <strong>{row.vehicle.plate}</strong>
              <span>{row.vehicle.name ?? texts.vehicleClass[row.vehicle.class]}</span>
              <small>
                {row.state === 'moving'
                  ? formatMetric(row.position?.speedKmh, 'speed_kmh', locale)
                  : row.position && <Ago at={row.position.at} />}
              </small>
            </button>
          </li>
        ))}
      </ul>
      {found.length === 0 && <p className="faint">{texts.map.noVehicles}</p>}
      {found.length > listed && <p className="faint">{texts.map.refine(found.length - listed)}</p>}
    </>
  );
}
