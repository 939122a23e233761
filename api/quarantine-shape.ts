import { z } from 'zod';
import { idShape, instantShape } from './words.ts';

/** Answers about quarantine, beside its list. */

export const quarantineSummaryShape = z.object({
  byReason: z.record(z.string(), z.int()),
  items: z.int(),
  times: z.int().meta({ description: 'How often these items were set aside' }),
  whole: z
    .object({
      bytes: z.int(),
      maxBytes: z.int().meta({ description: 'Beyond it the oldest items go' }),
      given: z.int().meta({ description: 'Everything ever set aside' }),
      understood: z.int().meta({ description: 'Left because it was understood when read again' }),
      expired: z.int(),
      dropped: z.int().meta({ description: 'Went because there was no room' }),
    })
    .nullable()
    .meta({ description: 'Of the whole service; null for who sees only a part of it' }),
});

const said = z.object({ reason: z.string(), detail: z.string() });

export const inspectedShape = z.object({
  seq: z.int(),
  door: z.string(),
  protocol: z.string(),
  device: idShape,
  receivedAt: instantShape,
  bytes: z.string().meta({ description: 'Base64' }),
  hex: z.string(),
  text: z.string().nullable().meta({ description: 'Null where the bytes are no text' }),
  length: z.int(),
  items: z
    .array(said.extend({ part: z.int(), times: z.int(), lastAt: instantShape }))
    .readonly()
    .meta({ description: 'What was set aside of it' }),
  reading: z
    .object({
      observations: z.array(z.record(z.string(), z.unknown())).readonly(),
      refused: z.array(said).readonly(),
    })
    .meta({
      description:
        'What today’s codec reads in it; ranges, clocks and what is stored already are judged later',
    }),
});

export const requeuedShape = z.object({
  dryRun: z.boolean(),
  matched: z.int().meta({ description: 'Messages found, from the cursor on' }),
  refusedByStore: z.int().meta({ description: 'Items left alone: the store must be mended' }),
  requeued: z.int(),
  understood: z
    .int()
    .nullable()
    .meta({ description: 'Messages that left quarantine; null while that is not known' }),
  next: z.string().nullable().meta({ description: 'Cursor for the rest' }),
});

export type QuarantineSummaryView = z.infer<typeof quarantineSummaryShape>;
export type QuarantineInspected = z.infer<typeof inspectedShape>;
export type RequeuedView = z.infer<typeof requeuedShape>;
