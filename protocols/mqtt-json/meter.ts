import type { Meter } from '../../model/entities.ts';
import { type Metric, type MetricInfo, metricNames, metrics } from '../../model/metrics.ts';
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
  const { values, faults } = readValues(given);
  const observation: Sample | undefined = values && {
    type: 'sample',
    device: meter.id,
    at,
    timeSource: timed ? 'device' : 'receipt',
    values,
  };
  return { observation, faults };
}

const catalogue: ReadonlyMap<string, MetricInfo> = new Map(
  metricNames.map((name) => [name, metrics[name]]),
);

interface Read {
  readonly values?: Sample['values'] | undefined;
  readonly faults?: Faults | undefined;
}

/** What is parsed is ours alone: where all of it can stay, it is taken as it is. */
function readValues(given: Fields): Read {
  let count = 0;
  for (const name in given) {
    const value = given[name];
    const info = catalogue.get(name);
    if (!info || typeof value !== 'number' || toNumber(value, info) !== value)
      return pickValues(given);
    count++;
  }
  return count > 0 ? { values: given as Sample['values'] } : {};
}

function pickValues(given: Fields): Read {
  const values: Partial<Record<Metric, number>> = {};
  const unknown: string[] = [];
  const wrong: string[] = [];
  for (const name in given) {
    const info = catalogue.get(name);
    if (!info) {
      unknown.push(name);
      continue;
    }
    const value = toNumber(given[name], info);
    if (typeof value === 'number') values[name as Metric] = value;
    else if (value === 'wrong') wrong.push(`got ${name} ${show(given[name])}, want a number`);
  }
  const faults = unknown.length + wrong.length > 0 ? toFaults(unknown, wrong) : undefined;
  return Object.keys(values).length > 0 ? { values, faults } : { faults };
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
