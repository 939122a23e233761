import { z } from 'zod';
import { queryInstant } from './request-shapes.ts';
import { instantShape, qualityShape } from './words.ts';

/** Consumption of a meter, how what was said of it was amended, and what was expected of it. */

const noteShape = z.enum([
  'rollover',
  'reset',
  'replaced',
  'backwards',
  'swap-recorded',
  'ratio-changed',
  'wrong-reading',
  'export-only',
]);

export const consumptionShape = z.object({
  unit: z.string(),
  items: z
    .array(
      z.object({
        from: instantShape,
        to: instantShape,
        value: z.number().nullable().meta({ description: 'Null where a part is missing' }),
        knownValue: z
          .number()
          .optional()
          .meta({ description: 'Sum of what is known, beside a null value' }),
        quality: qualityShape,
        lower: z.number().nullable().meta({ description: 'It is certainly not less' }),
        upper: z
          .number()
          .nullable()
          .meta({ description: 'It is certainly not more; null where nothing limits it' }),
        coverage: z.number().meta({ description: 'Part of the time that was measured, 0 to 1' }),
        notes: z.array(noteShape).readonly().meta({ description: 'What happened to the counter' }),
        revision: z.int().meta({ description: 'How often it was amended after it had been told' }),
        revisedAt: instantShape.nullable(),
      }),
    )
    .readonly(),
  next: z.string().nullable().meta({ description: 'Cursor of the next page; null at the end' }),
});

const saidShape = z.object({
  value: z.number().nullable(),
  knownValue: z.number().optional(),
  quality: qualityShape,
});
export const amendmentsShape = z.object({
  unit: z.string(),
  items: z
    .array(
      z.object({
        from: instantShape,
        to: instantShape,
        revision: z.int().meta({ description: '1 for the first amendment of the day' }),
        revisedAt: instantShape,
        reason: z.enum(['late-data', 'record-changed']),
        hours: z.array(instantShape).readonly().meta({ description: 'Starts of what changed' }),
        before: saidShape.meta({ description: 'Of the hours of the day told so far' }),
        after: saidShape,
      }),
    )
    .readonly(),
  next: z.null(),
});

export type Consumption = z.infer<typeof consumptionShape>;
export type Amendments = z.infer<typeof amendmentsShape>;

export const expectedQuery = z.object({
  from: queryInstant.meta({ description: 'Inclusive, a whole hour; ISO 8601 or Unix ms' }),
  to: queryInstant.meta({ description: 'Exclusive; now when later' }),
});

export const expectedShape = z
  .object({
    unit: z.string(),
    items: z
      .array(
        z.object({
          from: instantShape,
          to: instantShape,
          value: z.number().nullable(),
          quality: qualityShape,
          expected: z
            .number()
            .nullable()
            .meta({ description: 'From earlier hours alone; null where too little was known' }),
          low: z.number().nullable(),
          high: z.number().nullable().meta({ description: 'Up to here it is still usual' }),
          days: z.int().meta({ description: 'How many days it rests on: the more, the surer' }),
          rest: z.boolean().meta({ description: 'A day off by the calendar' }),
        }),
      )
      .readonly(),
  })
  .meta({ id: 'ExpectedHours' });

export type ExpectedView = z.infer<typeof expectedShape>;
