import { isClockLost } from '../model/clock.ts';
import type { Metric } from '../model/metrics.ts';
import type { Accepted } from '../model/observation.ts';
import type { LatestReading, StoredFix, StoredSample } from './store.ts';

/**
 * The newest of every device, in memory. Of two with the same `at` the one taken first stays. Where a vehicle is, is told by fixes whose clock can be
 * believed, and of those without a place by the last that had one.
 */
export interface Latest {
  /** Of an admitted observation: its metrics are in the catalogue. */
  take(observation: Accepted): void;
  /** Live: later `take`s show in it. */
  newest(): ReadonlyMap<string, number>;
  /** Of the devices given, or of all. */
  fixes(devices?: Iterable<string>): StoredFix[];
  /** Of the devices given, or of all. */
  readings(devices?: Iterable<string>): LatestReading[];
  has(device: string): { readonly readings: boolean; readonly fixes: boolean };
  /** What was taken and still says the newest of something: taken anew, it gives the same. */
  observations(): IterableIterator<Accepted>;
  /** How many devices there are. */
  size(): number;
}

export function createLatest(): Latest {
  const newest = new Map<string, number>();
  const fixes = new Map<string, StoredFix>();
  /** The newest that has a place. */
  const placed = new Map<string, StoredFix>();
  /** The newest of a clock that is lost. */
  const lost = new Map<string, StoredFix>();
  /** Newest first; each says at least one metric that none before it says. Nearly always one. */
  const samples = new Map<string, readonly StoredSample[]>();

  return {
    take(observation) {
      const { device, at } = observation;
      const known = newest.get(device);
      if (known === undefined || at > known) newest.set(device, at);
      if (observation.type === 'fix') {
        if (isClockLost(observation)) takeNewer(lost, observation);
        else {
          if (hasPlace(observation)) takeNewer(placed, observation);
          takeNewer(fixes, observation);
        }
        return;
      }
      const before = samples.get(device) ?? [];
      const after = withSample(before, observation);
      if (after !== before) samples.set(device, after);
    },
    newest: () => newest,
    fixes: (devices = placed.keys()) =>
      [...devices].flatMap((device) => {
        const [fix, place] = [fixes.get(device), placed.get(device)];
        if (!fix || !place) return [];
        return hasPlace(fix) ? fix : { ...fix, lat: place.lat, lon: place.lon };
      }),
    readings: (devices = samples.keys()) =>
      [...devices].flatMap((device) => readingsOf(samples.get(device) ?? [])),
    has: (device) => ({
      readings: samples.has(device),
      fixes: fixes.has(device) || lost.has(device),
    }),
    *observations() {
      yield* lost.values();
      for (const fix of placed.values()) if (fix !== fixes.get(fix.device)) yield fix;
      yield* fixes.values();
      for (const some of samples.values()) yield* some;
    },
    size: () => newest.size,
  };
}

function takeNewer(into: Map<string, StoredFix>, fix: StoredFix): void {
  const before = into.get(fix.device);
  if (before === undefined || fix.at > before.at) into.set(fix.device, fix);
}

/** Coordinates of a report without a time are of nobody knows when. */
const hasPlace = ({ fixed, timeSource, lat, lon }: StoredFix): boolean =>
  fixed || (timeSource === 'device' && (lat !== 0 || lon !== 0));

function withSample(
  before: readonly StoredSample[],
  sample: StoredSample,
): readonly StoredSample[] {
  const first = before[0];
  if (!first) return [sample];
  if (before.length === 1 && sample.at > first.at && says(sample, first)) return [sample];
  const place = before.findIndex(({ at }) => at < sample.at);
  const all = place < 0 ? [...before, sample] : before.toSpliced(place, 0, sample);
  const said = new Set<string>();
  return all.filter(({ values }) => {
    const size = said.size;
    for (const metric in values) said.add(metric);
    return said.size > size;
  });
}

/** Whether the one has a value for each metric of the other. */
function says({ values }: StoredSample, other: StoredSample): boolean {
  if (values === other.values) return true;
  for (const metric in other.values) if (values[metric as Metric] === undefined) return false;
  return true;
}

function readingsOf(samples: readonly StoredSample[]): LatestReading[] {
  const readings = new Map<string, LatestReading>();
  for (const { device, at, timeSource, values } of samples)
    for (const name in values) {
      const metric = name as Metric;
      const value = values[metric];
      if (value !== undefined && !readings.has(metric))
        readings.set(metric, { device, metric, at, value, timeSource });
    }
  return [...readings.values()];
}
