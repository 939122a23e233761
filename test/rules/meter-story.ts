import type { Metric } from '../../model/metrics.ts';
import type { Observation } from '../../model/observation.ts';
import { dayMs, hourMs, minuteMs } from '../../model/time.ts';

/** Monday, 0:00 in Shanghai; no holidays in the four weeks after it. */
export const monday = Date.parse('2026-10-19T00:00:00+08:00');
export const quarter = 15 * minuteMs;

export type Said = Observation & { readonly receivedAt?: number };

/** Quarters of an hour, as a function of the time says; undefined: nothing is said. */
export function story(
  from: number,
  to: number,
  valuesAt: (at: number) => Partial<Record<Metric, number>> | undefined,
  everyMs = quarter,
  device = 'm1',
): Said[] {
  const said: Said[] = [];
  for (let at = from; at <= to; at += everyMs) {
    const values = valuesAt(at);
    if (values) said.push({ type: 'sample', device, at, timeSource: 'device', values });
  }
  return said;
}

/** Hour of the day and whether it is a Saturday or Sunday, in Shanghai. */
export function clockOf(at: number): { readonly hour: number; readonly isWeekend: boolean } {
  const hours = Math.floor((at - monday) / hourMs);
  return { hour: ((hours % 24) + 24) % 24, isWeekend: Math.floor(hours / 24) % 7 >= 5 };
}

/** What has been used up to an instant since `monday`, summed over whole quarters, to whole steps. */
export function counterOfRate(
  rateAt: (at: number) => number,
  start = 1000,
  step = 0.01,
): (at: number) => number {
  const sums = [0];
  return (at) => {
    const place = Math.floor((at - monday) / quarter);
    for (let i = sums.length; i <= place; i++)
      sums.push((sums[i - 1] ?? 0) + rateAt(monday + (i - 1) * quarter) / 4);
    const used = (sums[place] ?? 0) + (rateAt(at) * ((at - monday) % quarter)) / hourMs;
    return Number((Math.floor((start + used) / step + 1e-9) * step).toFixed(3));
  };
}

export const dayAt = (day: number, hour = 0): number => monday + day * dayMs + hour * hourMs;
