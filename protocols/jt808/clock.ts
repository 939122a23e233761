import { dayMs, minuteMs } from '../../model/time.ts';

/** Minutes east of UTC where a device says nothing else: all times of the standard are GMT+8. */
export const standardOffsetMinutes = 480;

export type NoTime = 'none' | 'wrong';

const century = 2000;
const decimal = (byte: number): number =>
  (byte & 0x0f) < 10 && byte >> 4 < 10 ? (byte >> 4) * 10 + (byte & 0x0f) : Number.NaN;

/** Days from 2000-01-01 to the first of each month of a year that is no leap year. */
const daysBefore = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
const daysOf = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const start2000 = Date.UTC(century, 0, 1);

/** Years 2000 to 2099, counted from 2000; every fourth is a leap year. */
const isLeap = (year: number): boolean => (year & 3) === 0;
const daysIn = (year: number, month: number): number =>
  month === 2 && isLeap(year) ? 29 : (daysOf[month - 1] ?? 0);
const daysTo = (year: number, month: number, day: number): number => {
  const leapDays = ((year + 3) >> 2) + (month > 2 && isLeap(year) ? 1 : 0);
  return year * 365 + leapDays + (daysBefore[month - 1] ?? 0) + day - 1;
};

/**
 * BCD[6] YYMMDDhhmmss of a terminal's clock, at a place in bytes. Reckoned by hand, since it is done for every report.
 *
 * @returns Unix ms UTC; `none` where the date is all zero, which terminals send without a position; `wrong` where it is no time
 */
export function readClock(
  bytes: Uint8Array,
  at: number,
  utcOffsetMinutes: number,
): number | NoTime {
  const year = decimal(bytes[at] ?? 0);
  const month = decimal(bytes[at + 1] ?? 0);
  const day = decimal(bytes[at + 2] ?? 0);
  if (year === 0 && month === 0 && day === 0) return 'none';
  const hour = decimal(bytes[at + 3] ?? 0);
  const minute = decimal(bytes[at + 4] ?? 0);
  const second = decimal(bytes[at + 5] ?? 0);
  // NaN, of digits that are none, is in no range.
  const isDay = year >= 0 && day >= 1 && day <= daysIn(year, month);
  if (!isDay || !(hour < 24 && minute < 60 && second < 60)) return 'wrong';
  const local = daysTo(year, month, day) * dayMs + ((hour * 60 + minute) * 60 + second) * 1000;
  return start2000 + local - utcOffsetMinutes * minuteMs;
}

/** The digits YYMMDDhhmmss of a time, as a terminal's clock shows it. @param at Unix ms UTC, 2000 to 2099 */
export function toClock(at: number, utcOffsetMinutes = standardOffsetMinutes): string {
  const local = new Date(at + utcOffsetMinutes * minuteMs).toISOString();
  return local.slice(2, 19).replaceAll(/\D/g, '');
}

/** As `readClock`, of digits YYMMDDhhmmss. */
export const fromClock = (
  digits: string,
  utcOffsetMinutes = standardOffsetMinutes,
): number | NoTime => readClock(Buffer.from(digits, 'hex'), 0, utcOffsetMinutes);
