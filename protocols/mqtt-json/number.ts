import { isFill, type Range } from '../missing.ts';

const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/** What is written where a number is wanted but there is none. */
const nothing = /^(?:|[+-]?nan|null|[+-]?inf(?:inity)?|0x(?:ff)+)$/i;

/**
 * A number, a string of a number, or what stands for none.
 * @returns `missing` for null, NaN, infinities, "" and fill values; `wrong` for anything else that is no number
 */
export function toNumber(value: unknown, range: Range): number | 'missing' | 'wrong' {
  if (typeof value === 'number') {
    // No fill value has a fraction, and nearly every value does.
    if (!Number.isInteger(value)) return Number.isFinite(value) ? value : 'missing';
    return isFill(value, range) ? 'missing' : value;
  }
  if (value === null || value === undefined) return 'missing';
  if (typeof value !== 'string') return 'wrong';
  const text = value.trim();
  if (decimal.test(text)) return toNumber(Number(text), range);
  return nothing.test(text) ? 'missing' : 'wrong';
}

const longestShown = 40;

/** A value for a message to a person: short, whatever it was and however deep. */
export function show(value: unknown): string {
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object' && value !== null) return 'an object';
  if (typeof value !== 'string') return value === undefined ? 'nothing' : String(value);
  const text = JSON.stringify(value.slice(0, longestShown));
  return value.length > longestShown ? `${text}…` : text;
}
