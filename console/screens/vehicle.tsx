import { Link } from 'wouter';
import type { EntityView } from '../../api/contract.ts';
import { useApp, useTitle } from '../lib/app-context.ts';
import { formatNumber } from '../lib/format.ts';
import { useAlertsOf } from '../lib/use-alerts-of.ts';
import { useFleet } from '../lib/use-fleet.ts';
import { useEntities } from '../lib/use-lists.ts';
import { useLoad } from '../lib/use-load.ts';
import { useNames } from '../lib/use-names.ts';
import { AlertsCard } from '../parts/alerts-card.tsx';
import { VehicleBadge } from '../parts/badge.tsx';
import { DayTrack } from '../parts/day-track.tsx';
import { Fact } from '../parts/fact.tsx';
import { PositionFacts } from '../parts/position-facts.tsx';
import { Loading, Show } from '../parts/states.tsx';
import { TerminalCard } from '../parts/terminal-card.tsx';

type VehicleView = EntityView<'vehicles'>;

/** What the registry says of a vehicle. */
function VehicleFacts({ vehicle }: { readonly vehicle: VehicleView }) {
  const { texts, locale } = useApp();
  const words = texts.vehicles;
  const names = useNames();
  const places = useEntities('places');
  const { parking, everyS, jt808 } = vehicle;
  return (
    <section className="card">
      <h2>
        {words.details}
        <Link href={`/ledger/${vehicle.id}`}>{texts.ledger.title}</Link>
      </h2>
      <dl className="facts">
        <Fact name="ID">
          <code>{vehicle.id}</code>
        </Fact>
        <Fact name={words.institution}>{names.institution(vehicle.institution)}</Fact>
        <Fact name={words.class}>{texts.vehicleClass[vehicle.class]}</Fact>
        <Fact name={words.fuel}>{words.fuels[vehicle.fuel]}</Fact>
        <Fact name={words.parking}>
          {parking && (places.data?.byId.get(parking)?.name ?? parking)}
        </Fact>
        <Fact name={words.every}>
          {everyS === undefined ? undefined : texts.time.seconds(formatNumber(everyS, locale, 0))}
        </Fact>
        <Fact name={words.phone}>{jt808?.phone}</Fact>
      </dl>
    </section>
  );
}

function Body({ vehicle }: { readonly vehicle: VehicleView }) {
  const { texts } = useApp();
  const { rows } = useFleet(1_000);
  const alerts = useAlertsOf(vehicle.id);
  const zone = useNames().zone(vehicle.institution);
  const row = rows?.find((each) => each.vehicle.id === vehicle.id);
  return (
    <>
      <h1>
        {vehicle.plate} {row && <VehicleBadge state={row.state} />}
        {vehicle.name !== undefined && <small className="faint">{vehicle.name}</small>}
      </h1>
      <div className="columns wide">
        <div className="stack">
          <DayTrack vehicle={vehicle} row={row} zone={zone} />
          <AlertsCard title={texts.vehicles.alerts} subject={vehicle.id} alerts={alerts} />
        </div>
        <div className="stack">
          <section className="card">
            <h2>
              {texts.vehicles.position}
              <Link href={`/map?vehicle=${vehicle.id}`}>{texts.vehicles.openMap}</Link>
            </h2>
            {rows ? <PositionFacts position={row?.position} zone={zone} /> : <Loading />}
          </section>
          <VehicleFacts vehicle={vehicle} />
          {vehicle.jt808 && <TerminalCard vehicle={vehicle} zone={zone} />}
        </div>
      </div>
    </>
  );
}

/** One vehicle: where it is, where it drove on a day, its alerts, and what is known of it. */
export function VehicleScreen({ id }: { readonly id: string }) {
  const { api, texts } = useApp();
  const vehicle = useLoad(`vehicle:${id}`, (signal) =>
    api.get<VehicleView>(`/vehicles/${encodeURIComponent(id)}`, {}, signal),
  );
  useTitle(vehicle.data?.plate ?? id);
  return (
    <div className="screen">
      <p className="crumbs">
        <Link href="/vehicles">{texts.vehicles.title}</Link>
      </p>
      <Show of={vehicle}>{(found) => <Body vehicle={found} />}</Show>
    </div>
  );
}
