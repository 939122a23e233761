/** Numbers that a few wrong ones do not move. */

/** Of nothing it is 0. */
export function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}

/** 1.4826 × the median deviation estimates the standard deviation of a normal distribution. */
const toDeviation = 1.4826;

export const spreadOf = (values: readonly number[], middle: number): number =>
  toDeviation * medianOf(values.map((value) => Math.abs(value - middle)));

/** The value that a share of all lie at or below; 0 of nothing. @param share 0 to 1 */
export function quantileOf(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}
