import { z } from 'zod';
import { isMetric, type Metric } from '../model/metrics.ts';
import type { QuarantineReason } from '../model/observation.ts';
import { parseInstant } from '../model/time.ts';
import {
  alertStateShape,
  datumShape,
  idShape,
  liveTypeShape,
  severityShape,
  verdictShape,
} from './words.ts';

/** What requests may say: queries and bodies. */

/** Instants that four-digit years can tell. */
const earliest = Date.UTC(1000, 0, 1);
const latest = Date.UTC(9999, 0, 1);

const isoOrMs = (text: string): number | undefined => {
  // A `+` that was not escaped arrives as a blank.
  const at = /^-?\d{1,15}$/.test(text)
    ? Number(text)
    : parseInstant(text.replace(/ (\d{2}:?\d{2})$/, '+$1'));
  return at !== undefined && at >= earliest && at < latest ? at : undefined;
};

/** ISO 8601 with zone, or Unix ms → Unix ms. */
export const queryInstant = z
  .string()
  .transform((text, issues) => {
    const at = isoOrMs(text);
    if (at !== undefined) return at;
    issues.addIssue('want ISO 8601 with a zone, such as 2026-11-22T08:00:00+08:00, or Unix ms');
    return z.NEVER;
  })
  .meta({ description: 'ISO 8601 with zone, or Unix ms' });

const pageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(10_000).default(1_000),
  cursor: z.string().max(512).optional().meta({ description: '`next` of the page before' }),
});

export const listQuery = pageQuery.extend({
  search: z.string().max(200).optional().meta({ description: 'Part of an id, a name or a plate' }),
  institution: idShape.optional().meta({ description: 'Of this institution and those below it' }),
});

export const rangeQuery = pageQuery.extend({
  from: queryInstant.meta({ description: 'Inclusive; ISO 8601 with zone, or Unix ms' }),
  to: queryInstant.meta({ description: 'Exclusive; ISO 8601 with zone, or Unix ms' }),
});

export const readingsQuery = rangeQuery.extend({
  metric: z
    .string()
    .refine((name): name is Metric => isMetric(name), { error: 'no such metric in the catalogue' }),
});

export const trackQuery = rangeQuery.extend({ datum: datumShape.default('wgs84') });
export const datumQuery = z.object({ datum: datumShape.default('wgs84') });
export const tripsQuery = pageQuery.extend({
  datum: datumShape.default('wgs84'),
  institution: idShape.optional().meta({ description: 'Of this institution and those below it' }),
  vehicle: idShape.optional(),
  from: queryInstant.optional().meta({ description: 'On the start, inclusive' }),
  to: queryInstant.optional().meta({ description: 'On the start, exclusive' }),
});
export const positionsQuery = z.object({
  datum: datumShape.default('wgs84'),
  institution: idShape.optional(),
});
export const latestQuery = listQuery.extend({
  meter: z.string().max(10_000).optional().meta({ description: 'Ids, separated by commas' }),
});

const words = z
  .union([z.string(), z.array(z.string())])
  .transform((given) => [given].flat().flatMap((text) => text.split(',')));

export const alertsQuery = pageQuery.extend({
  state: words
    .pipe(z.array(alertStateShape))
    .optional()
    .meta({ description: 'One or several, separated by commas' }),
  kind: z
    .string()
    .max(64)
    .optional()
    .meta({ description: 'A kind, or a family such as `vehicle.*`' }),
  subject: idShape.optional(),
  institution: idShape.optional(),
  severity: severityShape.optional(),
  from: queryInstant.optional(),
  to: queryInstant.optional(),
});

const reason = z.enum([
  'malformed',
  'unsupported',
  'unknown-device',
  'unknown-metric',
  'out-of-range',
  'clock-ahead',
  'conflict',
  'refused-by-store',
] satisfies QuarantineReason[]);

const quarantineFilter = {
  device: idShape.optional(),
  reason: reason.optional(),
  from: queryInstant.optional().meta({ description: 'On receipt, inclusive' }),
  to: queryInstant.optional().meta({ description: 'On receipt, exclusive' }),
};

export const quarantineQuery = pageQuery.extend(quarantineFilter);

export const seqParams = z.object({ seq: z.coerce.number().int().min(1) });

export const requeueBody = z
  .object({
    ...quarantineFilter,
    dryRun: z
      .boolean()
      .default(false)
      .meta({ description: 'Only counts what would be read again' }),
    cursor: z
      .string()
      .regex(/^\d{1,15}$/)
      .optional()
      .meta({ description: '`next` of the answer before' }),
  })
  .strict();

export const auditQuery = z.object({
  limit: z.coerce.number().int().min(1).max(10_000).default(1_000),
  cursor: z.coerce.number().int().min(1).optional(),
});

export const liveQuery = z.object({
  types: words
    .pipe(z.array(liveTypeShape))
    .optional()
    .meta({ description: 'Only these, separated by commas' }),
  device: words
    .optional()
    .meta({ description: 'Only of these meters or vehicles, separated by commas' }),
});

/** Each is summed up anew, so that a page is not long. */
export const statementsQuery = pageQuery.extend({
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export const inventoryQuery = z.object({
  dryRun: z
    .enum(['', 'true', '1', 'false', '0'])
    .default('false')
    .transform((word) => word !== 'false' && word !== '0'),
});

export const monthQuery = z.object({
  month: z
    .string()
    .regex(/^(20|21)\d{2}-(0[1-9]|1[0-2])$/, { error: 'want a month, YYYY-MM' })
    .meta({ description: 'YYYY-MM, of the institution’s zone' }),
  format: z.enum(['json', 'xlsx', 'csv']).default('json'),
});

export const consumptionQuery = rangeQuery.extend({
  by: z.enum(['quarter', 'hour', 'day', 'month']),
});

const password = z.string().min(12).max(1_000);
export const signInBody = z.object({
  user: z.string().min(1).max(64),
  password: z.string().min(1).max(1_000),
});
export const redeemBody = z.object({ token: z.string().min(1).max(200), password });
export const passwordBody = z.object({ current: z.string().min(1).max(1_000), password });

const version = z.int().optional().meta({ description: 'When given, must be the current one' });
export const alertActionBodies = {
  acknowledge: z.object({ version }).default({}),
  clear: z.object({ version }).default({}),
  shelve: z.object({ version, until: queryInstant }),
  verdict: z.object({
    version,
    verdict: verdictShape,
    reason: z.string().min(1).max(2_000).optional(),
  }),
  comment: z.object({ version, text: z.string().min(1).max(4_000) }),
  assign: z.object({ version, user: idShape.nullable() }),
};

const day = z.iso.date({ error: 'want a day, YYYY-MM-DD' });

export const ledgerQuery = z.object({
  date: day.optional().meta({ description: 'Day of the institution; today when absent' }),
});

export const ledgerDaysQuery = z.object({
  from: queryInstant.optional().meta({ description: 'Two weeks before the end when absent' }),
  to: queryInstant.optional().meta({ description: 'Exclusive; now when absent' }),
});

export const ledgerOverviewQuery = ledgerQuery.extend({
  institution: idShape.optional().meta({ description: 'Of this institution and those below it' }),
  search: z.string().max(200).optional().meta({ description: 'Part of an id, a name or a plate' }),
  incomplete: z
    .enum(['', 'true', '1', 'false', '0'])
    .default('false')
    .transform((word) => word !== 'false' && word !== '0')
    .meta({ description: 'Only devices with anything missing or set aside' }),
  limit: z.coerce.number().int().min(1).max(10_000).default(1_000),
  cursor: z.coerce.number().int().min(0).max(10_000_000).default(0),
});
