import { hourMs } from '../../model/time.ts';
import type { Reading } from '../hourly.ts';
import { type Counter, judge, type Used, type Verdict } from './judge.ts';
import { type Kept, longestErrorMs, topped } from './kept.ts';
import { type Around, fastest, nextChange, noPace, paceOf } from './pace.ts';

/** A reading with which the counter goes on where it was, by its place, and the place of the kept one it goes on from. */
export interface Return {
  readonly base: number;
  readonly reading: Reading;
  readonly verdict: Used;
  readonly n: number;
  /** False: the circuit may have counted what those between say. */
  readonly isCertain: boolean;
}

/** Of a meter that is read once a day, one reading between two may be wrong. What lies further apart is not always looked at together. */
const longestStepMs = 25 * hourMs;
/** Nearer to the old course than to the new one by so much. */
const certainty = 5;
/** So many wrong readings come one after the other, and may have been taken for right before one is seen to be wrong. */
const mostUnseen = 3;
/** Where nothing but its neighbours speaks against a reading, so many are doubted that were taken for right. */
const mostDoubted = 1;
/** Share of a spike, or of a hole, that its first or last reading makes. */
const suddenShare = 0.9;

/** The reading that shows those before it to have been wrong, if there is one. @param verdict on `reading`, the one in place `n` */
export const findReturn = (
  around: Around,
  reading: Reading,
  verdict: Verdict,
  counter: Counter,
): Return | undefined =>
  returnFrom(around, counter) ??
  overZero(around, verdict, counter) ??
  fallOfSpike(around, reading, counter);

/** Whether what lies between two readings may be an error. */
const isMoment = (before: Reading, wrong: Reading, after: Reading, isOne: boolean): boolean =>
  after.at - before.at <= longestErrorMs ||
  (isOne && wrong.at - before.at <= longestStepMs && after.at - wrong.at <= longestStepMs);

/** Where the counter was may be a little back: the first wrong readings may have looked right. */
function returnFrom(around: Around, counter: Counter): Return | undefined {
  const { kept } = around;
  const first = Math.max(0, kept.length - 1 - mostUnseen);
  let doubtful: Return | undefined;
  for (let base = kept.length - 1; base >= first; base--) {
    const [before, next] = [kept[base], kept[base + 1]];
    if (!before || (next && next.verdict?.type !== 'used')) break;
    const back = returnTo(around, base, counter);
    if (back?.isCertain) return back;
    if (base >= kept.length - 1 - mostDoubted) doubtful ??= back;
  }
  return doubtful;
}

/** The reading with which the counter goes on where it stood before it fell or jumped, as if that had not been. */
function returnTo(around: Around, base: number, counter: Counter): Return | undefined {
  const { kept, readings, n } = around;
  const before = kept[base];
  if (!before) return undefined;
  const evidenceOf = evidenceAround(around, base);
  let falling: Return | undefined;
  let depth = 0;
  for (let later = n + 1; later < readings.length; later++) {
    const [wrong, reading] = [readings[later - 1], readings[later]];
    if (!wrong || !reading || !isMoment(before, wrong, reading, later - n === 1)) break;
    const rise = { amount: reading.value - before.top, ms: reading.at - before.at };
    const jump = { amount: reading.value - wrong.value, ms: reading.at - wrong.at };
    depth = Math.max(depth, Math.abs(wrong.value - before.top));
    if (rise.amount < 0 || Math.abs(jump.amount) < suddenShare * depth) continue;
    const evidence = evidenceOf(rise, jump);
    if (evidence === 'none') continue;
    const verdict = judge(topped(before), reading, counter, noPace);
    if (verdict.type !== 'used') continue;
    const back = { base, reading, verdict, n: later, isCertain: evidence === 'certain' };
    // From where it falls again it may not have been back yet.
    if (nextChange(around, later) >= 0) return back;
    falling ??= back;
  }
  return falling;
}

/** The reading by which the counter may have wrapped, where the one before it would be wrong; or it began anew, and counted from that one on. */
function overZero(around: Around, { type }: Verdict, counter: Counter): Return | undefined {
  const { kept, readings, n } = around;
  const [before, low] = [kept.at(-1), readings[n]];
  if (!before || !low || (type !== 'reset' && type !== 'replaced')) return undefined;
  const pace = paceOf(around);
  for (let later = n + 1; later <= n + mostUnseen; later++) {
    const reading = readings[later];
    if (!reading || reading.at - before.at > longestErrorMs) break;
    const verdict = judge(topped(before), reading, counter, pace);
    if (reading.value <= low.value || verdict.type !== 'used' || !verdict.modulus) continue;
    const used = { type: 'used', value: reading.value - low.value } as const;
    return { base: kept.length - 1, reading, verdict: used, n: later, isCertain: false };
  }
  return undefined;
}

interface Change {
  readonly amount: number;
  readonly ms: number;
}

type Evidence = 'certain' | 'doubtful' | 'none';

/**
 * Whether a reading is nearer to the kept one at `base` than to the wrong one before it, and nearer than what was kept since: by far, or because the
 * circuit goes as fast as the one rise and not as fast as the others. Where it may go as fast as the rise from the wrong one, that one may be true.
 */
function evidenceAround(around: Around, base: number): (rise: Change, jump: Change) => Evidence {
  const { kept } = around;
  const [before, next, last] = [kept[base], kept[base + 1], kept.at(-1)];
  const isSudden = suddenAfter(around, base);
  const isFar = (rise: Change, height: number, change: Change) =>
    rise.amount * certainty < height || (isSudden(change) === true && !isSudden(rise));
  return (rise, jump) => {
    const isUp = jump.amount > 0;
    if (isUp && isSudden(jump) === false) return 'doubtful';
    if (!isFar(rise, Math.abs(jump.amount), jump))
      return isUp && isSudden(jump) === undefined ? 'doubtful' : 'none';
    if (!before || !next || !last) return 'certain';
    return isFar(rise, last.top - before.top, changeTo(before, next)) ? 'certain' : 'none';
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
  if (!from || !next) return undefined;
  const isCertain = suddenAfter(around, base)(changeTo(from, next)) !== false;
  if (!isCertain && base < kept.length - 1 - mostDoubted) return undefined;
  const verdict = judge(topped(from), reading, counter, noPace);
  return verdict.type === 'used' ? { base, reading, verdict, n, isCertain } : undefined;
}

/** The last kept reading before the rise, by its place. */
function baseOfSpike(kept: readonly Kept[], reading: Reading): number | undefined {
  const spike = kept.at(-1);
  if (!spike || reading.value >= spike.top) return undefined;
  for (let n = kept.length - 2; n >= 0; n--) {
    const [base, next] = [kept[n], kept[n + 1]];
    if (!base || !next || next.verdict?.type !== 'used') return undefined;
    if (!isMoment(base, spike, reading, n === kept.length - 2)) return undefined;
    if (base.top > reading.value) continue;
    const height = spike.top - base.top;
    const isSudden = next.top - base.top >= suddenShare * height;
    return isSudden && (reading.value - base.top) * certainty < height ? n : undefined;
  }
  return undefined;
}
