import { type Metric, metrics } from '../model/metrics.ts';
import type { Fix, Observation, Sample } from '../model/observation.ts';
import type { Aside, Part } from './passage.ts';

/** Ranges of the catalogue. A value outside is set aside; the others of the same instant go on. */
export function validate(parts: readonly Part[], aside: Aside): readonly Part[] {
  const passed: Part[] = [];
  for (const part of parts) {
    const observation = believed(part, aside);
    if (observation === part.observation) passed.push(part);
    else if (observation) passed.push({ entry: part.entry, observation });
  }
  return passed;
}

function believed({ entry, observation }: Part, aside: Aside): Observation | undefined {
  const wrong = (metric: Metric, value: number): boolean => {
    const { min, max, unit } = metrics[metric];
    if (value >= min && value <= max) return false;
    aside.put(entry, 'out-of-range', `got ${metric} ${value} ${unit}, want ${min} to ${max}`);
    return true;
  };
  return observation.type === 'sample'
    ? believedSample(observation, wrong)
    : believedFix(observation, wrong);
}

type Wrong = (metric: Metric, value: number) => boolean;

function believedSample(sample: Sample, wrong: Wrong): Sample | undefined {
  let kept: Partial<Record<Metric, number>> | undefined;
  for (const metric in sample.values) {
    const value = sample.values[metric as Metric];
    if (value === undefined || !wrong(metric as Metric, value)) continue;
    kept ??= { ...sample.values };
    delete kept[metric as Metric];
  }
  if (!kept) return sample;
  return Object.keys(kept).length > 0 ? { ...sample, values: kept } : undefined;
}

const fixMetrics = [
  ['speedKmh', 'speed_kmh'],
  ['odometerKm', 'odometer_km'],
  ['fuelL', 'fuel_l'],
  ['socPct', 'soc_pct'],
] as const;

function believedFix(fix: Fix, wrong: Wrong): Fix {
  let kept: { -readonly [K in keyof Fix]: Fix[K] } | undefined;
  for (const [field, metric] of fixMetrics) {
    const value = fix[field];
    if (value === undefined || !wrong(metric, value)) continue;
    kept ??= { ...fix };
    delete kept[field];
  }
  return kept ?? fix;
}
