import { dayMs, hourMs, localTime, minuteMs, startOfDay } from '../../model/time.ts';

/** Stretches of time that consumption is told of. Days and months are those of a zone. */

export type By = 'quarter' | 'hour' | 'day' | 'month';

export interface Period {
  /** Unix ms UTC, `from` inclusive, `to` exclusive. */
  readonly from: number;
  readonly to: number;
}

const fixedMs: Readonly<Partial<Record<By, number>>> = { quarter: 15 * minuteMs, hour: hourMs };

/** Days and months are put together from hours. */
export const stepOfMs = (by: By): number => fixedMs[by] ?? hourMs;

/** No page goes further, so that a question about years is answered in parts. */
const longestPageMs = 62 * dayMs;

const plusDays = (date: string, days: number): string =>
  new Date(Date.parse(`${date}T00:00:00Z`) + days * dayMs).toISOString().slice(0, 10);

/** The period an instant lies in. */
export function periodAt(by: By, at: number, zone: string): Period {
  const stepMs = fixedMs[by];
  if (stepMs !== undefined) {
    const from = Math.floor(at / stepMs) * stepMs;
    return { from, to: from + stepMs };
  }
  const { date } = localTime(at, zone);
  const first = by === 'day' ? date : `${date.slice(0, 7)}-01`;
  const following = by === 'day' ? plusDays(first, 1) : `${plusDays(first, 31).slice(0, 7)}-01`;
  return { from: startOfDay(first, zone), to: startOfDay(following, zone) };
}

/** Periods of the zone that lie in `from <= at < to` with at least a part; one at least, but no more than a page. */
export function periodsOf(
  by: By,
  { from, to, limit }: Period & { readonly limit: number },
  zone: string,
): Period[] {
  const periods: Period[] = [];
  let at = from;
  while (at < to && periods.length < limit) {
    const period = periodAt(by, at, zone);
    const first = periods[0] ?? period;
    if (period.to - first.from > longestPageMs && periods.length > 0) break;
    periods.push(period);
    at = period.to;
  }
  return periods;
}
