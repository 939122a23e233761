import { type CounterLimits, stepOf } from '../counter.ts';
import type { Reading } from '../hourly.ts';
import { limitsAt, type RatioChange } from './judge.ts';
import { keepCourse } from './keep.ts';
import type { Kept } from './kept.ts';

/** Readings of a counter → what lies between them. */

/** One meter in the place of another, as somebody has recorded it. */
export interface Swap {
  readonly at: number;
  /** What the old counter showed last. */
  readonly finalReading: number;
  /** What the new one began with. */
  readonly firstReading: number;
}

/** What is known of a counter beside its readings. */
export interface Facts {
  readonly limits: CounterLimits;
  /** Confirmed ones only. */
  readonly swaps?: readonly Swap[];
  readonly ratioChanges?: readonly RatioChange[];
}

/** Something that happened to the counter. */
export type Note =
  | 'rollover'
  | 'reset'
  | 'replaced'
  | 'backwards'
  | 'swap-recorded'
  | 'ratio-changed'
  | 'wrong-reading'
  /** It stood still while the counter of what is fed out went on: a plant of its own, or transformers wired the wrong way round. */
  | 'export-only';

/** Between two neighbouring readings; `from` and `to` are the same where one meter takes the place of another. Amounts in millionths of the unit. */
export interface Span {
  readonly from: number;
  readonly to: number;
  /** False: the counter did not go on, or may not have, and what was used meanwhile is not known beyond `least`, which is then `used` as well. */
  readonly known: boolean;
  readonly used: number;
  readonly least: number;
  readonly most: number;
  /** How far the readings at both ends may be off. */
  readonly offFrom: number;
  readonly offTo: number;
  readonly note: Note | null;
}

/** Without holes from the first reading to the last. */
export interface Course {
  readonly spans: readonly Span[];
  readonly limits: CounterLimits;
}

/** Millionths are whole numbers, whose sums are exact. */
export const perUnit = 1_000_000;
const micro = (value: number): number => Math.round(value * perUnit);

/**
 * Ascending, each instant once. An instant with two values that differ says nothing: which came first is not known here, and the answer must not
 * depend on it.
 */
function inOrder(readings: Iterable<Reading>): readonly Reading[] {
  const all = [...readings];
  const isSorted = all.every((one, n) => n === 0 || one.at > (all[n - 1]?.at ?? 0));
  if (isSorted) return all;
  all.sort((a, b) => a.at - b.at);
  const kept: Reading[] = [];
  for (let n = 0; n < all.length; ) {
    const one = all[n];
    if (!one) break;
    let isAgreed = true;
    for (n++; all[n]?.at === one.at; n++) isAgreed &&= all[n]?.value === one.value;
    if (isAgreed) kept.push(one);
  }
  return kept;
}

/** The readings of each meter that stood in the place, with what was recorded at its ends. */
function byMeter(readings: readonly Reading[], swaps: readonly Swap[]): readonly Reading[][] {
  const meters: Reading[][] = [];
  let begin = 0;
  let first: Reading[] = [];
  for (const { at, finalReading, firstReading } of swaps.toSorted((a, b) => a.at - b.at)) {
    let end = begin;
    while ((readings[end]?.at ?? at) < at) end++;
    meters.push([...first, ...readings.slice(begin, end), { at, value: finalReading }]);
    first = [{ at, value: firstReading }];
    begin = readings[end]?.at === at ? end + 1 : end;
  }
  meters.push([...first, ...readings.slice(begin)]);
  return meters;
}

const seam = (at: number): Span => ({
  from: at,
  to: at,
  known: true,
  used: 0,
  least: 0,
  most: 0,
  offFrom: 0,
  offTo: 0,
  note: 'swap-recorded',
});

function noteOf({ verdict, afterWrong }: Kept): Note | null {
  if (verdict === null) return null;
  if (verdict.type !== 'used') return verdict.type;
  if (verdict.modulus !== undefined) return 'rollover';
  if (verdict.bounds !== undefined) return 'ratio-changed';
  return afterWrong ? 'wrong-reading' : null;
}

function spanOf(before: Kept, kept: Kept, limitsThen: (at: number) => CounterLimits): Span {
  const { verdict } = kept;
  const ends = {
    from: before.at,
    to: kept.at,
    offFrom: micro(stepOf(before.value, limitsThen(before.at))),
    offTo: micro(stepOf(kept.value, limitsThen(kept.at))),
    note: noteOf(kept),
  };
  if (verdict?.type !== 'used') {
    const least = micro(verdict?.least ?? 0);
    return { ...ends, known: false, used: least, least, most: Number.POSITIVE_INFINITY };
  }
  const { modulus, bounds, value } = verdict;
  if (bounds)
    return {
      ...ends,
      known: true,
      used: micro(value),
      least: micro(bounds.least),
      most: micro(bounds.most),
    };
  const used = micro(kept.top) - micro(before.top) + micro(modulus ?? 0);
  return { ...ends, known: true, used, least: used, most: used };
}

/**
 * Pure: the order of the readings and repeated ones change nothing.
 * @param readings in the unit of the counter, behind the transformers' ratio
 */
export function courseOf(readings: Iterable<Reading>, facts: Facts): Course {
  const { limits, swaps = [], ratioChanges = [] } = facts;
  const ordered = inOrder(readings);
  const spans: Span[] = [];
  for (const [n, own] of byMeter(ordered, swaps).entries()) {
    const at = own[0]?.at;
    if (n > 0 && at !== undefined) spans.push(seam(at));
    const course = keepCourse(own, { limits, ratioChanges });
    for (let i = 1; i < course.length; i++) {
      const [before, kept] = [course[i - 1], course[i]];
      if (before && kept)
        spans.push(spanOf(before, kept, (at) => limitsAt(at, limits, ratioChanges)));
    }
  }
  return { spans: withoutRests(spans), limits };
}

const isRest = ({ known, used, from, to }: Span): boolean => known && used === 0 && from < to;

/** Between two falls of a counter that runs backwards it stands still for its coarse steps alone. */
const fallen = (span: Span): Span => ({
  ...span,
  known: false,
  most: Number.POSITIVE_INFINITY,
  note: 'backwards',
});

/** Beside a fall it may have gone up a step and down again without showing it. */
const unsure = (span: Span): Span => ({
  ...span,
  offFrom: 2 * span.offFrom,
  offTo: 2 * span.offTo,
});

/** What a counter that runs backwards hides where it stands still. */
function withoutRests(spans: readonly Span[]): readonly Span[] {
  const all = [...spans];
  const hasFallen = (n: number) => spans[n]?.note === 'backwards';
  for (let n = 0; n < spans.length; ) {
    const begin = n;
    for (let span = spans[n]; span && isRest(span); span = spans[n]) n++;
    const [isAfter, isBefore] = [hasFallen(begin - 1), hasFallen(n)];
    if (isAfter || isBefore) {
      const rests = spans.slice(begin, n).map(isAfter && isBefore ? fallen : unsure);
      all.splice(begin, rests.length, ...rests);
    }
    n++;
  }
  return all;
}
