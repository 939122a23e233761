import { z } from 'zod';
import { coverageShape, indicatorsQuery, worstQualityShape } from './indicators-shape.ts';
import { calibreShape, idShape, instantShape } from './words.ts';

/** An institution's year on one page, as HTTP shows it. */

export const institutionPageQuery = indicatorsQuery.omit({ month: true }).extend({
  year: indicatorsQuery.shape.year
    .optional()
    .meta({ description: 'Of the institution’s zone; the present one when absent' }),
});

const mediumFigures = z.object({
  medium: z.enum(['electricity', 'gas', 'heat', 'water']),
  unit: z.string(),
  value: z.number().nullable().meta({ description: 'What is known' }),
  energyKgce: z.number().nullable(),
  co2Kg: z.number().nullable(),
  quality: worstQualityShape,
  coverage: coverageShape,
});

const figuresShape = z
  .object({
    from: instantShape,
    to: instantShape,
    energyKgce: z.number().nullable(),
    co2Kg: z.number().nullable(),
    perHeadKgce: z.number().nullable(),
    perM2Kgce: z.number().nullable(),
    co2PerM2Kg: z.number().nullable(),
    electricityPerM2Kwh: z.number().nullable(),
    waterPerHeadM3: z.number().nullable(),
    quality: worstQualityShape,
    coverage: coverageShape,
    media: z.array(mediumFigures).readonly(),
  })
  .meta({ id: 'StretchFigures' });

const comparedShape = z.object({
  own: figuresShape,
  before: figuresShape.meta({ description: 'The same days and hours a year before' }),
});

const useShape = z.object({
  value: z.number().nullable().meta({ description: 'Null where any of it is missing' }),
  knownValue: z.number().exactOptional(),
  quality: worstQualityShape,
  coverage: z.number(),
});

export const institutionPageShape = z
  .object({
    institution: idShape,
    year: z.int(),
    calibre: calibreShape,
    factorSet: z.string().meta({ description: 'Names of the sets used, joined by ` + `' }),
    unverifiedSets: z
      .array(z.string())
      .readonly()
      .meta({ description: 'Those of them with a factor used whose original was not read' }),
    energyUsers: z.number().nullable(),
    floorAreaM2: z.number().nullable(),
    pending: z.object({ lacking: z.int(), of: z.int() }).nullable().meta({
      description:
        'Months and days of meters that are still being worked out and in no figure yet, of so many; null when nothing is lacking',
    }),
    meters: z.int().meta({ description: 'Of the institution, counting or not' }),
    today: comparedShape.nullable().meta({ description: 'Up to the last whole hour' }),
    month: comparedShape.nullable().meta({ description: 'The month that goes on, so far' }),
    yearSoFar: comparedShape.meta({ description: 'The whole year once it is over' }),
    yearBefore: figuresShape.meta({ description: 'The whole year before' }),
    months: z.array(figuresShape).readonly().meta({
      description: 'Of the year before, and of the year as far as they have begun; ascending',
    }),
    subItems: z
      .array(
        z.object({
          code: z.string().meta({ description: 'Letter of the sub-item, such as A or B' }),
          meters: z.array(idShape).readonly(),
          month: useShape.nullable(),
          year: useShape,
          yearBefore: useShape.meta({ description: 'The same stretch a year before' }),
        }),
      )
      .readonly()
      .meta({ description: 'Electricity by sub-item, in kWh' }),
    unassigned: useShape
      .nullable()
      .meta({ description: 'Electricity of the year in no sub-item; null where there are none' }),
  })
  .meta({ id: 'InstitutionPage' });

export type InstitutionPageView = z.infer<typeof institutionPageShape>;
export type StretchFigures = z.infer<typeof figuresShape>;
