import { dayMs } from '../../model/time.ts';
import { wrapShare } from '../counter.ts';
import type { Reading } from '../hourly.ts';
import { type Counter, judge, type Verdict } from './judge.ts';
import { type Around, fastest, noPace, paceOf } from './pace.ts';

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

/**
 * Leaves out readings that stand apart for a moment: those after which the counter goes on where it was before.
 * @param readings ascending, each instant once, of one meter
 */
export function keepCourse(readings: readonly Reading[], counter: Counter): readonly Kept[] {
  const kept: Kept[] = [];
  let [paceFrom, counted] = [0, 0];
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
    const next = stepTo({ readings, n, kept, from: paceFrom, counted }, counter);
    kept.push(next.kept);
    n = next.n;
    const { verdict } = next.kept;
    counted = verdict?.type === 'used' ? kept.length - 1 : Math.min(counted, kept.length - 1);
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

/** Whether what was judged is no moment's error. What looks like a wrap, and goes on as before after a moment, was none. */
function isSettled(verdict: Verdict, top: number, next: number): boolean {
  if (verdict.type === 'backwards') return next < 0;
  if (verdict.type !== 'used') return false;
  return verdict.modulus === undefined || (next > 0 && next < top * wrapShare);
}

/** @returns what comes after the last kept one, and its place in `readings`; takes spikes back out of `kept` */
function stepTo(
  around: Around & { readonly kept: Kept[] },
  counter: Counter,
): { readonly kept: Kept; readonly n: number } {
  const { readings, n, kept } = around;
  const before = kept.at(-1) as Kept;
  const reading = readings[n] as Reading;
  const pace = paceOf(around);
  const verdict = judge(topped(before), reading, counter, pace);
  if (isSettled(verdict, before.top, pace.next()))
    return { kept: join(before, reading, verdict, false), n };
  const back = returnFrom(around, counter) ?? fallOfSpike(around, reading, counter);
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
function returnFrom(around: Around, counter: Counter): Return | undefined {
  const { kept } = around;
  const first = Math.max(0, kept.length - 1 - mostUnseen);
  for (let base = kept.length - 1; base >= first; base--) {
    const [before, next] = [kept[base], kept[base + 1]];
    if (!before || (next && next.verdict?.type !== 'used')) return undefined;
    const back = returnTo(around, base, counter);
    if (back) return back;
  }
  return undefined;
}

/** The reading with which the counter goes on where it stood before it fell or jumped, as if that had not been. */
function returnTo(around: Around, base: number, counter: Counter): Return | undefined {
  const { kept, readings, n } = around;
  const before = kept[base];
  if (!before) return undefined;
  const isNear = nearnessTo(around, base);
  let depth = 0;
  for (let later = n + 1; later < readings.length; later++) {
    const [wrong, reading] = [readings[later - 1], readings[later]];
    if (!wrong || !reading || reading.at - before.at > longestErrorMs) return undefined;
    const rise = { amount: reading.value - before.top, ms: reading.at - before.at };
    const jump = { amount: Math.abs(reading.value - wrong.value), ms: reading.at - wrong.at };
    depth = Math.max(depth, Math.abs(wrong.value - before.top));
    if (rise.amount < 0 || jump.amount < suddenShare * depth || !isNear(rise, jump)) continue;
    const verdict = judge(topped(before), reading, counter, noPace);
    if (verdict.type === 'used') return { base, reading, verdict, n: later };
  }
  return undefined;
}

interface Change {
  readonly amount: number;
  readonly ms: number;
}

/**
 * Whether a reading is nearer to the kept one at `base` than to the wrong one before it, and nearer than what was kept since: by far, or because the
 * circuit goes as fast as the one rise and not as fast as the others.
 */
function nearnessTo(around: Around, base: number): (rise: Change, jump: Change) => boolean {
  const { kept } = around;
  const [before, next, last] = [kept[base], kept[base + 1], kept.at(-1)];
  const isSudden = suddenAfter(around, base);
  const isFar = (rise: Change, height: number, change: Change) =>
    rise.amount * certainty < height || (isSudden(change) === true && !isSudden(rise));
  return (rise, jump) => {
    if (!isFar(rise, jump.amount, jump)) return false;
    if (!before || !next || !last) return true;
    return isFar(rise, last.top - before.top, changeTo(before, next));
  };
}

const changeTo = (before: Kept, next: Kept): Change => ({
  amount: next.top - before.top,
  ms: next.at - before.at,
});

/** Whether a change is faster than the circuit goes, as far as it is known without what came after the kept one at `base`; undefined where it is not. */
function suddenAfter(around: Around, base: number): (change: Change) => boolean | undefined {
  const pace = paceOf({ ...around, counted: Math.min(around.counted, base) });
  return ({ amount, ms }) => {
    const peak = pace.peak();
    return peak === undefined ? undefined : amount > fastest(peak, ms);
  };
}

/** This reading may show that a sudden rise before it was wrong. */
function fallOfSpike(around: Around, reading: Reading, counter: Counter): Return | undefined {
  const { kept, n } = around;
  const base = baseOfSpike(kept, reading);
  if (base === undefined) return undefined;
  const [from, next] = [kept[base], kept[base + 1]];
  if (!from || !next || suddenAfter(around, base)(changeTo(from, next)) === false) return undefined;
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
