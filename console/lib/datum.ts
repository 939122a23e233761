import gcoord from 'gcoord';
import type { ConsoleSettings } from '../../api/contract.ts';
import type { Shift } from './map-data.ts';

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
