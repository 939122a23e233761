import { dayMs } from '../../model/time.ts';
import { wrapShare } from '../counter.ts';
import type { Reading } from '../hourly.ts';
import { type Counter, changeBetween, judge, type Used, type Verdict } from './judge.ts';
import { type Kept, longestErrorMs, topped } from './kept.ts';
import { type Around, paceOf } from './pace.ts';
import { findReturn } from './returns.ts';

/**
 * Leaves out readings that stand apart for a moment: those after which the counter goes on where it was before.
 * @param readings ascending, each instant once, of one meter
 */
export function keepCourse(readings: readonly Reading[], counter: Counter): readonly Kept[] {
  const kept: Kept[] = [];
  const change = (before: Reading, after: Reading) => changeBetween(before, after, counter);
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
    const around = { readings, n, kept, from: paceFrom, counted, change };
    const next = stepTo(around, before, reading, counter);
    kept.push(next.kept);
    n = next.n;
    const { verdict } = next.kept;
    counted = verdict?.type === 'used' ? kept.length - 1 : Math.min(counted, kept.length - 1);
    if (verdict?.type !== 'used' || verdict.modulus !== undefined || verdict.bounds)
      paceFrom = kept.length - 1;
  }
  return kept;
}

function join(before: Kept, reading: Reading, verdict: Verdict, afterWrong: boolean): Kept {
  const goesOn =
    verdict.type === 'used' && verdict.modulus === undefined && verdict.bounds === undefined;
  const top = goesOn ? Math.max(before.top, reading.value) : reading.value;
  return { ...reading, top, verdict, afterWrong };
}

/** Whether what was judged is no moment's error. What looks like a wrap, and goes on as before after a moment, was none. */
function isSettled(kept: readonly Kept[], verdict: Verdict, next: number): boolean {
  if (verdict.type === 'backwards') return next < 0 || wasFalling(kept);
  if (verdict.type !== 'used') return false;
  const top = kept.at(-1)?.top ?? 0;
  return verdict.modulus === undefined || (next > 0 && next < top * wrapShare);
}

/** Whether it ran backwards when it last moved within a day: a counter of coarse steps stands still between its falls. */
function wasFalling(kept: readonly Kept[]): boolean {
  const since = (kept.at(-1)?.at ?? 0) - longestErrorMs;
  const isRest = ({ at, verdict }: Kept) =>
    at >= since && verdict?.type === 'used' && verdict.value === 0;
  const moved = kept.findLast((each) => !isRest(each));
  return moved?.verdict?.type === 'backwards' && moved.at >= since;
}

/**
 * @param before the last kept one
 * @param reading the one in place `n`
 * @returns what comes after the last kept one, and its place in `readings`; takes spikes back out of `kept`
 */
function stepTo(
  around: Around & { readonly kept: Kept[] },
  before: Kept,
  reading: Reading,
  counter: Counter,
): { readonly kept: Kept; readonly n: number } {
  const { n, kept } = around;
  const pace = paceOf(around);
  const verdict = judge(topped(before), reading, counter, pace);
  if (isSettled(kept, verdict, pace.next()))
    return { kept: join(before, reading, verdict, false), n };
  const back = findReturn(around, reading, verdict, counter);
  if (!back) return { kept: join(before, reading, verdict, false), n };
  kept.length = back.base + 1;
  // What falls no faster than it may rise may have run backwards, and be no error.
  const isCertain = back.isCertain && verdict.type !== 'backwards';
  const between = isCertain ? back.verdict : doubted(verdict, back.verdict);
  return { kept: join(kept.at(-1) ?? before, back.reading, between, true), n: back.n };
}

/** Either the readings left out were wrong, or the counter did what they say: it counted at least what it would without them. */
const doubted = ({ type }: Verdict, { value, bounds }: Used): Verdict => ({
  type: type === 'used' ? 'replaced' : type,
  least: bounds?.least ?? value,
});
