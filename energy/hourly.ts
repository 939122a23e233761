import { hourMs } from '../model/time.ts';
import { type CounterLimits, differenceOf } from './counter.ts';
import { type HourQuality, worseQuality } from './quality.ts';

export interface Hour {
  /** Unix ms UTC, a whole hour. */
  readonly start: number;
  /** In the unit of the counter; null where missing, never for want of data 0. */
  readonly value: number | null;
  readonly quality: HourQuality;
  /** Share of the hour that lies between readings close enough, 0 to 1. */
  readonly coverage: number;
}

export interface Reading {
  readonly at: number;
  readonly value: number;
}

/** A counter on its way through the hours. Plain JSON. */
export interface HourlyState {
  readonly last: Reading | null;
  /** The reading before the counter fell or jumped, in case it was the fall that was wrong. */
  readonly prior: Reading | null;
  readonly open: OpenHour;
}

/** The hour that is running. */
export interface OpenHour {
  readonly start: number;
  /** Counted so far. */
  readonly value: number;
  readonly quality: HourQuality;
  readonly coveredMs: number;
}

export const newHourly: HourlyState = {
  last: null,
  prior: null,
  open: { start: 0, value: 0, quality: 'missing', coveredMs: 0 },
};

/** Counting that begins within this of the hour's start has the whole hour. */
const punctualMs = 36_000;

const floorHour = (at: number): number => Math.floor(at / hourMs) * hourMs;

const openAt = (start: number): OpenHour => ({
  start,
  value: 0,
  quality: 'measured',
  coveredMs: 0,
});

const close = ({ start, value, quality, coveredMs }: OpenHour): Hour => ({
  start,
  value: quality === 'missing' ? null : value,
  quality,
  coverage: Math.min(1, coveredMs / hourMs),
});

export interface HourlyStep {
  readonly state: HourlyState;
  /** Hours that this reading has closed, ascending, without holes. */
  readonly closed: readonly Hour[];
}

/** One more reading, in order of `at`; one that is not newer than the last says nothing. */
export function countReading(
  state: HourlyState,
  reading: Reading,
  limits: CounterLimits,
): HourlyStep {
  const { last, prior } = state;
  if (last === null) return { state: begin(reading), closed: [] };
  if (reading.at <= last.at) return { state, closed: [] };
  if (prior !== null && isBackTo(prior, last, reading, limits))
    return spread(state, prior.at, reading, reading.value - prior.value, 'estimated', true);
  const elapsedMs = reading.at - last.at;
  const difference = differenceOf(last.value, reading.value, elapsedMs, limits);
  if (difference.type !== 'used') return lose(state, last, reading, difference.type);
  const isGap = elapsedMs > limits.maxGapMs;
  const quality = isGap && spansHours(last.at, reading.at) ? 'estimated' : 'measured';
  return spread(state, last.at, reading, difference.value, quality, isGap);
}

/** Whether it is not known how much belongs to which hour. Within one hour, or from one whole hour to the next, it is. */
const spansHours = (from: number, to: number): boolean =>
  floorHour(from + punctualMs) !== floorHour(to - punctualMs);

function begin(reading: Reading): HourlyState {
  const start = floorHour(reading.at);
  const quality = reading.at - start <= punctualMs ? 'measured' : 'missing';
  return { last: reading, prior: null, open: { ...openAt(start), quality } };
}

/** Whether the counter goes on where it stood before it fell or jumped, as if that had not been. */
function isBackTo(prior: Reading, last: Reading, reading: Reading, limits: CounterLimits): boolean {
  if (reading.value < prior.value) return false;
  const elapsedMs = reading.at - prior.at;
  if (differenceOf(prior.value, reading.value, elapsedMs, limits).type !== 'used') return false;
  const fromPrior = reading.value - prior.value;
  return fromPrior * certainty < Math.abs(reading.value - last.value);
}

/** Nearer to the old course than to the new one by so much. */
const certainty = 20;

/** How long a counter may stand wrong before its new course is believed for good. */
const longestErrorMs = 24 * hourMs;

const stillPossible = (prior: Reading | null, { at }: Reading): Reading | null =>
  prior !== null && at - prior.at <= longestErrorMs ? prior : null;

/** Spreads what was used from an instant up to the reading evenly, and closes the hours that are over. */
function spread(
  state: HourlyState,
  since: number,
  reading: Reading,
  used: number,
  quality: 'measured' | 'estimated',
  isGap: boolean,
): HourlyStep {
  const from = Math.max(since, state.open.start);
  const perMs = used / (reading.at - from);
  const closed: Hour[] = [];
  let { open } = state;
  let at = from;
  let left = used;
  while (at < reading.at) {
    const end = Math.min(open.start + hourMs, reading.at);
    const share = end === reading.at ? left : perMs * (end - at);
    left -= share;
    const coveredMs = open.coveredMs + (isGap ? 0 : end - at);
    open = {
      start: open.start,
      value: open.value + share,
      quality: worseQuality(open.quality, quality),
      coveredMs,
    };
    at = end;
    if (end === open.start + hourMs) {
      closed.push(close(open));
      open = openAt(end);
    }
  }
  const prior = since === state.last?.at ? stillPossible(state.prior, reading) : null;
  return { state: { last: reading, prior, open }, closed };
}

/** The counter does not go on: the hours at both ends keep what they have, those between have nothing. */
function lose(
  state: HourlyState,
  last: Reading,
  reading: Reading,
  quality: 'reset' | 'replaced',
): HourlyStep {
  const closed: Hour[] = [];
  let open: OpenHour = { ...state.open, quality: worseQuality(state.open.quality, quality) };
  while (open.start + hourMs <= reading.at) {
    closed.push(close(open));
    const start = open.start + hourMs;
    open = { ...openAt(start), quality: start + hourMs <= reading.at ? 'missing' : quality };
  }
  return { state: { last: reading, prior: last, open }, closed };
}

/**
 * Every hour of `from <= start < to`: what the readings say of it.
 *
 * @param readings ascending by `at`; one from before `from` is needed for the first hour to be known
 * @param from whole hours, Unix ms UTC
 */
export function hourlyConsumption(
  readings: Iterable<Reading>,
  from: number,
  to: number,
  limits: CounterLimits,
): readonly Hour[] {
  const known = new Map<number, Hour>();
  let state = newHourly;
  for (const reading of readings) {
    const step = countReading(state, reading, limits);
    state = step.state;
    for (const hour of step.closed) known.set(hour.start, hour);
  }
  const hours: Hour[] = [];
  for (let start = floorHour(from); start < to; start += hourMs) {
    const coverage = start === state.open.start ? Math.min(1, state.open.coveredMs / hourMs) : 0;
    hours.push(known.get(start) ?? { start, value: null, quality: 'missing', coverage });
  }
  return hours;
}
