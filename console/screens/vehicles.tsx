import { useMemo } from 'react';
import { Link, useLocation } from 'wouter';
import { useApp, useTitle } from '../lib/app-context.ts';
import { formatMetric, formatNumber } from '../lib/format.ts';
import { useFilters } from '../lib/use-filters.ts';
import { useFleet } from '../lib/use-fleet.ts';
import { useNames } from '../lib/use-names.ts';
import { filterVehicles, type VehicleRow, vehicleStates } from '../lib/vehicles.ts';
import { VehicleBadge } from '../parts/badge.tsx';
import { Choice, Filters, Search } from '../parts/filters.tsx';
import { Portion } from '../parts/portion.tsx';
import { Empty, Failure, Loading } from '../parts/states.tsx';
import { Table } from '../parts/table.tsx';
import { Ago } from '../parts/time.tsx';

const shownAtFirst = 200;
const states = ['online', ...vehicleStates] as const;

function Row({ row, institution }: { readonly row: VehicleRow; readonly institution: string }) {
  const { texts, locale } = useApp();
  const [, go] = useLocation();
  const { vehicle, position, state } = row;
  return (
    <tr className="opens" onClick={() => go(`/vehicles/${vehicle.id}`)}>
      <td>
        <Link href={`/vehicles/${vehicle.id}`} onClick={(event) => event.stopPropagation()}>
          {vehicle.plate}
        </Link>
        <small>{vehicle.name ?? vehicle.id}</small>
      </td>
      <td data-label={texts.vehicles.institution}>{institution}</td>
      <td data-label={texts.vehicles.class}>{texts.vehicleClass[vehicle.class]}</td>
      <td className="number" data-label={texts.map.speed}>
        {formatMetric(position?.speedKmh, 'speed_kmh', locale)}
      </td>
      <td data-label={texts.meters.heard}>{position ? <Ago at={position.at} /> : '—'}</td>
      <td data-label={texts.meters.state}>
        <VehicleBadge state={state} />
      </td>
    </tr>
  );
}

/** Every vehicle: whose it is, what it does now and when it was heard. Filters stand in the address. */
export function VehiclesScreen() {
  const { texts, locale } = useApp();
  const words = texts.vehicles;
  useTitle(words.title);
  const names = useNames();
  const { rows, error, reload } = useFleet(3_000);
  const [query, choose] = useFilters();
  const search = query.get('search') ?? '';
  const state = states.find((each) => each === query.get('state'));
  const found = useMemo(() => rows && filterVehicles(rows, search, state), [rows, search, state]);
  const number = (n: number) => formatNumber(n, locale, 0);
  return (
    <div className="screen">
      <h1>{words.title}</h1>
      <Filters>
        <Search
          label={texts.map.searchPlate}
          value={search}
          choose={(text) => choose('search', text)}
        />
        <Choice
          label={texts.meters.state}
          all={`${texts.meters.state}: ${texts.common.all}`}
          value={state ?? ''}
          options={states.map((key) => [
            key,
            key === 'online' ? words.online : texts.vehicleState[key],
          ])}
          choose={(key) => choose('state', key)}
        />
        {rows && found && (
          <span className="faint">
            {texts.common.shown(number(found.length), number(rows.length))}
          </span>
        )}
      </Filters>
      {!rows && error === undefined && <Loading />}
      {error !== undefined && <Failure error={error} retry={reload} />}
      {found?.length === 0 && (
        <Empty title={words.none}>
          <span>{words.noneMore}</span>
        </Empty>
      )}
      {found && found.length > 0 && (
        <Portion of={found} step={shownAtFirst}>
          {(some) => (
            <Table
              kind="fleet"
              heads={[
                words.plate,
                words.institution,
                words.class,
                { number: texts.map.speed },
                texts.meters.heard,
                texts.meters.state,
              ]}
            >
              {some.map((row) => (
                <Row
                  key={row.vehicle.id}
                  row={row}
                  institution={names.institution(row.vehicle.institution)}
                />
              ))}
            </Table>
          )}
        </Portion>
      )}
    </div>
  );
}
