import type { Fix } from '../model/observation.ts';
import { distanceM, type Position } from './geo.ts';

/** What a fix is worth: `good`, or the reason it decides nothing. */
export type FixVerdict = 'good' | 'not-fixed' | 'few-satellites' | 'jump';

/** The last fix that was believed, and those since that lie impossibly far from it but near one another. */
export interface GateState {
  readonly trusted: TimedPosition | null;
  readonly doubted: TimedPosition | null;
  readonly doubts: number;
}

interface TimedPosition extends Position {
  readonly at: number;
}

export interface GateLimits {
  readonly minSatellites: number;
  readonly maxSpeedKmh: number;
}

export const openGate: GateState = { trusted: null, doubted: null, doubts: 0 };

/** After so many fixes that agree with one another, it was the trusted one that was wrong. */
const doubtsToBelieve = 3;
/** Two fixes of one second may differ by what a receiver scatters. */
const shortestS = 1;

/** Speed that a move between two fixes implies, km/h; their times may be equal. */
export function impliedKmh(from: TimedPosition, to: TimedPosition): number {
  const seconds = Math.max(shortestS, Math.abs(to.at - from.at) / 1000);
  return (distanceM(from, to) / seconds) * 3.6;
}

/**
 * Judges one fix after the other, in order of `at`. A jump is dropped; when the vehicle stays where it jumped to, the third fix there is believed.
 */
export function passGate(
  state: GateState,
  fix: Fix,
  limits: GateLimits,
): { readonly state: GateState; readonly verdict: FixVerdict } {
  if (!fix.fixed || (fix.lat === 0 && fix.lon === 0)) return { state, verdict: 'not-fixed' };
  if (fix.satellites !== undefined && fix.satellites < limits.minSatellites)
    return { state, verdict: 'few-satellites' };
  const here = { at: fix.at, lat: fix.lat, lon: fix.lon };
  const isReachable = (from: TimedPosition | null) =>
    from !== null && impliedKmh(from, here) <= limits.maxSpeedKmh;
  if (state.trusted === null || isReachable(state.trusted))
    return { state: { trusted: here, doubted: null, doubts: 0 }, verdict: 'good' };
  const doubts = isReachable(state.doubted) ? state.doubts + 1 : 1;
  return doubts >= doubtsToBelieve
    ? { state: { trusted: here, doubted: null, doubts: 0 }, verdict: 'good' }
    : { state: { ...state, doubted: here, doubts }, verdict: 'jump' };
}
