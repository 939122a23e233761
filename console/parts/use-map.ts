import {
  AttributionControl,
  GeoJSONSource,
  MapLibreMap,
  NavigationControl,
  ScaleControl,
  setWorkerUrl,
} from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url';
import 'maplibre-gl/dist/maplibre-gl.css';
import { type RefObject, useEffect, useState } from 'react';
import { useApp } from '../lib/app-context.ts';
import type { Bounds } from '../lib/geo.ts';
import { collection, type Feature, graticuleFeatures } from '../lib/map-data.ts';
import { mapIcons } from '../lib/map-icons.ts';
import { mapStyle, type SourceName, sources } from '../lib/map-style.ts';
import { createPacer, type Pacer } from '../lib/pace.ts';
import { type PageColors, usePageColors } from '../lib/page-colors.ts';
import { useSettings } from '../lib/use-lists.ts';

setWorkerUrl(workerUrl);

export interface DrawnMap {
  readonly map: MapLibreMap;
  /** Replaces what a source shows, and keeps it over a change of colours. */
  show(source: SourceName, features: Feature[]): void;
  fit(bounds: Bounds, options?: { readonly animate?: boolean }): void;
}

/** China, until there is something to look at. */
const firstView: Bounds = [73, 18, 135, 54];

function startMap(box: HTMLElement): MapLibreMap {
  const map = new MapLibreMap({
    container: box,
    bounds: firstView,
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    maxZoom: 19,
    renderWorldCopies: false,
  });
  map.touchZoomRotate.disableRotation();
  map.addControl(new NavigationControl({ showCompass: false }), 'top-right');
  map.addControl(new ScaleControl({ unit: 'metric', maxWidth: 120 }), 'bottom-right');
  map.addControl(new AttributionControl({ compact: true }));
  return map;
}

/** A slow machine draws for seconds: until the first lines are there, the box says that it is at work. */
function tellWhileBlank(map: MapLibreMap, box: HTMLElement): void {
  const done = () => {
    box.removeAttribute('aria-busy');
    heard.unsubscribe();
  };
  box.setAttribute('aria-busy', 'true');
  const heard = map.on('sourcedata', ({ sourceId, tile }) => {
    if (sourceId === 'graticule' && tile && map.isSourceLoaded(sourceId)) map.once('render', done);
  });
  map.once('idle', done);
}

const patienceMs = 5_000;

/** Gives sources their data, each at the pace at which they are drawn. */
function startPutting(map: MapLibreMap): Pacer<SourceName, Feature[]> {
  const put = (source: SourceName, features: Feature[]) => {
    const there = map.getSource(source);
    if (there instanceof GeoJSONSource) void there.setData(collection(features));
  };
  const pacer = createPacer(put, patienceMs, Date.now);
  map.on('sourcedata', ({ sourceId, tile }) => {
    const source = sources.find((name) => name === sourceId);
    if (source && tile && map.isSourceLoaded(source)) pacer.settled(source);
  });
  map.on('idle', () => {
    for (const source of sources) pacer.settled(source);
  });
  return pacer;
}

interface Started {
  readonly map: MapLibreMap;
  readonly pacer: Pacer<SourceName, Feature[]>;
  /** What each source shows, for when the style is made anew. */
  readonly kept: Map<SourceName, Feature[]>;
}

function start(box: HTMLElement): Started {
  const map = startMap(box);
  tellWhileBlank(map, box);
  return { map, pacer: startPutting(map), kept: new Map() };
}

const toDrawn = ({ map, pacer, kept }: Started): DrawnMap => ({
  map,
  show: (source, features) => {
    kept.set(source, features);
    pacer.offer(source, features);
  },
  fit: ([west, south, east, north], { animate = true } = {}) =>
    map.fitBounds(
      [
        [west, south],
        [east, north],
      ],
      { padding: 48, maxZoom: 15, animate, duration: 500 },
    ),
});

function drawGraticule({ map, pacer }: Started): void {
  const view = map.getBounds();
  pacer.offer(
    'graticule',
    graticuleFeatures([view.getWest(), view.getSouth(), view.getEast(), view.getNorth()]),
  );
}

/** A style just made has no pictures and no data yet. */
function dress(started: Started, colors: PageColors): void {
  const { map, pacer, kept } = started;
  for (const [name, image] of mapIcons(colors)) {
    if (!map.hasImage(name)) map.addImage(name, image, { pixelRatio: 2 });
  }
  pacer.reset();
  for (const [source, features] of kept) pacer.offer(source, features);
  drawGraticule(started);
}

/** A map in the box, or `failed` where the browser has no WebGL. Undefined until it can be drawn on. */
export function useMap(box: RefObject<HTMLElement | null>): {
  readonly drawn: DrawnMap | undefined;
  readonly failed: boolean;
} {
  const { texts } = useApp();
  const colors = usePageColors();
  const settings = useSettings();
  const [started, setStarted] = useState<Started>();
  const [drawn, setDrawn] = useState<DrawnMap>();
  const [failed, setFailed] = useState(false);

  useEffect(() => {
    if (!box.current) return undefined;
    let begun: Started;
    try {
      begun = start(box.current);
    } catch {
      setFailed(true);
      return undefined;
    }
    begun.map.on('moveend', () => drawGraticule(begun));
    setStarted(begun);
    return () => {
      setStarted(undefined);
      setDrawn(undefined);
      begun.map.remove();
    };
  }, [box]);

  const isKnown = settings.data !== undefined || settings.error !== undefined;
  useEffect(() => {
    if (!started || !isKnown) return undefined;
    const { map } = started;
    const ready = () => {
      dress(started, colors);
      setDrawn((before) => before ?? toDrawn(started));
    };
    map.once('style.load', ready);
    map.setStyle(mapStyle(colors, settings.data), { diff: false });
    return () => void map.off('style.load', ready);
  }, [started, colors, settings.data, isKnown]);

  useEffect(() => {
    started?.map.getCanvas().setAttribute('aria-label', texts.map.title);
  }, [started, texts]);

  return { drawn, failed };
}
