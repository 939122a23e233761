import { z } from 'zod';
import { queryInstant } from './request-shapes.ts';
import { idShape, instantShape, qualityShape } from './words.ts';

/** Meters against those below them, as HTTP shows it. */

const use = {
  value: z.number().nullable().meta({ description: 'Null where any of it is missing' }),
  knownValue: z
    .number()
    .exactOptional()
    .meta({ description: 'Sum of what is known, beside a null value' }),
  quality: qualityShape.meta({ description: 'The worst of all that is in it' }),
  lower: z.number().nullable().meta({ description: 'It is certainly not less' }),
  upper: z.number().nullable().meta({ description: 'It is certainly not more' }),
  coverage: z.number().meta({ description: 'Part of the time that was measured, 0 to 1' }),
};

const treeRow = z
  .object({
    meter: idShape,
    name: z.string(),
    parent: idShape.nullable(),
    depth: z.int().meta({ description: '0 for the meter asked for' }),
    virtual: z.boolean().meta({ description: 'Worked out from other meters' }),
    ...use,
    children: z.int().meta({ description: 'How many meters are directly below' }),
    difference: z
      .object({
        ...use,
        negative: z.boolean().meta({
          description:
            'The meters below say more than resolution and what is estimated can explain',
        }),
      })
      .nullable()
      .meta({
        description:
          'What the meter counted and those directly below it did not; null where none is below',
      }),
  })
  .meta({ id: 'MeterTreeRow' });

export const meterTreeShape = z
  .object({
    unit: z.string(),
    from: instantShape,
    to: instantShape,
    items: z.array(treeRow).readonly(),
  })
  .meta({ id: 'MeterTree' });

export const meterTreeQuery = z.object({
  from: queryInstant.meta({ description: 'Inclusive, a whole hour; ISO 8601 or Unix ms' }),
  to: queryInstant.meta({ description: 'Exclusive; ISO 8601 or Unix ms; now when later' }),
});

export type MeterTreeView = z.infer<typeof meterTreeShape>;
