import { dayMs } from '../../model/time.ts';

/** The days of the month that is simulated, written down from the State Council's notice for 2026, so that it can be held against the calendar of the service. */

/** Monday, 14 September 2026, 0:00 in Shanghai. */
export const monthFrom = Date.parse('2026-09-14T00:00:00+08:00');
export const monthDays = 30;

export type TrueDay = 'workday' | 'weekend' | 'statutory-holiday' | 'transfer-workday';

const holidays = [
  '2026-09-25',
  '2026-09-26',
  '2026-09-27',
  '2026-10-01',
  '2026-10-02',
  '2026-10-03',
  '2026-10-04',
  '2026-10-05',
  '2026-10-06',
  '2026-10-07',
];
/** A Sunday and a Saturday that are worked. */
const transferred = ['2026-09-20', '2026-10-10'];
/** Sealed over the National Day: from the first day off to the first day worked. */
export const sealedOver = { from: '2026-10-01', to: '2026-10-08' } as const;

const zoneMs = 8 * 3_600_000;

export const dateOf = (at: number): string => new Date(at + zoneMs).toISOString().slice(0, 10);
/** Hours of the day in Shanghai, with fractions. */
export const hourOf = (at: number): number => ((at + zoneMs) % dayMs) / 3_600_000;
/** Sunday is 0. */
export const weekdayOf = (at: number): number => new Date(at + zoneMs).getUTCDay();

export function trueDayOf(at: number): TrueDay {
  const date = dateOf(at);
  if (holidays.includes(date)) return 'statutory-holiday';
  if (transferred.includes(date)) return 'transfer-workday';
  return weekdayOf(at) % 6 === 0 ? 'weekend' : 'workday';
}

export const isWorked = (at: number): boolean => trueDayOf(at).endsWith('workday');

export const isSealedDay = (at: number): boolean =>
  dateOf(at) >= sealedOver.from && dateOf(at) < sealedOver.to;
