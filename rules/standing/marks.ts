import { shiftMonth, spanOfMonth } from '../../energy/standing/figure.ts';
import type { Meter } from '../../model/entities.ts';
import { counterOf, type Metric } from '../../model/metrics.ts';
import type { Accepted } from '../../model/observation.ts';
import { dayMs, localTime } from '../../model/time.ts';
import type { Directory } from '../../registry/registry.ts';
import type { MonthMark } from './tables.ts';

/** Which months of which institutions a reading decides. */

/** A meter and the institutions whose figures it is in, its own and those that draw on it by a virtual meter. */
export interface Counting {
  readonly counter: Metric;
  readonly institutions: ReadonlyMap<string, string>;
}

/** Meters that a virtual one is made of, down to those that count. */
function sourcesOf(meter: Meter, byId: ReadonlyMap<string, Meter>): readonly string[] {
  if (!meter.virtual) return [meter.id];
  return meter.virtual.parts.flatMap((part) => {
    const found = byId.get(part.meter);
    return found ? sourcesOf(found, byId) : [];
  });
}

function countingIn(directory: Directory): ReadonlyMap<string, Counting> {
  const meters = directory.all('meters');
  const byId = new Map(meters.map((meter) => [meter.id, meter]));
  const zones = new Map<string, Map<string, string>>();
  for (const meter of meters) {
    const home = directory.device(meter.id)?.institution;
    if (!home) continue;
    for (const source of sourcesOf(meter, byId)) {
      const known = zones.get(source) ?? new Map<string, string>();
      zones.set(source, known.set(home.id, home.timeZone));
    }
  }
  return new Map(
    [...zones].flatMap(([id, institutions]) => {
      const counter = counterOf[byId.get(id)?.medium ?? 'environment'];
      return counter === null ? [] : [[id, { counter, institutions }] as const];
    }),
  );
}

/** Worked out anew when the directory is another. */
export function createCounting(directory: () => Directory): () => ReadonlyMap<string, Counting> {
  let of: Directory | undefined;
  let counting: ReadonlyMap<string, Counting> = new Map();
  return () => {
    const now = directory();
    if (now !== of) counting = countingIn(now);
    of = now;
    return counting;
  };
}

export const monthAt = (at: number, zone: string): string => localTime(at, zone).date.slice(0, 7);

export function monthsBetween(from: number, to: number, zone: string): readonly string[] {
  const last = monthAt(to, zone);
  const months: string[] = [];
  for (let month = monthAt(from, zone); month <= last; month = shiftMonth(month, 1))
    months.push(month);
  return months;
}

/** What a late reading changes may lie this far from it: a gap it lies in is estimated otherwise. */
const lateReachMs = 31 * dayMs;
/** A gap that is longer is looked at from its end only. */
const longestGapMs = 400 * dayMs;

/** Months of a reading: its own, and those back to the reading before it; of a late one those around it. */
export function createMarking(
  directory: () => Directory,
  newest: ReadonlyMap<string, number>,
): (observation: Accepted) => readonly MonthMark[] {
  const counting = createCounting(directory);
  const lastAt = new Map(newest);
  /** Where the last reading of each meter lay: the next one mostly lies there too. */
  const spans = new Map<string, Span>();
  return (observation) => {
    if (observation.type !== 'sample') return [];
    const { device, at } = observation;
    const known = counting().get(device);
    if (!known || observation.values[known.counter] === undefined) return [];
    const last = lastAt.get(device);
    lastAt.set(device, Math.max(last ?? at, at));
    const span = spans.get(device);
    const isNext = last !== undefined && at > last;
    if (isNext && span?.of === known && at < span.to && last >= span.from) return span.marks;
    const { from, to } = reachOf(at, last);
    const marks = [...known.institutions].flatMap(([institution, zone]) =>
      monthsBetween(from, to, zone).map((month) => ({ institution, month })),
    );
    const zones = new Set(known.institutions.values());
    const [zone] = zones;
    if (zone === undefined || zones.size > 1) return marks;
    const { from: begin, to: end } = spanOfMonth(monthAt(at, zone), zone);
    const own = marks.filter(({ month }) => month === monthAt(at, zone));
    spans.set(device, { of: known, from: begin, to: end, marks: own });
    return marks;
  };
}

interface Span {
  readonly of: Counting;
  readonly from: number;
  readonly to: number;
  readonly marks: readonly MonthMark[];
}

function reachOf(at: number, last: number | undefined) {
  if (last === undefined) return { from: at, to: at };
  if (at > last) return { from: Math.max(last, at - longestGapMs), to: at };
  return { from: at - lateReachMs, to: Math.min(at + lateReachMs, last) };
}

export const keyOf = ({ institution, month }: MonthMark): string => `${institution} ${month}`;

/** Of devices that were there before the watch. */
const firstMonths = 24;

/** Months of devices that told something before the watch was there. */
export function marksBefore(
  directory: Directory,
  newest: ReadonlyMap<string, number>,
): readonly MonthMark[] {
  const marks = new Map<string, MonthMark>();
  for (const device of directory.devices()) {
    const last = device.type === 'meter' ? newest.get(device.meter.id) : undefined;
    if (last === undefined) continue;
    const { id, timeZone } = device.institution;
    const from = last - firstMonths * 30.4 * dayMs;
    for (const month of monthsBetween(from, last, timeZone))
      marks.set(keyOf({ institution: id, month }), { institution: id, month });
  }
  return [...marks.values()];
}
