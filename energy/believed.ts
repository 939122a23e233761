import { dayMs, hourMs } from '../model/time.ts';
import type { CounterLimits } from './counter.ts';
import { countReading, type Hour, type HourlyState, newHourly, type Reading } from './hourly.ts';

/*
 * A wrong number in a counter looks like an hour of enormous use until the next reading takes it back. What is out of all proportion is therefore
 * believed only when the next reading goes on from it: a reading later, and only then.
 */

/** Plain JSON. */
export interface BelievedState {
  readonly hourly: HourlyState;
  /** Most that was ever used between two readings, per hour. */
  readonly fastest: number;
  readonly firstAt: number | null;
  /** Not believed yet. */
  readonly held: Reading | null;
}

export const newBelieved: BelievedState = {
  hourly: newHourly,
  fastest: 0,
  firstAt: null,
  held: null,
};

/** So many times more than ever before: where the next reading comes within two hours little is lost by waiting for it. */
const outOfProportion = { often: 2, seldom: 10 };
const oftenMs = 2 * hourMs;

const proportionOf = ({ closeMs }: CounterLimits): number =>
  closeMs <= oftenMs ? outOfProportion.often : outOfProportion.seldom;

/** Before that, too little is known of what is usual. */
const knownAfterMs = 7 * dayMs;

export interface BelievedStep {
  readonly state: BelievedState;
  /** Hours that are over, ascending, without holes. */
  readonly closed: readonly Hour[];
}

/** One more reading, in order of `at`; the same state where it says nothing, or nothing yet. */
export function countBelieved(
  state: BelievedState,
  reading: Reading,
  limits: CounterLimits,
): BelievedStep {
  const { held } = state;
  const newest = held ?? state.hourly.last;
  if (newest && reading.at <= newest.at) return { state, closed: [] };
  if (!held)
    return isDoubtful(state, reading, limits)
      ? { state: { ...state, held: reading }, closed: [] }
      : take(state, reading, limits);
  const free = { ...state, held: null };
  if (reading.value < held.value) return countBelieved(free, reading, limits);
  const first = take(free, held, limits);
  const second = take(first.state, reading, limits);
  return { state: second.state, closed: [...first.closed, ...second.closed] };
}

/** After a fall it is the course of hours that tells a reset from a wrong number: the way back up is no use. */
function isDoubtful(
  { hourly, fastest, firstAt }: BelievedState,
  reading: Reading,
  limits: CounterLimits,
): boolean {
  const { last, prior } = hourly;
  if (!last || prior || firstAt === null || reading.at - firstAt < knownAfterMs) return false;
  return perHour(last, reading) > proportionOf(limits) * fastest && fastest > 0;
}

const perHour = (from: Reading, to: Reading): number =>
  ((to.value - from.value) / (to.at - from.at)) * hourMs;

function take(state: BelievedState, reading: Reading, limits: CounterLimits): BelievedStep {
  const { last, prior } = state.hourly;
  const { state: hourly, closed } = countReading(state.hourly, reading, limits);
  const rate = last && !prior ? perHour(last, reading) : 0;
  // One that was believed in the end is not yet what is usual.
  const most = state.fastest > 0 ? proportionOf(limits) * state.fastest : Number.POSITIVE_INFINITY;
  const fastest = Math.max(state.fastest, Math.min(rate, most));
  const firstAt = state.firstAt ?? reading.at;
  return { state: { hourly, fastest, firstAt, held: null }, closed };
}
