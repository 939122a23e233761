import { z } from 'zod';
import { idShape, instantShape } from './words.ts';

/** The place of a vehicle's JT/T 808 terminal, and its link. */
export const terminalShape = z.object({
  vehicle: idShape,
  phone: z.string().meta({ description: 'As the registry has it' }),
  registered: z
    .object({
      at: instantShape,
      maker: z.string(),
      model: z.string(),
      terminal: z.string().meta({ description: 'Number its maker gave it' }),
      plate: z.string(),
      plateColour: z.int(),
      edition: z.literal([2011, 2013, 2019]),
    })
    .nullable()
    .meta({
      description: 'What it said of itself when it registered; null where the place is free',
    }),
  link: z
    .object({
      address: z.string(),
      layout: z.literal([2013, 2019]),
      since: instantShape,
      heardAt: instantShape,
      framesIn: z.int(),
      framesOut: z.int(),
      serialGaps: z.object({ count: z.int(), missing: z.int() }).meta({
        description:
          'Where it passed over serial numbers since it connected, and how many: frames that were lost on their way',
      }),
    })
    .nullable()
    .meta({ description: 'Null where it is not connected' }),
});
export type TerminalView = z.infer<typeof terminalShape>;
