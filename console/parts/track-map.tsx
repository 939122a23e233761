import { useEffect, useMemo, useRef } from 'react';
import { useApp } from '../lib/app-context.ts';
import { shiftFor } from '../lib/datum.ts';
import { boundsOf } from '../lib/geo.ts';
import {
  placeFeatures,
  replayFeature,
  routeFeatures,
  trackFeatures,
  vehicleFeatures,
} from '../lib/map-data.ts';
import type { Moment } from '../lib/replay.ts';
import { type TrackFix, trackGapMs } from '../lib/track.ts';
import { useEntities, useSettings } from '../lib/use-lists.ts';
import type { VehicleRow } from '../lib/vehicles.ts';
import { useMap } from './use-map.ts';

interface TrackMapProps {
  readonly institution: string;
  readonly fixes: readonly TrackFix[];
  /** The vehicle where it is now; left out where the track is of another day. */
  readonly row: VehicleRow | undefined;
  /** Where a replay stands; it is shown in the place of now. */
  readonly moment?: Moment | undefined;
  readonly plate: string;
}

/** Where a vehicle drove, over the places and routes of its institution. */
export function TrackMap({ institution, fixes, row, moment, plate }: TrackMapProps) {
  const { texts } = useApp();
  const box = useRef<HTMLDivElement>(null);
  const { drawn, failed } = useMap(box);
  const settings = useSettings();
  const shift = useMemo(() => shiftFor(settings.data), [settings.data]);
  const routes = useEntities('routes').data?.items;
  const places = useEntities('places').data?.items;
  useEffect(() => {
    const own = <T extends { readonly institution: string }>(items: readonly T[] | undefined) =>
      items?.filter((item) => item.institution === institution) ?? [];
    drawn?.show('routes', routeFeatures(own(routes), shift));
    drawn?.show('places', placeFeatures(own(places), shift));
  }, [drawn, routes, places, institution, shift]);
  useEffect(() => {
    drawn?.show('track', trackFeatures(fixes, trackGapMs, shift));
  }, [drawn, fixes, shift]);
  useEffect(() => {
    const now = vehicleFeatures(row ? [row] : [], new Set(), shift);
    drawn?.show('vehicles', moment ? [replayFeature(moment, plate, shift)] : now);
  }, [drawn, row, moment, plate, shift]);
  useEffect(() => {
    if (!drawn || !moment) return;
    const there = shift(moment.position);
    if (!drawn.map.getBounds().contains(there)) drawn.map.panTo(there, { duration: 300 });
  }, [drawn, moment, shift]);

  const isThere = fixes.length > 0 || row?.position !== undefined;
  // biome-ignore lint/correctness/useExhaustiveDependencies: when there is something to see, not whenever it grows
  useEffect(() => {
    const now = row?.position;
    const seen = fixes.map(({ position }) => position);
    const bounds = boundsOf(
      (seen.length > 0 ? seen : now ? [[now.lon, now.lat] as const] : []).map(shift),
    );
    if (bounds) drawn?.fit(bounds, { animate: false });
  }, [drawn, isThere, shift]);
  return failed ? (
    <p className="note">{texts.map.noWebgl}</p>
  ) : (
    <div ref={box} className="map small" />
  );
}
