import { type CounterLimits, jitter, stepOf } from '../../energy/counter.ts';
import type { Reading } from '../../energy/hourly.ts';
import { hourMs } from '../../model/time.ts';

/** A counter, how long it has stood, and what says that it should have moved. In the unit of the counter. Plain JSON. */
export interface Standstill {
  readonly last: Reading | null;
  /** First reading that shows what the last one shows. */
  readonly since: number;
  /** Smallest rise ever seen between two readings; null before the first. */
  readonly leastRise: number | null;
  /** What the meter says flows, per hour. */
  readonly flow: Reading | null;
  /** What has flowed by that since the counter stands, up to its last reading. */
  readonly owed: number;
  /** And since that reading. */
  readonly unconfirmed: number;
  readonly hour: { readonly start: number; readonly value: number; readonly whole: boolean };
  /** Of each kind of hour, one digit: on how many days running it moved, up to 9. */
  readonly rows: string;
  /** The same when the counter moved last. */
  readonly rowsBefore: string;
  /** Whole hours it has stood in which it always moved before. */
  readonly usualHours: number;
}

/** Kinds of hours: 24 of working days, 24 of rest days. */
const hourKinds = 48;
const noRows = '0'.repeat(hourKinds);

export const newStandstill: Standstill = {
  last: null,
  since: 0,
  leastRise: null,
  flow: null,
  owed: 0,
  unconfirmed: 0,
  hour: { start: 0, value: 0, whole: false },
  rows: noRows,
  rowsBefore: noRows,
  usualHours: 0,
};

/** What the meter says flows at an instant, in order of time; counted with the smaller of two neighbours, and not over a gap. */
export function addFlow(stand: Standstill, now: Reading, { maxGapMs }: CounterLimits): Standstill {
  const { flow, unconfirmed } = stand;
  if (flow && now.at <= flow.at) return stand;
  const elapsedMs = flow ? now.at - flow.at : Number.POSITIVE_INFINITY;
  const isClose = flow !== null && elapsedMs <= maxGapMs;
  const least = Math.max(0, Math.min(flow?.value ?? 0, now.value));
  const flowed = isClose ? (least * elapsedMs) / hourMs : 0;
  return { ...stand, flow: now, unconfirmed: unconfirmed + flowed };
}

/** What flows is counted elsewhere: nothing is owed. */
export const forgive = (stand: Standstill): Standstill => ({ ...stand, owed: 0, unconfirmed: 0 });

const floorHour = (at: number): number => Math.floor(at / hourMs) * hourMs;

function digitAt(rows: string, kind: number, digit: number): string {
  return rows.slice(0, kind) + digit + rows.slice(kind + 1);
}

/** An hour is over: it is learned, and where the counter stood though it always moved, counted. */
function closeHour(
  stand: Standstill,
  value: number,
  kind: number | undefined,
  usualDays: number,
): Standstill {
  if (kind === undefined) return stand;
  const { rows, rowsBefore, usualHours } = stand;
  if (value !== stand.hour.value)
    return { ...stand, rows: digitAt(rows, kind, Math.min(9, Number(rows[kind]) + 1)) };
  const isUsual = Number(rowsBefore[kind]) >= usualDays;
  return {
    ...stand,
    rows: digitAt(rows, kind, 0),
    usualHours: usualHours + Number(isUsual),
  };
}

/**
 * Next value of the counter, in order of `at`; one that is not newer than the last says nothing.
 * @param hourKind of the hour it was in, where that was whole and is over; undefined where it is like no other
 * @param usualDays so many days running an hour must have moved to be expected to
 */
export function addCounter(
  stand: Standstill,
  reading: Reading,
  limits: CounterLimits,
  hourKind: number | undefined,
  usualDays: number,
): Standstill {
  const { last } = stand;
  if (last && reading.at <= last.at) return stand;
  const start = floorHour(reading.at);
  const isClose = last !== null && reading.at - last.at <= limits.maxGapMs;
  const isNext = isClose && start === stand.hour.start + hourMs;
  const closed = isNext ? closeHour(stand, reading.value, hourKind, usualDays) : stand;
  const hour =
    isClose && start === stand.hour.start
      ? stand.hour
      : { start, value: reading.value, whole: isClose };
  if (last?.value === reading.value) {
    const owed = closed.owed + closed.unconfirmed;
    return { ...closed, last: reading, hour, owed, unconfirmed: 0 };
  }
  return {
    last: reading,
    since: reading.at,
    leastRise: leastRiseOf(closed, reading),
    flow: closed.flow,
    owed: 0,
    unconfirmed: 0,
    hour,
    rows: closed.rows,
    rowsBefore: closed.rows,
    usualHours: 0,
  };
}

function leastRiseOf({ last, leastRise }: Standstill, { value }: Reading): number | null {
  const rise = last ? value - last.value : 0;
  const isRise = last !== null && rise > jitter(last.value) / 2;
  return isRise ? Math.min(leastRise ?? rise, rise) : leastRise;
}

/** The hours it stood before are not taken for normal. */
export const unlearn = (stand: Standstill, { rowsBefore }: Standstill): Standstill => ({
  ...stand,
  rows: rowsBefore,
  rowsBefore,
});

/** What must have flowed without the counter moving for it to be certain: several of its steps, as far as they are known. */
export function certainlyOwed({ leastRise, last }: Standstill, limits: CounterLimits): number {
  const step = stepOf(last?.value ?? 0, limits);
  return leastRise === null
    ? wholeUnits * Math.max(step, limits.ratio)
    : steps * Math.max(step, leastRise);
}

const steps = 5;
/** Of a counter never seen to move the step is not known: it may count whole units, of the transformers' other side. */
const wholeUnits = 20;
