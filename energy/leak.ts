import type { FlowPeak } from './flow-peak.ts';
import { medianOf, spreadOf } from './robust.ts';
import {
  type FlowMemory,
  keptHours,
  knownOf,
  leastOf,
  measuredOf,
  type Night,
  usualFlow,
  usualLeast,
} from './water-flow.ts';

export interface LeakLimits {
  /** Less than this is no leak, however steadily it flows. */
  readonly leastLitresPerHour: number;
  /** Nor less than this share of what the meter counts on the whole. */
  readonly leastSharePct: number;
  /** The quietest hours of some nights together lie so many deviations above those before. */
  readonly nightDeviations: number;
  /** So many times the busiest two hours are a burst, and twice that the busiest hour. */
  readonly burstFactor: number;
  /** And by so much above. */
  readonly burstLitresPerHour: number;
}

/** Flow that does not rest, m³/h. Plain JSON. */
export interface Leak {
  readonly pattern: 'continuous' | 'nights';
  /** Least flow of the stretch it was found by, and what is usual. */
  readonly least: number;
  readonly usual: number;
  readonly limit: number;
  /** Hours that the flow was looked at over: a coarse register shows a small flow only over several. */
  readonly block: number;
  /** Length of the stretch. */
  readonly overHours: number;
}

/** Days before anything is judged. */
export const leastDays = 14;
/** The quietest hours of a day are so many running; where the register is too coarse to show a small flow in them, as many as an office rests. */
export const nightHours = 5;
export const coarseNightHours = 8;
const leastNights = 10;
/** Nothing is known better than this share of the usual least flow. */
const leastSpread = 0.1;
/** What a toilet takes at a time, m³: a few such make up all that flows at night. */
export const drawM3 = 0.006;
/** What flows within a day may be chance where water hardly ever rests; over two days less is enough. */
const stretches = [
  { hours: 24, factor: 2, floors: 2, of: measuredOf },
  { hours: 48, factor: 1.5, floors: 1, of: knownOf },
] as const;

/** Least flow that counts for a leak, m³/h. */
export function floorOf({ used, hours }: FlowPeak, limits: LeakLimits): number {
  const mean = hours === 0 ? 0 : used / hours;
  return Math.max(limits.leastLitresPerHour / 1000, (limits.leastSharePct / 100) * mean);
}

/** Hour by hour a great leak would become usual as last night leaves the day that is looked at: so many times the days before is enough. */
const leap = 2.5;

/**
 * What people may by chance have drawn in every hour, m³/h: one draw for a day; for two days only where the nights usually have as much.
 */
function drawnAnHour({ nights }: FlowMemory, hours: number): number {
  if (hours === 24) return drawM3;
  const normal = nights.filter(({ leaking }) => !leaking);
  return Math.min(drawM3, medianOf(normal.map(({ least }) => least)));
}

/**
 * Flow that has not rested for a day or two, though it used to.
 * @param isAfter the hours of a leak that is over are still among those that are looked at
 */
export function continuousLeak(
  memory: FlowMemory,
  limits: LeakLimits,
  isAfter: boolean,
): Leak | undefined {
  const usual = usualFlow(memory);
  const before = isAfter ? usual : usualLeast(memory);
  const floor = floorOf(usual, limits);
  for (const { hours, factor, floors, of } of stretches) {
    const least = leastOf(of(memory), hours, 1);
    const name = hours === 24 ? 'least24' : 'least48';
    const most = before[name];
    const beyond = Math.max(floors * floor, drawnAnHour(memory, hours));
    const limit = Math.min(factor * usual[name], leap * most) + beyond;
    if (least !== undefined && least > limit)
      return { pattern: 'continuous', least, usual: most, limit, block: 1, overHours: hours };
  }
  return undefined;
}

/** What the newest hour says of the least flows, to be learned. */
export function leastFlows(memory: FlowMemory) {
  const [day, twoDays] = stretches.map(({ hours, of }) => leastOf(of(memory), hours, 1));
  return {
    ...(day === undefined ? {} : { least24: day }),
    ...(twoDays === undefined ? {} : { least48: twoDays }),
  };
}

/** By the register alone: with less flow in a vacation it would change, and with it what is least. */
const nightBlock = ({ step }: FlowMemory, { leastLitresPerHour }: LeakLimits): number =>
  (step ?? 0) * 1000 > nightHours * leastLitresPerHour ? coarseNightHours : nightHours;

/** Least flow over the quietest hours of the newest 24. */
export function leastOfNight(
  memory: FlowMemory,
  limits: LeakLimits,
): Pick<Night, 'least' | 'short'> | undefined {
  const hours = measuredOf(memory);
  const block = nightBlock(memory, limits);
  const least = leastOf(hours, 24, block);
  if (least === undefined) return undefined;
  if (block === nightHours) return { least };
  const short = leastOf(hours, 24, nightHours);
  return short === undefined ? undefined : { least, short: Number(short.toPrecision(5)) };
}

/** By fewer hours, for who is quiet for less than eight draws in some of them. */
const shortOf = (nights: readonly Night[]): readonly Night[] =>
  nights.map((night) => ({ ...night, least: night.short ?? night.least }));
/** In fewer hours one step may fall by chance, two in each night do not. */
const leastShortSteps = 1.8;

/** What is usual for nights, and how far they lie from it. */
function usualNights(nights: readonly Night[], step: number, hours: number) {
  const values = nights.map(({ least }) => least);
  const usual = medianOf(values);
  return {
    usual,
    spread: Math.max(
      spreadOf(values, usual),
      leastSpread * usual,
      drawnSpread(values, Math.max(drawM3, step) / hours),
      step / hours / 2,
    ),
  };
}

/**
 * Few draws vary by the root of their number, however much alike some nights look.
 * @param draw of one within the quietest hours, or of one step of the register, m³/h
 */
function drawnSpread(values: readonly number[], draw: number): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(mean * draw);
}

/** So many nights running: a great rise shows in three, a small one in a week, in which every kind of day occurs. */
const rows: readonly number[] = [3, 4, 7];
/** In fewer hours two steps that are but a few draws occur by chance three nights running. */
const shortRowsOf = (step: number) => (step < 10 * drawM3 ? rows.slice(1) : rows);

/** Where nights are looked at for a rise, and for how great a one. */
interface Look {
  /** Over how many quiet hours. */
  readonly block: number;
  /** m³/h */
  readonly floor: number;
  readonly rows: readonly number[];
}

const meanOf = (nights: readonly Night[]): number =>
  nights.reduce((sum, { least }) => sum + least, 0) / nights.length;

/** Of the mean rise each night has at least so much: a leak runs in all of them, a tank is filled in some. */
const leastRise = 0.25;

/** One night of a week may fall between two steps of the register. */
function isInEachNight(newest: readonly Night[], usual: number): boolean {
  const limit = usual + leastRise * (meanOf(newest) - usual);
  const quiet = newest.filter(({ least }) => least <= limit).length;
  return quiet <= (newest.length < 7 ? 0 : 1);
}

/** Four nights running and more need not be as high as that, if each lies above so many of those before. */
const high = { count: 4, quantile: 0.9 };

function areAllHigh(newest: readonly Night[], before: readonly Night[]): boolean {
  const sorted = before.map(({ least }) => least).sort((a, b) => a - b);
  const most = sorted[Math.ceil(high.quantile * sorted.length) - 1] ?? 0;
  return newest.length >= high.count && newest.every(({ least }) => least > most);
}

/** The highest mean of so many nights running. */
const mostOf = (nights: readonly Night[], count: number): number =>
  nights
    .slice(count - 1)
    .reduce((most, _, from) => Math.max(most, meanOf(nights.slice(from, from + count))), 0);

/**
 * The quietest hours of the newest nights together lie above those of as many nights running before, or each of them above nearly all, and above
 * what is usual by so many deviations of their mean.
 */
export function nightLeak(memory: FlowMemory, limits: LeakLimits): Leak | undefined {
  const block = nightBlock(memory, limits);
  const floor = floorOf(usualFlow(memory), limits);
  const leak = risenNights(memory, memory.nights, { block, floor, rows }, limits);
  if (leak || block === nightHours) return leak;
  const step = memory.step ?? 0;
  const clear = Math.max(floor, (leastShortSteps * step) / nightHours);
  const short = { block: nightHours, floor: clear, rows: shortRowsOf(step) };
  return risenNights(memory, shortOf(memory.nights), short, limits);
}

function risenNights(
  memory: FlowMemory,
  nights: readonly Night[],
  { block, floor, rows: counts }: Look,
  limits: LeakLimits,
): Leak | undefined {
  for (const count of counts) {
    const newest = nights.slice(-count);
    const before = nights.slice(0, -count).filter(({ leaking }) => !leaking);
    if (newest.some(({ leaking }) => leaking) || before.length < leastNights) return undefined;
    const { usual, spread } = usualNights(before, memory.step ?? 0, block);
    const mean = meanOf(newest);
    const above = Math.max(floor, (limits.nightDeviations * spread) / Math.sqrt(count));
    const limit = usual + above;
    const isHigh = mean > mostOf(before, count) || areAllHigh(newest, before);
    const isRow = isHigh && mean > limit && isInEachNight(newest, usual);
    if (isRow && neverRests(memory, mean - usual))
      return { pattern: 'nights', least: mean, usual, limit, block, overHours: 24 * count };
  }
  return undefined;
}

/** Whether as much has flown in all the hours of two days, as far as the register can show it. */
function neverRests(memory: FlowMemory, flow: number): boolean {
  const steps = Math.ceil((2 * (memory.step ?? 0)) / flow);
  const least = leastOf(knownOf(memory), keptHours, Math.min(24, Math.max(1, steps)));
  return least !== undefined && least > flow / 2;
}

/** Whether the newest hours show that a leak is over: less flows again, over as many hours as the register needs to show it. */
export function isOver(memory: FlowMemory, { usual, least, pattern }: Leak): boolean {
  if (pattern === 'nights') return false;
  const excess = least - usual;
  const steps = Math.ceil((2 * (memory.step ?? 0)) / excess);
  const block = Math.min(coarseNightHours, Math.max(1, steps));
  const newest = leastOf(measuredOf(memory), block, block);
  return newest !== undefined && newest < usual + excess / 2;
}

/** Night by night: two normal ones running. */
export function areNightsOver(nights: readonly Night[], { usual, least, block }: Leak): boolean {
  const newest = (block === nightHours ? shortOf(nights) : nights).slice(-2);
  return newest.length === 2 && newest.every((night) => night.least < (usual + least) / 2);
}
