import type { Meter } from '../../model/entities.ts';
import { isMetric, type Metric, metrics } from '../../model/metrics.ts';
import type { Sample } from '../../model/observation.ts';
import { isAbsent, parseAt } from './at.ts';
import { type Fields, isFields } from './json.ts';
import { show, toNumber } from './number.ts';
import { type Faults, malformed, type Part } from './part.ts';

/** Unknown names listed in a detail; a message may hold thousands. */
const namesShown = 5;

/** `{"at": …, "values": {metric: number}}`: what is known is kept, what is not is told. */
export function toSample(fields: Fields, meter: Meter, receivedAt: number): Part {
  const { at: stamp, values: given } = fields as { at?: unknown; values?: unknown };
  if (!isFields(given)) return malformed(`got values ${show(given)}, want an object of metrics`);
  const timed = !isAbsent(stamp);
  const at = timed ? parseAt(stamp, meter.timeZone) : receivedAt;
  if (typeof at !== 'number') return malformed(`got at ${show(stamp)}: ${at.refused}`);
  const values: Partial<Record<Metric, number>> = {};
  const faults = readValues(given, values);
  const observation: Sample = {
    type: 'sample',
    device: meter.id,
    at,
    timeSource: timed ? 'device' : 'receipt',
    values,
  };
  return { observation: isEmpty(values) ? undefined : observation, faults };
}

function isEmpty(values: object): boolean {
  for (const _ in values) return false;
  return true;
}

function readValues(given: Fields, values: Partial<Record<Metric, number>>): Faults | undefined {
  let unknown: string[] | undefined;
  let wrong: string[] | undefined;
  for (const name in given) {
    if (!isMetric(name)) {
      unknown = unknown ?? [];
      unknown.push(name);
      continue;
    }
    const value = toNumber(given[name], metrics[name]);
    if (typeof value === 'number') values[name] = value;
    else if (value === 'wrong') {
      wrong = wrong ?? [];
      wrong.push(`got ${name} ${show(given[name])}, want a number`);
    }
  }
  return unknown || wrong ? toFaults(unknown ?? [], wrong ?? []) : undefined;
}

function toFaults(unknown: readonly string[], wrong: readonly string[]): Faults {
  const names = unknown.slice(0, namesShown).map(show).join(', ');
  const more = unknown.length > namesShown ? ` and ${unknown.length - namesShown} more` : '';
  const first = unknown.length > 0 ? [`no such metric: ${names}${more}`] : [];
  return {
    reason: unknown.length > 0 ? 'unknown-metric' : 'malformed',
    detail: [...first, ...wrong].join('; '),
  };
}
