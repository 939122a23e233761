import type { Metric } from '../model/metrics.ts';
import type { Accepted, TimeSource } from '../model/observation.ts';
import type { LatestReading, StoredFix } from './store.ts';

/** The newest of every device, in memory. Of two with the same `at` the one taken first stays. */
export interface Latest {
  /** Of an admitted observation: its metrics are in the catalogue. */
  take(observation: Accepted): void;
  takeReading(reading: LatestReading): void;
  /** Live: later `take`s show in it. */
  newest(): ReadonlyMap<string, number>;
  /** Of the devices given, or of all. */
  fixes(devices?: Iterable<string>): StoredFix[];
  /** Of the devices given, or of all. */
  readings(devices?: Iterable<string>): LatestReading[];
  has(device: string): { readonly readings: boolean; readonly fixes: boolean };
  /** How many readings and fixes there are. */
  size(): number;
}

export function createLatest(): Latest {
  const newest = new Map<string, number>();
  const fixes = new Map<string, StoredFix>();
  const readings = new Map<string, Map<Metric, LatestReading>>();
  let readingCount = 0;

  const see = (device: string, at: number) => {
    const known = newest.get(device);
    if (known === undefined || at > known) newest.set(device, at);
  };
  const metricsOf = (device: string) => {
    const there = readings.get(device);
    if (there !== undefined) return there;
    const made = new Map<Metric, LatestReading>();
    readings.set(device, made);
    return made;
  };
  const put = (
    there: Map<Metric, LatestReading>,
    device: string,
    metric: Metric,
    at: number,
    value: number,
    timeSource: TimeSource,
  ) => {
    const known = there.get(metric);
    if (known !== undefined && at <= known.at) return;
    if (known === undefined) readingCount++;
    there.set(metric, { device, metric, at, value, timeSource });
  };

  return {
    take(observation) {
      const { device, at, timeSource } = observation;
      see(device, at);
      if (observation.type === 'fix') {
        const known = fixes.get(device);
        if (known === undefined || at > known.at) fixes.set(device, observation);
        return;
      }
      const there = metricsOf(device);
      for (const metric in observation.values) {
        const value = observation.values[metric as Metric];
        if (value !== undefined) put(there, device, metric as Metric, at, value, timeSource);
      }
    },
    takeReading({ device, metric, at, value, timeSource }) {
      see(device, at);
      put(metricsOf(device), device, metric, at, value, timeSource);
    },
    newest: () => newest,
    fixes: (devices = fixes.keys()) => [...devices].flatMap((device) => fixes.get(device) ?? []),
    readings: (devices = readings.keys()) =>
      [...devices].flatMap((device) => [...(readings.get(device)?.values() ?? [])]),
    has: (device) => ({ readings: readings.has(device), fixes: fixes.has(device) }),
    size: () => readingCount + fixes.size,
  };
}
