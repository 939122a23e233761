import { z } from 'zod';
import { inventoryQuery } from './request-shapes.ts';
import { idShape, versioned } from './words.ts';

/** Shapes of imported outdoor temperatures. */

const monthText = z.string().meta({ description: 'YYYY-MM' });

export const weatherShape = z.object({
  ...versioned,
  institution: idShape,
  month: monthText,
  dailyMeanC: z
    .record(z.string(), z.number())
    .meta({ description: 'Outdoors, °C, by day as YYYY-MM-DD' }),
  source: z.string().meta({ description: 'Where they come from' }).exactOptional(),
});

export const weatherQuery = inventoryQuery.extend({
  source: z.string().min(1).max(500).optional().meta({ description: 'Where it comes from' }),
});

/** Days, not lines: the same day twice with the same value is one. */
export const weatherImportShape = z.object({
  dryRun: z.boolean(),
  added: z.int(),
  changed: z.int(),
  unchanged: z.int(),
  from: z.string().meta({ description: 'First day told, YYYY-MM-DD' }),
  to: z.string().meta({ description: 'Last day told, YYYY-MM-DD' }),
});
