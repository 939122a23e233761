import { dayMs } from '../model/time.ts';
import { medianOf, quantileOf, spreadOf } from './robust.ts';

/** Water that a meter counts and none of those below it: whether that has lastingly risen. */

/** A whole day of which everything was measured, m³. */
export interface NetworkDay {
  /** Unix ms UTC. */
  readonly from: number;
  readonly to: number;
  /** Days of one use are like each other. */
  readonly use: 'work' | 'rest' | 'holiday';
  readonly own: number;
  readonly below: number;
  /** What only the upper meter counted. */
  readonly unmetered: number;
  /** So much of it the readings leave open, either way. How much of that is so shows in how days scatter: registers and midnights are always the same. */
  readonly doubt: number;
}

export interface NetworkLimits {
  /** Less than this is no leak, however steadily it flows. */
  readonly leastM3PerDay: number;
  /** Nor less than this share of what the meter counts. */
  readonly leastSharePct: number;
  /** So many deviations of their mean the newest days lie above those before. */
  readonly deviations: number;
  /** By the class of the meters: what those below count more or less than usual may be off by so much, by each side. */
  readonly accuracyPct: number;
}

/** Of a day of each use of which enough are known, m³. */
export type UsualDay = Readonly<Partial<Record<NetworkDay['use'], number>>>;

/** Plain JSON; m³ a day. */
export interface NetworkRise {
  /** Start of the first day that is as high. */
  readonly since: number;
  readonly usual: UsualDay;
  /** Above what is usual for such days, and what is the least that tells. */
  readonly excess: number;
  readonly limit: number;
  /** Days running by which it was found. */
  readonly days: number;
}

/** A great rise shows in three days, a small one in a week, in which every kind of day occurs, and in two where a tank stands between the meters. */
const rows = [3, 7, 14] as const;
/** Days before anything is judged, and of one use before such days are. */
export const leastKnownDays = 14;
const leastOfUse = 5;
/** What is older says little of today: another season, another tenant. */
export const comparedDays = 90;
/** Whoever waters a lawn or fills a tank does it on some days, a pipe leaks on all; one in so many may be lower by chance. */
const dipEvery = 4;
/** Days running may have others between them of which too little is known. */
const longestSpan = 2;

export function usualOf(
  days: readonly NetworkDay[],
  of: (day: NetworkDay) => number = ({ unmetered }) => unmetered,
): UsualDay {
  const groups = [...Map.groupBy(days, ({ use }) => use)].filter(
    ([, known]) => known.length >= leastOfUse,
  );
  return Object.fromEntries(groups.map(([use, known]) => [use, medianOf(known.map(of))]));
}

/** Above what is usual for such a day; undefined where that is not known. */
export function excessOf({ use, unmetered }: NetworkDay, usual: UsualDay): number | undefined {
  const known = usual[use];
  return known === undefined ? undefined : unmetered - known;
}

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

const known = (values: readonly (number | undefined)[]): readonly number[] =>
  values.filter((value) => value !== undefined);

/** Means of so many running. */
const rowsOf = (values: readonly number[], count: number): readonly number[] =>
  values.slice(count - 1).map((_, at) => meanOf(values.slice(at, at + count)));

/** Variance of a median is π/2 of that of a mean of as many. */
const medianVariance = Math.PI / 2;

/** How far what is usual is itself off by chance, as a variance of the mean of the newest days; 1 is that of a day. */
function doubtOfUsual(newest: readonly NetworkDay[], before: readonly NetworkDay[]): number {
  const uses = Map.groupBy(newest, ({ use }) => use);
  return [...uses].reduce((sum, [use, { length }]) => {
    const days = before.filter((day) => day.use === use).length;
    return sum + (length / newest.length) ** 2 * (medianVariance / days);
  }, 0);
}

/** Of what is normally distributed one in ten lies above so many deviations. */
const oneIn10 = 0.9;
const deviationsOf10 = 1.28;

/** What the newest days must lie above what is usual by. */
function limitOf(
  newest: readonly NetworkDay[],
  before: readonly NetworkDay[],
  scatter: readonly number[],
  limits: NetworkLimits,
): number {
  const { leastM3PerDay, leastSharePct, deviations, accuracyPct } = limits;
  const usualBelow = usualOf(before, ({ below }) => below);
  const unusual = meanOf(newest.map(({ use, below }) => Math.abs(below - (usualBelow[use] ?? 0))));
  const byDays = spreadOf(scatter, 0) * Math.sqrt(1 / newest.length + doubtOfUsual(newest, before));
  // High days come in rows, and lie further off than low ones: both show in how high rows have been.
  const byRows = quantileOf(rowsOf(scatter, newest.length), oneIn10) / deviationsOf10;
  const floor = Math.max(
    leastM3PerDay,
    (leastSharePct / 100) * meanOf(before.map(({ own }) => own)),
  );
  return (
    Math.max(floor, deviations * Math.max(byDays, byRows)) + ((2 * accuracyPct) / 100) * unusual
  );
}

function riseIn(
  days: readonly NetworkDay[],
  count: number,
  limits: NetworkLimits,
): NetworkRise | undefined {
  const newest = days.slice(-count);
  const [first, last] = [newest[0], newest.at(-1)];
  if (!first || !last || last.to - first.from > longestSpan * count * dayMs) return undefined;
  const before = days.slice(0, -count).filter(({ from }) => from >= last.to - comparedDays * dayMs);
  if (before.length < leastKnownDays) return undefined;
  const usual = usualOf(before);
  const high = known(newest.map((day) => excessOf(day, usual)));
  if (high.length < count) return undefined;
  const excess = meanOf(high);
  const dips = high.filter((each) => each < excess / 2).length;
  if (excess <= 0 || dips > Math.floor(count / dipEvery)) return undefined;
  const scatter = known(before.map((day) => excessOf(day, usual)));
  const limit = limitOf(newest, before, scatter, limits);
  if (excess <= limit || excess <= Math.max(0, ...rowsOf(scatter, count))) return undefined;
  return { since: sinceWhen(days, usual, excess, first), usual, excess, limit, days: count };
}

/** From the first of the row on, or from before it where days were as high already. */
function sinceWhen(
  days: readonly NetworkDay[],
  usual: UsualDay,
  excess: number,
  first: NetworkDay,
): number {
  const isHigh = (day: NetworkDay) => (excessOf(day, usual) ?? 0) >= excess / 2;
  const lowBefore = days.findLastIndex((day) => day.from < first.from && !isHigh(day));
  return days.slice(lowBefore + 1).find(isHigh)?.from ?? first.from;
}

/**
 * The newest days together lie above what is usual for days like them by more than chance and the class of the meters explain, and
 * above as many days running before.
 * @param days ascending, all with the same meters below
 */
export function networkRise(
  days: readonly NetworkDay[],
  limits: NetworkLimits,
): NetworkRise | undefined {
  for (const count of rows) {
    const rise = riseIn(days, count, limits);
    if (rise) return rise;
  }
  return undefined;
}

/** So many days running with less than half of the excess end it. */
const calmDays = 2;

/** @param days since the rise, ascending; those with a use that was not known say nothing */
export function isRiseOver(
  days: readonly NetworkDay[],
  { usual, excess }: Pick<NetworkRise, 'usual' | 'excess'>,
): boolean {
  const said = known(days.map((day) => excessOf(day, usual))).slice(-calmDays);
  return said.length === calmDays && said.every((each) => each < excess / 2);
}

/** What each day has lost. Of a use that was not known it is the mean. */
export const lossesOf = (
  days: readonly NetworkDay[],
  { usual, excess }: Pick<NetworkRise, 'usual' | 'excess'>,
): readonly { readonly at: number; readonly amount: number }[] =>
  days.map((day) => ({
    at: day.from,
    amount: Math.max(0, excessOf(day, usual) ?? excess),
  }));
