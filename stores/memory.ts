import type { Accepted } from '../model/observation.ts';
import { admit } from './admit.ts';
import { createLatest } from './latest.ts';
import type { Range, Store, StoredFix, StoredGauges, StoredReading } from './store.ts';

const byAt = (a: Accepted, b: Accepted) => a.at - b.at || a.seq - b.seq;
const isFix = (observation: Accepted): observation is StoredFix => observation.type === 'fix';

function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((a, b) => a - b);
  const [low, high] = [
    sorted[Math.floor((sorted.length - 1) / 2)],
    sorted[Math.floor(sorted.length / 2)],
  ];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}

const isSaid = (value: number | undefined): value is number => value !== undefined;

/** @param fixes of one stretch, ascending by `at` */
const toGauges = (fixes: readonly StoredFix[]): StoredGauges => ({
  at: fixes.at(-1)?.at ?? 0,
  odometerKm: fixes.map(({ odometerKm }) => odometerKm).findLast(isSaid) ?? null,
  fuelL: median(
    fixes
      .map(({ fuelL }) => fuelL)
      .filter(isSaid)
      .filter((litres) => litres > 0),
  ),
  socPct: median(fixes.map(({ socPct }) => socPct).filter(isSaid)),
});

const ofMany =
  (readings: Store['readings']): Store['readingsOfMany'] =>
  async (devices, metric, range) => {
    const all = new Map<string, readonly StoredReading[]>();
    let left = range.limit;
    for (const device of devices) {
      const own = await readings(device, metric, { ...range, limit: left + 1 });
      left -= own.length;
      if (left < 0) return undefined;
      if (own.length > 0) all.set(device, own);
    }
    return all;
  };

/** The reference of the contract, for tests: everything in lists, nothing kept after `close`. */
export function createMemoryStore(): Store {
  const kept: Accepted[] = [];
  const latest = createLatest();
  let position = 0;

  const within = (device: string, range: Omit<Range, 'limit'>) =>
    kept
      .filter((one) => one.device === device && one.at >= range.from && one.at < range.to)
      .sort(byAt);

  const readings: Store['readings'] = async (device, metric, range) =>
    within(device, range)
      .flatMap((one) => {
        const value = one.type === 'sample' ? one.values[metric] : undefined;
        return value === undefined ? [] : [{ at: one.at, value, timeSource: one.timeSource }];
      })
      .slice(0, range.limit);

  return {
    name: 'store',
    position: async () => position,
    async write(batch, setAside) {
      if (batch.upTo <= position) return [];
      const { kept: added, refused } = admit(batch, position);
      if (refused.length > 0) await setAside?.(refused);
      kept.push(...added);
      for (const observation of added) latest.take(observation);
      position = batch.upTo;
      return refused;
    },
    close: async () => {},
    readings,
    readingsOfMany: ofMany(readings),
    track: async (device, range) => within(device, range).filter(isFix).slice(0, range.limit),
    gauges: async (device, range, everyMs) => {
      const fixes = within(device, range).filter(isFix);
      const stretches = Map.groupBy(fixes, ({ at }) => Math.floor(at / everyMs));
      return [...stretches.values()].map(toGauges).slice(0, range.limit);
    },
    latestFixes: async (devices) => latest.fixes(devices),
    latestReadings: async (devices) => latest.readings(devices),
    newest: async () => latest.newest(),
    known: async (asked) => {
      const wanted = new Set(asked.map(({ device, at }) => `${at} ${device}`));
      return kept.filter(({ device, at }) => wanted.has(`${at} ${device}`));
    },
    history: async (device, range) => within(device, range).slice(0, range.limit),
    accepted: async (after, upTo) =>
      kept
        .filter(({ seq }) => seq > after && seq <= upTo)
        .sort((a, b) => a.seq - b.seq || byAt(a, b)),
    tidy: async () => {},
  };
}
