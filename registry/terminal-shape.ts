import { z } from 'zod';
import type { TerminalAddress } from '../model/terminal-address.ts';

/** `vehicles[].jt808` of the inventory. */
export const terminalAddress = z.strictObject({
  phone: z
    .string()
    .regex(/^[\dA-Fa-f]{1,20}$/, { error: 'want 1 to 20 digits, quoted' })
    .transform((phone) => phone.toUpperCase()),
  edition: z.literal([2011, 2013, 2019]).exactOptional(),
  utcOffsetMinutes: z
    .number()
    .int()
    .min(-12 * 60)
    .max(14 * 60)
    .exactOptional(),
  datum: z.enum(['wgs84', 'gcj02']).exactOptional(),
  profile: z
    .string()
    .regex(/^[a-z0-9][a-z0-9.-]{0,63}$/, { error: 'want the name of a vendor profile' })
    .exactOptional(),
}) satisfies z.ZodType<TerminalAddress>;
