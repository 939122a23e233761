import { useEffect, useMemo, useRef } from 'react';
import { useSearchParams } from 'wouter';
import { minuteMs } from '../../model/time.ts';
import { useApp, useTitle } from '../lib/app-context.ts';
import { shiftFor } from '../lib/datum.ts';
import { formatMetric } from '../lib/format.ts';
import { type Bounds, boundsOf, lengthM } from '../lib/geo.ts';
import {
  placeFeatures,
  routeFeatures,
  type Shift,
  trackFeatures,
  vehicleFeatures,
} from '../lib/map-data.ts';
import { vehicleLayerIds } from '../lib/map-layers.ts';
import { lastHours } from '../lib/series.ts';
import { trackGapMs } from '../lib/track.ts';
import { useFleet } from '../lib/use-fleet.ts';
import { useEntities, useOpenAlerts, useSettings } from '../lib/use-lists.ts';
import { useTrack } from '../lib/use-track.ts';
import type { VehicleRow } from '../lib/vehicles.ts';
import { Failure, Loading } from '../parts/states.tsx';
import { type DrawnMap, useMap } from '../parts/use-map.ts';
import { trackHours, VehicleDetail } from '../parts/vehicle-detail.tsx';
import { VehicleList } from '../parts/vehicle-list.tsx';

const chosenZoom = 12.5;

type Drawn = DrawnMap | undefined;

/** Calls `choose` with the vehicle that is clicked. */
function useClicks(drawn: Drawn, choose: (id: string) => void) {
  const latest = useRef(choose);
  latest.current = choose;
  useEffect(() => {
    if (!drawn) return undefined;
    const { map } = drawn;
    const click = map.on('click', vehicleLayerIds, ({ features }) => {
      const id: unknown = features?.[0]?.properties['id'];
      if (typeof id === 'string') latest.current(id);
    });
    const enter = map.on('mouseenter', vehicleLayerIds, () => {
      map.getCanvas().style.cursor = 'pointer';
    });
    const leave = map.on('mouseleave', vehicleLayerIds, () => {
      map.getCanvas().style.cursor = '';
    });
    return () => {
      for (const { unsubscribe } of [click, enter, leave]) unsubscribe();
    };
  }, [drawn]);
}

/** Places and routes under the vehicles. @returns what they span */
function useBackdrop(drawn: Drawn, shift: Shift): Bounds | undefined {
  const places = useEntities('places').data?.items;
  const routes = useEntities('routes').data?.items;
  useEffect(() => {
    drawn?.show('routes', routeFeatures(routes ?? [], shift));
    drawn?.show('places', placeFeatures(places ?? [], shift));
  }, [drawn, routes, places, shift]);
  return useMemo(() => {
    const corners = (places ?? []).flatMap(({ circle, polygon }) =>
      circle ? [circle.center] : (polygon ?? []),
    );
    return boundsOf([...corners, ...(routes ?? []).flatMap(({ line }) => line)].map(shift));
  }, [places, routes, shift]);
}

/** Every vehicle, those with open alerts ringed, and a ring round the chosen one. */
function useVehiclesDrawn(
  drawn: Drawn,
  rows: readonly VehicleRow[] | undefined,
  row: VehicleRow | undefined,
  shift: Shift,
): void {
  const alerts = useOpenAlerts().data?.items;
  useEffect(() => {
    const alerted = new Set(
      alerts?.filter(({ subject }) => subject.type === 'vehicle').map(({ subject }) => subject.id),
    );
    drawn?.show('vehicles', vehicleFeatures(rows ?? [], alerted, shift));
  }, [drawn, rows, alerts, shift]);
  useEffect(() => {
    drawn?.show('selected', vehicleFeatures(row ? [row] : [], new Set(), shift));
  }, [drawn, row, shift]);
}

/** The track of the chosen vehicle, brought into view when it is chosen. @returns what is to be said of it */
function useTrackDrawn(
  drawn: Drawn,
  vehicle: string | undefined,
  hours: number | undefined,
  shift: Shift,
): string | undefined {
  const { texts, locale } = useApp();
  const wanted = hours === undefined ? undefined : vehicle;
  const track = useTrack(wanted, `last:${hours}`, () => lastHours(hours ?? 1, Date.now()), {
    everyMs: minuteMs,
  });
  const data = track.data?.fixes;
  useEffect(() => {
    drawn?.show('track', trackFeatures(data ?? [], trackGapMs, shift));
  }, [drawn, data, shift]);
  const isDrawn = data !== undefined && data.length > 1;
  // biome-ignore lint/correctness/useExhaustiveDependencies: when another track is chosen, not whenever it grows
  useEffect(() => {
    const bounds = isDrawn ? boundsOf(data.map(({ position }) => shift(position))) : undefined;
    if (bounds) drawn?.fit(bounds);
  }, [drawn, wanted, hours, isDrawn]);
  if (!data) return undefined;
  const km = lengthM(data.map(({ position }) => position)) / 1_000;
  return isDrawn
    ? `${texts.map.distance} ${formatMetric(km, 'odometer_km', locale)}`
    : texts.map.noTrack;
}

/** Brings the chosen vehicle to the middle once; what is seen later is the person's choice. */
function useCentred(
  drawn: Drawn,
  row: VehicleRow | undefined,
  hours: number | undefined,
  shift: Shift,
): void {
  const isSomewhere = row?.position !== undefined;
  // biome-ignore lint/correctness/useExhaustiveDependencies: when another vehicle is chosen, not whenever it moves
  useEffect(() => {
    if (!drawn || !row?.position || hours !== undefined) return;
    const zoom = Math.max(drawn.map.getZoom(), chosenZoom);
    drawn.map.easeTo({ center: shift([row.position.lon, row.position.lat]), zoom, duration: 500 });
  }, [drawn, row?.vehicle.id, isSomewhere]);
}

const boundsOfRows = (rows: readonly VehicleRow[], shift: Shift) =>
  boundsOf(rows.flatMap(({ position }) => (position ? [shift([position.lon, position.lat])] : [])));

/** Every vehicle where it is now; one of them can be chosen and its track drawn. The choice stands in the address. */
export function LiveMapScreen() {
  const { texts } = useApp();
  useTitle(texts.map.title);
  const box = useRef<HTMLDivElement>(null);
  const { drawn, failed } = useMap(box);
  const [query, setQuery] = useSearchParams();
  const { rows, error, reload } = useFleet(1_000);
  const settings = useSettings();
  const shift = useMemo(() => shiftFor(settings.data), [settings.data]);
  const row = rows?.find(({ vehicle }) => vehicle.id === query.get('vehicle'));
  const hours = trackHours.find((choice) => String(choice) === query.get('hours'));
  const choose = (vehicle?: string, withHours?: number) =>
    setQuery(
      {
        ...(vehicle === undefined ? {} : { vehicle }),
        ...(withHours === undefined ? {} : { hours: String(withHours) }),
      },
      { replace: true },
    );

  useClicks(drawn, (id) => choose(id, hours));
  const backdrop = useBackdrop(drawn, shift);
  useVehiclesDrawn(drawn, rows, row, shift);
  const trackNote = useTrackDrawn(drawn, row?.vehicle.id, hours, shift);
  useCentred(drawn, row, hours, shift);
  const showAll = (animate: boolean) => {
    const bounds = boundsOfRows(rows ?? [], shift) ?? backdrop;
    if (bounds) drawn?.fit(bounds, { animate });
  };
  const isReady = drawn !== undefined && rows !== undefined;
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when there is something to see
  useEffect(() => {
    if (isReady && !row) showAll(false);
  }, [isReady]);

  return (
    <div className="screen map-screen">
      <h1 className="hidden">{texts.map.title}</h1>
      <div className="map-box">
        {failed ? <p className="note">{texts.map.noWebgl}</p> : <div ref={box} className="map" />}
        <button type="button" className="over-map" onClick={() => showAll(true)}>
          {texts.map.fit}
        </button>
      </div>
      <aside className="panel" aria-label={texts.map.list}>
        {error !== undefined && <Failure error={error} retry={reload} />}
        {!rows && error === undefined && <Loading />}
        {row && (
          <VehicleDetail
            row={row}
            hours={hours}
            setHours={(next) => choose(row.vehicle.id, next)}
            close={() => choose()}
            trackNote={trackNote}
          />
        )}
        {rows && !row && <VehicleList rows={rows} choose={(id) => choose(id)} />}
      </aside>
    </div>
  );
}
