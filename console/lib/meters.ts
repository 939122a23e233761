import type { LatestReading } from '../../api/contract.ts';
import type { Meter } from '../../model/entities.ts';
import { isMetric, type Medium, type Metric, metricNames } from '../../model/metrics.ts';
import { minuteMs, secondMs } from '../../model/time.ts';

export type Heard = 'online' | 'silent' | 'never';

const shortestSilenceMs = 2 * minuteMs;
const unknownEveryS = 300;

/** A meter is online while it was heard within three of its intervals, at least two minutes. */
export function heardOf(
  lastAt: number | undefined,
  everyS: number | undefined,
  now: number,
): Heard {
  if (lastAt === undefined) return 'never';
  return now - lastAt <= Math.max(3 * (everyS ?? unknownEveryS) * secondMs, shortestSilenceMs)
    ? 'online'
    : 'silent';
}

/** What one looks at first, in order, per medium. */
const headlines: Readonly<Record<Medium, readonly Metric[]>> = {
  electricity: ['power_kw', 'energy_import_kwh'],
  water: ['flow_m3h', 'volume_m3'],
  gas: ['flow_m3h', 'volume_m3'],
  heat: ['heat_gj', 'supply_temperature_c'],
  environment: ['indoor_temperature_c', 'outdoor_temperature_c', 'relative_humidity_pct'],
};

export type LatestOf = ReadonlyMap<Metric, LatestReading>;

/** The latest value of each metric, by meter. Names the catalogue does not know are left out. */
export function latestByMeter(
  readings: readonly LatestReading[],
): Map<string, Map<Metric, LatestReading>> {
  const meters = new Map<string, Map<Metric, LatestReading>>();
  for (const reading of readings) putLatest(meters, reading);
  return meters;
}

/** Puts a reading among the latest, unless a newer one is there. */
export function putLatest(
  meters: Map<string, Map<Metric, LatestReading>>,
  reading: LatestReading,
): void {
  if (!isMetric(reading.metric)) return;
  const metrics = meters.get(reading.meter) ?? new Map<Metric, LatestReading>();
  meters.set(reading.meter, metrics);
  const known = metrics.get(reading.metric);
  if (!known || Date.parse(known.at) <= Date.parse(reading.at))
    metrics.set(reading.metric, reading);
}

export function headlineOf(
  medium: Medium,
  latest: LatestOf | undefined,
): LatestReading | undefined {
  for (const metric of headlines[medium]) {
    const reading = latest?.get(metric);
    if (reading) return reading;
  }
  return undefined;
}

/** Metrics a meter has sent, the headlines first; for one that has sent nothing, the headlines of its medium. */
export function metricsOf(medium: Medium, latest: LatestOf | undefined): Metric[] {
  const sent = latest ? metricNames.filter((metric) => latest.has(metric)) : [];
  if (sent.length === 0) return [...headlines[medium]];
  const first = headlines[medium].filter((metric) => sent.includes(metric));
  return [...first, ...sent.filter((metric) => !first.includes(metric))];
}

export interface MeterRow {
  readonly meter: Meter;
  readonly buildingName: string;
  readonly institution: string | undefined;
  readonly headline: LatestReading | undefined;
  readonly lastAt: number | undefined;
  readonly heard: Heard;
}

export function newestAt(latest: LatestOf | undefined): number | undefined {
  let newest: number | undefined;
  for (const { at } of latest?.values() ?? []) newest = Math.max(newest ?? 0, Date.parse(at));
  return newest;
}

interface MeterFilter {
  readonly search: string;
  readonly medium: string;
  readonly heard: string;
}

export function filterMeters(
  rows: readonly MeterRow[],
  { search, medium, heard }: MeterFilter,
): MeterRow[] {
  const wanted = search.trim().toLowerCase();
  return rows.filter(
    ({ meter, buildingName, heard: isHeard }) =>
      (medium === '' || meter.medium === medium) &&
      (heard === '' || isHeard === heard) &&
      (wanted === '' ||
        [meter.name, meter.id, buildingName, meter.subItem ?? ''].some((text) =>
          text.toLowerCase().includes(wanted),
        )),
  );
}

/** Sum of the latest power of main meters that are online, in kW; undefined where none says. */
export function powerNowKw(
  rows: readonly MeterRow[],
  latest: ReadonlyMap<string, LatestOf>,
): number | undefined {
  let sum: number | undefined;
  for (const { meter, heard } of rows) {
    const power = latest.get(meter.id)?.get('power_kw');
    if (
      meter.medium !== 'electricity' ||
      meter.parent !== undefined ||
      heard !== 'online' ||
      !power
    )
      continue;
    sum = (sum ?? 0) + power.value;
  }
  return sum;
}
