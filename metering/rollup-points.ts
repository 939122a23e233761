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

/** Neighbouring intervals of one length. */
interface Grid {
  readonly by: RollupPoint['by'];
  readonly periods: readonly Period[];
}

/**
 * Every quarter, hour and day that lies in a stretch with at least a part and may be over. Those that go on are left out before anything is read:
 * for the day a meter is in the midst of, all of that day would be.
 *
 * @param stretch of a week or less
 * @param newest when the meter spoke last, whatever it said
 */
export const gridsOf = (stretch: Period, zone: string, newest: number): readonly Grid[] =>
  levels
    .map((by) => ({ by, periods: periodsOf(by, { ...stretch, limit: mostPeriods }, zone) }))
    .map(({ by, periods }) => ({ by, periods: periods.filter(({ to }) => to <= newest) }))
    .filter(({ periods }) => periods.length > 0);

/** From the beginning of the first to the end of the last interval; undefined where there is none. */
function spanOf(grids: readonly Grid[]): Period | undefined {
  const edges = grids.flatMap(({ periods }) => periods.flatMap(({ from, to }) => [from, to]));
  if (edges.length === 0) return undefined;
  return { from: Math.min(...edges), to: Math.max(...edges) };
}

/** What each of the intervals came to that is over by the newest reading, and not before the first. */
export async function rollupPoints(
  meter: Meter,
  grids: readonly Grid[],
  read: Read,
  known: Omit<Facts, 'limits'>,
): Promise<readonly RollupPoint[]> {
  const span = spanOf(grids);
  if (!span) return [];
  const readings = await readingsAround(read, span, meter);
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
