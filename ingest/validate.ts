import { type Metric, type MetricInfo, metricNames, metrics } from '../model/metrics.ts';
import type { Fix, Observation, Sample } from '../model/observation.ts';
import type { Aside, Part } from './passage.ts';

/** Ranges of the catalogue. A value outside is set aside; the others of the same instant go on. */
export function validate(parts: readonly Part[], aside: Aside): readonly Part[] {
  const passed: Part[] = [];
  for (const part of parts) {
    const { entry, observation } = part;
    const kept =
      observation.type === 'sample'
        ? believedSample(entry, observation, aside)
        : believedFix(entry, observation, aside);
    if (kept === observation) passed.push(part);
    else if (kept) passed.push({ entry, observation: kept });
  }
  return passed;
}

const catalogue: ReadonlyMap<string, MetricInfo> = new Map(
  metricNames.map((name) => [name, metrics[name]]),
);

const isWithin = (value: number, { min, max }: MetricInfo): boolean => value >= min && value <= max;

function tell(entry: Part['entry'], metric: string, value: number, info: MetricInfo, aside: Aside) {
  const { min, max, unit } = info;
  aside.put(entry, 'out-of-range', `got ${metric} ${value} ${unit}, want ${min} to ${max}`);
}

function believedSample(
  entry: Part['entry'],
  sample: Sample,
  aside: Aside,
): Observation | undefined {
  let wrong: Set<string> | undefined;
  for (const name in sample.values) {
    const value = sample.values[name as Metric];
    const info = catalogue.get(name);
    if (value === undefined || !info || isWithin(value, info)) continue;
    tell(entry, name, value, info, aside);
    wrong = (wrong ?? new Set()).add(name);
  }
  if (!wrong) return sample;
  const values: Partial<Record<Metric, number>> = {};
  for (const name in sample.values) {
    const value = sample.values[name as Metric];
    if (value !== undefined && !wrong.has(name)) values[name as Metric] = value;
  }
  return Object.keys(values).length > 0 ? { ...sample, values } : undefined;
}

const fixMetrics = [
  ['speedKmh', 'speed_kmh'],
  ['odometerKm', 'odometer_km'],
  ['fuelL', 'fuel_l'],
  ['socPct', 'soc_pct'],
] as const;

function believedFix(entry: Part['entry'], fix: Fix, aside: Aside): Fix {
  let kept: { -readonly [K in keyof Fix]: Fix[K] } | undefined;
  for (const [field, metric] of fixMetrics) {
    const value = fix[field];
    if (value === undefined || isWithin(value, metrics[metric])) continue;
    tell(entry, metric, value, metrics[metric], aside);
    kept ??= { ...fix };
    delete kept[field];
  }
  return kept ?? fix;
}
