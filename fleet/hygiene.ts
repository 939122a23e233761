import type { Fix } from '../model/observation.ts';
import { secondMs } from '../model/time.ts';
import { distanceM } from './geo.ts';
import { type GateState, openGate, passGate } from './quality.ts';
import { type Bearing, judgeBearing, noBearing, type Place } from './stillness.ts';

/**
 * What a fix says of where the vehicle was: `good`, or why it should not be built on. `invalid`: no position was measured. `few-satellites`: by
 * less than four. `start-up`: scattered before the receiver had settled. `jump`: where no car can have come to. `stuck`: the receiver
 * repeats itself while the car moves. `drift`: wandering about while the car stands.
 */
export type FixMark =
  | 'good'
  | 'invalid'
  | 'few-satellites'
  | 'start-up'
  | 'jump'
  | 'stuck'
  | 'drift';

export interface FixVerdict {
  readonly mark: FixMark;
  /** The car stands: between two such fixes it has gone no way. */
  readonly standing: boolean;
}

/** A fix as it is looked at. `receivedAt` is our clock, by which a device clock that stands still is told. */
export type SeenFix = Fix & { readonly receivedAt?: number };

/** Thresholds, with the reasons in `docs/fix-hygiene.md`. */
export const hygieneLimits = {
  minSatellites: 4,
  maxSpeedKmh: 200,
  coldAfterS: 300,
  coldAfterIntervals: 3,
  lostFixes: 3,
  lostS: 30,
  settledFixes: 3,
  settleFixesMost: 5,
  settleMostS: 60,
  heldMost: 32,
  scatterM: 25,
  speedMarginKmh: 20,
  unknownSpeedKmh: 120,
  stuckM: 50,
  stuckFromKmh: 5,
  stuckStepMostS: 60,
  frozenS: 30,
  standingKmh: 1,
  driftFromM: 15,
  driftToM: 150,
  movedFixes: 3,
} as const;

interface Held {
  readonly place: Place;
  /** Already known, while what came before it is not. */
  readonly mark?: FixMark;
}

/** What is remembered between fixes; plain JSON, so that it can be kept over a restart. */
export interface HygieneState {
  readonly gate: GateState;
  /** The last fix that a receiver in its right mind gave. */
  readonly last: Place | null;
  /** Between the last two, ms. */
  readonly stepMs: number;
  /** Worthless fixes since. */
  readonly lost: number;
  /** Fixes after a cold start that wait for the receiver to settle, the oldest first; the first one has a position. */
  readonly held: readonly Held[];
  readonly bearing: Bearing;
}

export const unseen: HygieneState = {
  gate: openGate,
  last: null,
  stepMs: 0,
  lost: 0,
  held: [],
  bearing: noBearing,
};

interface Passed {
  readonly state: HygieneState;
  /** Of the oldest fixes that had none yet, in their order; of none while the receiver settles. */
  readonly verdicts: readonly FixVerdict[];
}

/** One more fix, in order of `at`. */
export function passFix(state: HygieneState, fix: SeenFix): Passed {
  const mark = worthless(fix);
  const place = placeOf(fix);
  if (state.held.length > 0) {
    const held = [...state.held, mark ? { place, mark } : { place }];
    return isSettled(held)
      ? settle({ ...state, held })
      : { state: { ...state, held }, verdicts: [] };
  }
  if (mark)
    return { state: { ...state, lost: state.lost + 1 }, verdicts: [{ mark, standing: false }] };
  if (isCold(state, place)) return { state: { ...state, held: [{ place }] }, verdicts: [] };
  const { verdict, ...passed } = judge(state, place);
  return { state: passed.state, verdicts: [verdict] };
}

/** What can be said of the fixes that still wait, when none comes any more: of so few nobody knows which are wrong. */
export const endFixes = ({ held }: HygieneState): readonly FixVerdict[] =>
  held.map(({ mark = 'good' }) => ({ mark, standing: false }));

/** @param fixes of one vehicle in order of `at` @returns one verdict each */
export function judgeFixes(fixes: readonly SeenFix[]): readonly FixVerdict[] {
  const verdicts: FixVerdict[] = [];
  let state = unseen;
  for (const fix of fixes) {
    const passed = passFix(state, fix);
    state = passed.state;
    verdicts.push(...passed.verdicts);
  }
  verdicts.push(...endFixes(state));
  return verdicts;
}

function worthless({ fixed, lat, lon, satellites }: SeenFix): FixMark | undefined {
  if (!fixed || (lat === 0 && lon === 0)) return 'invalid';
  return satellites !== undefined && satellites < hygieneLimits.minSatellites
    ? 'few-satellites'
    : undefined;
}

const placeOf = ({ at, lat, lon, speedKmh, acc, odometerKm, receivedAt }: SeenFix): Place => ({
  at,
  lat,
  lon,
  ...(speedKmh !== undefined && { speedKmh }),
  ...(acc !== undefined && { acc }),
  ...(odometerKm !== undefined && { odometerKm }),
  ...(receivedAt !== undefined && { receivedAt }),
});

/** Whether the receiver may have begun anew: it was silent for longer than usual, or without a position for a while. */
function isCold({ last, stepMs, lost }: HygieneState, { at }: Place): boolean {
  const { coldAfterIntervals, coldAfterS, lostFixes, lostS } = hygieneLimits;
  if (last === null) return true;
  const gapMs = at - last.at;
  if (lost >= lostFixes && gapMs >= lostS * secondMs) return true;
  return gapMs > Math.max(coldAfterS * secondMs, coldAfterIntervals * stepMs);
}

/** Whether a car could have driven from the one to the other at the speeds it says, with what a receiver scatters. */
export function agree(from: Place, to: Place): boolean {
  const { scatterM, speedMarginKmh, unknownSpeedKmh } = hygieneLimits;
  const said = [from.speedKmh, to.speedKmh].filter((speed) => speed !== undefined);
  const mostKmh = said.length > 0 ? Math.max(...said) + speedMarginKmh : unknownSpeedKmh;
  const seconds = Math.abs(to.at - from.at) / secondMs;
  return distanceM(from, to) <= scatterM + (mostKmh / 3.6) * seconds;
}

const positioned = (held: readonly Held[]): readonly Place[] =>
  held.flatMap(({ place, mark }) => (mark ? [] : [place]));

/** How many of the newest agree one with the next. */
function agreeing(places: readonly Place[]): number {
  let count = 1;
  for (let index = places.length - 1; index > 0; index--) {
    const [from, to] = [places[index - 1], places[index]];
    if (!(from && to && agree(from, to))) break;
    count++;
  }
  return Math.min(count, places.length);
}

function isSettled(held: readonly Held[]): boolean {
  const { heldMost, settledFixes, settleFixesMost, settleMostS } = hygieneLimits;
  const places = positioned(held);
  const spanMs = (held.at(-1)?.place.at ?? 0) - (held[0]?.place.at ?? 0);
  return (
    agreeing(places) >= settledFixes ||
    places.length >= settleFixesMost ||
    spanMs >= settleMostS * secondMs ||
    held.length >= heldMost
  );
}

/** Those that do not lead up to the newest were scatter; the others are looked at like any. */
function settle(before: HygieneState): Passed {
  const places = positioned(before.held);
  const settled = new Set(places.slice(-agreeing(places)));
  let state: HygieneState = { ...before, gate: openGate, held: [], lost: 0 };
  const verdicts = before.held.map(({ place, mark }): FixVerdict => {
    if (mark) return { mark, standing: false };
    if (!settled.has(place)) return { mark: 'start-up', standing: false };
    const judged = judge(state, place);
    state = judged.state;
    return judged.verdict;
  });
  return { state, verdicts };
}

function judge(
  state: HygieneState,
  place: Place,
): { readonly state: HygieneState; readonly verdict: FixVerdict } {
  const passed = passGate(state.gate, { ...place, fixed: true } as Fix, hygieneLimits);
  if (passed.verdict !== 'good')
    return { state: { ...state, gate: passed.state }, verdict: { mark: 'jump', standing: false } };
  const { bearing, mark, standing } = judgeBearing(state.bearing, place, hygieneLimits);
  return {
    state: {
      ...state,
      gate: passed.state,
      last: place,
      stepMs: state.last === null ? 0 : place.at - state.last.at,
      lost: 0,
      bearing,
    },
    verdict: { mark, standing },
  };
}

/** How far the vehicle went, over the fixes that can be built on. */
export interface Travelled {
  readonly distanceKm: number;
  /** By the vehicle's own odometer, between the first and the last of them; null where it says none or less than before. */
  readonly odometerKm: number | null;
}

/** @param verdicts of these fixes, as `judgeFixes` gives them */
export function travelled(
  fixes: readonly SeenFix[],
  verdicts: readonly FixVerdict[] = judgeFixes(fixes),
): Travelled {
  let metres = 0;
  let before: { readonly fix: SeenFix; readonly standing: boolean } | undefined;
  const counters: number[] = [];
  fixes.forEach((fix, index) => {
    const { mark, standing } = verdicts[index] ?? { mark: 'invalid', standing: false };
    if (mark !== 'good') return;
    if (fix.odometerKm !== undefined) counters.push(fix.odometerKm);
    if (before?.standing && standing) return;
    if (before) metres += distanceM(before.fix, fix);
    before = { fix, standing };
  });
  const [first, last] = [counters[0], counters.at(-1)];
  const counted = first === undefined || last === undefined ? null : last - first;
  return {
    distanceKm: metres / 1000,
    odometerKm: counted === null || counted < 0 ? null : counted,
  };
}
