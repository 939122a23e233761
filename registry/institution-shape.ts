import { z } from 'zod';
import type { Institution } from '../model/entities.ts';
import { date, id, text, timeOfDay, timeZone } from './fields.ts';

/** Institutions as the inventory has them. */
export const institutions = z.strictObject({
  id,
  name: text,
  level: z.enum(['national', 'provincial', 'municipal', 'county', 'township', 'unit']),
  division: z
    .string()
    .regex(/^\d{6}$/, { error: 'want a division code of 6 digits' })
    .exactOptional(),
  kind: text.exactOptional(),
  climateZone: z.enum(['A', 'B']).exactOptional(),
  department: id.exactOptional(),
  energyUsers: z.number().int().min(0).exactOptional(),
  floorAreaM2: z.number().min(0).exactOptional(),
  parent: id.nullable().default(null),
  timeZone: timeZone.default('Asia/Shanghai'),
  officeHours: z
    .strictObject({ from: timeOfDay, to: timeOfDay })
    .refine(({ from, to }) => from < to, { error: 'want `to` after `from`, within one day' })
    .exactOptional(),
  openWeekdays: z.array(z.int().min(1).max(7)).min(1).max(7).exactOptional(),
  closures: z
    .array(z.strictObject({ from: date, to: date }))
    .max(1000)
    .exactOptional(),
}) satisfies z.ZodType<Institution>;
