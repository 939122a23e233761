import type { LayerSpecification } from 'maplibre-gl';
import type { PageColors } from './page-colors.ts';

/** What moves over the base map: tracks, stretches and vehicles. */

/** Where there are many vehicles, arrows are drawn from this zoom on. */
const arrowsFromZoom = 11;

/** Those that move lie above those that stand. */
const order: ['match', ['get', 'state'], 'moving', 3, 'idling', 2, 'parked', 1, 0] = [
  'match',
  ['get', 'state'],
  'moving',
  3,
  'idling',
  2,
  'parked',
  1,
  0,
];

export const vehicleLayerIds = ['vehicles', 'vehicles-far'];
/** What is clicked to choose a place or a route. */
export const drawnLayerIds = { places: ['places'], routes: ['corridors', 'routes'] } as const;
export function trackLayers(colors: PageColors): LayerSpecification[] {
  return [
    {
      id: 'track',
      type: 'line',
      source: 'track',
      layout: { 'line-join': 'round', 'line-cap': 'round' },
      paint: { 'line-color': colors.accent, 'line-width': 3, 'line-opacity': 0.8 },
    },
    {
      id: 'stretch',
      type: 'line',
      source: 'stretch',
      filter: ['==', ['geometry-type'], 'LineString'],
      layout: { 'line-join': 'round', 'line-cap': 'round' },
      paint: { 'line-color': colors.critical, 'line-width': 4 },
    },
    {
      id: 'stretch-points',
      type: 'circle',
      source: 'stretch',
      filter: ['==', ['geometry-type'], 'Point'],
      paint: {
        'circle-radius': 3.5,
        'circle-color': colors.critical,
        'circle-stroke-color': colors.ground,
        'circle-stroke-width': 1,
      },
    },
    {
      id: 'draft-line',
      type: 'line',
      source: 'draft',
      filter: ['==', ['geometry-type'], 'LineString'],
      layout: { 'line-join': 'round', 'line-cap': 'round' },
      paint: { 'line-color': colors.accent, 'line-width': 2.5, 'line-dasharray': [2, 1.6] },
    },
    {
      id: 'draft-points',
      type: 'circle',
      source: 'draft',
      filter: ['==', ['geometry-type'], 'Point'],
      paint: {
        'circle-radius': 7,
        'circle-color': colors.surface,
        'circle-stroke-color': colors.accent,
        'circle-stroke-width': 2.5,
      },
    },
  ];
}

/**
 * @param label how names are painted
 * @param fonts of names
 */
export function vehicleLayers(
  colors: PageColors,
  label: object,
  fonts: string[],
): LayerSpecification[] {
  const size: ['interpolate', ['linear'], ['zoom'], ...number[]] = [
    'interpolate',
    ['linear'],
    ['zoom'],
    7,
    0.45,
    11,
    0.75,
    15,
    1.15,
  ];
  return [
    {
      id: 'alerted',
      type: 'circle',
      source: 'vehicles',
      filter: ['==', ['get', 'alerted'], true],
      paint: {
        'circle-radius': 13,
        'circle-color': colors.critical,
        'circle-opacity': 0.22,
        'circle-stroke-color': colors.critical,
        'circle-stroke-width': 1.5,
      },
    },
    {
      id: 'selected',
      type: 'circle',
      source: 'selected',
      paint: {
        'circle-radius': 17,
        'circle-opacity': 0,
        'circle-stroke-color': colors.accent,
        'circle-stroke-width': 3,
      },
    },
    {
      id: 'vehicles-far',
      type: 'circle',
      source: 'vehicles',
      filter: ['all', ['==', ['get', 'plain'], true], ['<', ['zoom'], arrowsFromZoom]],
      layout: { 'circle-sort-key': order },
      paint: {
        'circle-radius': ['interpolate', ['linear'], ['zoom'], 6, 1.5, 12, 4],
        'circle-color': [
          'match',
          ['get', 'state'],
          'moving',
          colors.moving,
          'idling',
          colors.idling,
          'parked',
          colors.parked,
          colors.offline,
        ],
        'circle-stroke-color': colors.surface,
        'circle-stroke-width': 0.7,
      },
    },
    {
      id: 'vehicles',
      type: 'symbol',
      source: 'vehicles',
      filter: ['any', ['!=', ['get', 'plain'], true], ['>=', ['zoom'], arrowsFromZoom]],
      layout: {
        'icon-image': ['concat', 'vehicle-', ['get', 'state']],
        'icon-size': size,
        'icon-rotate': ['get', 'heading'],
        'icon-rotation-alignment': 'map',
        'icon-allow-overlap': true,
        'icon-ignore-placement': true,
        'symbol-sort-key': order,
      },
    },
    {
      id: 'plates',
      type: 'symbol',
      source: 'vehicles',
      minzoom: 12.5,
      layout: {
        'text-field': ['get', 'plate'],
        'text-size': 11,
        'text-font': fonts,
        'text-offset': [0, 1.3],
        'text-anchor': 'top',
        'text-optional': true,
      },
      paint: label,
    },
  ];
}
