import { useMemo } from 'react';
import { Link } from 'wouter';
import type { AlertView } from '../../api/contract.ts';
import type { Severity } from '../../model/entities.ts';
import { useApp, useTitle } from '../lib/app-context.ts';
import { formatMetric, formatNumber, type Locale } from '../lib/format.ts';
import type { LatestOf, MeterRow } from '../lib/meters.ts';
import { powerNowKw } from '../lib/meters.ts';
import { useFleet } from '../lib/use-fleet.ts';
import { useEntities, useOpenAlerts } from '../lib/use-lists.ts';
import { type Today, useMeterRows, useToday } from '../lib/use-meters.ts';
import { countStates, type VehicleRow, vehicleStates } from '../lib/vehicles.ts';
import { AlertList } from '../parts/alert-list.tsx';
import { Empty, Failure, Loading, Show } from '../parts/states.tsx';
import { Tile } from '../parts/tile.tsx';

const severities = ['critical', 'warning', 'info'] as const satisfies readonly Severity[];
const latestShown = 8;
const strongestShown = 6;

function Attention({ alerts }: { readonly alerts: readonly AlertView[] }) {
  const { texts, locale } = useApp();
  return (
    <section className="attention" aria-label={texts.overview.attention}>
      {severities.map((severity) => {
        const count = alerts.filter((alert) => alert.severity === severity).length;
        return (
          <Link
            key={severity}
            href={`/alerts?state=open&severity=${severity}`}
            className={`card tally ${count > 0 ? severity : 'zero'}`}
          >
            <b>{formatNumber(count, locale, 0)}</b>
            <span>{texts.severity[severity]}</span>
          </Link>
        );
      })}
    </section>
  );
}

/** A sum with its unit; decimals of thousands say nothing. */
function sumText(value: number | undefined, unit: string, locale: Locale) {
  return value === undefined
    ? '—'
    : `${formatNumber(value, locale, value >= 1_000 ? 0 : 1)} ${unit}`;
}

function MeterTiles({
  rows,
  latest,
}: {
  readonly rows: readonly MeterRow[] | undefined;
  readonly latest: ReadonlyMap<string, LatestOf> | undefined;
}) {
  const { texts, locale } = useApp();
  const electricity = useToday('electricity', rows, latest);
  const water = useToday('water', rows, latest);
  const main = rows?.filter(({ meter }) => meter.parent === undefined);
  const mainOf = (medium: string) =>
    main?.filter(({ meter }) => meter.medium === medium).length ?? 0;
  const note = (today: Today | null | undefined, medium: string) =>
    today?.partly ? texts.overview.partly : texts.overview.mainMeters(mainOf(medium));
  const count = (n: number | undefined) => formatNumber(n, locale, 0);
  return (
    <>
      <Tile
        label={texts.overview.metersOnline}
        to="/meters"
        value={texts.common.of(
          count(rows?.filter(({ heard }) => heard === 'online').length),
          count(rows?.length),
        )}
        note={texts.overview.heard}
      />
      {mainOf('electricity') > 0 && (
        <Tile
          label={texts.overview.powerNow}
          value={sumText(rows && latest && powerNowKw(rows, latest), 'kW', locale)}
          note={texts.overview.mainMeters(mainOf('electricity'))}
        />
      )}
      {mainOf('electricity') > 0 && electricity !== null && (
        <Tile
          label={texts.overview.electricityToday}
          value={sumText(electricity?.value, 'kWh', locale)}
          note={note(electricity, 'electricity')}
        />
      )}
      {mainOf('water') > 0 && water !== null && (
        <Tile
          label={texts.overview.waterToday}
          value={sumText(water?.value, 'm³', locale)}
          note={note(water, 'water')}
        />
      )}
    </>
  );
}

/** The meters that draw most now, as bars one can follow to the meter. */
function Strongest({
  rows,
  latest,
}: {
  readonly rows: readonly MeterRow[];
  readonly latest: ReadonlyMap<string, LatestOf>;
}) {
  const { texts, locale } = useApp();
  const strongest = useMemo(
    () =>
      rows
        .filter(({ heard }) => heard === 'online')
        .map((row) => ({ row, power: latest.get(row.meter.id)?.get('power_kw')?.value }))
        .filter(
          (item): item is { row: MeterRow; power: number } =>
            item.power !== undefined && item.power > 0,
        )
        .sort((a, b) => b.power - a.power)
        .slice(0, strongestShown),
    [rows, latest],
  );
  const most = strongest[0]?.power ?? 1;
  if (strongest.length === 0) return null;
  return (
    <section className="card">
      <h2>{texts.overview.power}</h2>
      <ul className="bars">
        {strongest.map(({ row, power }) => (
          <li key={row.meter.id}>
            <Link href={`/meters/${row.meter.id}`}>
              {row.buildingName} {row.meter.name}
            </Link>
            <span>{formatMetric(power, 'power_kw', locale)}</span>
            <i aria-hidden="true" style={{ inlineSize: `${(100 * power) / most}%` }} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Fleet({ vehicles }: { readonly vehicles: readonly VehicleRow[] }) {
  const { texts, locale } = useApp();
  const counts = countStates(vehicles);
  return (
    <section className="card">
      <h2>
        {texts.overview.vehicles}
        <Link href="/map">{texts.overview.openMap}</Link>
      </h2>
      <div className="split" aria-hidden="true">
        {vehicleStates.map((state) => (
          <i key={state} className={state} style={{ flexGrow: counts[state] }} />
        ))}
      </div>
      <dl className="legend">
        {vehicleStates.map((state) => (
          <div key={state} className={state}>
            <dt>
              <i aria-hidden="true" />
              {texts.vehicleState[state]}
            </dt>
            <dd>{formatNumber(counts[state], locale, 0)}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

/** What needs attention now, first; then how everything is. */
export function OverviewScreen() {
  const { texts, locale } = useApp();
  useTitle(texts.overview.title);
  const alerts = useOpenAlerts();
  const institutions = useEntities('institutions');
  const fleet = useFleet(3_000).rows;
  const meters = useMeterRows();
  const online = fleet?.filter(({ state }) => state !== 'offline').length;
  const nothing = meters.rows?.length === 0 && fleet?.length === 0;
  const count = (n: number | undefined) => formatNumber(n, locale, 0);
  return (
    <div className="screen">
      <h1>{texts.overview.title}</h1>
      <Show of={alerts}>{({ items }) => <Attention alerts={items} />}</Show>
      <section className="tiles" aria-label={texts.overview.heard}>
        <Tile
          label={texts.overview.institutions}
          to="/institutions"
          value={count(institutions.data?.items.length)}
        />
        <MeterTiles rows={meters.rows} latest={meters.latest} />
        <Tile
          label={texts.overview.vehiclesOnline}
          to="/vehicles"
          value={texts.common.of(count(online), count(fleet?.length))}
          note={fleet && `${texts.overview.moving} ${count(countStates(fleet).moving)}`}
        />
      </section>
      {meters.error !== undefined && <Failure error={meters.error} retry={meters.reload} />}
      {nothing && (
        <Empty title={texts.overview.empty}>
          <span>{texts.overview.emptyMore}</span>
        </Empty>
      )}
      <div className="columns">
        <section className="card">
          <h2>
            {texts.overview.latest}
            <Link href="/alerts">{texts.overview.allAlerts}</Link>
          </h2>
          {!alerts.data && !alerts.error && <Loading />}
          {alerts.data?.items.length === 0 && (
            <Empty title={texts.overview.calm}>
              <span>{texts.overview.calmMore}</span>
            </Empty>
          )}
          {alerts.data && <AlertList compact alerts={alerts.data.items.slice(0, latestShown)} />}
        </section>
        <div className="stack">
          {fleet && fleet.length > 0 && <Fleet vehicles={fleet} />}
          {meters.rows && meters.latest && <Strongest rows={meters.rows} latest={meters.latest} />}
        </div>
      </div>
    </div>
  );
}
