import { z } from 'zod';
import { unitNames } from '../energy/form/units.ts';
import {
  checkCodes,
  type FormWhy,
  formActions,
  formPeriod,
  formSections,
  formStates,
  whyWords,
} from '../model/form.ts';
import { calibreShape, idShape, instantShape, qualityShape } from './words.ts';

/** Questions and answers about the statutory statistics form. */

const text = z.object({ zh: z.string(), en: z.string() });
const quality = qualityShape.nullable();
const share = z.number().nullable().meta({ description: '0 to 1' });
const state = z.enum(formStates);

export const formParams = z.object({
  id: z.string(),
  period: z.string().refine((name) => formPeriod(name) !== undefined, {
    error: 'want a month, YYYY-MM, or a year, YYYY',
  }),
});
export const formsQuery = z.object({ year: z.coerce.number().int().min(2000).max(2199) });
export const formQuery = z.object({
  calibre: calibreShape.optional().meta({ description: 'That of the version when absent' }),
  version: z.coerce
    .number()
    .int()
    .min(1)
    .optional()
    .meta({ description: 'The newest when absent' }),
  scope: z.enum(['own', 'sum']).default('own').meta({
    description: '`sum`: with those below it, each as it was submitted, else as known now',
  }),
  format: z.enum(['json', 'xlsx', 'csv']).default('json'),
});

const revision = z
  .int()
  .min(0)
  .optional()
  .meta({ description: 'When given, must be that of the newest version' });
const reason = z.string().trim().min(1).max(2_000);
const comment = z.string().trim().max(2_000).optional();

export const enterBody = z.object({
  revision,
  calibre: calibreShape.optional(),
  entered: z
    .record(
      z.string().max(64),
      z
        .object({
          value: z.number().min(0).max(1e12),
          note: z.string().trim().max(500).nullable().default(null),
        })
        .strict()
        .nullable(),
    )
    .default({})
    .meta({ description: 'By code of the cell, in its unit; null takes it away' }),
});
export const actBody = z.object({ revision, comment }).default({});
export const submitBody = z
  .object({
    revision,
    comment,
    calibre: calibreShape.optional().meta({ description: 'That of the draft when absent' }),
  })
  .default({});
export const reasonBody = z.object({ revision, reason });

const enteredShape = z
  .object({ value: z.number(), note: z.string().nullable(), by: idShape, at: instantShape })
  .nullable();

const partShape = z.object({
  type: z.enum(['meter', 'vehicle', 'institution']),
  id: z.string().nullable().meta({ description: 'Null where the role may not know' }),
  name: z.string().nullable(),
  value: z.number().nullable(),
  share,
  quality,
  coverage: share,
  entries: z.int().nullable().meta({ description: 'Fuel entries' }),
});

const cellShape = z.object({
  code: z.string(),
  name: text,
  hint: text.nullable(),
  section: z.enum(formSections),
  unit: z.enum(unitNames),
  unitName: text,
  digits: z.int(),
  source: z.enum(['registry', 'meter', 'fuel', 'entered', 'sum', 'energy', 'co2', 'ratio']),
  enterable: z.boolean(),
  state: z.enum(['known', 'none', 'missing']).meta({
    description:
      'none: nothing of the kind, counts as 0; missing: not known, and so is what rests on it',
  }),
  value: z.number().nullable(),
  known: z.number().nullable().meta({ description: 'What is known of one that is missing' }),
  why: z.enum(Object.keys(whyWords) as [FormWhy, ...FormWhy[]]).nullable(),
  quality,
  coverage: share,
  energyKgce: z.number().nullable(),
  co2Kg: z.number().nullable(),
  parts: z.array(partShape).readonly(),
  entered: enteredShape,
  measured: z.number().nullable().meta({ description: 'Where something was entered in its place' }),
  stateKnown: z.boolean().meta({ description: 'False: gas stands as it was metered' }),
  since: z.object({ value: z.number().nullable() }).nullable().meta({
    description: 'Of a frozen version: what it would be by what is known now, where that differs',
  }),
});

const versionShape = z.object({
  version: z.int(),
  state,
  reason: z.string().nullable(),
  madeAt: instantShape,
  madeBy: idShape,
  submittedAt: instantShape.nullable(),
  submittedBy: idShape.nullable(),
});

const head = {
  period: z.string(),
  edition: z.enum(['month', 'year']),
  state,
  version: z.int(),
  dueAt: instantShape.nullable().meta({ description: 'Late from then on; null of a year' }),
  overdue: z.boolean(),
};

export const formsShape = z.object({
  items: z
    .array(
      z.object({
        ...head,
        inForce: z
          .int()
          .nullable()
          .meta({ description: 'The version that counts, where one does' }),
        submittedAt: instantShape.nullable(),
        submittedBy: idShape.nullable(),
      }),
    )
    .readonly(),
  next: z.null(),
});
export type FormsView = z.infer<typeof formsShape>;

export const formShape = z
  .object({
    institution: idShape,
    ...head,
    scope: z.enum(['own', 'sum']),
    title: text,
    source: text,
    notes: text,
    from: instantShape,
    to: instantShape,
    frozen: z.boolean(),
    revision: z.int(),
    calibre: calibreShape,
    kgPerL: z.object({ gasoline: z.number(), diesel: z.number(), kerosene: z.number() }),
    factorSets: z.array(z.string()).readonly(),
    factors: z
      .array(
        z.object({
          of: z.enum(['kgce', 'kgco2']),
          value: z.number(),
          per: z.string(),
          set: z.string(),
          source: text,
          verified: z.boolean(),
        }),
      )
      .readonly(),
    cells: z.array(cellShape).readonly(),
    checks: z
      .array(
        z.object({
          code: z.enum(checkCodes),
          severity: z.enum(['info', 'warning', 'blocking']),
          cell: z.string().nullable(),
          text,
        }),
      )
      .readonly(),
    versions: z.array(versionShape).readonly(),
    history: z
      .array(
        z.object({
          at: instantShape,
          user: idShape,
          version: z.int(),
          action: z.enum(formActions),
          comment: z.string().nullable(),
        }),
      )
      .readonly(),
    may: z
      .array(z.enum(['enter', ...formActions]))
      .readonly()
      .meta({ description: 'What one may do with it now' }),
    institutions: z
      .array(
        z.object({
          id: idShape,
          name: z.string(),
          version: z.int().nullable().meta({ description: 'Null: not submitted; as known now' }),
          state: state.nullable(),
        }),
      )
      .readonly()
      .nullable()
      .meta({ description: 'Those in a sum' }),
    completion: share.meta({ description: 'Submitted of all, of a sum' }),
    accuracy: share.meta({ description: 'Neither sent back nor corrected, of what was submitted' }),
  })
  .meta({ id: 'StatisticsForm' });
export type FormView = z.infer<typeof formShape>;

export const formActedShape = z.object({
  ...versionShape.shape,
  period: z.string(),
  revision: z.int(),
});
