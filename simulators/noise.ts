/** Numbers that look random and are the same for the same seed: everything in the city is a function of seed and time. */

/** Uniform over 32 bits. @param x whole, of either sign, exact up to 2^53 */
export function hash(seed: number, x: number): number {
  const high = Math.floor(x / 0x1_0000_0000);
  let h = Math.imul(seed ^ (x >>> 0), 0x9e37_79b1) ^ Math.imul(high, 0x85eb_ca77) ^ seed;
  h = Math.imul(h ^ (h >>> 16), 0x21f0_aaad);
  h = Math.imul(h ^ (h >>> 15), 0x735a_2d97);
  return (h ^ (h >>> 15)) >>> 0;
}

/** A seed of its own for everything that has a name (FNV-1a). */
export function seedOf(seed: number, name: string): number {
  let h = 0x811c_9dc5 ^ seed;
  for (let i = 0; i < name.length; i += 1) h = Math.imul(h ^ name.charCodeAt(i), 0x0100_0193);
  return hash(h, name.length);
}

/** 0 inclusive to 1 exclusive. */
export const unit = (seed: number, x: number): number => hash(seed, x) / 0x1_0000_0000;

/** -1 to 1. */
export const centred = (seed: number, x: number): number => 2 * unit(seed, x) - 1;

/** -1 to 1, without jumps: the hashes of whole `x`, and a smooth way from one to the next. */
export function wander(seed: number, x: number): number {
  const before = Math.floor(x);
  const share = x - before;
  const smooth = share * share * (3 - 2 * share);
  return centred(seed, before) * (1 - smooth) + centred(seed, before + 1) * smooth;
}

/** Draws one after the other. */
export interface Dice {
  /** `min` inclusive to `max` exclusive. */
  between(min: number, max: number): number;
  /** Whole, both ends inclusive. */
  whole(min: number, max: number): number;
  /** @throws RangeError for an empty list */
  pick<T>(list: readonly T[]): T;
}

export function createDice(seed: number): Dice {
  let drawn = 0;
  const next = () => {
    drawn += 1;
    return unit(seed, drawn);
  };
  return {
    between: (min, max) => min + (max - min) * next(),
    whole: (min, max) => min + Math.floor((max - min + 1) * next()),
    pick<T>(list: readonly T[]): T {
      if (list.length === 0) throw new RangeError('nothing to pick from');
      return list[Math.floor(next() * list.length)] as T;
    },
  };
}
