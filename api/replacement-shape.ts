import { z } from 'zod';
import { listQuery, queryInstant } from './request-shapes.ts';
import { idShape, instantShape } from './words.ts';

/** Meter replacements over HTTP: what was found, and what a person says of it. */

const reading = z.object({ at: instantShape, value: z.number() });

export const proposalShape = z
  .object({
    id: z.string().meta({ description: 'Of the alert that proposes it' }),
    meter: idShape,
    institution: idShape,
    unit: z.string(),
    cause: z.enum(['fall', 'from-zero', 'jump', 'ratio', 'address']).meta({
      description:
        'The counter fell, began anew near zero or rose by more than can be; or the ratio or the meter’s number changed',
    }),
    before: reading.meta({ description: 'Last reading before' }),
    after: reading.meta({ description: 'First reading after' }),
    ratioBefore: z.number().exactOptional(),
    ratioAfter: z.number().exactOptional(),
    state: z.enum(['open', 'confirmed', 'dismissed']),
    decision: z.object({ by: idShape, at: instantShape, reason: z.string().nullable() }).nullable(),
    record: z.string().nullable().meta({ description: 'Id of the replacement that covers it' }),
    version: z.int(),
  })
  .meta({ id: 'ReplacementProposal' });

export type ProposalView = z.infer<typeof proposalShape>;

export const proposalsQuery = listQuery.omit({ search: true }).extend({
  meter: idShape.optional(),
  state: z
    .enum(['open', 'confirmed', 'dismissed'])
    .optional()
    .meta({ description: 'All when absent' }),
});

const amount = z.number().min(0).max(1e15);
const facts = {
  at: queryInstant.meta({ description: 'When the new meter began to count; ISO 8601 or Unix ms' }),
  finalReading: amount.meta({
    description: 'Last value of the old meter, in the unit of the counter',
  }),
  firstReading: amount.meta({ description: 'First value of the new meter' }),
  reason: z.string().trim().min(1).max(2_000),
  ratioBefore: z.number().positive().optional(),
  ratioAfter: z.number().positive().optional(),
};
const version = z.int().optional().meta({ description: 'When given, must be the current one' });

export const confirmBody = z.object({ ...facts, version });
export const reportBody = z.object({ ...facts, meter: idShape }).strict();
export const dismissBody = z.object({ reason: facts.reason, version });

export type ReplacementFacts = Omit<z.infer<typeof reportBody>, 'meter'>;
