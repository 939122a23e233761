import { z } from 'zod';
import { idShape, instantShape } from './words.ts';

/** Answer of `GET /devices/{id}/ledger`. */
export const ledgerShape = z.object({
  device: idShape,
  date: z.string(),
  received: z.int().meta({ description: 'Stored, duplicate and set aside' }),
  stored: z.int(),
  duplicate: z.int(),
  late: z.int().meta({ description: 'Of those stored, more than ten minutes old at receipt' }),
  quarantined: z.record(z.string(), z.int()).meta({ description: 'By reason' }),
  expected: z
    .int()
    .nullable()
    .meta({ description: 'By the interval of the device, up to now; null without one' }),
  gaps: z
    .array(z.object({ from: instantShape, to: instantShape }))
    .readonly()
    .meta({ description: 'Stretches of device time without data, longer than two intervals' }),
});
