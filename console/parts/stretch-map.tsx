import { useEffect, useMemo, useRef } from 'react';
import type { AlertView, EntityView } from '../../api/contract.ts';
import { hourMs, minuteMs } from '../../model/time.ts';
import { useApp } from '../lib/app-context.ts';
import { shiftFor } from '../lib/datum.ts';
import type { StretchPoint } from '../lib/evidence.ts';
import { boundsOf } from '../lib/geo.ts';
import { placeFeatures, routeFeatures, trackFeatures } from '../lib/map-data.ts';
import { trackGapMs } from '../lib/track.ts';
import { useEntities, useSettings } from '../lib/use-lists.ts';
import { useTrack } from '../lib/use-track.ts';
import { useMap } from './use-map.ts';

const aroundMs = 15 * minuteMs;
/** Longer stretches than this are shown by what the evidence holds of them. */
const longestMs = 12 * hourMs;

interface StretchMapProps {
  readonly alert: AlertView;
  readonly track: readonly StretchPoint[];
  readonly routeIds: readonly string[];
}

/** The route with its corridor, where the vehicle drove, and the stretch outside in red. */
export function StretchMap({ alert, track, routeIds }: StretchMapProps) {
  const { texts } = useApp();
  const box = useRef<HTMLDivElement>(null);
  const { drawn, failed } = useMap(box);
  const settings = useSettings();
  const routes = useEntities('routes');
  const places = useEntities('places');
  const shift = useMemo(() => shiftFor(settings.data), [settings.data]);
  const range = useMemo(() => {
    const from = Date.parse(alert.evidence.from) - aroundMs;
    return { from, to: Math.min(Date.parse(alert.evidence.to) + aroundMs, from + longestMs) };
  }, [alert.evidence.from, alert.evidence.to]);
  const vehicle = alert.subject.type === 'vehicle' ? alert.subject.id : undefined;
  const driven = useTrack(vehicle, `${range.from}:${range.to}`, () => range).data?.fixes;
  const ordered = useMemo(
    () =>
      routeIds
        .map((id) => routes.data?.byId.get(id))
        .filter((route): route is EntityView<'routes'> => route !== undefined),
    [routeIds, routes.data],
  );

  useEffect(() => {
    if (!drawn) return;
    const toVisit = new Set(ordered.flatMap(({ mustVisit = [] }) => mustVisit));
    drawn.show('routes', routeFeatures(ordered, shift));
    drawn.show(
      'places',
      placeFeatures(
        places.data?.items.filter(
          ({ id, institution }) => institution === alert.institution || toVisit.has(id),
        ) ?? [],
        shift,
      ),
    );
    drawn.show('track', trackFeatures(driven ?? [], trackGapMs, shift));
    drawn.show('stretch', [
      ...trackFeatures(track, Infinity, shift),
      ...track.map(({ position }) => ({
        type: 'Feature' as const,
        properties: {},
        geometry: { type: 'Point' as const, coordinates: shift(position) },
      })),
    ]);
  }, [drawn, ordered, places.data, driven, track, shift, alert.institution]);

  useEffect(() => {
    const bounds = boundsOf([...track, ...(driven ?? [])].map(({ position }) => shift(position)));
    if (drawn && bounds) drawn.fit(bounds, { animate: false });
  }, [drawn, track, driven, shift]);

  const showRoute = () => {
    const bounds = boundsOf(
      [
        ...ordered.flatMap(({ line, lines = [] }) => [line, ...lines].flat()),
        ...track.map(({ position }) => position),
      ].map(shift),
    );
    if (bounds) drawn?.fit(bounds);
  };
  if (failed) return <p className="note">{texts.map.noWebgl}</p>;
  return (
    <>
      <div ref={box} className="map small" />
      <p className="legend-line faint small">
        <i className="swatch critical" aria-hidden="true" />
        {texts.map.offRoute}
        <i className="swatch accent" aria-hidden="true" />
        {texts.map.track}
        <i className="swatch route" aria-hidden="true" />
        {texts.map.route} / {texts.map.corridor}
        {ordered.length > 0 && (
          <button type="button" onClick={showRoute}>
            {texts.map.fitRoute}
          </button>
        )}
      </p>
    </>
  );
}
