import type { Meter } from '../../model/entities.ts';

/** What meters count with, and what they show of it. */

export interface Register {
  readonly step: number;
  readonly modulus: number;
  /** At most so much before it wraps when it begins. */
  readonly near: number;
  readonly isFloat?: true;
  readonly about: Partial<Meter>;
}

/** What meters count with: BCD, u32 and i32 of hundredths, floats, whole kWh behind transformers. */
export const registers: readonly Register[] = [
  { step: 0.01, modulus: 1e6, near: 15_000, about: { digits: 6, decimals: 2 } },
  { step: 0.01, modulus: 2 ** 32 / 100, near: 15_000, about: { decimals: 2 } },
  { step: 0.01, modulus: 2 ** 31 / 100, near: 15_000, about: { decimals: 2 } },
  { step: 0, modulus: 2 ** 40, near: 0, isFloat: true, about: {} },
  { step: 0.1, modulus: 1e7, near: 15_000, about: { digits: 7, decimals: 1 } },
  {
    step: 1,
    modulus: 1e6,
    near: 400,
    about: {
      digits: 6,
      decimals: 0,
      ctRatio: 40,
      modbus: { host: '127.0.0.1', port: 502, unit: 1, profile: 'generic' },
    },
  },
];

/** What a meter begins with: often little before it wraps. */
export function firstOf({ near, modulus }: Register, random: () => number): number {
  if (near === 0) return Math.floor(2_000_000 * random());
  const before = random() < 0.6 ? near * random() : modulus * (0.4 + 0.6 * random());
  return Math.floor(modulus - before);
}

export function shown(raw: number, { modulus, step, isFloat }: Register): number {
  const inside = raw % modulus;
  if (isFloat) return Math.fround(inside);
  return Math.round(Math.floor(inside / step + 1e-6) * step * 100) / 100;
}
