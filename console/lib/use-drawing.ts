import type { MapMouseEvent, MapTouchEvent } from 'maplibre-gl';
import { useEffect, useRef } from 'react';
import type { LonLat } from '../../model/entities.ts';
import type { DrawnMap } from '../parts/use-map.ts';
import { type Draft, type DrawnKind, readPoints, withMoved, withPoint } from './drawing.ts';
import { draftFeatures, type Shift } from './map-data.ts';
import { drawnLayerIds } from './map-layers.ts';

/** How the map and a draft talk: what is drawn is shown with its points, a click adds one, a drag moves one. */

type Change = (change: (draft: Draft) => Draft) => void;

/** How far from a point a pointer still means it, px: more than the circle that is drawn. */
const reachPx = { mouse: 10, touch: 22 };

/** Which of the points is meant; by where they belong, for on a slow machine the map may not have drawn the newest yet. */
function pointUnder(
  { target, point }: MapMouseEvent | MapTouchEvent,
  points: readonly LonLat[],
  reach: number,
): number | undefined {
  const far = points.map(([lon, lat]) => target.project([lon, lat]).dist(point));
  const nearest = Math.min(...far);
  return nearest <= reach ? far.indexOf(nearest) : undefined;
}

/** Follows the pointer from a point of the draft until it is let go. */
function followDrags(
  { map }: DrawnMap,
  change: Change,
  unshift: Shift,
  shown: () => readonly LonLat[],
): () => void {
  const begin =
    (move: 'mousemove' | 'touchmove', end: 'mouseup' | 'touchend', reach: number) =>
    (event: MapMouseEvent | MapTouchEvent) => {
      const index = pointUnder(event, shown(), reach);
      if (index === undefined) return;
      // Or the map itself would be dragged.
      event.preventDefault();
      const moving = map.on(move, ({ lngLat }: MapMouseEvent | MapTouchEvent) =>
        change((draft) => withMoved(draft, index, unshift([lngLat.lng, lngLat.lat]))),
      );
      void map.once(end, () => moving.unsubscribe());
    };
  const mouse = map.on('mousedown', begin('mousemove', 'mouseup', reachPx.mouse));
  const touch = map.on('touchstart', begin('touchmove', 'touchend', reachPx.touch));
  return () => {
    mouse.unsubscribe();
    touch.unsubscribe();
  };
}

/** While there is a draft, the map is drawn on. */
export function useDrawing(
  drawn: DrawnMap | undefined,
  draft: Draft | undefined,
  change: Change,
  shift: Shift,
  unshift: Shift,
): void {
  const shown = useRef<readonly LonLat[]>([]);
  useEffect(() => {
    const points = draft ? readPoints(draft.points).points : [];
    shown.current = points.map(shift);
    drawn?.show('draft', draft ? draftFeatures(points, draft.shape, shift) : []);
  }, [drawn, draft, shift]);
  const latest = useRef(change);
  latest.current = change;
  const isDrawing = draft !== undefined;
  useEffect(() => {
    if (!drawn || !isDrawing) return undefined;
    const { map } = drawn;
    const forward: Change = (make) => latest.current(make);
    map.getContainer().classList.add('drawing');
    map.doubleClickZoom.disable();
    const click = map.on('click', (event) => {
      if (pointUnder(event, shown.current, reachPx.mouse) !== undefined) return;
      const { lng, lat } = event.lngLat;
      forward((before) => withPoint(before, unshift([lng, lat])));
    });
    const stop = followDrags(drawn, forward, unshift, () => shown.current);
    return () => {
      map.getContainer().classList.remove('drawing');
      map.doubleClickZoom.enable();
      click.unsubscribe();
      stop();
    };
  }, [drawn, isDrawing, unshift]);
}

/** While nothing is drawn, a click chooses what lies there. */
export function useChoosing(
  drawn: DrawnMap | undefined,
  kind: DrawnKind,
  isOn: boolean,
  choose: (id: string) => void,
): void {
  const latest = useRef(choose);
  latest.current = choose;
  useEffect(() => {
    if (!drawn || !isOn) return undefined;
    const click = drawn.map.on('click', [...drawnLayerIds[kind]], ({ features }) => {
      const id: unknown = features?.[0]?.properties['id'];
      if (typeof id === 'string') latest.current(id);
    });
    return () => click.unsubscribe();
  }, [drawn, kind, isOn]);
}
