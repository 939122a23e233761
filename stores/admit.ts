import { metricNames } from '../model/metrics.ts';
import type { Accepted } from '../model/observation.ts';
import type { Batch, Refusal } from './store.ts';

const catalogue: ReadonlySet<string> = new Set(metricNames);

const isTime = (value: number): boolean => Number.isSafeInteger(value) && value > 0;

function faultOfValues(values: Readonly<Record<string, unknown>>): string | undefined {
  let count = 0;
  for (const name in values) {
    count++;
    if (!catalogue.has(name))
      return `got the metric ${JSON.stringify(name)}, want one of the catalogue`;
    if (!Number.isFinite(values[name]))
      return `got ${String(values[name])} for ${name}, want a number`;
  }
  return count === 0 ? 'got a sample without values, want at least one' : undefined;
}

/** What makes an observation one that no store can keep, as a sentence; undefined where it can be kept. */
export function faultOf(observation: Accepted): string | undefined {
  if (!isTime(observation.at)) return `got ${observation.at} for at, want whole Unix ms`;
  if (!isTime(observation.receivedAt))
    return `got ${observation.receivedAt} for receivedAt, want whole Unix ms`;
  if (observation.type === 'sample') return faultOfValues(observation.values);
  const { lat, lon } = observation;
  if (Math.abs(lat) <= 90 && Math.abs(lon) <= 180) return undefined;
  return `got the position ${lat}, ${lon}, want degrees`;
}

/** The part of a batch behind `position`: what can be kept, and what is refused for good. */
export function admit(
  batch: Batch,
  position: number,
): { readonly kept: readonly Accepted[]; readonly refused: readonly Refusal[] } {
  const kept: Accepted[] = [];
  const refused: Refusal[] = [];
  for (const observation of batch.observations) {
    if (observation.seq <= position) continue;
    const detail = faultOf(observation);
    if (detail === undefined) kept.push(observation);
    else refused.push({ seq: observation.seq, detail });
  }
  return { kept, refused };
}
