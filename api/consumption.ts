import { limitsOf } from '../energy/counter.ts';
import { type Hour, type HourQuality, hourlyConsumption, type Reading } from '../energy/hourly.ts';
import type { Meter } from '../model/entities.ts';
import { dayMs, hourMs, localTime, startOfDay } from '../model/time.ts';
import type { Range } from '../stores/store.ts';

/** Consumption of a meter by hour, day or month, worked out from its readings when asked for. */

export type By = 'hour' | 'day' | 'month';

interface Period {
  readonly from: number;
  readonly to: number;
}

/** Null where a part is missing; `knownValue` is then the sum of the others. */
interface Consumed extends Period {
  readonly value: number | null;
  readonly knownValue?: number;
  readonly quality: HourQuality;
  /** Share of the time that was measured, 0 to 1. */
  readonly coverage: number;
}

/** No page goes further, so that a question about years is answered in parts. */
const longestPageMs = 62 * dayMs;
/** A counter that fell for a moment is known by what it said before. */
const contextMs = 25 * hourMs;
/** A gap longer than this is taken for the beginning of the meter. */
const longestGapMs = 400 * dayMs;
const readingsAtOnce = 20_000;

const plusDays = (date: string, days: number): string =>
  new Date(Date.parse(`${date}T00:00:00Z`) + days * dayMs).toISOString().slice(0, 10);

function periodAt(by: By, at: number, zone: string): Period {
  if (by === 'hour') {
    const from = Math.floor(at / hourMs) * hourMs;
    return { from, to: from + hourMs };
  }
  const { date } = localTime(at, zone);
  const first = by === 'day' ? date : `${date.slice(0, 7)}-01`;
  const following = by === 'day' ? plusDays(first, 1) : `${plusDays(first, 31).slice(0, 7)}-01`;
  return { from: startOfDay(first, zone), to: startOfDay(following, zone) };
}

/** Periods of the zone that lie in `from <= at < to` with at least a part; one at least, but no more than a page. */
export function periodsOf(by: By, { from, to, limit }: Range, zone: string): Period[] {
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

/** Worse ones stay. */
const order: readonly HourQuality[] = ['measured', 'estimated', 'replaced', 'reset', 'missing'];

/** @param hours every hour of the period */
function sumOf(period: Period, hours: readonly Hour[]): Consumed {
  const known = hours.flatMap(({ value }) => (value === null ? [] : [value]));
  const sum = known.reduce((total, value) => total + value, 0);
  const worst = Math.max(...hours.map(({ quality }) => order.indexOf(quality)));
  const whole = known.length === hours.length;
  return {
    ...period,
    value: whole ? sum : null,
    ...(whole || known.length === 0 ? {} : { knownValue: sum }),
    quality: order[worst] ?? 'missing',
    coverage: hours.reduce((total, { coverage }) => total + coverage, 0) / hours.length,
  };
}

type Read = (range: Range) => Promise<readonly Reading[]>;

/** Within an hour before the last reading ahead of `at`; undefined where there is none. */
async function shortlyBefore(read: Read, at: number): Promise<number | undefined> {
  const near = await read({ from: at - 2 * hourMs, to: at, limit: 1 });
  if (near[0]) return near[0].at;
  let known = (await read({ from: at - longestGapMs, to: at, limit: 1 }))[0]?.at;
  if (known === undefined) return undefined;
  let empty = at;
  while (empty - known > hourMs) {
    const middle = Math.floor((known + empty) / 2);
    const later = await read({ from: middle, to: empty, limit: 1 });
    if (later[0]) known = later[0].at;
    else empty = middle;
  }
  return known;
}

/** Readings of the stretch, with what lies around it as far as it decides. */
async function readingsAround(read: Read, { from, to }: Period): Promise<readonly Reading[]> {
  const before = (await shortlyBefore(read, from)) ?? from;
  const all: Reading[] = [];
  let next = Math.min(before, from - contextMs);
  for (;;) {
    const got = await read({ from: next, to, limit: readingsAtOnce });
    for (const reading of got) all.push(reading);
    const last = got.at(-1);
    if (!last || got.length < readingsAtOnce) break;
    next = last.at + 1;
  }
  // What closes the last hour, or the gap in which it lies.
  const [after] = await read({ from: to, to: to + longestGapMs, limit: 1 });
  return after ? [...all, after] : all;
}

/**
 * @param read the meter's counter, ascending by `at`
 * @returns in order; `next` is where the following page begins, Unix ms UTC
 */
export async function consumptionOf(
  by: By,
  range: Range,
  meter: Meter,
  zone: string,
  read: Read,
): Promise<{ readonly items: readonly Consumed[]; readonly next: number | null }> {
  const periods = periodsOf(by, range, zone);
  const [first, last] = [periods[0], periods.at(-1)];
  if (!first || !last) return { items: [], next: null };
  const stretch = { from: first.from, to: last.to };
  const readings = await readingsAround(read, stretch);
  const hours = hourlyConsumption(readings, stretch.from, stretch.to, limitsOf(meter));
  let n = 0;
  const items = periods.map((period) => {
    const begin = n;
    while ((hours[n]?.start ?? period.to) < period.to) n++;
    return sumOf(period, hours.slice(begin, n));
  });
  return { items, next: last.to < range.to ? last.to : null };
}
