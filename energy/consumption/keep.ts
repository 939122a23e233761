import { dayMs, hourMs, minuteMs } from '../../model/time.ts';
import type { Reading } from '../hourly.ts';
import { type Counter, judge, noPace, type Pace, type Verdict } from './judge.ts';

/** A reading that belongs to the counter's course, with what lies between it and the one before. */
export interface Kept extends Reading {
  /** Highest value since the counter began or wrapped: the last digit of a float may tremble. */
  readonly top: number;
  /** Null for the first. */
  readonly verdict: Verdict | null;
  /** Readings between were wrong and left out. */
  readonly afterWrong: boolean;
}

/** How long a counter may stand wrong before its new course is believed. */
const longestErrorMs = dayMs;
/** Nearer to the old course than to the new one by so much. */
const certainty = 5;
/** So many wrong readings may have been taken for right before one is seen to be wrong. */
const mostUnseen = 3;
/** Share of a spike, or of a hole, that its first or last reading makes. */
const suddenShare = 0.9;
/** Less than this says nothing of the pace. */
const leastPaceMs = hourMs;
const leastRates = 8;
/** A counter with coarse steps shows at once what it counted in so long. */
const coarseMs = 15 * minuteMs;

/**
 * Leaves out readings that stand apart for a moment: those after which the counter goes on where it was before.
 * @param readings ascending, each instant once, of one meter
 */
export function keepCourse(readings: readonly Reading[], counter: Counter): readonly Kept[] {
  const kept: Kept[] = [];
  let paceFrom = 0;
  for (let n = 0; n < readings.length; n++) {
    const reading = readings[n];
    const before = kept.at(-1);
    if (!reading) break;
    if (!before) {
      kept.push({ ...reading, top: reading.value, verdict: null, afterWrong: false });
      continue;
    }
    paceFrom = Math.min(paceFrom, kept.length - 1);
    while ((kept[paceFrom]?.at ?? before.at) < before.at - dayMs) paceFrom++;
    const next = stepTo(readings, n, kept, paceFrom, counter);
    kept.push(next.kept);
    n = next.n;
    const { verdict } = next.kept;
    if (verdict?.type !== 'used' || verdict.modulus !== undefined || verdict.bounds)
      paceFrom = kept.length - 1;
  }
  return kept;
}

const topped = ({ at, top }: Kept): Reading => ({ at, value: top });

function join(before: Kept, reading: Reading, verdict: Verdict, afterWrong: boolean): Kept {
  const goesOn =
    verdict.type === 'used' && verdict.modulus === undefined && verdict.bounds === undefined;
  const top = goesOn ? Math.max(before.top, reading.value) : reading.value;
  return { ...reading, top, verdict, afterWrong };
}

/** @returns what comes after the last kept one, and its place in `readings`; takes spikes back out of `kept` */
function stepTo(
  readings: readonly Reading[],
  n: number,
  kept: Kept[],
  paceFrom: number,
  counter: Counter,
): { readonly kept: Kept; readonly n: number } {
  const before = kept.at(-1) as Kept;
  const reading = readings[n] as Reading;
  const pace = createPace(kept, paceFrom, readings, n);
  const verdict = judge(topped(before), reading, counter, pace);
  // What looks like a wrap, and goes on as before after a moment, was none.
  if (verdict.type === 'used' && verdict.modulus === undefined)
    return { kept: join(before, reading, verdict, false), n };
  const back = returnFrom(kept, readings, n, counter) ?? fallOfSpike(kept, reading, n, counter);
  if (!back) return { kept: join(before, reading, verdict, false), n };
  kept.length = back.base + 1;
  // What falls no faster than it may rise may have run backwards, and be no error.
  const between = verdict.type === 'backwards' ? verdict : back.verdict;
  return { kept: join(kept.at(-1) ?? before, back.reading, between, true), n: back.n };
}

/** A reading with which the counter goes on where it was, by its place, and the place of the kept one it goes on from. */
interface Return {
  readonly base: number;
  readonly reading: Reading;
  readonly verdict: Verdict;
  readonly n: number;
}

/** Where the counter was may be a little back: the first wrong readings may have looked right. */
function returnFrom(
  kept: readonly Kept[],
  readings: readonly Reading[],
  n: number,
  counter: Counter,
): Return | undefined {
  const top = kept.at(-1)?.top ?? 0;
  const first = Math.max(0, kept.length - 1 - mostUnseen);
  for (let base = kept.length - 1; base >= first; base--) {
    const before = kept[base];
    const next = kept[base + 1];
    if (!before || (next && next.verdict?.type !== 'used')) return undefined;
    const back = returnTo(readings, n, before, counter);
    const height = top - before.top;
    if (back && (!next || (back.reading.value - before.top) * certainty < height))
      return { ...back, base };
  }
  return undefined;
}

/** The reading with which the counter goes on where it stood before it fell or jumped, as if that had not been. */
function returnTo(readings: readonly Reading[], n: number, before: Kept, counter: Counter) {
  let depth = 0;
  for (let later = n + 1; later < readings.length; later++) {
    const [wrong, reading] = [readings[later - 1], readings[later]];
    if (!wrong || !reading || reading.at - before.at > longestErrorMs) return undefined;
    const rise = reading.value - before.top;
    const jump = Math.abs(reading.value - wrong.value);
    depth = Math.max(depth, Math.abs(wrong.value - before.top));
    if (rise < 0 || rise * certainty >= jump || jump < suddenShare * depth) continue;
    const verdict = judge(topped(before), reading, counter, noPace);
    if (verdict.type === 'used') return { reading, verdict, n: later };
  }
  return undefined;
}

/** This reading may show that a sudden rise before it was wrong. */
function fallOfSpike(
  kept: readonly Kept[],
  reading: Reading,
  n: number,
  counter: Counter,
): Return | undefined {
  const base = baseOfSpike(kept, reading);
  const from = base === undefined ? undefined : kept[base];
  if (base === undefined || !from) return undefined;
  const verdict = judge(topped(from), reading, counter, noPace);
  return verdict.type === 'used' ? { base, reading, verdict, n } : undefined;
}

/** The last kept reading before the rise, by its place. */
function baseOfSpike(kept: readonly Kept[], reading: Reading): number | undefined {
  const spike = kept.at(-1);
  if (!spike || reading.value >= spike.top) return undefined;
  for (let n = kept.length - 2; n >= 0; n--) {
    const [base, next] = [kept[n], kept[n + 1]];
    if (!base || !next || next.verdict?.type !== 'used') return undefined;
    if (reading.at - base.at > longestErrorMs) return undefined;
    if (base.top > reading.value) continue;
    const height = spike.top - base.top;
    const isSudden = next.top - base.top >= suddenShare * height;
    return isSudden && (reading.value - base.top) * certainty < height ? n : undefined;
  }
  return undefined;
}

/** Looked into only where a reading is suspicious. */
function createPace(
  kept: readonly Kept[],
  from: number,
  readings: readonly Reading[],
  n: number,
): Pace {
  const [first, last] = [kept[from], kept.at(-1)];
  return {
    mean: () =>
      first && last && last.at - first.at >= leastPaceMs
        ? (last.top - first.top) / (last.at - first.at)
        : undefined,
    peak() {
      const before = ratesOf(kept.slice(from).map(topped));
      const after = ratesOf(risingFrom(readings, n));
      // One jump in the day after may be a wrong reading’s.
      after.sort((a, b) => a - b).pop();
      const rates = [...before, ...after];
      return rates.length < leastRates ? undefined : Math.max(...rates);
    },
  };
}

function ratesOf(readings: readonly Reading[]): number[] {
  const rates: number[] = [];
  for (let n = 1; n < readings.length; n++) {
    const [a, b] = [readings[n - 1], readings[n]];
    if (a && b) rates.push((b.value - a.value) / Math.max(b.at - a.at, coarseMs));
  }
  return rates;
}

/** Of the day after a reading, as far as the counter only rises. */
function risingFrom(readings: readonly Reading[], n: number): readonly Reading[] {
  const first = readings[n];
  if (!first) return [];
  const rising = [first];
  let last = first;
  for (let later = n + 1; later < readings.length; later++) {
    const reading = readings[later];
    if (!reading || reading.at - first.at > dayMs || reading.value < last.value) break;
    rising.push(reading);
    last = reading;
  }
  return rising;
}
