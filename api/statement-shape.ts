import { z } from 'zod';
import { idShape, instantShape } from './words.ts';

/** What was paid for vehicles, as it was imported. */

export const importedShape = z.object({
  dryRun: z.boolean(),
  added: z.int(),
  unchanged: z.int().meta({ description: 'Known already' }),
});

export const statementShape = z
  .object({
    id: z.string(),
    importedAt: instantShape,
    importedBy: idShape,
    entries: z.int().meta({ description: 'Those about vehicles one may see, as are the others' }),
    vehicles: z.int(),
    yuan: z.number(),
    from: instantShape.meta({ description: 'Of its first entry' }),
    to: instantShape.meta({ description: 'Of its last entry' }),
    isWhole: z.boolean().meta({
      description:
        'Whether all its entries are about vehicles one may see: only then it can be taken back as a whole',
    }),
  })
  .meta({ id: 'Statement' });
export type StatementView = z.infer<typeof statementShape>;

export const takenBackShape = z.object({
  removed: z.int(),
  kept: z.int().meta({ description: 'Entries that another import tells, too' }),
});
