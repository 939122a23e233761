import type { HourQuality } from './hourly.ts';

/** Worse ones stay. */
const order: readonly HourQuality[] = ['measured', 'estimated', 'replaced', 'reset', 'missing'];

/** Of nothing it is `missing`. */
export const worstQuality = (qualities: readonly HourQuality[]): HourQuality =>
  order[Math.max(...qualities.map((quality) => order.indexOf(quality)))] ?? 'missing';
