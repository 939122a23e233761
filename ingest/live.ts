import type { Accepted } from '../model/observation.ts';
import { minuteMs } from '../model/time.ts';
import type { Store } from '../stores/store.ts';
import type { LiveEvent } from './ingest.ts';

/** How often what is new is handed on; of one device only the newest within that time. */
const everyMs = 250;
/** History that is filled in is no news. */
const newsMs = 10 * minuteMs;

/** Gathers what is worth showing live, so that a flood of telemetry is a trickle of events. */
export interface Live {
  /** Of what is in the store. */
  tell(observations: readonly Accepted[]): void;
  stop(): void;
}

/** @param latestFixes of the store: where a vehicle is now, as anybody who asks is told it, so that it never goes back to where it was */
export function startLive(
  send: (events: readonly LiveEvent[]) => void,
  latestFixes: Store['latestFixes'],
  now: () => number,
): Live {
  const samples = new Map<string, Accepted>();
  const moved = new Set<string>();
  const newest = new Map<string, number>();
  let asking = false;

  function flushSamples(): void {
    if (samples.size > 0) send(toEvents([...samples.values()]));
    samples.clear();
  }

  async function flushFixes(): Promise<void> {
    if (asking || moved.size === 0) return;
    const devices = [...moved];
    moved.clear();
    asking = true;
    try {
      const fixes = await latestFixes(devices);
      if (fixes.length > 0) send(toEvents(fixes));
    } catch {
      // The store is away: what it takes in again is told with what comes next.
    } finally {
      asking = false;
    }
  }

  const timer = setInterval(() => {
    flushSamples();
    void flushFixes();
  }, everyMs);
  return {
    tell(observations) {
      const oldest = now() - newsMs;
      for (const observation of observations) {
        const { device, at } = observation;
        if (at < oldest || at < (newest.get(device) ?? 0)) continue;
        newest.set(device, at);
        if (observation.type === 'fix') moved.add(device);
        else samples.set(device, observation);
      }
    },
    stop: () => clearInterval(timer),
  };
}

const toEvents = (observations: readonly Accepted[]): readonly LiveEvent[] =>
  observations.map((observation) => ({ type: 'observation', observation }));
