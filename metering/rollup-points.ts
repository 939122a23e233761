import { consumptionIn } from '../energy/consumption/consumption.ts';
import type { Facts } from '../energy/consumption/course.ts';
import { type Period, periodsOf } from '../energy/consumption/periods.ts';
import { limitsOf } from '../energy/counter.ts';
import type { Meter } from '../model/entities.ts';
import type { RollupPoint } from '../stores/store.ts';
import { type Read, readingsAround } from './consumption.ts';

const levels = ['quarter', 'hour', 'day'] as const;
/** More than any week has. */
const mostPeriods = 1_000;

/**
 * What every quarter, hour and day came to that lies in a stretch with at least a part, is over by the newest reading, and not before the first.
 *
 * @param stretch of a week or less
 */
export async function rollupPoints(
  meter: Meter,
  zone: string,
  stretch: Period,
  read: Read,
  known: Omit<Facts, 'limits'>,
): Promise<readonly RollupPoint[]> {
  const grids = levels.map((by) => ({
    by,
    periods: periodsOf(by, { ...stretch, limit: mostPeriods }, zone),
  }));
  const edges = grids.flatMap(({ periods }) => periods.flatMap(({ from, to }) => [from, to]));
  if (edges.length === 0) return [];
  const around = { from: Math.min(...edges), to: Math.max(...edges) };
  const readings = await readingsAround(read, around, meter);
  const [first, last] = [readings[0], readings.at(-1)];
  if (!first || !last) return [];
  const facts = { ...known, limits: limitsOf(meter) };
  return grids.flatMap(({ by, periods }) => {
    const over = periods.filter(({ to }) => to > first.at && to <= last.at);
    return consumptionIn(readings, by, over, facts).map(({ from, value, quality }) => ({
      meter: meter.id,
      by,
      from,
      value,
      quality,
    }));
  });
}
