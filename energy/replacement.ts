import { hourMs } from '../model/time.ts';
import { type CounterLimits, differenceOf } from './counter.ts';
import type { Reading } from './hourly.ts';

/**
 * Why a counter may be another meter's. `fall`: it fell, and neither began anew nor wrapped. `from-zero`: it began anew, as after a reset or with a
 * new meter. `jump`: it rose by more than the circuit can carry. `ratio`, `address`: what the registry knows of the meter changed.
 */
export type BreakCause = 'fall' | 'from-zero' | 'jump' | 'ratio' | 'address';

/** A place at which a counter does not go on. */
export interface CounterBreak {
  readonly cause: BreakCause;
  /** Last reading before. */
  readonly before: Reading;
  /** First reading after. */
  readonly after: Reading;
  /** Of the transformers, where it changed. */
  readonly ratioBefore?: number;
  readonly ratioAfter?: number;
}

/** What the registry says of a meter, as far as another meter would differ. */
export interface Identity {
  readonly ratio: number;
  /** The meter's own number on its line, where it has one. */
  readonly address?: string;
}

/** A counter as it is watched. Plain JSON. */
export interface WatchState {
  readonly last: Reading | null;
  readonly identity: Identity | null;
  /** A break that may yet turn out to be a wrong value. */
  readonly pending: Pending | null;
  /** The last break that was believed. */
  readonly believed: CounterBreak | null;
}

interface Pending {
  readonly found: CounterBreak;
  readonly newest: Reading;
  /** Readings since that go on from there. */
  readonly followers: number;
}

export const newWatch: WatchState = { last: null, identity: null, pending: null, believed: null };

export interface WatchStep {
  readonly state: WatchState;
  /** A break that is now believed. */
  readonly found?: CounterBreak;
  /** The break believed last was none: the counter goes on where it stood before. */
  readonly undone?: true;
}

/** A new course is believed when so many readings go on from it, or one so long after. */
const followersWanted = 2;
const longEnoughMs = hourMs;
/** How long after a break a counter may still turn out to go on from before it. */
const longestErrorMs = 24 * hourMs;

const goesOn = (from: Reading, to: Reading, limits: CounterLimits): boolean =>
  differenceOf(from.value, to.value, to.at - from.at, limits).type === 'used';

/** Whether a counter stands where it would without the break. */
const isBack = ({ before }: CounterBreak, reading: Reading, limits: CounterLimits): boolean =>
  reading.value >= before.value && goesOn(before, reading, limits);

function causeOf(last: Reading, reading: Reading, limits: CounterLimits): BreakCause {
  const { type } = differenceOf(last.value, reading.value, reading.at - last.at, limits);
  if (type === 'reset') return 'from-zero';
  return reading.value < last.value ? 'fall' : 'jump';
}

function changeOf(before: Identity, now: Identity): Partial<CounterBreak> | undefined {
  if (before.ratio !== now.ratio)
    return { cause: 'ratio', ratioBefore: before.ratio, ratioAfter: now.ratio };
  const isAnother =
    before.address !== undefined && now.address !== undefined && before.address !== now.address;
  return isAnother ? { cause: 'address' } : undefined;
}

/**
 * One more reading of a counter, in order of `at`; one that is not newer than the last says nothing. A single wrong value is no break: the readings
 * that follow decide.
 */
export function watchCounter(
  state: WatchState,
  reading: Reading,
  identity: Identity,
  limits: CounterLimits,
): WatchStep {
  const { last } = state;
  if (last === null) return { state: { ...state, last: reading, identity } };
  if (reading.at <= last.at) return { state };
  const change = state.identity && changeOf(state.identity, identity);
  if (change) {
    const found = { cause: 'address', ...change, before: last, after: reading } as const;
    return { state: { last: reading, identity, pending: null, believed: found }, found };
  }
  const { pending } = state;
  if (!pending && goesOn(last, reading, limits))
    return { state: { last: reading, identity, pending, believed: state.believed } };
  const known = { ...state, identity };
  if (pending) return followPending(known, pending, reading, limits);
  const { believed } = known;
  const wasWrong =
    believed !== null &&
    reading.at - believed.after.at <= longestErrorMs &&
    isBack(believed, reading, limits);
  if (wasWrong) return { state: { ...known, last: reading, believed: null }, undone: true };
  return { state: { ...known, last: reading, pending: begin(last, reading, limits) } };
}

const begin = (before: Reading, after: Reading, limits: CounterLimits): Pending => ({
  found: { cause: causeOf(before, after, limits), before, after },
  newest: after,
  followers: 0,
});

function followPending(
  state: WatchState,
  { found, newest, followers }: Pending,
  reading: Reading,
  limits: CounterLimits,
): WatchStep {
  const next = { ...state, last: reading };
  if (isBack(found, reading, limits)) return { state: { ...next, pending: null } };
  if (!goesOn(newest, reading, limits))
    return { state: { ...next, pending: begin(found.before, reading, limits) } };
  const isBelieved =
    followers + 1 >= followersWanted || reading.at - found.after.at >= longEnoughMs;
  return isBelieved
    ? { state: { ...next, pending: null, believed: found }, found }
    : { state: { ...next, pending: { found, newest: reading, followers: followers + 1 } } };
}

/** What was found, as the evidence of an alert keeps it: times in Unix ms UTC, values in the unit of the counter. */
export const toObserved = ({ cause, before, after, ratioBefore, ratioAfter }: CounterBreak) => ({
  cause,
  beforeAt: before.at,
  beforeValue: before.value,
  afterAt: after.at,
  afterValue: after.value,
  ...(ratioBefore === undefined ? {} : { ratioBefore }),
  ...(ratioAfter === undefined ? {} : { ratioAfter }),
});

const causes: readonly string[] = ['fall', 'from-zero', 'jump', 'ratio', 'address'];

const isCause = (value: unknown): value is BreakCause =>
  typeof value === 'string' && causes.includes(value);

/** The other way round; undefined where the evidence says something else. */
export function fromObserved(
  observed: Readonly<Record<string, unknown>>,
): CounterBreak | undefined {
  const { cause, beforeAt, beforeValue, afterAt, afterValue } = observed;
  const { ratioBefore, ratioAfter } = observed;
  const isWhole = [beforeAt, beforeValue, afterAt, afterValue].every(Number.isFinite);
  if (!isCause(cause) || !isWhole) return undefined;
  return {
    cause,
    before: { at: Number(beforeAt), value: Number(beforeValue) },
    after: { at: Number(afterAt), value: Number(afterValue) },
    ...(typeof ratioBefore === 'number' ? { ratioBefore } : {}),
    ...(typeof ratioAfter === 'number' ? { ratioAfter } : {}),
  };
}
