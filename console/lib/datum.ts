import loaded from 'gcoord';
import type { ConsoleSettings } from '../../api/contract.ts';
import type { Shift } from './map-data.ts';

/** A bundler takes the package for what Node takes for its default. */
type Gcoord = typeof loaded extends { readonly default: infer Inner } ? Inner : typeof loaded;
const gcoord = loaded as unknown as Gcoord;

const same: Shift = ([lon, lat]) => [lon, lat];

/** Everything is WGS-84 but some base maps: what is drawn over them is moved to lie where they show it. */
export function shiftFor(settings: ConsoleSettings | undefined): Shift {
  switch (settings?.tiles?.datum) {
    case 'gcj02':
      return ([lon, lat]) => gcoord.transform([lon, lat], gcoord.WGS84, gcoord.GCJ02);
    case 'bd09':
      return ([lon, lat]) => gcoord.transform([lon, lat], gcoord.WGS84, gcoord.BD09);
    default:
      return same;
  }
}

/** Where on the ground a point of the base map lies: what is drawn on it by hand is kept in WGS-84. */
export function unshiftFor(settings: ConsoleSettings | undefined): Shift {
  switch (settings?.tiles?.datum) {
    case 'gcj02':
      return ([lon, lat]) => gcoord.transform([lon, lat], gcoord.GCJ02, gcoord.WGS84);
    case 'bd09':
      return ([lon, lat]) => gcoord.transform([lon, lat], gcoord.BD09, gcoord.WGS84);
    default:
      return same;
  }
}
