/**
 * `measured`: readings lie close enough. `estimated`: the counter's difference over a gap, spread evenly. `missing`: no reading from before, or none
 * since. `reset`, `replaced`: the counter started anew, and only what was counted before and after is in the value.
 */
export type HourQuality = 'measured' | 'estimated' | 'missing' | 'reset' | 'replaced';

/** Worse ones stay. */
const order: readonly HourQuality[] = ['measured', 'estimated', 'replaced', 'reset', 'missing'];

export const worseQuality = (a: HourQuality, b: HourQuality): HourQuality =>
  order.indexOf(a) >= order.indexOf(b) ? a : b;

/** Of nothing it is `missing`. */
export const worstQuality = (qualities: readonly HourQuality[]): HourQuality =>
  qualities.length === 0 ? 'missing' : qualities.reduce(worseQuality);
