import { deviationsOf, isJudged, type SeenHour, toSeen, totalsOf } from '../../energy/anomaly.ts';
import { leastHoursOfDay, valuesByHour } from '../../energy/baseline.ts';
import { otherCourseOf } from '../../energy/episode.ts';
import { hourMs, startOfDay } from '../../model/time.ts';
import { type AnomalyState, type Bench, expectHour, measureOf } from './anomaly-state.ts';
import { dateOfDay } from './energy-days.ts';

/* A day as a whole: hours that are a little off by themselves are together another course, some above and some below. */

/** A day that went so far to both sides is looked at. */
const leastDeviations = 2;

/** The newest day, which is over, hour by hour with the wrong ones flagged, where it was another course than it should have been, and nothing of it was told. */
export function otherCourse(state: AnomalyState, bench: Bench): readonly SeenHour[] {
  const { subject, params } = bench;
  const newest = state.baseline.days.at(-1);
  const { heldAbove, heldBelow } = state.scatter.today;
  const isWide = Math.min(heldAbove, heldBelow) >= leastDeviations;
  if (!newest || newest.flagged || !isWide) return [];
  const from = startOfDay(dateOfDay(newest.day), subject.institution.timeZone);
  const { isLowTold, leastAmount } = measureOf(state, from, bench);
  if (!isLowTold) return [];
  const day = valuesByHour(newest).map((value, hour) => {
    const start = from + hour * hourMs;
    const quality = value === undefined ? 'missing' : 'measured';
    const expected = value === undefined ? undefined : expectHour(state, start, bench);
    return toSeen({ start, value: value ?? null, quality }, expected);
  });
  if (day.filter(isJudged).length < leastHoursOfDay) return [];
  const wrong = new Set(otherCourseOf(day, params));
  const above = totalsOf([...wrong].filter((hour) => deviationsOf(hour) > 0)).wasted;
  return above < leastAmount ? [] : day.map((hour) => ({ ...hour, flagged: wrong.has(hour) }));
}
