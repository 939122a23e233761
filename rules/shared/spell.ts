import { secondMs } from '../../model/time.ts';

export type SpellPoint = readonly [at: number, lat: number, lon: number, value: number];

/** A stretch of fixes by which something is so. Plain JSON. */
export interface Spell {
  /** What it is about, such as a place; null where there is but one thing. */
  readonly about: string | null;
  /** Ids of places where it began. */
  readonly places: readonly string[];
  readonly since: number;
  /** Newest fix by which it is so. */
  readonly lastAt: number;
  readonly fixes: number;
  /** Greatest value. */
  readonly worst: number;
  /** Every `stride`-th fix, so that a long stretch stays small. */
  readonly track: readonly SpellPoint[];
  readonly stride: number;
  /** Fixes since by which it is not so, and `at` of the first of them. */
  readonly calm: number;
  readonly calmSince: number | null;
  /** Long enough to be told. */
  readonly isOpen: boolean;
  /** It is told again when it has become this long. */
  readonly nextTellS: number;
}

/** How long something must be so to be told, and not so to be over. All that apply must be reached. */
export interface SpellLimits {
  readonly enterS: number;
  readonly enterFixes: number;
  readonly leaveS: number;
  readonly leaveFixes: number;
}

/** What one fix says. */
export interface Seen {
  readonly at: number;
  readonly lat: number;
  readonly lon: number;
  readonly so: boolean;
  /** How much, in the unit of the rule. */
  readonly value: number;
  readonly about?: string;
  /** Known for sure: no more fixes are waited for. */
  readonly certain?: true;
  /** When it began, where that is known better than by the first fix. */
  readonly since?: number;
  /** When it ended, where that is known better than by the first fix without. */
  readonly until?: number;
}

export type SpellChange = 'open' | 'amend' | 'end';

export interface Followed {
  readonly spell: Spell | null;
  /** What is to be told, of which stretch. */
  readonly told: readonly (readonly [SpellChange, Spell])[];
}

const trackPoints = 12;
/** An outlier does not end a beginning; a second one does. */
const fixesToForget = 2;
/** A stretch that has not been told does not reach over a gap this long. */
const longestGapMs = 600 * secondMs;

const degrees = (value: number) => Math.round(value * 1e6) / 1e6;
const tenths = (value: number) => Math.round(value * 10) / 10;

const begun = ({ at, since = at, about }: Seen, places: Spell['places']): Spell => ({
  about: about ?? null,
  places,
  since: Math.min(since, at),
  lastAt: at,
  fixes: 0,
  worst: Number.NEGATIVE_INFINITY,
  track: [],
  stride: 1,
  calm: 0,
  calmSince: null,
  isOpen: false,
  nextTellS: 0,
});

function withFix(spell: Spell, { at, lat, lon, value }: Seen): Spell {
  const isKept = spell.fixes % spell.stride === 0;
  const point: SpellPoint = [at, degrees(lat), degrees(lon), tenths(value)];
  const track = isKept ? [...spell.track, point] : spell.track;
  const isFull = track.length > trackPoints;
  return {
    ...spell,
    lastAt: at,
    fixes: spell.fixes + 1,
    worst: Math.max(spell.worst, tenths(value)),
    track: isFull ? track.filter((_, index) => index % 2 === 0) : track,
    stride: isFull ? spell.stride * 2 : spell.stride,
    calm: 0,
    calmSince: null,
  };
}

/** @returns `lastAt` is when it ended, where it is open */
const ended = (spell: Spell): Followed['told'] => (spell.isOpen ? [['end', spell]] : []);

function followSo(
  before: Spell | null,
  seen: Seen,
  limits: SpellLimits,
  places: Spell['places'],
): Followed {
  const spell = withFix(before ?? begun(seen, places), seen);
  const lastsS = (spell.lastAt - spell.since) / secondMs;
  if (!spell.isOpen) {
    const isLong = lastsS >= limits.enterS && spell.fixes >= limits.enterFixes;
    if (!isLong && !seen.certain) return { spell, told: [] };
    const open = { ...spell, isOpen: true, nextTellS: 2 * Math.max(lastsS, 300) };
    return { spell: open, told: [['open', open]] };
  }
  if (lastsS < spell.nextTellS) return { spell, told: [] };
  const again = { ...spell, nextTellS: 2 * lastsS };
  return { spell: again, told: [['amend', again]] };
}

function followCalm(before: Spell, seen: Seen, limits: SpellLimits): Followed {
  const calmSince = before.calmSince ?? Math.max(before.lastAt, seen.until ?? seen.at);
  const calm = before.calm + 1;
  const spell = { ...before, calm, calmSince };
  const isOver = spell.isOpen
    ? calm >= limits.leaveFixes && seen.at - calmSince >= limits.leaveS * secondMs
    : calm >= Math.min(fixesToForget, limits.leaveFixes);
  return isOver ? { spell: null, told: ended(spell) } : { spell, told: [] };
}

/**
 * One more fix that says something, in order of `at`.
 *
 * @param places ids of those it is in
 */
export function follow(
  before: Spell | null,
  seen: Seen,
  limits: SpellLimits,
  places: Spell['places'],
): Followed {
  if (!seen.so) return before ? followCalm(before, seen, limits) : { spell: null, told: [] };
  const isOther = before !== null && before.about !== (seen.about ?? null);
  const isStale =
    before !== null && !before.isOpen && seen.at - before.lastAt > longestGapMs && !seen.since;
  if (!isOther && !isStale) return followSo(before, seen, limits, places);
  const next = followSo(null, seen, limits, places);
  const over = before && { ...before, calmSince: before.calmSince ?? seen.at };
  return { spell: next.spell, told: [...(over ? ended(over) : []), ...next.told] };
}

/** Where a stretch began. */
export const beginOf = (
  { track }: Spell,
  { lat, lon }: { readonly lat: number; readonly lon: number },
): { readonly lat: number; readonly lon: number } => ({
  lat: track[0]?.[1] ?? lat,
  lon: track[0]?.[2] ?? lon,
});
