import { type SeenHour, toSeen } from '../../energy/anomaly.ts';
import { valuesByHour } from '../../energy/baseline.ts';
import { otherCourseOf } from '../../energy/episode.ts';
import { hourMs, startOfDay } from '../../model/time.ts';
import { type AnomalyState, type Bench, expectHour, measureOf } from './anomaly-state.ts';
import { dateOfDay } from './energy-days.ts';

/* A day as a whole: hours that are a little off by themselves are together another course, some above and some below. */

/** A day that went so far to both sides is looked at. */
const leastDeviations = 2;

/** The newest day, hour by hour, the wrong ones flagged, where it was another course than it should have been; it is over, and all that was learned since it began is its own. */
export function otherCourse(state: AnomalyState, bench: Bench): readonly SeenHour[] {
  const { subject, params } = bench;
  const newest = state.baseline.days.at(-1);
  const { heldAbove, heldBelow } = state.scatter.today;
  if (!newest || Math.min(heldAbove, heldBelow) < leastDeviations) return [];
  const from = startOfDay(dateOfDay(newest.day), subject.institution.timeZone);
  const { isLowTold, leastAmount } = measureOf(state, from, bench);
  if (!isLowTold) return [];
  const day = valuesByHour(newest).map((value, hour): SeenHour => {
    const start = from + hour * hourMs;
    const seen = {
      start,
      value: value ?? null,
      quality: value === undefined ? 'missing' : 'measured',
    } as const;
    return toSeen(seen, value === undefined ? undefined : expectHour(state, start, bench));
  });
  const wrong = new Set(otherCourseOf(day, params));
  const above = [...wrong].reduce(
    (sum, { value, expected }) => sum + Math.max(0, (value ?? 0) - (expected ?? 0)),
    0,
  );
  if (above < leastAmount) return [];
  return day.map((hour) => ({ ...hour, flagged: wrong.has(hour) }));
}
