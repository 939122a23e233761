import { z } from 'zod';
import { amounts, calibres, metered, rates } from '../model/goals.ts';
import { idShape, versioned } from './words.ts';

/** Shapes of what institutions are held to, as the registry keeps it. */

export const calibreShape = z.enum(calibres, {
  error: 'want one calibre, calorific or equivalent; figures of the two are never mixed',
});

/** 人 by head, m² by area; units of figures are told beside them. */
export const figureShape = z.enum([...amounts, ...rates]);
const source = z.string().meta({ description: 'The document that fixes it' }).exactOptional();

export const goalShapes = {
  targets: z.object({
    ...versioned,
    institution: idShape,
    indicator: figureShape,
    year: z.int(),
    baseYear: z.int(),
    baseValue: z
      .number()
      .meta({ description: 'Absent: what was counted in the base year' })
      .exactOptional(),
    changePct: z.number().meta({ description: '-3.2 is 3.2 % less' }),
    calibre: calibreShape,
    source,
  }),
  caps: z.object({
    ...versioned,
    institution: idShape,
    item: z.enum(amounts),
    year: z.int(),
    cap: z.number().meta({ description: 'The most of the year, in the unit of the item' }),
    calibre: calibreShape.meta({ description: 'Of standard coal, and only there' }).exactOptional(),
    source,
  }),
  corrections: z.object({
    ...versioned,
    institution: idShape,
    item: z.enum(metered),
    from: z.string().meta({ description: 'YYYY-MM' }),
    to: z.string().meta({ description: 'YYYY-MM, included' }),
    amount: z.number().meta({
      description: 'Added to what meters counted, spread evenly over the days; below 0 takes away',
    }),
    reason: z.string(),
    source,
  }),
} as const;
