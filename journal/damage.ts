import type { Context } from '../model/context.ts';
import type { JournalDamage } from './journal.ts';

/** A stretch of a segment that gave no record. */
export interface Stretch {
  /** First `seq` of the segment. */
  readonly segment: number;
  /** Where in the file it begins, and how long it is, bytes. */
  readonly offset: number;
  readonly bytes: number;
  /** The positions that are missing: the first one and how many. */
  readonly from: number;
  readonly positions: number;
}

/** Lines of log a segment may give: the rest is counted. */
const linesPerSegment = 10;

/** Counts and logs damage, each byte and each position once, however often it is met. */
export function createDamage(
  { log, count }: Context,
  found: 'at-start' | 'reading',
): { add(stretch: Stretch): void; total(): JournalDamage } {
  const positions: Range[] = [];
  const bytes = new Map<number, Range[]>();
  const total = { positions: 0, bytes: 0 };
  return {
    add(stretch) {
      const { segment, offset } = stretch;
      const places = bytes.get(segment) ?? [];
      bytes.set(segment, places);
      const morePositions = cover(positions, stretch.from, stretch.from + stretch.positions);
      const moreBytes = cover(places, offset, offset + stretch.bytes);
      if (morePositions + moreBytes === 0) return;
      total.positions += morePositions;
      total.bytes += moreBytes;
      count('journal_corrupt', { found }, morePositions);
      count('journal_corrupt_bytes', { found }, moreBytes);
      if (places.length <= linesPerSegment)
        log('error', 'journal: damage passed over', { ...stretch });
      if (places.length === linesPerSegment)
        log('error', 'journal: further damage of this segment is counted only', { segment });
    },
    total: () => ({ ...total }),
  };
}

/** From inclusive, to exclusive. */
type Range = readonly [number, number];

/** Adds a range to those covered, which stay ascending and apart. @returns how much was not covered before */
function cover(ranges: Range[], from: number, to: number): number {
  if (to <= from) return 0;
  const begin = ranges.findLastIndex((range) => range[1] < from) + 1;
  let end = begin;
  let [low, high] = [from, to];
  let known = 0;
  for (let range = ranges[end]; range && range[0] <= to; range = ranges[++end]) {
    known += Math.max(0, Math.min(to, range[1]) - Math.max(from, range[0]));
    [low, high] = [Math.min(low, range[0]), Math.max(high, range[1])];
  }
  ranges.splice(begin, end - begin, [low, high]);
  return to - from - known;
}
