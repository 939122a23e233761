import type { Calibre } from '../factor-set.ts';

/** Standard coal that knows its calibre, so that two of them never meet in one sum. */
export interface CoalAmount<C extends Calibre> {
  readonly calibre: C;
  readonly kgce: number;
}

/**
 * Only amounts of the one calibre: the compiler refuses others, and so does the program where the compiler was got round.
 * @throws Error where one is of another calibre
 */
export function addCoal<C extends Calibre>(
  calibre: C,
  parts: readonly CoalAmount<NoInfer<C>>[],
): CoalAmount<C> {
  let kgce = 0;
  for (const part of parts) {
    if (part.calibre !== calibre)
      throw new Error(`standard coal of the ${part.calibre} calibre cannot be added to ${calibre}`);
    kgce += part.kgce;
  }
  return { calibre, kgce };
}
