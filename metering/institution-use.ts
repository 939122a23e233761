import type { CountedMedium, MeterUse, Size } from '../energy/indicators.ts';
import { topMeters } from '../energy/top-meters.ts';
import type { Institution, Meter } from '../model/entities.ts';
import { startOfDay } from '../model/time.ts';
import type { Directory } from '../registry/registry.ts';
import { createMeterSeries, type MeterUseSources } from './meter-use.ts';

/** What an institution's own meters counted in the months of a year. */

export interface Month {
  /** YYYY-MM-01. */
  readonly date: string;
  /** Unix ms UTC, `to` exclusive. */
  readonly from: number;
  readonly to: number;
}

const firstOf = (year: number, month: number): string =>
  `${year + Math.floor((month - 1) / 12)}-${String(((month - 1) % 12) + 1).padStart(2, '0')}-01`;

/** Of the zone; all twelve where no month is given. */
export function monthsOf(year: number, month: number | undefined, zone: string): Month[] {
  const months = month === undefined ? Array.from({ length: 12 }, (_, n) => n + 1) : [month];
  return months.map((each) => {
    const date = firstOf(year, each);
    return { date, from: startOfDay(date, zone), to: startOfDay(firstOf(year, each + 1), zone) };
  });
}

export type CountedMeter = Meter & { readonly medium: CountedMedium };

/** An institution and its meters, as they were at an instant. */
export interface Household {
  readonly institution: Institution;
  /** Those whose sum is the whole: its own, not those of institutions below it. */
  readonly meters: readonly CountedMeter[];
  readonly size: Size;
}

/** Whether a virtual meter is worked out from meters that are counted as well. */
function drawsOn(own: ReadonlySet<string>, meter: Meter, directory: Directory): boolean {
  const parts = meter.virtual?.parts ?? [];
  return parts.some((part) => {
    if (own.has(part.meter)) return true;
    const device = directory.device(part.meter);
    return device?.type === 'meter' && drawsOn(own, device.meter, directory);
  });
}

const isCounted = (meter: Meter): meter is CountedMeter => meter.medium !== 'environment';

/** Those whose sum is the whole. A virtual one counts where it brings in what is metered elsewhere, such as a share of a common meter. */
function countedOf(meters: readonly Meter[], directory: Directory): readonly CountedMeter[] {
  const own = new Set(meters.map(({ id }) => id));
  return topMeters(meters.filter(isCounted).filter((meter) => !drawsOn(own, meter, directory)));
}

/** Its own area, or that of its buildings where every one has one. */
function areaOf(institution: Institution, directory: Directory): number | undefined {
  if (institution.floorAreaM2 !== undefined) return institution.floorAreaM2;
  const buildings = directory
    .all('buildings')
    .filter((each) => each.institution === institution.id);
  const areas = buildings.flatMap(({ floorAreaM2 }) => floorAreaM2 ?? []);
  return areas.length > 0 && areas.length === buildings.length
    ? areas.reduce((sum, area) => sum + area, 0)
    : undefined;
}

/** What was not recorded then is taken from the present. */
export function householdOf(directory: Directory, present: Institution, at: number): Household {
  const found = directory.devices().flatMap((device) => {
    const then = device.type === 'meter' ? directory.device(device.meter.id, at) : undefined;
    return then?.type === 'meter' && then.institution.id === present.id ? [then] : [];
  });
  const institution = { ...present, ...found[0]?.institution };
  const floorAreaM2 = areaOf(institution, directory);
  const { energyUsers } = institution;
  return {
    institution,
    meters: countedOf(
      found.map(({ meter }) => meter),
      directory,
    ),
    size: {
      ...(energyUsers === undefined ? {} : { energyUsers }),
      ...(floorAreaM2 === undefined ? {} : { floorAreaM2 }),
    },
  };
}

/** What is told of a month. */
type Told = Pick<MeterUse, 'value' | 'knownValue' | 'quality' | 'coverage'> & {
  readonly lower: number | null;
};

/** Of a month that is not whole: the hours that are known, or what the counter says for certain, which counts parts of hours too. */
function knownOf({ value, knownValue, lower }: Told): Pick<MeterUse, 'value' | 'knownValue'> {
  const certain = lower ?? 0;
  if (value !== null || (knownValue === undefined && certain === 0)) return { value };
  return { value, knownValue: Math.max(knownValue ?? 0, certain) };
}

async function toldOf(
  meter: CountedMeter,
  months: readonly Month[],
  zone: string,
  sources: MeterUseSources,
): Promise<ReadonlyMap<number, Told>> {
  const [first, last] = [months[0], months.at(-1)];
  if (!first || !last) return new Map();
  const seriesOf = createMeterSeries(sources);
  const series = await seriesOf('month', { from: first.from, to: last.to }, meter, zone);
  return new Map(series.map(({ from, use }) => [from, use]));
}

/** What the meter counted in each of the months; those that have not begun are missing. */
export async function usesOf(
  meter: CountedMeter,
  months: readonly Month[],
  zone: string,
  sources: MeterUseSources,
  now: number,
): Promise<readonly MeterUse[]> {
  const begun = months.filter(({ from }) => from < now);
  const told = await toldOf(meter, begun, zone, sources);
  return months.map(({ date, from, to }): MeterUse => {
    const { medium, gas } = meter;
    return toUse({ medium, ...(gas && { gas }) }, { date, from, to }, told.get(from));
  });
}

/** What is told of a stretch that begins on a day, as figures are made of it. */
export const toUse = (
  { medium, gas }: Pick<CountedMeter, 'medium' | 'gas'>,
  { date, from, to }: Month,
  known: Told | undefined,
): MeterUse => ({
  medium,
  date,
  lengthMs: to - from,
  ...(known ? knownOf(known) : { value: null }),
  quality: known?.quality ?? 'missing',
  coverage: known?.coverage ?? 0,
  ...(gas === undefined ? {} : { gas }),
});
