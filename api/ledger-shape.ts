import { z } from 'zod';
import { idShape, instantShape } from './words.ts';

/** Answers about completeness. What the counts are of, and which sums hold, is said in `ingest/ingest.ts` at `LedgerDay`. */

const expected = z.int().nullable().meta({
  description:
    'Instants by the interval of the device over the part of the day that is gone, from when it was first heard; of a vehicle that stood with its ignition off those that came meanwhile; null without an interval',
});
const missing = z.int().nullable().meta({ description: 'Expected and not observed' });

const counts = {
  journalled: z.int().meta({ description: 'Messages on stable storage' }),
  messages: z
    .object({ stored: z.int(), duplicate: z.int(), quarantined: z.int(), empty: z.int() })
    .meta({ description: 'Messages by what came of them, each in one; the sum is `journalled`' }),
  requeued: z
    .int()
    .meta({ description: 'Of the messages, how many came from quarantine to be read again' }),
  received: z.int().meta({ description: 'Observations: stored, duplicate and set aside' }),
  stored: z.int(),
  duplicate: z.int(),
  late: z.int().meta({ description: 'Of those stored, more than ten minutes old at receipt' }),
  quarantined: z.record(z.string(), z.int()).meta({ description: 'By reason' }),
  observed: z.int().meta({
    description: 'Instants of this day, by the clock of the device, of which anything is stored',
  }),
  restedS: z.int().meta({
    description: 'Seconds a vehicle stood with its ignition off, when its terminal may sleep',
  }),
  observedAtRest: z.int().meta({ description: 'Of `observed`, those that came meanwhile' }),
  serialGaps: z
    .object({ count: z.int(), missing: z.int() })
    .nullable()
    .meta({ description: 'Message numbers that never came; null where there are none' }),
  expected,
  missing,
};

const day = z.object({ device: idShape, date: z.string(), ...counts });

/** Answer of `GET /devices/{id}/ledger`. */
export const ledgerShape = day.extend({
  gaps: z
    .array(z.object({ from: instantShape, to: instantShape }))
    .readonly()
    .meta({ description: 'Stretches of device time without data, longer than two intervals' }),
});

/** Answer of `GET /devices/{id}/ledger/days`. */
export const ledgerDaysShape = z.object({ items: z.array(day).readonly(), next: z.null() });

export const ledgerLineShape = day
  .extend({
    type: z
      .enum(['meter', 'vehicle'])
      .nullable()
      .meta({ description: 'Null: not in the registry' }),
    name: z.string(),
    institution: z.string().nullable(),
    heard: z.boolean().meta({ description: 'Whether it was ever heard' }),
  })
  .meta({ id: 'LedgerLine' });

/** Answer of `GET /ledger`. */
export const ledgerOverviewShape = z.object({
  date: z.string(),
  totals: z
    .object({
      devices: z.int(),
      complete: z.int().meta({ description: 'Devices with nothing missing or set aside' }),
      journalled: z.int(),
      received: z.int(),
      stored: z.int(),
      duplicate: z.int(),
      late: z.int(),
      quarantined: z.int(),
      expected: z.int(),
      missing: z.int(),
    })
    .meta({ description: 'Of every device asked for, on this page or not' }),
  items: z
    .array(ledgerLineShape)
    .readonly()
    .meta({ description: 'Those with the largest share missing first, then the most set aside' }),
  next: z.string().nullable(),
});

export type LedgerView = z.infer<typeof ledgerShape>;
export type LedgerDayView = z.infer<typeof day>;
export type LedgerLine = z.infer<typeof ledgerLineShape>;
export type LedgerOverview = z.infer<typeof ledgerOverviewShape>;
