import { hourMs } from '../model/time.ts';
import {
  type AnomalyLimits,
  deviationsOf,
  isAside,
  isJudged,
  type Pattern,
  type SeenHour,
  type Totals,
  totalsOf,
} from './anomaly.ts';

/** What is kept of a stretch of wrong hours. Plain JSON. */
export interface Episode extends Totals {
  /** Start of its first hour. */
  readonly since: number;
  /** What it began with; `running`: before the hour was over, `shape`: by a whole day. */
  readonly pattern: Pattern | 'running' | 'shape';
  /** Above what is expected, or below. */
  readonly side: 1 | -1;
  /** Hours held to be wrong: the first of each run, and how many. */
  readonly runs: readonly (readonly [from: number, hours: number])[];
  /** Of these hours so many lie above, and so many below. */
  readonly above: number;
  readonly below: number;
  /** Of what was wasted, in yuan; null where a price is missing. */
  readonly wastedYuan: number | null;
  /** Normal hours since. */
  readonly calm: number;
  /** It has lasted so long, or somebody has said so, that it is taken for the new normal. */
  readonly adapted: boolean;
}

/** As a person would call it, when one sees it whole. */
export type Shape = Episode['pattern'] | 'shift';

/** An episode of two days and more with most hours wrong is a new level. */
const shift = { hours: 48, share: 0.6 };
/** Too much and too little in one episode that nearly even out are another course of the day. */
const another = { hours: 3, share: 0.15 };
/** Of a day on which no hour stood out, that share must have been used at other hours. */
const movedShare = 0.3;

export const emptyEpisode = (
  since: number,
  pattern: Episode['pattern'],
  side: Episode['side'],
): Episode => ({
  since,
  pattern,
  side,
  runs: [],
  above: 0,
  below: 0,
  used: 0,
  wasted: 0,
  wastedYuan: 0,
  calm: 0,
  adapted: false,
});

/** With one more wrong hour. */
export function withHour(episode: Episode, hour: SeenHour, yuan: number | null): Episode {
  const { used, wasted } = totalsOf([hour]);
  const isAbove = deviationsOf(hour) >= 0;
  return {
    ...episode,
    runs: withRun(episode.runs, hour.start),
    above: episode.above + (isAbove ? 1 : 0),
    below: episode.below + (isAbove ? 0 : 1),
    used: episode.used + used,
    wasted: episode.wasted + wasted,
    wastedYuan: episode.wastedYuan === null || yuan === null ? null : episode.wastedYuan + yuan,
    calm: 0,
  };
}

function withRun(runs: Episode['runs'], start: number): Episode['runs'] {
  const last = runs.at(-1);
  if (!last || start > last[0] + last[1] * hourMs) return [...runs, [start, 1]];
  return [...runs.slice(0, -1), [last[0], last[1] + 1]];
}

export const countOf = ({ runs }: Episode): number =>
  runs.reduce((sum, [, hours]) => sum + hours, 0);

/** Starts of all hours held to be wrong, ascending. */
export const flaggedOf = ({ runs }: Episode): readonly number[] =>
  runs.flatMap(([from, hours]) =>
    Array.from({ length: hours }, (_, index) => from + index * hourMs),
  );

export function shapeOf(episode: Episode): Shape {
  const { above, below, pattern, used, wasted, since, runs } = episode;
  const isEven = Math.abs(wasted) <= another.share * (used - wasted);
  if (Math.min(above, below) >= another.hours && isEven) return 'shape';
  const last = runs.at(-1);
  const hours = last ? (last[0] - since) / hourMs + last[1] : 0;
  return hours >= shift.hours && above + below >= shift.share * hours ? 'shift' : pattern;
}

/** The hours that make a day another course, though none of them may be too far off by itself; none where it is as it should be. */
export function otherCourseOf(
  day: readonly SeenHour[],
  limits: Pick<AnomalyLimits, 'heldDeviations'>,
): readonly SeenHour[] {
  const above = day.filter((hour) => isAside(hour, 1, limits));
  const below = day.filter((hour) => isAside(hour, -1, limits));
  const { used, wasted } = totalsOf(day.filter(isJudged));
  const moved = totalsOf(above).wasted - totalsOf(below).wasted;
  const expected = used - wasted;
  const isOther =
    Math.min(above.length, below.length) >= another.hours &&
    Math.abs(wasted) <= another.share * expected &&
    moved >= movedShare * expected;
  return isOther ? [...above, ...below].sort((a, b) => a.start - b.start) : [];
}
