import { z } from 'zod';
import { datumShape } from './words.ts';

/** Settings of the console. */
export const settingsShape = z.object({
  tiles: z.object({ url: z.string(), attribution: z.string(), datum: datumShape }).nullable(),
});
export type ConsoleSettings = z.infer<typeof settingsShape>;
