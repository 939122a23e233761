import { z } from 'zod';
import { idPattern } from '../model/ids.ts';

/** Words that requests and answers share. */

export const idShape = z.string().regex(idPattern).meta({ description: 'Id' });
/** ISO 8601 with the offset of the institution's zone. */
export const instantShape = z.iso.datetime({ offset: true });
export const severityShape = z.enum(['info', 'warning', 'critical']);
export const roleShape = z.enum([
  'admin',
  'energy-officer',
  'fleet-manager',
  'viewer',
  'integrator',
]);
export const alertStateShape = z.enum(['open', 'acknowledged', 'shelved', 'cleared', 'withdrawn']);
export const verdictShape = z.enum(['confirmed', 'false-alarm', 'explained']);
export const liveTypeShape = z.enum(['position', 'reading', 'alert']);
export const calibreShape = z.enum(['calorific', 'equivalent'], {
  error: 'want one calibre, calorific or equivalent; figures of the two are never mixed',
});
/** How an amount was come by. */
export const qualityShape = z.enum(['measured', 'estimated', 'missing', 'reset', 'replaced']);
export const datumShape = z.enum(['wgs84', 'gcj02', 'bd09']);

/** Of everything in the registry. */
export const versioned = {
  id: idShape,
  version: z.int().meta({ description: 'Grows with every change' }),
};
