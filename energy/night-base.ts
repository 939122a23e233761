import { rowsOf, withRow } from './day-rows.ts';
import { decodeAmount, decodeWhole, encodeAmount, encodeWhole } from './letters.ts';
import { medianOf, spreadOf } from './robust.ts';

/** A night's base load: what runs while nobody is there. */
export interface Night {
  /** Local day that it ends in, days since 1970. */
  readonly day: number;
  readonly kw: number;
  /** Mean outdoors of the day before, °C; null where nobody knows. */
  readonly outdoorC: number | null;
}

/** Nights of one kind, ascending by day, in letters: what they came to, and how warm it was. */
export type Nights = string;

export const noNights: Nights = '';

/** Hours of the night: local 0:00 to 5:00. */
export const nightHours = 5;
const leastHours = 4;

/** Mean of the hours without the highest, in kW; undefined where fewer than four are known. */
export function baseOf(hoursKwh: readonly number[]): number | undefined {
  if (hoursKwh.length < leastHours) return undefined;
  const lowest = hoursKwh.toSorted((a, b) => a - b).slice(0, -1);
  return lowest.reduce((sum, kwh) => sum + kwh, 0) / lowest.length;
}

/** So many of the newest nights are remembered, and compared with: three weeks, or twelve where a vacation lies between. */
const remembered = { work: 60, rest: 26 };
const compared = { work: 15, rest: 8 };
const least = { work: 7, rest: 4 };

const width = 3;
/** 0 is for what nobody knows, and 1 for 31 °C below zero. */
const warmthOf = (outdoorC: number | null): string =>
  encodeWhole(outdoorC === null ? 0 : Math.min(63, Math.max(1, 32 + Math.round(outdoorC))), 1);

const nightsIn = (nights: Nights): readonly Night[] =>
  rowsOf(nights, width).map(({ day, text }) => {
    const warmth = decodeWhole(text.slice(2));
    return { day, kw: decodeAmount(text, 0) ?? 0, outdoorC: warmth === 0 ? null : warmth - 32 };
  });

export const withNight = (
  nights: Nights,
  { day, kw, outdoorC }: Night,
  after: 'work' | 'rest',
): Nights =>
  withRow(nights, { day, text: `${encodeAmount(kw)}${warmthOf(outdoorC)}` }, remembered[after]);

export interface Season extends Pick<Night, 'outdoorC'> {
  /** Nights of an earlier day are of another season. */
  readonly from: number;
  readonly heating: boolean;
  readonly vacations: boolean;
}

export interface UsualNight {
  readonly kw: number;
  readonly spreadKw: number;
  readonly nights: number;
}

/** From here on it cools, or heats, by electricity; nights that were milder by more than this say nothing then. */
const weather = { hotC: 22, coldC: 5, milderC: 4 };

function isAlike(then: number | null, now: number | null): boolean {
  if (then === null || now === null) return true;
  if (now >= weather.hotC) return then >= now - weather.milderC;
  return now > weather.coldC || then <= now + weather.milderC;
}

/**
 * What is usual by the newest nights of the kind; where there are vacations, the most that any three weeks of the last twelve came to.
 * @returns undefined where too few are known
 */
export function usualOf(
  nights: Nights,
  after: 'work' | 'rest',
  { from, heating, vacations, outdoorC }: Season,
): UsualNight | undefined {
  const alike = nightsIn(nights).filter((night) => isAlike(night.outdoorC, outdoorC));
  const own = alike.filter(({ day }) => day >= from);
  // When pumps stop for the summer nights become quieter: until they are known, those before will do.
  const usable = own.length < least[after] && !heating ? alike : own;
  const known = usable.map(({ kw }) => kw);
  const size = compared[after];
  if (known.length < least[after]) return undefined;
  const windows = [known.slice(-size)];
  if (vacations)
    for (let end = known.length - size; end >= least[after]; end -= size)
      windows.push(known.slice(Math.max(0, end - size), end));
  const usual = windows.map((window): UsualNight => {
    const kw = medianOf(window);
    return { kw, spreadKw: spreadOf(window, kw), nights: window.length };
  });
  return usual.reduce((a, b) => (b.kw > a.kw ? b : a));
}
