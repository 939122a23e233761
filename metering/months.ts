import type { Interval } from '../energy/consumption/interval.ts';
import { type Period, periodAt } from '../energy/consumption/periods.ts';
import { limitsOf } from '../energy/counter.ts';
import type { Meter } from '../model/entities.ts';
import { hourMs } from '../model/time.ts';
import type { Directory } from '../registry/registry.ts';
import { consumptionOf, type Read } from './consumption.ts';
import { counterFacts } from './counter-facts.ts';

/** Months that were worked out, so that a year is not read reading by reading each time it is asked for. */

/** A month that is over, as it is kept. */
export interface KeptMonth extends Interval {
  /** False while a later reading may still show one of it to have been a moment’s error. */
  readonly settled?: boolean;
}

export interface MonthShelf {
  /** What a month came to, where it rests on the same. */
  month(meter: string, month: Period, basis: string): KeptMonth | undefined;
  keepMonth(meter: string, whole: KeptMonth, basis: string): void;
  /** What comes of the meter before an instant is late from here on, and takes months off the shelf. */
  heed(meter: string, until: number): void;
}

export interface CountedBy {
  readonly meter: Meter;
  readonly zone: string;
  readonly read: Read;
  readonly directory: Directory;
  /** The newest of it, Unix ms. */
  readonly newest: number;
}

/** A reading in time says nothing of what lies so long before it. */
export const settledMs = 26 * hourMs;
/** Nothing is kept before this has passed since its end. */
export const restMs = hourMs;

/** A month on the shelf; `stale` where it is to be looked at once more. */
export function keptMonthOf(
  { meter, zone, directory, newest }: CountedBy,
  month: Period,
  shelf: Pick<MonthShelf, 'month'>,
): { readonly whole: Interval; readonly stale: boolean } | undefined {
  const kept = shelf.month(meter.id, month, basisOf(meter, zone, directory));
  if (!kept) return undefined;
  const { settled = true, ...whole } = kept;
  return { whole, stale: !settled && newest >= month.to + settledMs };
}

const basisOf = (meter: Meter, zone: string, directory: Directory): string =>
  JSON.stringify([zone, limitsOf(meter), counterFacts(directory, meter.id)]);

export async function monthOf(
  counted: CountedBy,
  month: Period,
  shelf: MonthShelf,
): Promise<Interval | undefined> {
  const kept = keptMonthOf(counted, month, shelf);
  if (kept && !kept.stale) return kept.whole;
  const { meter, zone, read, directory, newest } = counted;
  const settled = newest >= month.to + settledMs;
  const isOver = newest >= month.to + restMs;
  // Before it is read: what comes meanwhile is late.
  if (isOver) shelf.heed(meter.id, month.to + (settled ? settledMs : restMs));
  const facts = counterFacts(directory, meter.id);
  const { items } = await consumptionOf('month', { ...month, limit: 1 }, meter, zone, read, facts);
  const [whole] = items;
  if (whole && isOver)
    shelf.keepMonth(meter.id, { ...whole, settled }, basisOf(meter, zone, directory));
  return whole;
}

/** The last month that is over. */
export const monthBefore = (at: number, zone: string): Period =>
  periodAt('month', periodAt('month', at, zone).from - 1, zone);
