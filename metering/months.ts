import type { Interval } from '../energy/consumption/interval.ts';
import { type Period, periodAt } from '../energy/consumption/periods.ts';
import { limitsOf } from '../energy/counter.ts';
import type { Meter } from '../model/entities.ts';
import { hourMs } from '../model/time.ts';
import type { Directory } from '../registry/registry.ts';
import { consumptionOf, type Read } from './consumption.ts';
import { counterFacts } from './counter-facts.ts';

/** Months that were worked out, so that a year is not read reading by reading each time it is asked for. */

export interface MonthShelf {
  /** What a month came to, where it rests on the same. */
  month(meter: string, month: Period, basis: string): Interval | undefined;
  keepMonth(meter: string, whole: Interval, basis: string): void;
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

export async function monthOf(
  { meter, zone, read, directory, newest }: CountedBy,
  month: Period,
  shelf: MonthShelf,
): Promise<Interval | undefined> {
  const facts = counterFacts(directory, meter.id);
  const basis = JSON.stringify([zone, limitsOf(meter), facts]);
  const kept = shelf.month(meter.id, month, basis);
  if (kept) return kept;
  const isOver = newest >= month.to + settledMs;
  // Before it is read: what comes meanwhile is late.
  if (isOver) shelf.heed(meter.id, month.to + settledMs);
  const { items } = await consumptionOf('month', { ...month, limit: 1 }, meter, zone, read, facts);
  const [whole] = items;
  if (whole && isOver) shelf.keepMonth(meter.id, whole, basis);
  return whole;
}

/** The last month that is over. */
export const monthBefore = (at: number, zone: string): Period =>
  periodAt('month', periodAt('month', at, zone).from - 1, zone);
