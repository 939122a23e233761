import { hourMs } from '../../model/time.ts';
import { type HourQuality, worstQuality } from '../quality.ts';
import { type Course, type Note, perUnit, type Span } from './course.ts';

/** What a counter says of a stretch of time. */
export interface Interval {
  /** Unix ms UTC, `from` inclusive, `to` exclusive. */
  readonly from: number;
  readonly to: number;
  /** In the unit of the counter; never negative; null where a part is missing. */
  readonly value: number | null;
  /** Beside a null value: the sum of the parts that are known. */
  readonly knownValue?: number;
  readonly quality: HourQuality;
  /** What was used is certainly not less, and not more: null where nothing limits it. The counter's step is in both. */
  readonly lower: number;
  readonly upper: number | null;
  /** Share of the time between readings close enough, 0 to 1. */
  readonly coverage: number;
  readonly notes: readonly Note[];
}

/** Equal parts of a stretch of time. */
export interface Grid {
  readonly from: number;
  readonly to: number;
  readonly stepMs: number;
}

/** A reading within this of a part's edge is taken for one at the edge. */
const punctualMs = 36_000;
/** Readings further apart than this share of a part do not tell what was used in it. */
const gapShare = 1.5;

/** The part of a span that lies in a stretch. */
interface Piece {
  readonly span: Span;
  readonly from: number;
  readonly to: number;
}

function piecesOf({ spans }: Course, from: number, to: number): readonly Piece[] {
  const pieces: Piece[] = [];
  for (let n = firstTouching(spans, from); n < spans.length; n++) {
    const span = spans[n];
    if (!span || span.from >= to) break;
    const isSeam = span.from === span.to;
    if (!isSeam && span.to <= from) continue;
    pieces.push({ span, from: Math.max(from, span.from), to: Math.min(to, span.to) });
  }
  return pieces;
}

/** Place of the first span that ends at or after an instant. */
function firstTouching(spans: readonly Span[], at: number): number {
  let [low, high] = [0, spans.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((spans[middle]?.to ?? at) < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Millionths counted up to an instant of a span; the rounding of all parts together is none. */
const countedAt = ({ from, to, used }: Span, at: number): number =>
  at >= to ? used : Math.round((used * (at - from)) / (to - from));

const usedIn = ({ span, from, to }: Piece): number =>
  span.from < span.to ? countedAt(span, to) - countedAt(span, from) : 0;

const sum = (values: readonly number[]): number =>
  values.reduce((total, value) => total + value, 0);

/** Time of a stretch before the first reading and after the last one. */
function outside({ spans }: Course, from: number, to: number) {
  const first = spans[0]?.from ?? to;
  const last = spans.at(-1)?.to ?? from;
  const before = Math.max(0, Math.min(first, to) - from);
  return { before, after: Math.min(to - from - before, Math.max(0, to - Math.max(last, from))) };
}

const isSeam = ({ from, to }: Span): boolean => from === to;

/** How far the readings at both ends of spans may be off together. The parts of a step that no reading shows weigh differently where the ratio changes. */
const offOf = (sofar: number, { offFrom, offTo, note }: Span): number =>
  note === 'ratio-changed'
    ? Math.max(sofar, offFrom) + Math.max(0, offTo - offFrom)
    : Math.max(sofar, offFrom, offTo);

const isWithin = ({ from, to }: Span, piece: Piece): boolean =>
  from >= piece.from && to <= piece.to;

/** Between what was used, for certain: whole spans are at least in it, touched ones at most; the readings at both ends may be off by a step. */
function boundsOf(course: Course, from: number, to: number, pieces: readonly Piece[]) {
  const { maxPerHour = Number.POSITIVE_INFINITY } = course.limits;
  const most = (ms: number) => (ms === 0 ? 0 : ((maxPerHour * ms) / hourMs) * perUnit);
  const { before, after } = outside(course, from, to);
  let [lower, offLower, offUpper] = [0, 0, 0];
  let upper = most(before + after);
  const endRun = () => {
    lower -= offLower;
    upper += offUpper;
    [offLower, offUpper] = [0, 0];
  };
  for (const piece of pieces) {
    const { span } = piece;
    if (!span.known || isSeam(span)) {
      endRun();
      upper += most(piece.to - piece.from);
      if (isWithin(span, piece)) lower += Math.max(0, span.least - offOf(0, span));
      continue;
    }
    upper += span.most;
    offUpper = offOf(offUpper, span);
    if (!isWithin(span, piece)) continue;
    lower += span.least;
    offLower = offOf(offLower, span);
  }
  endRun();
  const least = Math.max(0, Math.round(lower));
  return {
    lower: least / perUnit,
    // Readings may have counted a little more than the rating allows.
    upper: Number.isFinite(upper) ? Math.max(least, Math.round(upper)) / perUnit : null,
  };
}

/** Whether it is not known how much of a span belongs to which part. */
function isSplit({ from, to, note }: Span, grid: Grid, closeMs: number): boolean {
  if (to - from <= closeMs && note !== 'wrong-reading') return false;
  const partAt = (at: number) => Math.floor((at - grid.from) / grid.stepMs);
  return partAt(from + punctualMs) !== partAt(to - punctualMs);
}

function qualityOf(piece: Piece, grid: Grid, closeMs: number): HourQuality {
  const { span } = piece;
  if (span.known) {
    if (isSeam(span)) return 'replaced';
    return span.note === 'ratio-changed' || isSplit(span, grid, closeMs) ? 'estimated' : 'measured';
  }
  const isAtEnd = piece.from === span.from || piece.to === span.to;
  if (!isAtEnd) return 'missing';
  return span.note === 'reset' ? 'reset' : 'replaced';
}

const notesOf = (pieces: readonly Piece[]): readonly Note[] =>
  [...new Set(pieces.flatMap(({ span }) => span.note ?? []))].sort();

function partOf(course: Course, from: number, grid: Grid): Interval {
  const to = from + grid.stepMs;
  const { maxGapMs, closeMs } = course.limits;
  const gapMs = Math.min(maxGapMs, gapShare * grid.stepMs);
  const pieces = piecesOf(course, from, to);
  const { before, after } = outside(course, from, to);
  const isOpen = before > punctualMs || after > 0;
  const length = ({ from: begin, to: end }: Piece) => end - begin;
  const known = pieces.filter(({ span }) => span.known);
  const knownMs = sum(known.map(length));
  const coveredMs = sum(known.filter(({ span }) => span.to - span.from <= gapMs).map(length));
  const qualities = pieces.map((piece) => qualityOf(piece, grid, Math.min(gapMs, closeMs)));
  const quality = isOpen ? 'missing' : worstQuality(qualities);
  const isKnown = quality !== 'missing' && knownMs > 0;
  return {
    from,
    to,
    value: isKnown ? sum(pieces.map(usedIn)) / perUnit : null,
    quality,
    ...boundsOf(course, from, to, pieces),
    coverage: Math.min(1, coveredMs / grid.stepMs),
    notes: notesOf(pieces),
  };
}

/** Every part of the grid, in order. */
export function partsOf(course: Course, grid: Grid): readonly Interval[] {
  const parts: Interval[] = [];
  for (let from = grid.from; from < grid.to; from += grid.stepMs)
    parts.push(partOf(course, from, grid));
  return parts;
}

/**
 * A period of several parts. What is not known of its parts may be known of the whole: then it is `estimated`, with bounds that meet.
 * @param parts all of the period
 */
export function wholeOf(
  course: Course,
  { from, to }: Pick<Interval, 'from' | 'to'>,
  parts: readonly Interval[],
): Interval {
  const known = parts.flatMap(({ value }) => (value === null ? [] : [value]));
  const total = sum(known.map((value) => Math.round(value * perUnit))) / perUnit;
  const isWhole = known.length === parts.length;
  return {
    from,
    to,
    value: isWhole ? total : null,
    ...(isWhole || known.length === 0 ? {} : { knownValue: total }),
    quality: worstQuality(parts.map(({ quality }) => quality)),
    ...boundsOf(course, from, to, piecesOf(course, from, to)),
    coverage: sum(parts.map(({ coverage }) => coverage)) / parts.length,
    notes: [...new Set(parts.flatMap(({ notes }) => notes))].sort(),
  };
}
