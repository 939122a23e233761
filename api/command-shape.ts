import { z } from 'zod';
import { type CommandKind, commandParams, commandStates, troubles } from '../commands/commands.ts';
import { idShape, instantShape } from './words.ts';

/** What is asked of terminals over HTTP, and what they answered. */

const words = z.object({ zh: z.string(), en: z.string() });
const kindShape = z.enum(Object.keys(commandParams) as [CommandKind, ...CommandKind[]]);

const expiresInS = z
  .int()
  .min(10)
  .max(7 * 86_400)
  .exactOptional()
  .meta({
    description:
      'How long it may wait for the terminal. When absent: 10 minutes for locate and track, an hour for text, confirm-alarm and restart, a day for the others',
  });
const { locate, track, text, restart } = commandParams;

export const commandBody = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('locate'), params: locate.default({}), expiresInS }),
  z.object({ kind: z.literal('track'), params: track, expiresInS }),
  z.object({ kind: z.literal('text'), params: text, expiresInS }),
  z.object({
    kind: z.literal('confirm-alarm'),
    params: commandParams['confirm-alarm'],
    expiresInS,
  }),
  z.object({
    kind: z.literal('read-parameters'),
    params: commandParams['read-parameters'].default({}),
    expiresInS,
  }),
  z.object({
    kind: z.literal('set-parameters'),
    params: commandParams['set-parameters'],
    expiresInS,
  }),
  z.object({
    kind: z.literal('read-attributes'),
    params: commandParams['read-attributes'].default({}),
    expiresInS,
  }),
  z.object({ kind: z.literal('restart'), params: restart, expiresInS }),
]);

const position = z.object({
  at: instantShape,
  lat: z.number(),
  lon: z.number(),
  fixed: z.boolean().meta({ description: 'False: the last known coordinates, or none' }),
  speedKmh: z.number().nullable(),
  headingDeg: z.number().nullable(),
  acc: z.boolean().nullable(),
  odometerKm: z.number().nullable(),
  satellites: z.number().nullable(),
  alarms: z.array(words).readonly(),
});

const parameter = z.object({
  id: z.string().meta({ description: 'As the standard writes it, such as `0x0029`' }),
  name: z.string().nullable().meta({ description: 'Null for one that is not in the table' }),
  label: words,
  value: z.union([z.number(), z.string()]).nullable(),
  unit: z.string().nullable(),
  meaning: words.nullable().meta({ description: 'What the value stands for' }),
  hex: z.string(),
});

const told = z.object({ name: words, value: z.union([z.number(), z.string(), words]) });

export const commandShape = z
  .object({
    id: idShape,
    vehicle: idShape,
    kind: kindShape,
    params: z.record(z.string(), z.unknown()),
    by: z.string(),
    requestedAt: instantShape,
    expiresAt: instantShape.meta({ description: 'If it is not sent by then it never is' }),
    state: z.enum(commandStates).meta({
      description:
        'refused: the terminal said so; expired: never sent; failed: it is not known whether the terminal did it, or what it answered cannot be read',
    }),
    attempts: z.int().meta({ description: 'How often it was sent; text and restart once at most' }),
    sentAt: instantShape.nullable(),
    settledAt: instantShape.nullable(),
    answer: z
      .object({
        position: position.exactOptional(),
        parameters: z.array(parameter).readonly().exactOptional(),
        attributes: z.array(told).readonly().exactOptional(),
      })
      .nullable(),
    trouble: z.enum(troubles).nullable().meta({
      description:
        'failed, malformed, unsupported: said by the terminal; unanswered: no answer came; interrupted: the service ended before one came; unreadable: the answer; impossible: it cannot be said to this terminal; not-allowed: taken back, since who asked may not any more',
    }),
    detail: z.string().nullable(),
  })
  .meta({ id: 'TerminalCommand' });
export type CommandView = z.infer<typeof commandShape>;

export const parameterInfoShape = z
  .object({
    name: z.string(),
    id: z.string(),
    label: words,
    type: z.enum(['number', 'text', 'choice', 'period']),
    unit: z.string().nullable(),
    min: z.number().nullable(),
    max: z.number().nullable().meta({ description: 'Of texts: bytes in GBK' }),
    step: z.number().nullable(),
    choices: z
      .array(z.object({ value: z.number(), label: words }))
      .readonly()
      .nullable(),
    needsConfirmation: z.boolean(),
  })
  .meta({ id: 'TerminalParameter' });
export type ParameterInfoView = z.infer<typeof parameterInfoShape>;

export const commandsQuery = z.object({
  limit: z.coerce.number().int().min(1).max(1_000).default(50),
  cursor: z
    .string()
    .regex(/^\d{1,15}$/)
    .optional()
    .meta({ description: '`next` of the page before' }),
});

export const commandParamsOfPath = z.object({ id: z.string(), command: z.string() });

// Frames

export const frameFieldShape = z
  .object({
    name: words,
    value: z.union([z.number(), z.string(), words]).nullable(),
    unit: z.string().nullable(),
    offset: z.int().meta({ description: 'Of its first byte, in the frame without escapes' }),
    hex: z.string(),
    clause: z.union([z.string(), words]).nullable().meta({ description: 'Of the standard' }),
    get children() {
      return z.array(frameFieldShape).readonly();
    },
  })
  .meta({ id: 'FrameField' });

export const frameShape = z
  .object({
    at: instantShape,
    direction: z.enum(['in', 'out']),
    authenticated: z.boolean().meta({
      description:
        'False: of a link that named the phone of this vehicle, as anybody can, and has not authenticated',
    }),
    message: z.object({ id: z.string(), name: words }).nullable(),
    bytes: z.int(),
    hex: z.string(),
    hidesCode: z.boolean().meta({
      description:
        'Stars stand in place of the code by which the terminal is let in, or of a password',
    }),
    fields: z.array(frameFieldShape).readonly(),
  })
  .meta({ id: 'TerminalFrame' });
export type FrameFieldView = z.infer<typeof frameFieldShape>;
export type FrameView = z.infer<typeof frameShape>;

export const framesQuery = z.object({
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(50)
    .default(20)
    .meta({ description: 'Of links that have authenticated; up to ten others stand among them' }),
});
