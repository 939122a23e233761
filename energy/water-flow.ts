import { hourMs } from '../model/time.ts';
import {
  type Busy,
  busyNames,
  emptyPeak,
  type FlowPeak,
  intoMonths,
  intoWeeks,
  joined,
  type Learned,
  roundedPeak,
  roundFlow,
} from './flow-peak.ts';
import type { Hour } from './hourly.ts';

/*
 * What is remembered of a water meter's flow to tell a leak by: how little ever flows, and how much. A leak runs day and night, so it shows in the
 * quietest hours of a day, whenever these are; a burst shows in the busiest. Only measured hours are in it, and none that was held to be wrong.
 */

/** Least flow over the quietest hours of one day, m³/h; `short` over five of them, where it is of eight. */
export interface Night {
  readonly day: number;
  readonly least: number;
  readonly short?: number;
  /** Water was leaking: it says nothing of what is usual. */
  readonly leaking: boolean;
}

export interface FlowMemory {
  /** First day that counts; null before there is one. */
  readonly since: number | null;
  /** Start of the newest hour. */
  readonly newest: number;
  /** m³ of the newest hours, the newest last; null where not known. */
  readonly hours: readonly (number | null)[];
  /** One letter for each: `e` where it is the mean of a gap, `m` where measured or not known. */
  readonly marks: string;
  /** Today, and the weeks before, ascending. */
  readonly today: FlowPeak | null;
  readonly weeks: readonly FlowPeak[];
  /** What was busy in the year, by four weeks, ascending: after a vacation it is again. */
  readonly months: readonly Busy[];
  /** Bursts that ended by themselves, the newest last. */
  readonly bursts: readonly { readonly day: number; readonly flow: number }[];
  /** Ascending. */
  readonly nights: readonly Night[];
  /** Least that ever flowed from one rest to the next, which shows the step of the register; null before. */
  readonly step: number | null;
}

export const newFlowMemory: FlowMemory = {
  since: null,
  newest: 0,
  hours: [],
  marks: '',
  today: null,
  weeks: [],
  months: [],
  bursts: [],
  nights: [],
  step: null,
};

export const keptHours = 48;
/** What was normal two months ago still is. */
const keptWeeks = 8;
const keptNights = 28;
/** Of a stretch so much must be measured for its least flow to be known. */
const knownShare = 0.8;
/** Registers are not finer than this, m³; what is less is arithmetic. */
const finest = 0.0001;

/** Registers move by 1, 10 or 100 L and the like. */
const decadeOf = (m3: number): number => 10 ** Math.floor(Math.log10(1.01 * m3));

/** One step of a register that is read a little behind the hour lies in two hours: what flowed from one rest to the next is whole steps. */
function betweenRests(hours: readonly (number | null)[]): number | undefined {
  let sum = 0;
  for (const value of hours.toReversed()) {
    if (value === null) return undefined;
    if (value < finest) return sum > 0 ? sum : undefined;
    sum += value;
  }
  return undefined;
}

/**
 * With an hour that is over. Hours follow each other without holes. The mean of a gap is kept, for what has flowed on the whole is known; it says
 * little of a single day.
 */
export function remember(memory: FlowMemory, { start, value, quality }: Hour): FlowMemory {
  const isMeasured = quality === 'measured' && value !== null;
  const isNext = memory.newest === start - hourMs;
  const kept = isMeasured || quality === 'estimated' ? roundFlow(value ?? 0) : null;
  const rests = isMeasured && value < finest;
  const single = rests && isNext ? betweenRests(measuredOf(memory)) : undefined;
  const step =
    single === undefined
      ? memory.step
      : Math.min(memory.step ?? Number.POSITIVE_INFINITY, decadeOf(single));
  const mark = quality === 'estimated' ? 'e' : 'm';
  return {
    ...memory,
    newest: start,
    hours: [...(isNext ? memory.hours : []), kept].slice(-keptHours),
    marks: `${isNext ? memory.marks : ''}${mark}`.slice(-keptHours),
    step,
  };
}

/** The newest hours, null where not measured. */
export const measuredOf = ({ hours, marks }: FlowMemory): readonly (number | null)[] =>
  hours.map((value, index) => (marks[index] === 'e' ? null : value));

/** Of two nights a gap of half a day hides one at most; the mean of a longer one says nothing of when water rested. */
const longGap = /e{13,}/g;

/** The newest hours with the means of short gaps; null in long ones. */
export function knownOf({ hours, marks }: FlowMemory): readonly (number | null)[] {
  const masked = marks.replace(longGap, (gap) => '-'.repeat(gap.length));
  return hours.map((value, index) => (masked[index] === '-' ? null : value));
}

/**
 * Least mean flow over some hours running within the newest so many, m³/h; undefined where too much of them is not known.
 * @param block hours that are looked at together: a coarse register shows a small flow only over several
 */
export function leastOf(
  hours: readonly (number | null)[],
  within: number,
  block: number,
): number | undefined {
  const looked = hours.slice(-within);
  const known = looked.filter((value) => value !== null).length;
  if (known < knownShare * within) return undefined;
  let least: number | undefined;
  for (let from = 0; from + block <= looked.length; from += 1) {
    let sum: number | null = 0;
    for (const value of looked.slice(from, from + block))
      sum = sum === null || value === null ? null : sum + value;
    if (sum !== null) least = Math.min(least ?? Number.POSITIVE_INFINITY, sum / block);
  }
  return least;
}

/** @param day of the hour, by the calendar of the institution */
export function learnFlow(
  memory: FlowMemory,
  day: number,
  learned: Learned,
  value: number | null,
): FlowMemory {
  const { today } = memory;
  const isNew = today === null || day > today.day;
  const weeks = isNew && today ? intoWeeks(memory.weeks, today) : memory.weeks;
  const counted = value === null ? {} : { used: value, hours: 1 };
  const base = isNew ? emptyPeak(day) : today;
  return {
    ...memory,
    since: memory.since ?? day,
    weeks: isNew ? weeks.filter((week) => week.day > day - 7 * keptWeeks) : weeks,
    months: isNew && today ? intoMonths(memory.months, today) : memory.months,
    today: roundedPeak(joined(base, { ...learned, ...counted })),
  };
}

/** So many bursts within so many days are how water is used there. */
const habit = { bursts: 3, days: 14 };

/** With a burst that has ended by itself. */
export function noteBurst(memory: FlowMemory, day: number, flow: number): FlowMemory {
  const lately = memory.bursts.filter((each) => each.day > day - habit.days);
  const bursts = [...lately, { day, flow: roundFlow(flow) }];
  if (bursts.length < habit.bursts) return { ...memory, bursts };
  const most = Math.max(...bursts.map((each) => each.flow));
  const learned = Object.fromEntries(busyNames.map((name) => [name, most]));
  return { ...learnFlow(memory, day, learned, null), bursts: [] };
}

export const learnNight = (memory: FlowMemory, night: Night): FlowMemory => ({
  ...memory,
  nights: [...memory.nights, { ...night, least: roundFlow(night.least) }].slice(-keptNights),
});

/** All that is normal, in one. */
export const usualFlow = ({ weeks, months, today }: FlowMemory): FlowPeak => {
  const peak = [...weeks, ...(today ? [today] : [])].reduce(joined, emptyPeak(0));
  return months.reduce<FlowPeak>((all, { day: _, ...busy }) => joined(all, busy), peak);
};

/** Least flows of the days that are over. */
export const usualLeast = ({ weeks }: FlowMemory): Pick<FlowPeak, 'least24' | 'least48'> =>
  weeks.reduce(joined, emptyPeak(0));

/** The newest so many nights are held to be those of a leak. */
export const markNights = (memory: FlowMemory, count: number): FlowMemory => ({
  ...memory,
  nights: memory.nights.map((night, index, { length }) =>
    index >= length - count ? { ...night, leaking: true } : night,
  ),
});

/** What has lasted since a day is normal now, even where it was held to be a leak. What is busy there it was before. */
export const startAnew = (memory: FlowMemory, day: number): FlowMemory => ({
  ...memory,
  weeks: [],
  today: null,
  since: null,
  nights: memory.nights
    .filter((night) => night.day >= day)
    .map((night) => ({ ...night, leaking: false })),
});

/** Since when hours were all above a flow: start of the first of the newest row, not counting those that are not known. */
export function runsSince({ hours, newest }: FlowMemory, above: number): number {
  let since = newest;
  for (let back = 0; back < hours.length; back += 1) {
    const value = hours.at(-1 - back);
    if (value === undefined || (value !== null && value <= above)) break;
    if (value !== null) since = newest - back * hourMs;
  }
  return since;
}
