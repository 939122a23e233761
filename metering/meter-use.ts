import type { Interval } from '../energy/consumption/interval.ts';
import { type By, type Period, periodsOf } from '../energy/consumption/periods.ts';
import { combine, joined, nothingKnown, shareOf, type Use } from '../energy/virtual.ts';
import type { Meter, VirtualShare } from '../model/entities.ts';
import { counterOf } from '../model/metrics.ts';
import { hourMs, localTime, startOfDay } from '../model/time.ts';
import type { Directory } from '../registry/registry.ts';
import type { Range, Store } from '../stores/store.ts';
import { consumptionOf } from './consumption.ts';
import { counterFacts } from './counter-facts.ts';

/** What meters used in one stretch of time, virtual ones worked out from their parts. */

export interface Stretch {
  /** Unix ms UTC, `from` inclusive, `to` exclusive; whole hours. */
  readonly from: number;
  readonly to: number;
}

export interface MeterUseSources {
  readonly directory: Directory;
  readonly readings: Store['readings'];
  /** What months of a meter that counts itself came to, where they are kept. */
  readonly months?: (meter: string, months: readonly Period[]) => Promise<readonly Interval[]>;
}

export type MeterUse = (meter: Meter, zone: string, stretch: Stretch) => Promise<Use>;

const monthsFrom = (at: number, zone: string): boolean => localTime(at, zone).date.endsWith('-01');
const isMidnight = (at: number, zone: string): boolean =>
  startOfDay(localTime(at, zone).date, zone) === at;

/** The coarsest periods that make up the stretch: the fewer there are, the closer the bounds. */
function coarsest({ from, to }: Stretch, zone: string): 'hour' | 'day' | 'month' {
  if (!isMidnight(from, zone) || !isMidnight(to, zone)) return 'hour';
  return monthsFrom(from, zone) && monthsFrom(to, zone) ? 'month' : 'day';
}

const periodsAtOnce = 10_000;

/** What was used in one period. */
export interface UsedIn extends Stretch {
  readonly use: Use;
}

/** Every period that lies in the stretch with at least a part. */
export type MeterSeries = (
  by: By,
  stretch: Stretch,
  meter: Meter,
  zone: string,
) => Promise<readonly UsedIn[]>;

async function countedSeries(
  { directory, readings, months }: MeterUseSources,
  by: By,
  { from, to }: Stretch,
  meter: Meter,
  zone: string,
): Promise<readonly UsedIn[]> {
  const counter = counterOf[meter.medium];
  if (counter === null) return [];
  if (by === 'month' && months) {
    const wholes = await months(meter.id, periodsIn('month', { from, to }, zone));
    return wholes.map((use) => ({ from: use.from, to: use.to, use }));
  }
  const facts = counterFacts(directory, meter.id);
  const read = (asked: Range) => readings(meter.id, counter, asked);
  const series: UsedIn[] = [];
  let next: number | null = from;
  while (next !== null && next < to) {
    const range = { from: next, to, limit: periodsAtOnce };
    const page = await consumptionOf(by, range, meter, zone, read, facts);
    for (const use of page.items) series.push({ from: use.from, to: use.to, use });
    next = page.next;
  }
  return series;
}

/** m² of a building or institution, or the people of an institution. */
const sizeIn =
  (directory: Directory, by: VirtualShare['by']) =>
  (id: string): number | undefined => {
    if (by === 'headcount') return directory.institution(id)?.energyUsers;
    const building = directory.all('buildings').find((each) => each.id === id);
    return building?.floorAreaM2 ?? directory.institution(id)?.floorAreaM2;
  };

interface Part {
  readonly series: readonly UsedIn[];
  readonly factor: number | null;
}

/** What a virtual meter is worked out from, with how much of it belongs there. */
async function partsOf(
  directory: Directory,
  { virtual }: Meter,
  seriesOf: (part: Meter) => Promise<readonly UsedIn[]>,
): Promise<readonly Part[]> {
  const parts: Part[] = [];
  // One after the other: the readings of all of them at once may be more than there is memory.
  for (const { meter, factor, share } of virtual?.parts ?? []) {
    const device = directory.device(meter);
    const isMeter = device?.type === 'meter';
    const own = share ? shareOf(share, sizeIn(directory, share.by)) : 1;
    parts.push({
      series: isMeter ? await seriesOf(device.meter) : [],
      factor: own === null ? null : own * factor,
    });
  }
  return parts;
}

/** What meters that count themselves used in each of several stretches; virtual ones are worked out. Each meter is asked for once. */
export function createUses(
  directory: Directory,
  countedIn: (meter: Meter) => Promise<readonly UsedIn[]>,
  stretches: readonly Stretch[],
): (meter: Meter) => Promise<readonly UsedIn[]> {
  const known = new Map<string, Promise<readonly UsedIn[]>>();
  const usesOf = (meter: Meter): Promise<readonly UsedIn[]> => {
    const uses = known.get(meter.id) ?? workOut(meter);
    known.set(meter.id, uses);
    return uses;
  };
  const workOut = async (meter: Meter) => {
    if (meter.virtual) return together(stretches, await partsOf(directory, meter, usesOf));
    const counted = new Map((await countedIn(meter)).map((used) => [used.from, used]));
    return stretches.map((stretch) => ({
      ...stretch,
      use: counted.get(stretch.from)?.use ?? nothingKnown,
    }));
  };
  return usesOf;
}

/** The same period of every part, put together. */
function together(periods: readonly Stretch[], parts: readonly Part[]): readonly UsedIn[] {
  return periods.map(({ from, to }, n) => ({
    from,
    to,
    use: combine(
      parts.map(({ series, factor }) => ({ use: series[n]?.use ?? nothingKnown, factor })),
    ),
  }));
}

/**
 * For one question: a meter that is asked for again, as part of several others, is read once. Virtual meters are worked out from their parts, of
 * which the registry sees to it that they make no circle.
 */
export function createMeterSeries(sources: MeterUseSources): MeterSeries {
  const { directory } = sources;
  const known = new Map<string, Promise<readonly UsedIn[]>>();
  const workOut: MeterSeries = async (by, stretch, meter, zone) => {
    const series = (part: Meter) => seriesOf(by, stretch, part, zone);
    return together(periodsIn(by, stretch, zone), await partsOf(directory, meter, series));
  };
  const seriesOf: MeterSeries = (by, stretch, meter, zone) => {
    const key = `${meter.id} ${zone} ${by} ${stretch.from} ${stretch.to}`;
    const series =
      known.get(key) ??
      (meter.virtual
        ? workOut(by, stretch, meter, zone)
        : countedSeries(sources, by, stretch, meter, zone));
    known.set(key, series);
    return series;
  };
  return seriesOf;
}

/** Every period of the stretch, whatever the size of a page. */
function periodsIn(by: By, { from, to }: Stretch, zone: string): readonly Stretch[] {
  const all: Stretch[] = [];
  let next = from;
  while (next < to) {
    const page = periodsOf(by, { from: next, to, limit: periodsAtOnce }, zone);
    all.push(...page);
    next = page.at(-1)?.to ?? to;
  }
  return all;
}

/** Whether anything that a virtual meter is worked out from is taken away. */
export const takesAway = (directory: Directory, { virtual }: Meter): boolean =>
  (virtual?.parts ?? []).some(({ meter, factor }) => {
    const part = directory.device(meter);
    return factor < 0 || (part?.type === 'meter' && takesAway(directory, part.meter));
  });

/** For one question, as `createMeterSeries`: what was used in a stretch, within the bounds that the counters allow. */
export function createMeterUse(sources: MeterUseSources): MeterUse {
  const seriesOf = createMeterSeries(sources);
  return async (meter, zone, stretch) =>
    joined(await seriesOf(coarsest(stretch, zone), stretch, meter, zone));
}

/** Up to the whole hour. */
export const toHours = ({ from, to }: Stretch): Stretch => ({
  from: Math.floor(from / hourMs) * hourMs,
  to: Math.ceil(to / hourMs) * hourMs,
});
