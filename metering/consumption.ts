import { consumptionIn } from '../energy/consumption/consumption.ts';
import type { Facts } from '../energy/consumption/course.ts';
import type { Interval } from '../energy/consumption/interval.ts';
import { historyMs } from '../energy/consumption/pace.ts';
import { type By, type Period, periodsOf } from '../energy/consumption/periods.ts';
import { isReadSeldom, limitsOf } from '../energy/counter.ts';
import type { Reading } from '../energy/hourly.ts';
import type { Meter } from '../model/entities.ts';
import { dayMs, hourMs } from '../model/time.ts';
import type { Range } from '../stores/store.ts';

/** Consumption of a meter, worked out from its readings when asked for. */

/** A counter that fell or jumped for a moment is known by what it said before, and by what it says after. */
const contextMs = 25 * hourMs;
const contextOf = (meter: Meter) =>
  isReadSeldom(limitsOf(meter))
    ? { beforeMs: historyMs, afterMs: 2 * contextMs }
    : { beforeMs: contextMs, afterMs: contextMs };
/** A gap longer than this is taken for the beginning of the meter. */
const longestGapMs = 400 * dayMs;
const readingsAtOnce = 20_000;
const nearMs = 2 * hourMs;

/** A meter's counter, ascending by `at`. */
export type Read = (range: Range) => Promise<readonly Reading[]>;

/** Within an hour before the last reading ahead of `at`; undefined where there is none. */
export async function shortlyBefore(read: Read, at: number): Promise<number | undefined> {
  const near = await read({ from: at - nearMs, to: at, limit: 1 });
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

/** The first readings, and where what decides begins. */
interface Begun {
  readonly got: readonly Reading[];
  readonly from: number;
}

/** Where a reading lies shortly before, which is the rule, it comes by the same question as what follows: it is the many short ones that take time. */
async function readFrom(read: Read, { from, to }: Period, beforeMs: number): Promise<Begun> {
  const nearFrom = from - nearMs;
  const got = await read({ from: nearFrom - beforeMs, to, limit: readingsAtOnce });
  const near = got.find(({ at }) => at >= nearFrom && at < from);
  if (near) return { got, from: near.at - beforeMs };
  const isWhole = got.length < readingsAtOnce;
  const last = isWhole ? got.findLast(({ at }) => at < from)?.at : undefined;
  const begin = Math.min(last ?? (await shortlyBefore(read, from)) ?? from, from) - beforeMs;
  return { got: await read({ from: begin, to, limit: readingsAtOnce }), from: begin };
}

/** Readings of the stretch, with what lies around it as far as it decides. */
export async function readingsAround(
  read: Read,
  { from, to }: Period,
  meter: Meter,
): Promise<readonly Reading[]> {
  const { beforeMs, afterMs } = contextOf(meter);
  const end = to + afterMs;
  const all: Reading[] = [];
  const begun = await readFrom(read, { from, to: end }, beforeMs);
  let { got } = begun;
  for (;;) {
    for (const reading of got) if (reading.at >= begun.from) all.push(reading);
    const last = got.at(-1);
    if (!last || got.length < readingsAtOnce) break;
    got = await read({ from: last.at + 1, to: end, limit: readingsAtOnce });
  }
  if ((all.at(-1)?.at ?? 0) >= to) return all;
  // What closes the gap in which the last hour lies, and whether that was a moment's error.
  const [after] = await read({ from: end, to: to + longestGapMs, limit: 1 });
  if (!after) return all;
  const following = { from: after.at, to: after.at + afterMs, limit: readingsAtOnce };
  return [...all, ...(await read(following))];
}

/**
 * @param read the meter's counter, ascending by `at`
 * @param known what is recorded of the counter beside its readings
 * @returns in order; `next` is where the following page begins, Unix ms UTC
 */
export async function consumptionOf(
  by: By,
  range: Range,
  meter: Meter,
  zone: string,
  read: Read,
  known: Omit<Facts, 'limits'> = {},
): Promise<{ readonly items: readonly Interval[]; readonly next: number | null }> {
  const periods = periodsOf(by, range, zone);
  const [first, last] = [periods[0], periods.at(-1)];
  if (!first || !last) return { items: [], next: null };
  const readings = await readingsAround(read, { from: first.from, to: last.to }, meter);
  const items = consumptionIn(readings, by, periods, { ...known, limits: limitsOf(meter) });
  return { items, next: last.to < range.to ? last.to : null };
}

/** The stretch as far as consumption in it, or beside it, may look different by a reading in it. */
export async function reachOf(read: Read, { from, to }: Period, meter: Meter): Promise<Period> {
  const before = (await shortlyBefore(read, from)) ?? from;
  const [after] = await read({ from: to + 1, to: to + longestGapMs, limit: 1 });
  return { from: before - contextMs, to: (after?.at ?? to) + contextOf(meter).beforeMs };
}
