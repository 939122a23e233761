import type { Reading } from '../hourly.ts';
import { courseOf, type Facts } from './course.ts';
import { type Interval, partsOf, wholeOf } from './interval.ts';
import { type By, type Period, stepOfMs } from './periods.ts';

/**
 * Readings of a counter → consumption. Pure: the same readings in any order, repeated or not, give the same.
 *
 * @param readings in the unit of the counter; those around the periods decide too: a day before and after, and the nearest ones beyond a gap
 * @param periods neighbours of each other, ascending
 */
export function consumptionIn(
  readings: Iterable<Reading>,
  by: By,
  periods: readonly Period[],
  facts: Facts,
): readonly Interval[] {
  const [first, last] = [periods[0], periods.at(-1)];
  if (!first || !last) return [];
  const course = courseOf(readings, facts);
  const parts = partsOf(course, { from: first.from, to: last.to, stepMs: stepOfMs(by) });
  if (by === 'quarter' || by === 'hour') return parts;
  let n = 0;
  return periods.map((period) => {
    const begin = n;
    while ((parts[n]?.from ?? period.to) < period.to) n++;
    return wholeOf(course, period, parts.slice(begin, n));
  });
}
