import { dayMs, localTime, spanOfDay } from '../model/time.ts';

/** A day of a zone. */
export interface LocalDay {
  /** Days since 1970-01-01. */
  readonly day: number;
  /** Unix ms UTC, `from` inclusive, `to` exclusive. */
  readonly from: number;
  readonly to: number;
}

/** YYYY-MM-DD → days since 1970-01-01, and back. */
export const toDay = (date: string): number => Date.parse(`${date}T00:00:00Z`) / dayMs;
export const dateOfDay = (day: number): string => new Date(day * dayMs).toISOString().slice(0, 10);

/** The day of the zone an instant is in. */
export function dayAround(at: number, zone: string): LocalDay {
  const { date } = localTime(at, zone);
  return { day: toDay(date), ...spanOfDay(date, zone) };
}
