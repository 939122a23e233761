import type { MetricInfo } from '../model/metrics.ts';

/** Highest and lowest numbers of 32 bits: no quantity comes to exactly one of these. */
const wideFills = new Set([0xffff_ffff, 0x7fff_ffff, -0x8000_0000]);

/** Highest numbers of 16 bits: a counter may well stand at 65,535. */
const narrowFills = new Set([0xffff, 0x7fff]);

export type Range = Pick<MetricInfo, 'min' | 'max'>;

/**
 * Whether a number is what devices send for "I have none": 4294967295, 2147483647, -2147483648 and -32768 always,
 * 65535 and 32767 where the quantity cannot have the value.
 */
export function isFill(value: number, { min, max }: Range): boolean {
  if (wideFills.has(value) || value === -0x8000) return true;
  return narrowFills.has(value) && (value < min || value > max);
}
