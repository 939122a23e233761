import type { LayerSpecification, SourceSpecification, StyleSpecification } from 'maplibre-gl';
import type { ConsoleSettings } from '../../api/contract.ts';
import { collection } from './map-data.ts';
import { routeArrow } from './map-icons.ts';
import { trackLayers, vehicleLayers } from './map-layers.ts';
import type { PageColors } from './page-colors.ts';

/** The base map: our own places and routes over a graticule, in the page's colours; tiles only where they are configured. */

export const sources = [
  'graticule',
  'routes',
  'places',
  'track',
  'stretch',
  'draft',
  'vehicles',
  'selected',
] as const;
export type SourceName = (typeof sources)[number];

/** Drawn from fonts of the machine: without a `glyphs` address MapLibre asks nobody for them. */
const fonts = ['PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', 'Noto Sans', 'sans-serif'];

const label = (colors: PageColors) => ({
  'text-color': colors.text,
  'text-halo-color': colors.ground,
  'text-halo-width': 1.4,
});

/** Which way a route of one direction is driven. */
const routeArrows: LayerSpecification = {
  id: 'route-arrows',
  type: 'symbol',
  source: 'routes',
  minzoom: 9,
  filter: ['all', ['==', ['get', 'part'], 'line'], ['==', ['get', 'oneWay'], true]],
  layout: {
    'symbol-placement': 'line',
    'symbol-spacing': 90,
    'icon-image': routeArrow,
    'icon-size': 0.55,
    // Drawn pointing up; along a line, up is across it.
    'icon-rotate': 90,
    'icon-allow-overlap': true,
    'icon-ignore-placement': true,
  },
};

function groundLayers(colors: PageColors): LayerSpecification[] {
  return [
    {
      id: 'graticule',
      type: 'line',
      source: 'graticule',
      filter: ['==', ['geometry-type'], 'LineString'],
      paint: { 'line-color': colors.faint, 'line-width': 1, 'line-opacity': 0.22 },
    },
    {
      id: 'corridors',
      type: 'line',
      source: 'routes',
      filter: ['==', ['get', 'part'], 'corridor'],
      layout: { 'line-join': 'round', 'line-cap': 'round' },
      paint: {
        'line-color': colors.route,
        'line-width': [
          'interpolate',
          ['exponential', 2],
          ['zoom'],
          0,
          ['get', 'width'],
          22,
          ['*', ['get', 'width'], 2 ** 22],
        ],
        'line-opacity': 0.13,
      },
    },
    {
      id: 'routes',
      type: 'line',
      source: 'routes',
      filter: ['==', ['get', 'part'], 'line'],
      layout: { 'line-join': 'round' },
      paint: {
        'line-color': colors.route,
        'line-width': ['interpolate', ['linear'], ['zoom'], 8, 1, 14, 3],
        'line-opacity': 0.65,
      },
    },
    {
      id: 'places',
      type: 'fill',
      source: 'places',
      filter: ['==', ['geometry-type'], 'Polygon'],
      paint: { 'fill-color': colors.place, 'fill-opacity': 0.14 },
    },
    {
      id: 'place-edges',
      type: 'line',
      source: 'places',
      filter: ['==', ['geometry-type'], 'Polygon'],
      paint: { 'line-color': colors.place, 'line-width': 1.2, 'line-opacity': 0.7 },
    },
    routeArrows,
    {
      id: 'route-names',
      type: 'symbol',
      source: 'routes',
      minzoom: 10,
      filter: ['==', ['get', 'part'], 'line'],
      layout: {
        'symbol-placement': 'line',
        'text-field': ['get', 'name'],
        'text-size': 11,
        'text-font': fonts,
      },
      paint: { ...label(colors), 'text-color': colors.route },
    },
    {
      id: 'place-names',
      type: 'symbol',
      source: 'places',
      minzoom: 10,
      filter: ['==', ['geometry-type'], 'Point'],
      // Below the middle, where a vehicle may stand.
      layout: {
        'text-field': ['get', 'name'],
        'text-size': 12,
        'text-font': fonts,
        'text-anchor': 'top',
        'text-offset': [0, 0.8],
      },
      paint: label(colors),
    },
    {
      id: 'graticule-names',
      type: 'symbol',
      source: 'graticule',
      filter: ['==', ['geometry-type'], 'Point'],
      layout: {
        'text-field': ['get', 'label'],
        'text-size': 10,
        'text-font': fonts,
        'text-anchor': ['match', ['get', 'along'], 'south', 'bottom', 'left'],
        'text-offset': [
          'match',
          ['get', 'along'],
          'south',
          ['literal', [0, -0.4]],
          ['literal', [0.5, 0]],
        ],
      },
      paint: { ...label(colors), 'text-color': colors.faint },
    },
  ];
}

export function mapStyle(
  colors: PageColors,
  settings: ConsoleSettings | undefined,
): StyleSpecification {
  const tiles = settings?.tiles;
  const own = Object.fromEntries(
    sources.map((name): [string, SourceSpecification] => [
      name,
      {
        type: 'geojson',
        data: collection([]),
        ...(tiles && name === 'graticule' ? { attribution: tiles.attribution } : {}),
      },
    ]),
  );
  return {
    version: 8,
    sources: {
      ...own,
      ...(tiles ? { tiles: { type: 'raster', tiles: [tiles.url], tileSize: 256 } as const } : {}),
    },
    layers: [
      { id: 'ground', type: 'background', paint: { 'background-color': colors.ground } },
      ...(tiles ? [{ id: 'tiles', type: 'raster', source: 'tiles' } as const] : []),
      ...groundLayers(colors),
      ...trackLayers(colors),
      ...vehicleLayers(colors, label(colors), fonts),
    ],
  };
}
