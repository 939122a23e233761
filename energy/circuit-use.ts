import type { CircuitGroup } from './circuit-group.ts';
import { medianOf } from './robust.ts';

/** What a circuit draws while it is used, and while it is not, by its own newest days. Plain JSON, in kW. */
export interface CircuitUse {
  readonly today: Today | null;
  /** Means of office hours of working days, ascending by day. */
  readonly offices: readonly number[];
  /** Lowest hours of days. */
  readonly lows: readonly number[];
  /** Means of nights, local 0:00 to 5:00. */
  readonly nights: readonly number[];
}

interface Today {
  /** Local day, days since 1970. */
  readonly day: number;
  readonly office: Mean;
  readonly night: Mean;
  readonly low: number | null;
}

interface Mean {
  readonly sum: number;
  readonly count: number;
}

const none: Mean = { sum: 0, count: 0 };

export const newUse: CircuitUse = { today: null, offices: [], lows: [], nights: [] };

const kept = { offices: 5, lows: 10, nights: 14 };
const least = { offices: 3, lows: 3, nights: 3 };
/** Quarters of an hour that must be known of office hours, and of a night. */
const leastQuarters = 12;

export interface SeenQuarter {
  readonly day: number;
  readonly kw: number;
  /** Mean of the hour that ends with it; null where that is not known. */
  readonly hourKw: number | null;
  readonly isOffice: boolean;
  readonly isNight: boolean;
}

const meanOf = ({ sum, count }: Mean): number | undefined =>
  count >= leastQuarters ? sum / count : undefined;

const plus = (mean: Mean, kw: number, counts: boolean): Mean =>
  counts ? { sum: mean.sum + kw, count: mean.count + 1 } : mean;

const push = (values: readonly number[], value: number | undefined, most: number) =>
  value === undefined ? values : [...values, Number(value.toPrecision(4))].slice(-most);

/** With a quarter that was measured. @param isTold what is told of as wrong is not learned as what is drawn while nobody is there */
export function withQuarter(use: CircuitUse, seen: SeenQuarter, isTold: boolean): CircuitUse {
  const goesOn = use.today?.day === seen.day;
  const before = goesOn ? use : closeDay(use, isTold);
  const today = goesOn && use.today ? use.today : { office: none, night: none, low: null };
  const low = seen.hourKw === null ? today.low : Math.min(today.low ?? seen.hourKw, seen.hourKw);
  return {
    ...before,
    today: {
      day: seen.day,
      office: plus(today.office, seen.kw, seen.isOffice),
      night: plus(today.night, seen.kw, seen.isNight),
      low,
    },
  };
}

function closeDay({ today, offices, lows, nights }: CircuitUse, isTold: boolean): CircuitUse {
  if (!today) return { today, offices, lows, nights };
  return {
    today: null,
    offices: push(offices, meanOf(today.office), kept.offices),
    lows: isTold ? lows : push(lows, today.low ?? undefined, kept.lows),
    nights: isTold ? nights : push(nights, meanOf(today.night), kept.nights),
  };
}

export interface Levels {
  readonly standbyKw: number;
  /** Of office hours; null where they say nothing. */
  readonly officeKw: number | null;
  /** Above this it is on. */
  readonly onKw: number;
}

export interface LevelLimits {
  /** Where it is not learned; 0: it is. */
  readonly standbyKw: number;
  readonly leastKw: number;
  /** Of the way from standby to office hours. */
  readonly onShare: number;
}

/** Of what a boiler draws in office hours, it keeps warm with less. */
const boilerShare = { standby: 0.1, on: 0.2 };
/** What wavers by this share of the standby is standby. */
const waver = 0.2;

/**
 * When a circuit is on. Lights that are always on by night are held to be usual there; what has a timer or a schedule is off when it draws least.
 * @returns undefined where too little is known
 */
export function levelsOf(
  { offices, lows, nights }: CircuitUse,
  group: CircuitGroup,
  limits: LevelLimits,
): Levels | undefined {
  const isByNight = group === 'lighting' || group === 'corridor';
  const quiet = isByNight ? nights : lows;
  const enough = quiet.length >= (isByNight ? least.nights : least.lows);
  if (!enough && limits.standbyKw === 0) return undefined;
  const standbyKw = limits.standbyKw > 0 ? limits.standbyKw : medianOf(quiet);
  const leastRise = Math.max(limits.leastKw, waver * standbyKw);
  if (group === 'landscape')
    return { standbyKw, officeKw: null, onKw: standbyKw + Math.max(leastRise, standbyKw) };
  if (offices.length < least.offices) return undefined;
  // The highest may rest on a wrong number; the second goes along with the seasons.
  const officeKw = offices.toSorted((a, b) => b - a)[1] ?? 0;
  if (group === 'boiler') {
    const low = Math.min(standbyKw, boilerShare.standby * officeKw);
    return {
      standbyKw: low,
      officeKw,
      onKw: Math.max(boilerShare.on * officeKw, low + limits.leastKw),
    };
  }
  const onKw = standbyKw + Math.max(leastRise, limits.onShare * (officeKw - standbyKw));
  return { standbyKw, officeKw, onKw };
}
