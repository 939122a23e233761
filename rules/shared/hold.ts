import { unpackAlarmPlace } from '../../model/alarm-place.ts';
import type { Fix } from '../../model/observation.ts';
import { secondMs } from '../../model/time.ts';

export type HoldPoint = readonly [at: number, lat: number, lon: number, speedKmh: number | null];

/** A stretch in which a terminal's reports carry an alarm. Plain JSON. */
export interface Hold {
  /** `at` of the first and of the newest report with it. */
  readonly since: number;
  readonly lastAt: number;
  /** How many reports carried it. */
  readonly reports: number;
  /** How many of these had no position. */
  readonly unplaced: number;
  /** Alarm bits seen, of those asked for. */
  readonly bits: number;
  /** The place the terminal names with it, packed; null where it names none. */
  readonly place: number | null;
  readonly fastestKmh: number | null;
  /** Reports with a position; every `stride`-th, so that a long stretch stays small. */
  readonly track: readonly HoldPoint[];
  readonly stride: number;
  /** Reports without it since the newest with it, and `at` of the first of them. */
  readonly calm: number;
  readonly calmSince: number | null;
  /** Long enough to be told. */
  readonly isOpen: boolean;
  /** It is told again when it has become this long. */
  readonly nextTellS: number;
}

/** One that ends, unless the alarm comes back. */
export type Ended = Hold & { readonly calmSince: number };

export interface HoldLimits {
  /** How long it must be held to be told. */
  readonly minS: number;
  /** After so many reports without it running it is over, */
  readonly clearFixes: number;
  /** or after one that comes so long after the last with it. */
  readonly clearS: number;
}

const firstTellS = 60;
const trackPoints = 48;

/** Before the first report; nothing is held. */
const begun = (at: number): Hold => ({
  since: at,
  lastAt: at,
  reports: 0,
  unplaced: 0,
  bits: 0,
  place: null,
  fastestKmh: null,
  track: [],
  stride: 1,
  calm: 0,
  calmSince: null,
  isOpen: false,
  nextTellS: firstTellS,
});

const degrees = (value: number) => Math.round(value * 1e6) / 1e6;

/** With one more report that carries it. @param bits the alarm bits of it that were asked for */
export function withReport(
  before: Hold | null,
  fix: Fix,
  bits: number,
  place: number | undefined,
): Hold {
  const hold = before ?? begun(fix.at);
  const { speedKmh = null } = fix;
  const isKept = fix.fixed && hold.reports % hold.stride === 0;
  const point: HoldPoint = [fix.at, degrees(fix.lat), degrees(fix.lon), speedKmh];
  const track = isKept ? [...hold.track, point] : hold.track;
  const isFull = track.length > trackPoints;
  return {
    ...hold,
    lastAt: fix.at,
    reports: hold.reports + 1,
    unplaced: hold.unplaced + Number(!fix.fixed),
    bits: (hold.bits | bits) >>> 0,
    place: hold.place ?? place ?? null,
    fastestKmh: fix.fixed ? faster(hold.fastestKmh, speedKmh) : hold.fastestKmh,
    track: isFull ? track.filter((_, index) => index % 2 === 0) : track,
    stride: isFull ? hold.stride * 2 : hold.stride,
    calm: 0,
    calmSince: null,
  };
}

const faster = (a: number | null, b: number | null): number | null =>
  a === null || b === null ? (a ?? b) : Math.max(a, b);

/** With one more report that does not carry it. @returns whether it is over now, since `calmSince` */
export function withCalm(
  hold: Hold,
  at: number,
  { clearFixes, clearS }: HoldLimits,
): { readonly hold: Ended; readonly isOver: boolean } {
  const calm = hold.calm + 1;
  const isOver = calm >= clearFixes || at - hold.lastAt >= clearS * secondMs;
  return { hold: { ...endedAt(hold, at), calm }, isOver };
}

/** As it is where it ends with a report that does not carry it, or speaks of something else. */
export const endedAt = (hold: Hold, at: number): Ended => ({
  ...hold,
  calmSince: hold.calmSince ?? at,
});

/** Whether it is to be told now: for the first time, or again since it has become twice as long. */
export function tellNow(
  hold: Hold,
  { minS }: HoldLimits,
): { readonly hold: Hold; readonly change?: 'open' | 'amend' } {
  const heldMs = hold.lastAt - hold.since;
  if (!hold.isOpen)
    return heldMs >= minS * secondMs
      ? { hold: { ...hold, isOpen: true, nextTellS: tellAfter(heldMs) }, change: 'open' }
      : { hold };
  if (heldMs < hold.nextTellS * secondMs) return { hold };
  return { hold: { ...hold, nextTellS: tellAfter(heldMs) }, change: 'amend' };
}

function tellAfter(heldMs: number): number {
  let nextS = firstTellS;
  while (nextS * secondMs <= heldMs) nextS *= 2;
  return nextS;
}

/** Whether the terminal now speaks of another place than before. */
export const isElsewhere = (hold: Hold | null, place: number | undefined): boolean =>
  hold !== null && hold.place !== null && place !== undefined && hold.place !== place;

/** The place a fix names that an alarm is about: of a crossed one only of the wanted kind. */
export function placeIn(
  { overspeedPlace, crossedPlace }: Fix,
  about: 'overspeed' | 'area' | 'route' | undefined,
): number | undefined {
  if (about === undefined) return undefined;
  if (about === 'overspeed') return overspeedPlace;
  const place = crossedPlace === undefined ? undefined : unpackAlarmPlace(crossedPlace);
  return place && (place.kind === 'route') === (about === 'route') ? crossedPlace : undefined;
}
