import { z } from 'zod';

/** What settings may be, from a file or, as text, from the environment. */

export const port = z.coerce.number().int().min(0).max(65_535);
/** Off where it is not given, empty or null. */
export const optionalPort = z.preprocess(
  (given) => (given === null || given === '' ? undefined : given),
  port.optional(),
);
export const url = (...protocols: readonly string[]) =>
  z.string().refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol), {
    error: `want a URL that begins with ${protocols.map((name) => `${name}//`).join(' or ')}`,
  });
export const flag = z.union([
  z.boolean(),
  z.literal(['1', 'true']).transform(() => true),
  z.literal(['0', 'false', '']).transform(() => false),
]);
export const whole = z.coerce.number().int();
/** Of a liquid fuel, kg/L. */
export const density = z.coerce.number().min(0.5).max(1.2);
/** What comes up to 45 days late is judged with what was there then. */
export const keptDays = whole
  .max(36_600)
  .refine((days) => days === 0 || days >= 60, { error: 'want 0 or at least 60' });
