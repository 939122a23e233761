import { createHash } from 'node:crypto';
import { consumptionIn } from '../energy/consumption/consumption.ts';
import { type Facts, perUnit } from '../energy/consumption/course.ts';
import type { Interval } from '../energy/consumption/interval.ts';
import { type Period, periodAt } from '../energy/consumption/periods.ts';
import { limitsOf } from '../energy/counter.ts';
import type { Reading } from '../energy/hourly.ts';
import { hourMs, minuteMs } from '../model/time.ts';
import { readingsAround } from './consumption.ts';
import { counterFacts } from './counter-facts.ts';
import { type CountedBy, type MonthShelf, restMs, settledMs } from './months.ts';

/** Days that were worked out, so that what goes on for months is not read reading by reading each time it is asked for. */

/** The days of a stretch of the zone, the last of them up to its end. */
export function daysIn({ from, to }: Period, zone: string): readonly Period[] {
  const days: Period[] = [];
  for (let at = from; at < to; at = days.at(-1)?.to ?? to)
    days.push({ from: at, to: Math.min(to, periodAt('day', at, zone).to) });
  return days;
}

/** A day that is over, as it is kept. */
export interface KeptDay extends Interval {
  /** False while a later reading may still show one of it to have been a moment’s error. */
  readonly settled: boolean;
  /** Of its hours, where all were measured; with how far at most each may be off, this tells its parts too. */
  readonly hours?: readonly number[];
  readonly slack?: number;
}

export interface DayShelf extends Pick<MonthShelf, 'heed'> {
  /** What days of a stretch, or that lie in it with a part, came to, where it rests on the same. */
  keptDays(meter: string, stretch: Period, basis: string): readonly KeptDay[];
  keepDays(meter: string, wholes: readonly KeptDay[], basis: string): void;
  /** What is not kept, for minutes. */
  readonly recent: Recent;
}

export interface Recent {
  get(meter: string, day: Period, basis: string): Interval | undefined;
  keep(meter: string, days: readonly Interval[], basis: string): void;
}

/** At once, so that a year that was never asked for is not all in memory. */
const mostDays = 31;

/** Days that follow each other. */
function runsOf(days: readonly Period[]): readonly Period[][] {
  const runs: Period[][] = [];
  for (const day of days) {
    const run = runs.at(-1);
    if (run && run.length < mostDays && run.at(-1)?.to === day.from) run.push(day);
    else runs.push([day]);
  }
  return runs;
}

/** The beginning of a day that was measured from end to end. */
function partOf(day: KeptDay, { from, to }: Period): Interval | undefined {
  const { hours, slack = 0 } = day;
  if (!hours || from !== day.from || to > day.to) return undefined;
  const count = (to - from) / hourMs;
  const sum = hours.slice(0, count).reduce((total, value) => total + value, 0);
  const value = Math.round(sum * perUnit) / perUnit;
  const [lower, upper] = [Math.max(0, value - count * slack), value + count * slack];
  return { from, to, value, quality: 'measured', lower, upper, coverage: day.coverage, notes: [] };
}

const toInterval = ({ settled: _, hours: __, slack: ___, ...day }: KeptDay): Interval => day;

interface Desk extends CountedBy {
  readonly facts: Facts;
  readonly basis: string;
  readonly shelf: DayShelf;
}

const hoursIn = ({ from, to }: Period): Period[] =>
  Array.from({ length: (to - from) / hourMs }, (_, n) => ({
    from: from + n * hourMs,
    to: from + (n + 1) * hourMs,
  }));

function toKept(day: Interval, readings: readonly Reading[], { facts, newest }: Desk): KeptDay {
  const kept = { ...day, settled: newest >= day.to + settledMs };
  if (day.quality !== 'measured') return kept;
  const hours = consumptionIn(readings, 'hour', hoursIn(day), facts);
  const slack = Math.max(
    ...hours.map(({ value, lower, upper }) =>
      Math.max((value ?? 0) - lower, (upper ?? 0) - (value ?? 0)),
    ),
  );
  return { ...kept, hours: hours.map(({ value }) => value ?? 0), slack };
}

/** Reads a run of days, and keeps those that are over. */
async function readDays(run: readonly Period[], desk: Desk): Promise<readonly Interval[]> {
  const [begin, end] = [run[0], run.at(-1)];
  if (!begin || !end) return [];
  const { meter, zone, read, newest, facts, basis, shelf } = desk;
  const isOver = ({ from, to }: Period) =>
    newest >= to + restMs && to === periodAt('day', from, zone).to;
  const last = run.findLast(isOver);
  // Before it is read: what comes meanwhile is late.
  if (last) shelf.heed(meter.id, last.to + (newest >= last.to + settledMs ? settledMs : restMs));
  const readings = await readingsAround(read, { from: begin.from, to: end.to }, meter);
  const days = consumptionIn(readings, 'day', run, facts);
  const over = days.filter(isOver).map((day) => toKept(day, readings, desk));
  if (over.length > 0) shelf.keepDays(meter.id, over, basis);
  shelf.recent.keep(
    meter.id,
    days.filter((day) => !isOver(day)),
    basis,
  );
  return days;
}

/** By their beginnings, as far as they may be relied on. */
const keptIn = (stretch: Period, { meter, basis, shelf, newest }: Desk): Map<number, KeptDay> =>
  new Map(
    shelf
      .keptDays(meter.id, stretch, basis)
      .filter(({ settled, to }) => settled || newest < to + settledMs)
      .map((day) => [day.from, day]),
  );

/** The part of a day that is over comes with the whole of it, which is kept. */
async function readEnded(days: readonly Period[], kept: Map<number, KeptDay>, desk: Desk) {
  const { zone, newest } = desk;
  for (const { from, to } of days) {
    const whole = periodAt('day', from, zone);
    if (to === whole.to || newest < whole.to + restMs || kept.has(from)) continue;
    await readDays([whole], desk);
    for (const [begin, day] of keptIn(whole, desk)) kept.set(begin, day);
  }
}

/** How days are found again: what they rest on, and the stretch they are kept in. */
function deskOf(counted: CountedBy, days: readonly Period[], shelf: DayShelf) {
  const { meter, zone, directory } = counted;
  const facts = { ...counterFacts(directory, meter.id), limits: limitsOf(meter) };
  const rests = JSON.stringify([zone, facts]);
  const basis = createHash('sha256').update(rests).digest('base64url').slice(0, 22);
  const from = days[0]?.from ?? 0;
  const last = days.at(-1)?.from ?? from;
  const stretch = { from, to: periodAt('day', last, zone).to };
  return { stretch, desk: { ...counted, facts, basis, shelf } };
}

/** What is said of a day that is kept. */
export interface OnShelf {
  /** Undefined for a part of it that only readings tell. */
  readonly day: Interval | undefined;
  /** To be looked at once more. */
  readonly stale: boolean;
}

/** By their beginnings, without reading anything. @param days as of `daysOf` */
export function keptDaysOf(
  counted: CountedBy,
  days: readonly Period[],
  shelf: DayShelf,
): ReadonlyMap<number, OnShelf> {
  const { meter, newest } = counted;
  const all = runsOf(days).flatMap((run) => {
    const { stretch, desk } = deskOf(counted, run, shelf);
    return shelf.keptDays(meter.id, stretch, desk.basis);
  });
  const kept = new Map(all.map((day) => [day.from, day]));
  return new Map(
    days.flatMap((day) => {
      const whole = kept.get(day.from);
      if (!whole) return [];
      const stale = !whole.settled && newest >= whole.to + settledMs;
      return [[day.from, { day: toldOf(whole, day), stale }] as const];
    }),
  );
}

const toldOf = (whole: KeptDay, day: Period): Interval | undefined =>
  whole.to === day.to ? toInterval(whole) : partOf(whole, day);

/** @param days ascending, without overlap; each a whole day of the zone, or the beginning of one up to a whole hour */
export async function daysOf(
  counted: CountedBy,
  days: readonly Period[],
  shelf: DayShelf,
): Promise<readonly Interval[]> {
  if (days.length === 0) return [];
  const { meter } = counted;
  const known = new Map<number, Interval>();
  const { stretch, desk } = deskOf(counted, days, shelf);
  const { basis } = desk;
  const kept = keptIn(stretch, desk);
  await readEnded(days, kept, desk);
  for (const day of days) {
    const whole = kept.get(day.from);
    const found = whole && toldOf(whole, day);
    const told = found ?? shelf.recent.get(meter.id, day, basis);
    if (told) known.set(day.from, told);
  }
  for (const run of runsOf(days.filter(({ from }) => !known.has(from))))
    for (const day of await readDays(run, desk)) known.set(day.from, day);
  return days.flatMap(({ from }) => known.get(from) ?? []);
}

/** What goes on is soon otherwise; what is over only where a later reading shows an earlier one to have been a moment’s error. */
const runningMs = 5 * minuteMs;
const overMs = hourMs;
const mostRecent = 20_000;

interface Noted {
  readonly day: Interval;
  readonly until: number;
}

interface Some {
  readonly basis: string;
  /** End of the last of them. */
  last: number;
  readonly days: Map<string, Noted>;
}

/** @returns what keeps days for minutes, and what is told of every reading */
export function createRecent(
  now: () => number,
): Recent & { heard(meter: string, at: number): void } {
  const all = new Map<string, Some>();
  const someOf = (meter: string, basis: string): Some | undefined => {
    const some = all.get(meter);
    return some?.basis === basis ? some : undefined;
  };
  return {
    get(meter, { from, to }, basis) {
      const noted = someOf(meter, basis)?.days.get(`${from} ${to}`);
      return noted && noted.until > now() ? noted.day : undefined;
    },
    keep(meter, days, basis) {
      if (all.size >= mostRecent) all.clear();
      const some = someOf(meter, basis) ?? { basis, last: 0, days: new Map() };
      for (const [key, { until }] of some.days) if (until <= now()) some.days.delete(key);
      for (const day of days) {
        const keptMs = now() - day.to > overMs ? overMs : runningMs;
        some.days.set(`${day.from} ${day.to}`, { day, until: now() + keptMs });
        some.last = Math.max(some.last, day.to);
      }
      all.set(meter, some);
    },
    heard(meter, at) {
      if (at <= (all.get(meter)?.last ?? 0)) all.delete(meter);
    },
  };
}
