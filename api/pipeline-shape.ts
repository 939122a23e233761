import { z } from 'zod';

const damageShape = z.object({
  positions: z.int().meta({ description: 'Messages that cannot be read' }),
  bytes: z.int(),
});

export const pipelineShape = z.object({
  journal: z.object({
    head: z.int(),
    tail: z.int(),
    segments: z.int(),
    bytes: z.int(),
    state: z.enum(['ok', 'full', 'failing']),
    damage: z
      .object({
        atStart: damageShape.meta({ description: 'Found in the last segment at the start' }),
        reading: damageShape.meta({ description: 'Met while reading, since the start' }),
        tornBytes: z.int().meta({
          description:
            'Found behind the last message at the start, as a write leaves that is cut short',
        }),
      })
      .meta({ description: 'What was passed over in the files' }),
  }),
  sinks: z
    .array(
      z.object({
        name: z.string(),
        position: z.int(),
        lagS: z.number(),
        trouble: z.string().nullable(),
      }),
    )
    .readonly(),
  terminals: z
    .object({
      open: z.boolean().meta({
        description: 'Whoever names the phone of a vehicle is let in as its terminal',
      }),
      online: z.int(),
      strangers: z.int().meta({ description: 'Links that have not authenticated' }),
      refused: z
        .record(z.string(), z.int())
        .readonly()
        .meta({ description: 'What was turned away since the start, by reason' }),
    })
    .meta({ description: 'The door of JT/T 808 terminals' }),
});
export type PipelineView = z.infer<typeof pipelineShape>;
