import { z } from 'zod';
import { bandShape } from './tariff-shape.ts';
import { calibreShape, idShape, qualityShape } from './words.ts';

/** Answers and questions about derived figures: indicators, cost, factor sets. */

const gridShape = z.enum(['national', 'regional', 'provincial']);
const waterShape = z.enum(['excluded', 'working-fluid']);
export const worstQualityShape = qualityShape.meta({
  description: 'The worst of all parts; missing: sums are of what is known',
});
export const coverageShape = z
  .number()
  .meta({ description: 'Part of the time of all meters that was measured, 0 to 1' });

const yearShape = z.coerce.number().int().min(2000).max(2200);
const monthShape = z.coerce.number().int().min(1).max(12);

const textShape = z.object({ zh: z.string(), en: z.string() });

export const indicatorsQuery = z.object({
  year: yearShape,
  month: monthShape.optional().meta({ description: 'The whole year when absent' }),
  calibre: calibreShape.default('calorific'),
  grid: gridShape
    .default('national')
    .meta({ description: 'Whose CO2 factor of electricity; by the division of the institution' }),
  water: waterShape
    .default('excluded')
    .meta({ description: 'Whether water counts as energy; Shandong’s quotas do not convert it' }),
});

export const costQuery = z.object({ year: yearShape, month: monthShape });

const factorShape = z.object({
  value: z.number(),
  per: z.string(),
  set: z.string(),
  source: textShape,
  verified: z
    .boolean()
    .meta({ description: 'Taken from what the issuer published, not from a transcription' }),
});

const partShape = z.object({
  medium: z.enum(['electricity', 'gas', 'heat', 'water']),
  unit: z.string(),
  value: z.number().nullable().meta({ description: 'What is known' }),
  quality: worstQualityShape,
  coverage: coverageShape,
  energyKgce: z.number().nullable(),
  co2Kg: z.number().nullable(),
  coal: z.array(factorShape).readonly(),
  co2: z.array(factorShape).readonly(),
  stateKnown: z
    .boolean()
    .meta({ description: 'False: gas stands as it was metered, its state is not known' }),
});

export const indicatorsShape = z
  .object({
    year: z.int(),
    month: z.int().nullable(),
    factorSet: z.string().meta({ description: 'Names of the sets used, joined by ` + `' }),
    calibre: calibreShape,
    energyKgce: z.number().nullable().meta({ description: 'Comprehensive energy' }),
    co2Kg: z.number().nullable(),
    perHeadKgce: z.number().nullable(),
    perM2Kgce: z.number().nullable(),
    co2PerM2Kg: z.number().nullable(),
    electricityPerM2Kwh: z.number().nullable(),
    waterPerHeadM3: z.number().nullable(),
    coverage: coverageShape,
    quality: worstQualityShape,
    grid: gridShape,
    water: waterShape,
    parts: z.array(partShape).readonly(),
  })
  .meta({ id: 'Indicators' });
export type IndicatorsView = z.infer<typeof indicatorsShape>;

export const costShape = z
  .object({
    year: z.int(),
    month: z.int(),
    currency: z.literal('CNY'),
    yuan: z
      .number()
      .nullable()
      .meta({ description: 'Null where a part is missing or has no tariff' }),
    knownYuan: z.number().nullable().meta({ description: 'Of what is known' }),
    lowerYuan: z
      .number()
      .nullable()
      .meta({ description: 'At least; what was used in a gap may have been used at its cheapest' }),
    upperYuan: z.number().nullable().meta({ description: 'At most; null where that is not known' }),
    unpricedKwh: z.number().meta({ description: 'At times no tariff covers' }),
    bands: z.array(z.object({ band: bandShape, kwh: z.number(), yuan: z.number() })).readonly(),
    quality: worstQualityShape,
    missingHours: z.number().meta({ description: 'Of all meters together' }),
    tariffs: z.array(idShape).readonly(),
  })
  .meta({ id: 'Cost' });
export type CostView = z.infer<typeof costShape>;

export const factorSetsShape = z.object({
  items: z
    .array(
      z.object({
        name: z.string(),
        title: textShape,
        quantity: z.enum(['kgce', 'kgco2']),
        calibre: calibreShape.nullable(),
        validFrom: z.iso.date(),
        validTo: z.iso.date().nullable().meta({ description: 'Exclusive' }),
        source: textShape,
        notes: textShape.nullable(),
        rows: z
          .array(
            z.object({
              item: z.string(),
              per: z.string(),
              value: z.number(),
              grid: gridShape,
              area: z.string().nullable(),
              verified: z.boolean(),
            }),
          )
          .readonly(),
      }),
    )
    .readonly(),
  next: z.null(),
});
