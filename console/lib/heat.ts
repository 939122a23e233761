import { hourMs, isoInZone, shiftDay, spanOfDay } from '../../model/time.ts';
import type { Consumed } from './consumption.ts';

/** Hours of days side by side. */

export interface HeatCell {
  readonly hour: number;
  /** Null where nothing is known. */
  readonly value: number | null;
  readonly quality: Consumed['quality'];
  /** 0 to 1 of the most that is shown; undefined where nothing is known. */
  readonly level: number | undefined;
}

export interface HeatDay {
  /** YYYY-MM-DD of the zone. */
  readonly date: string;
  readonly cells: readonly HeatCell[];
  /** What is known of the day. */
  readonly sum: number | null;
}

const known = ({ value, knownValue }: Consumed): number | null => value ?? knownValue ?? null;

/** One error of a counter must not make all else pale. */
const shareOfMost = 0.995;

function mostOf(items: readonly Consumed[]): number {
  const values = items.flatMap((item) => known(item) ?? []).sort((a, b) => a - b);
  return values[Math.min(values.length - 1, Math.floor(values.length * shareOfMost))] ?? 0;
}

/**
 * @param hours of consumption, ascending; what is not among them is missing
 * @param first day shown, YYYY-MM-DD of the zone
 * @returns the days with the most an hour of them has
 */
export function heatOf(
  hours: readonly Consumed[],
  first: string,
  days: number,
  zone: string,
  now: number,
): { readonly days: readonly HeatDay[]; readonly most: number } {
  const most = mostOf(hours);
  const byStart = new Map(hours.map((hour) => [Date.parse(hour.from), hour]));
  const toCell = (start: number): HeatCell => {
    const found = byStart.get(start);
    const value = found ? known(found) : null;
    return {
      hour: Number(isoInZone(start, zone).slice(11, 13)),
      value,
      quality: found?.quality ?? 'missing',
      level: value === null || most === 0 ? (value ?? undefined) : Math.min(1, value / most),
    };
  };
  const shown = Array.from({ length: days }, (_, n): HeatDay => {
    const date = shiftDay(first, n);
    const { from, to } = spanOfDay(date, zone);
    const cells: HeatCell[] = [];
    for (let start = from; start < to && start + hourMs <= now; start += hourMs)
      cells.push(toCell(start));
    const values = cells.flatMap(({ value }) => value ?? []);
    const sum = values.length === 0 ? null : values.reduce((total, value) => total + value, 0);
    return { date, cells, sum };
  });
  return { days: shown, most };
}
