import { z } from 'zod';
import { type Cjt188Address, cjt188Types, type Dlt645Address } from '../model/line-address.ts';
import { framedReach } from './line-reach.ts';

/** Meters of framed languages on a line, as the inventory writes them. */

const wakeUpBytes = z.number().int().min(0).max(16).exactOptional();

export const dlt645 = z.strictObject({
  ...framedReach,
  address: z.string().regex(/^\d{12}$/, { error: 'want 12 digits, quoted' }),
  items: z
    .array(
      z
        .string()
        .regex(/^[0-9A-Fa-f]{8}$/, { error: 'want a data identifier of 8 hex digits, quoted' }),
    )
    .min(1)
    .max(64)
    .exactOptional(),
  wakeUpBytes,
}) satisfies z.ZodType<Dlt645Address>;

export const cjt188 = z.strictObject({
  ...framedReach,
  address: z.string().regex(/^\d{14}$/, { error: 'want 14 digits, quoted' }),
  type: z.enum(cjt188Types).exactOptional(),
  identifierOrder: z.enum(['low-first', 'high-first']).exactOptional(),
  wakeUpBytes,
}) satisfies z.ZodType<Cjt188Address>;
