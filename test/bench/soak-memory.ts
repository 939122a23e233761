import { median } from './report.ts';

/** Memory of the service at one moment of a soak. */
export interface MemorySample {
  /** Since the soak began. */
  readonly elapsedS: number;
  /** Since the process was started. */
  readonly ageS: number;
  readonly rssMb: number;
}

export interface Flatness {
  readonly secondMb: number;
  readonly lastMb: number;
  /** Last quarter ÷ second quarter; NaN where there is nothing to compare. */
  readonly ratio: number;
}

/**
 * Compares the last quarter with the second, at the same age of the process, since every kill begins anew: medians by age, of the ages
 * both quarters have and that are at least `fromAgeS`.
 */
export function flatness(
  samples: readonly MemorySample[],
  totalS: number,
  fromAgeS: number,
  ageStepS: number,
): Flatness {
  const byAge = (from: number, to: number) => {
    const ages = new Map<number, number[]>();
    for (const { elapsedS, ageS, rssMb } of samples) {
      if (elapsedS < from * totalS || elapsedS >= to * totalS || ageS < fromAgeS) continue;
      const age = Math.round(ageS / ageStepS);
      ages.set(age, [...(ages.get(age) ?? []), rssMb]);
    }
    return ages;
  };
  const second = byAge(0.25, 0.5);
  const last = byAge(0.75, Infinity);
  const both = [...second.keys()].filter((age) => last.has(age));
  const mean = (ages: ReadonlyMap<number, readonly number[]>) =>
    both.reduce((sum, age) => sum + median(ages.get(age) ?? []), 0) / both.length;
  const secondMb = mean(second);
  const lastMb = mean(last);
  return { secondMb, lastMb, ratio: lastMb / secondMb };
}
