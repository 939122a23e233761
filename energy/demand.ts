import type { Sample } from '../model/observation.ts';
import { hourMs, minuteMs } from '../model/time.ts';
import { type CounterLimits, differenceOf, stepOf } from './counter.ts';

/** What suppliers bill: the mean power of a quarter of an hour. */
const quarterMs = 15 * minuteMs;

/** What a reading says of power. Plain JSON. */
interface DemandReading {
  readonly at: number;
  /** Counter of active import. */
  readonly kwh: number | null;
  readonly kw: number | null;
  /** The greatest demand the meter has kept since it was last set back. */
  readonly topKw: number | null;
}

/** A meter on its way through the quarters of an hour. Plain JSON. */
export interface DemandState {
  readonly last: DemandReading | null;
  readonly quarter: { readonly start: number; readonly kwh: number; readonly coveredMs: number };
  /** Mean power since the reading before the last. */
  readonly paceKw: number | null;
  /** Counted up to the last reading alone: the next one may take it back. */
  readonly unsure: readonly Demand[];
}

export const newDemand: DemandState = {
  last: null,
  quarter: { start: 0, kwh: 0, coveredMs: 0 },
  paceKw: null,
  unsure: [],
};

export interface Demand {
  /** Unix ms UTC, when it was over or seen. */
  readonly at: number;
  readonly kw: number;
  /** `quarter`: counted over a quarter of an hour; `meter`: the meter’s own figure. */
  readonly source: 'quarter' | 'meter';
}

export interface DemandStep {
  readonly state: DemandState;
  /** Demands that are certain. */
  readonly reached: readonly Demand[];
  /** What the running quarter comes to if power stays as it is; null while too little of it is known. */
  readonly coming: { readonly at: number; readonly kw: number } | null;
}

/** A quarter of which so much is counted stands for the whole. */
const coveredShare = 0.9;
/** Before so much of the quarter has passed nothing is foreseen. */
const foreseeMs = 5 * minuteMs;
/** Power that the meter shows at the end of a demand bears it out from this share of it on; else the next reading has to. */
const borneOutShare = 0.8;
/** Power at both ends says what was used between them if they lie no further apart. */
const closeMs = 5 * minuteMs;
/** A counter whose step is more of what was used than this is coarser than the power. */
const coarseShare = 0.02;
/** A quarter may be told by readings a quarter apart, a little late. */
const longestMs = 20 * minuteMs;

const floorQuarter = (at: number): number => Math.floor(at / quarterMs) * quarterMs;

/** @returns kWh; null where nothing says it; `broken` where the counter falls, or leaps as no load explains: one of both is wrong */
function usedBetween(
  before: DemandReading,
  after: DemandReading,
  limits: CounterLimits,
  mostKw: number,
): number | 'broken' | null {
  const ms = after.at - before.at;
  const byPower =
    before.kw !== null && after.kw !== null && ms <= closeMs
      ? (((before.kw + after.kw) / 2) * ms) / hourMs
      : null;
  if (before.kwh === null || after.kwh === null) return byPower;
  const difference = differenceOf(before.kwh, after.kwh, ms, limits);
  if (difference.type !== 'used' || difference.value > (mostKw * ms) / hourMs) return 'broken';
  const isCoarse = stepOf(after.kwh, limits) > coarseShare * difference.value;
  return isCoarse && byPower !== null ? byPower : difference.value;
}

const emptyAt = (at: number) => ({ start: floorQuarter(at), kwh: 0, coveredMs: 0 });

/** One more reading, in order of `at`. @param mostKw a counter that says more is not believed */
export function countDemand(
  state: DemandState,
  { at, values }: Sample,
  limits: CounterLimits,
  mostKw: number,
): DemandStep {
  const { last } = state;
  if (last && at <= last.at) return { state, reached: [], coming: null };
  const reading: DemandReading = {
    at,
    kwh: values.energy_import_kwh ?? null,
    kw: values.power_kw ?? null,
    topKw: values.demand_import_max_kw ?? last?.topKw ?? null,
  };
  const own = ownDemand(last, reading, values.demand_kw);
  const used =
    last && at - last.at <= longestMs ? usedBetween(last, reading, limits, mostKw) : null;
  if (!last || used === null || used === 'broken') {
    const sure = used === 'broken' ? none : state.unsure;
    // From a wrong counter nothing can be counted to the next either.
    const base = used === 'broken' ? { ...reading, kwh: null } : reading;
    const next = { ...newDemand, last: base, quarter: emptyAt(at) };
    return { state: next, reached: joined(sure, own), coming: null };
  }
  const paceKw = (used * hourMs) / (at - last.at);
  const { quarter, closed } = spread(state.quarter, last.at, at, paceKw);
  const isBorneOut = isBorneOutBy(reading, closed);
  const next = { last: reading, quarter, paceKw, unsure: isBorneOut ? none : closed };
  const reached = joined(joined(state.unsure, own), isBorneOut ? closed : none);
  return { state: next, reached, coming: foresee(next, state, reading) };
}

function isBorneOutBy({ kw: now }: DemandReading, closed: readonly Demand[]): boolean {
  for (const { kw } of closed) if ((now ?? 0) < borneOutShare * kw) return false;
  return true;
}

const joined = (a: readonly Demand[], b: readonly Demand[]): readonly Demand[] =>
  a.length === 0 ? b : b.length === 0 ? a : [...a, ...b];

/** The meter’s own demand, or its greatest where that has just grown. */
function ownDemand(
  last: DemandReading | null,
  { at, topKw }: DemandReading,
  demandKw: number | undefined,
): readonly Demand[] {
  const grew = topKw !== null && last?.topKw != null && topKw > last.topKw ? topKw : undefined;
  const kw = Math.max(demandKw ?? 0, grew ?? 0);
  return demandKw === undefined && grew === undefined ? none : [{ at, kw, source: 'meter' }];
}

const none: readonly Demand[] = [];

function spread(before: DemandState['quarter'], from: number, to: number, kw: number) {
  let closed = none;
  let quarter = before;
  let at = from;
  while (at < to) {
    const end = Math.min(quarter.start + quarterMs, to);
    const kwh = quarter.kwh + (kw * (end - at)) / hourMs;
    quarter = { start: quarter.start, kwh, coveredMs: quarter.coveredMs + end - at };
    at = end;
    if (end < quarter.start + quarterMs) continue;
    if (quarter.coveredMs >= coveredShare * quarterMs)
      closed = [
        ...closed,
        { at: end, kw: (quarter.kwh * hourMs) / quarter.coveredMs, source: 'quarter' },
      ];
    quarter = emptyAt(end);
  }
  return { quarter, closed };
}

/** With the lower of the last two paces: one reading that stands out foretells nothing. */
function foresee(
  { quarter, paceKw }: DemandState,
  before: DemandState,
  { at, kw }: DemandReading,
): DemandStep['coming'] {
  const elapsedMs = at - quarter.start;
  if (elapsedMs < foreseeMs || quarter.coveredMs < coveredShare * elapsedMs) return null;
  if (paceKw === null || before.paceKw === null) return null;
  const pace = Math.min(paceKw, before.paceKw, kw ?? paceKw);
  const rest = (pace * (quarterMs - elapsedMs)) / hourMs;
  return { at: quarter.start + quarterMs, kw: ((quarter.kwh + rest) * hourMs) / quarterMs };
}
