import { boundsOf, type Measure, type SeenHour } from '../../energy/anomaly.ts';
import { type Baseline, type Expectation, expectedOf, newBaseline } from '../../energy/baseline.ts';
import { groupOf } from '../../energy/circuit-group.ts';
import type { Episode } from '../../energy/episode.ts';
import type { Hour } from '../../energy/hourly.ts';
import type { LocalHours } from '../../energy/local-hours.ts';
import { hasOwnTimes, isUsuallyOn, leastOfPeakOf } from '../../energy/own-times.ts';
import {
  type PackedBaseline,
  type PackedHour,
  packBaseline,
  packHour,
  unpackBaseline,
  unpackHour,
} from '../../energy/packed.ts';
import { newScatter, type Scatter } from '../../energy/scatter.ts';
import type { MeterHours, MeterSubject, Surroundings } from '../rule.ts';
import { type AnomalyParams, leastOf, mannerOf } from './anomaly-params.ts';
import { isAfterHours } from './energy-days.ts';
import { newRise, type RiseState } from './rise-watch.ts';

/* What is kept of a meter whose consumption is judged, and what its hours are measured by. */

/** In plain JSON it is `Kept`. */
export interface AnomalyState {
  readonly baseline: Baseline;
  readonly scatter: Scatter;
  /** Of the running hour, computed when it began. */
  readonly ahead: { readonly start: number; readonly expected: Expectation | null } | null;
  /** The newest hours, ascending; more of them while an episode lasts. */
  readonly seen: readonly SeenHour[];
  readonly episode: Episode | null;
  readonly rise: RiseState;
  /** Up to when what people held of earlier alerts is in the baseline. */
  readonly heededUpTo: number;
}

export interface Kept extends Omit<AnomalyState, 'baseline' | 'seen'> {
  readonly baseline: PackedBaseline;
  readonly seen: readonly PackedHour[];
}

export const pack = (state: AnomalyState): Kept => ({
  ...state,
  baseline: packBaseline(state.baseline),
  seen: state.seen.map(packHour),
});

export const unpack = (kept: Kept): AnomalyState => ({
  ...kept,
  baseline: unpackBaseline(kept.baseline),
  seen: kept.seen.map(unpackHour),
});

/** What stays the same during one step. */
export interface Bench {
  readonly subject: MeterSubject;
  readonly params: AnomalyParams;
  readonly around: Surroundings;
  /** `at` of the reading. */
  readonly at: number;
  readonly local: LocalHours;
}

/** What the hour at hand is measured by. On a holiday little is normal. */
export function measureOf(
  { baseline, scatter }: AnomalyState,
  start: number,
  bench: Bench,
): Measure {
  const { subject, params } = bench;
  const { isLowTold, dead, isMeasuredByItself } = mannerOf(subject.meter);
  const isHoliday = bench.local(start).holiday === true;
  return {
    bounds: boundsOf(isMeasuredByItself ? scatter.usual : null, params),
    level: baseline.level ?? 0,
    leastAmount: leastOf(subject.meter, params),
    isLowTold: isLowTold && !isHoliday,
    dead,
  };
}

/** Whether the hour is none of this rule's: a circuit after hours, or one that goes by its own times and was mostly off. */
export function isLeft({ baseline }: AnomalyState, start: number, bench: Bench): boolean {
  const { meter, institution } = bench.subject;
  const local = bench.local(start);
  if (groupOf(meter) !== undefined && isAfterHours(institution, local)) return true;
  return hasOwnTimes(meter) && (local.holiday === true || !isUsuallyOn(baseline, local));
}

export function expectHour(
  state: AnomalyState,
  start: number,
  bench: Bench,
): Expectation | undefined {
  const { baseline, episode } = state;
  const leastOfPeak = leastOfPeakOf(bench.subject.meter);
  const lasting = episode ? { episodeDay: bench.local(episode.since).day } : {};
  return expectedOf(baseline, bench.local(start), { leastOfPeak, ...lasting });
}

/** Heat that flows again after the summer begins its season: what that is like is learned anew. */
export function inSeason(
  state: AnomalyState,
  { value }: Hour,
  { subject, params }: Bench,
): AnomalyState {
  const { peak } = state.baseline;
  const least = leastOf(subject.meter, params);
  const isBeginning =
    subject.meter.medium === 'heat' && peak !== null && peak < least && (value ?? 0) >= least;
  return isBeginning
    ? { ...state, baseline: newBaseline, scatter: newScatter, rise: newRise, ahead: null }
    : state;
}

/** Whether a reading within an hour can tell anything: most do not, and nothing is unpacked for them. */
export function saysSomething({ ahead, episode }: Kept, { closed, running }: MeterHours): boolean {
  if (closed.length > 0 || ahead?.start !== running.start) return true;
  return !episode && ahead.expected !== null && running.value > ahead.expected.value;
}
