import { z } from 'zod';
import { calibreShape, figureShape } from './goal-shapes.ts';
import { idShape, instantShape } from './words.ts';

/** How institutions stand against targets, caps, quotas and their peers. */

const textShape = z.object({ zh: z.string(), en: z.string() });
const amount = z.number().nullable();
const monthShape = z.string().meta({ description: 'YYYY-MM' });
const unitShape = z.string().meta({ description: 'kgce/person, kWh/m², …' });
const yearShape = z.coerce.number().int().min(2000).max(2200);

export const standingQuery = z.object({
  year: yearShape.optional().meta({ description: 'This year when absent' }),
  calibre: calibreShape.default('calorific'),
});

const correctionShape = z.object({
  id: idShape,
  item: z.string(),
  amount: z.number().meta({ description: 'Its part of the month or months' }),
  reason: z.string(),
  source: z.string().nullable(),
});

const forecastShape = z
  .object({
    value: z.number(),
    lower: z.number(),
    upper: z.number(),
    confidencePct: z.number().meta({ description: 'How often the year lies between them' }),
    method: textShape,
  })
  .nullable();

const soFarGoal = z
  .object({
    actual: z.number().meta({ description: 'Of the months that are known' }),
    months: z.int().meta({ description: 'How many these are, the running one among them' }),
    allowance: amount.meta({
      description:
        'What of the goal falls to these months, of the running one to its days: by how the year before was spread over its months, else by days',
    }),
    usedPct: amount.meta({ description: 'Of the allowance' }),
  })
  .nullable()
  .meta({ description: 'Up to `soFarTo`; null where of the running month too little is known' });

const goal = {
  id: idShape,
  unit: unitShape,
  calibre: calibreShape.nullable(),
  source: z.string().nullable(),
  actual: amount.meta({ description: 'Of the months that are known' }),
  forecast: forecastShape,
  state: z
    .enum(['met', 'missed', 'exceeded', 'at-risk', 'uncertain', 'on-course', 'unknown'])
    .meta({
      description:
        'met, missed: the year is over; exceeded: above it already; at-risk: the whole interval of the forecast is above',
    }),
  knownMonths: z.int(),
  reason: textShape.nullable().meta({ description: 'Why it is not known' }),
  soFar: soFarGoal,
};

const groupShape = z.object({
  kind: z.string().nullable(),
  level: z.string(),
  climateZone: z.string().nullable(),
});
const leftOutReason = z.enum(['coverage', 'no-size', 'no-data']);

export const standingShape = z
  .object({
    year: z.int(),
    calibre: calibreShape,
    asOf: instantShape
      .nullable()
      .meta({ description: 'The end of the last month that is counted' }),
    closedMonths: z.int(),
    soFarTo: instantShape.nullable().meta({
      description:
        'End of the last whole day of the month that goes on, up to which every `soFar` is reckoned; null where no day of it is known, and for other years',
    }),
    months: z.array(
      z.object({
        month: monthShape,
        coverage: z
          .number()
          .meta({ description: 'Least share of a medium’s time that was measured' }),
        known: z
          .number()
          .meta({ description: 'Least share of a medium’s time whose sum is known' }),
        energyKgce: amount,
        co2Kg: amount,
        electricityKwh: amount,
        waterM3: amount,
        gasM3: amount,
        heatGj: amount,
        corrections: z.array(correctionShape),
      }),
    ),
    targets: z.array(
      z.object({
        ...goal,
        indicator: figureShape,
        baseYear: z.int(),
        baseValue: amount,
        baseFrom: z.enum(['given', 'measured']).nullable(),
        changePct: z.number(),
        goal: amount,
      }),
    ),
    caps: z.array(z.object({ ...goal, item: figureShape, cap: z.number(), usedPct: amount })),
    quotas: z.array(
      z.object({
        table: z.string(),
        title: textShape,
        source: textShape,
        verified: z.boolean().meta({ description: 'False: from a transcription' }),
        calibre: calibreShape
          .nullable()
          .meta({ description: 'The table’s own, in which it was reckoned' }),
        indicator: z.string(),
        unit: unitShape,
        from: monthShape,
        to: monthShape,
        value: amount,
        leading: amount,
        benchmark: amount,
        constraint: amount,
        position: z.enum(['leading', 'benchmark', 'constraint', 'above', 'unknown']),
        coverage: z.number(),
        reason: textShape.nullable(),
        notes: z.array(textShape),
        soFar: z
          .object({
            value: z.number(),
            position: z.enum(['leading', 'benchmark', 'constraint', 'above']),
          })
          .nullable()
          .meta({
            description:
              'The twelve months up to `soFarTo`: the running one in the place of as much, by days, of the oldest',
          }),
      }),
    ),
    peers: z.array(
      z.object({
        indicator: figureShape,
        unit: unitShape,
        group: groupShape,
        from: monthShape.nullable(),
        to: monthShape.nullable(),
        value: amount.meta({ description: 'Corrected' }),
        measured: amount,
        mean: amount.meta({ description: 'Of the corrected values of all members' }),
        abovePct: amount,
        reminder: z.boolean().meta({ description: 'More than 20 % above the mean' }),
        members: z.int(),
        rank: z.int().nullable().meta({ description: '1 for the most' }),
        corrections: z.array(correctionShape),
        leftOut: z.array(z.object({ reason: leftOutReason, count: z.int() })),
        reason: leftOutReason.nullable().meta({ description: 'Why it is left out itself' }),
        soFar: z
          .object({
            value: z.number(),
            mean: amount,
            abovePct: amount,
            rank: z.int(),
            members: z.int(),
          })
          .nullable()
          .meta({
            description: 'The year up to `soFarTo`, of all that are known up to the same day',
          }),
      }),
    ),
  })
  .meta({ id: 'Standing' });
export type StandingView = z.infer<typeof standingShape>;

export const leagueQuery = z.object({
  indicator: figureShape.default('per-m2-kgce'),
  year: yearShape.optional().meta({ description: 'This year when absent' }),
  month: z.coerce.number().int().min(1).max(12).optional().meta({
    description: 'The months of the year that are over when absent',
  }),
  calibre: calibreShape.default('calorific'),
  by: z.enum(['institution', 'department', 'region']).default('institution').meta({
    description:
      'department: of the institution that leads it, else the one above; region: of the prefecture, by division',
  }),
  institution: idShape.optional().meta({ description: 'Only this one and those below it' }),
  soFar: z
    .enum(['true', 'false'])
    .default('true')
    .transform((text) => text === 'true')
    .meta({
      description: 'With the month that goes on, where all months of this year are asked for',
    }),
});

export const leagueShape = z
  .object({
    indicator: figureShape,
    unit: unitShape,
    year: z.int(),
    month: z.int().nullable(),
    from: monthShape.nullable(),
    to: monthShape.nullable(),
    soFarTo: instantShape.nullable().meta({
      description:
        'The month `to` goes on and is counted up to here, the same of everyone; null where all months are over',
    }),
    calibre: calibreShape,
    by: z.enum(['institution', 'department', 'region']),
    items: z.array(
      z.object({
        rank: z.int().meta({ description: '1 for the most of the whole list' }),
        groupRank: z
          .int()
          .nullable()
          .meta({ description: '1 for the most of its kind, level and zone' }),
        id: z.string(),
        name: z.string(),
        group: groupShape.nullable(),
        members: z
          .int()
          .meta({ description: 'Institutions in it; of an institution, those of its group' }),
        value: z.number(),
        measured: amount,
        mean: amount,
        abovePct: amount,
        reminder: z.boolean(),
        coverage: z.number(),
        corrections: z.int(),
      }),
    ),
    leftOut: z.array(z.object({ id: idShape, name: z.string(), reason: leftOutReason })),
    next: z.null(),
  })
  .meta({ id: 'League' });
export type LeagueView = z.infer<typeof leagueShape>;
