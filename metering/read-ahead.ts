import type { Period } from '../energy/consumption/periods.ts';
import type { Metric } from '../model/metrics.ts';
import { dayMs, hourMs } from '../model/time.ts';
import type { Range, Store, StoredReading } from '../stores/store.ts';
import type { Read } from './consumption.ts';

/**
 * Counters read one after the other, of which about the same stretch is asked: what is asked of one is read of those that come next as well.
 * What of a day came in is looked through once for many meters then, and not once for each.
 */

export interface Counter {
  readonly meter: string;
  readonly metric: Metric;
}

const metersMost = 64;
/** Bounds the memory of what is read ahead: some 8 MB. */
const readingsMost = 100_000;
/** A longer stretch is asked for where hardly anything is. */
const stretchMost = 5 * dayMs;
/** Gaps of neighbours do not begin at the same instant. */
const slackMs = hourMs;

interface Ahead {
  /** Whose question it was. */
  readonly asker: string;
  readonly window: Period;
  readonly readings: ReadonlyMap<string, readonly StoredReading[]>;
  readonly meters: ReadonlySet<string>;
  /** Those that have not come yet. */
  readonly waiting: Set<string>;
}

/** @param order in which they come */
export function createReadAhead(
  store: Pick<Store, 'readings' | 'readingsOfMany'>,
  order: readonly Counter[],
): (counter: Counter) => Read {
  const places = new Map(order.map(({ meter }, index) => [meter, index]));
  let ahead: Ahead | undefined;
  let size = 1;

  /** More at once while all that was read ahead is of use, fewer when it is not. */
  function resize(): void {
    const isOfUse = !ahead || ahead.waiting.size === 0;
    size = isOfUse ? Math.min(metersMost, size * 2) : Math.max(1, size >> 1);
  }

  async function look({ meter, metric }: Counter, range: Period): Promise<Ahead | undefined> {
    const goesOn = ahead?.asker === meter ? ahead.window : undefined;
    if (!goesOn) resize();
    const window = {
      from: Math.min(range.from - slackMs, goesOn?.from ?? range.from),
      to: Math.max(range.to + slackMs, goesOn?.to ?? range.to),
    };
    const place = places.get(meter) ?? order.length;
    for (; size > 1; size >>= 1) {
      const alike = order.slice(place, place + size).filter((next) => next.metric === metric);
      const meters = new Set(alike.map((next) => next.meter));
      if (meters.size < 2) return undefined;
      const asked = { ...window, limit: readingsMost };
      const readings = await store.readingsOfMany([...meters], metric, asked);
      if (readings) return { asker: meter, window, readings, meters, waiting: new Set(meters) };
    }
    return undefined;
  }

  return (counter) => async (range) => {
    const { meter, metric } = counter;
    const isKnown = ahead?.meters.has(meter) && isWithin(range, ahead.window);
    if (!isKnown && range.to - range.from <= stretchMost) ahead = await look(counter, range);
    if (!(ahead?.meters.has(meter) && isWithin(range, ahead.window)))
      return store.readings(meter, metric, range);
    ahead.waiting.delete(meter);
    return cut(ahead.readings.get(meter) ?? [], range);
  };
}

const isWithin = ({ from, to }: Period, window: Period): boolean =>
  from >= window.from && to <= window.to;

const cut = (readings: readonly StoredReading[], { from, to, limit }: Range) =>
  readings.filter(({ at }) => at >= from && at < to).slice(0, limit);
