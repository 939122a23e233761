import type { VirtualShare } from '../model/entities.ts';
import { type HourQuality, worstQuality } from './quality.ts';

/** What one meter, or several together, have used in a stretch of time. In the unit of the medium's counter. */
export interface Use {
  /** Null where any of it is missing. */
  readonly value: number | null;
  /** What is known of a use whose value is null; absent where nothing is, and where parts are taken away from each other. */
  readonly knownValue?: number;
  /** The worst of all that is in it. */
  readonly quality: HourQuality;
  /** The value lies between these; null where nothing can be said. */
  readonly lower: number | null;
  readonly upper: number | null;
  /** Share of the time that was measured, 0 to 1: of several meters that of the worst. */
  readonly coverage: number;
}

export const nothingKnown: Use = {
  value: null,
  quality: 'missing',
  lower: null,
  upper: null,
  coverage: 0,
};

export interface Part {
  readonly use: Use;
  /** Below 0 the part is taken away; null: how much of it belongs here is not known. */
  readonly factor: number | null;
}

const sum = (values: readonly number[]): number =>
  values.reduce((total, value) => total + value, 0);

/** All of them, or null where one is missing. */
const whole = (values: readonly (number | null)[]): number | null =>
  values.some((value) => value === null) ? null : sum(values.filter((value) => value !== null));

const times = (value: number | null, factor: number | null): number | null =>
  value === null || factor === null ? null : value * factor;

/** Parts of the same stretch, each times its factor. Of no parts nothing is known. */
export function combine(parts: readonly Part[]): Use {
  if (parts.length === 0) return nothingKnown;
  const uses = parts.map(({ use }) => use);
  const value = whole(parts.map(({ use, factor }) => times(use.value, factor)));
  const known = parts
    .map(({ use, factor }) => times(use.value ?? use.knownValue ?? null, factor))
    .filter((each) => each !== null);
  const isSum = parts.every(({ factor }) => factor === null || factor > 0);
  const end = (positive: 'lower' | 'upper', negative: 'lower' | 'upper') =>
    whole(
      parts.map(({ use, factor }) =>
        times((factor ?? 0) < 0 ? use[negative] : use[positive], factor),
      ),
    );
  return {
    value,
    ...(value === null && isSum && known.length > 0 ? { knownValue: sum(known) } : {}),
    quality: worstQuality(
      parts.map(({ use, factor }) => (factor === null ? 'missing' : use.quality)),
    ),
    lower: end('lower', 'upper'),
    upper: end('upper', 'lower'),
    coverage: Math.min(...uses.map(({ coverage }) => coverage)),
  };
}

/** What one meter used in stretches that follow each other. */
export function joined(
  stretches: readonly { readonly from: number; readonly to: number; readonly use: Use }[],
): Use {
  const length = sum(stretches.map(({ from, to }) => to - from));
  const covered = sum(stretches.map(({ from, to, use }) => use.coverage * (to - from)));
  const all = combine(stretches.map(({ use }) => ({ use, factor: 1 })));
  return { ...all, coverage: length === 0 ? 0 : covered / length };
}

/** What belongs to `own`, 0 to 1; null where a size is not known. @param sizeOf m² or people */
export function shareOf(
  { own, among }: VirtualShare,
  sizeOf: (id: string) => number | undefined,
): number | null {
  const sizes = among.map(({ id, weight }) => ({ id, size: (sizeOf(id) ?? Number.NaN) * weight }));
  const all = sum(sizes.map(({ size }) => size));
  const mine = sizes.find(({ id }) => id === own)?.size;
  return mine !== undefined && all > 0 ? mine / all : null;
}
