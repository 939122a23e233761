import type { Accepted } from '../model/observation.ts';
import { minuteMs } from '../model/time.ts';
import type { LiveEvent } from './ingest.ts';

/** How often what is new is handed on; of one device only the newest within that time. */
const everyMs = 250;
/** History that is filled in is no news. */
const newsMs = 10 * minuteMs;

/** Gathers what is worth showing live, so that a flood of telemetry is a trickle of events. */
export interface Live {
  tell(observations: readonly Accepted[]): void;
  stop(): void;
}

export function startLive(send: (events: readonly LiveEvent[]) => void, now: () => number): Live {
  const waiting = new Map<string, Accepted>();
  const newest = new Map<string, number>();
  const timer = setInterval(() => {
    if (waiting.size === 0) return;
    send([...waiting.values()].map((observation) => ({ type: 'observation', observation })));
    waiting.clear();
  }, everyMs);
  return {
    tell(observations) {
      const oldest = now() - newsMs;
      for (const observation of observations) {
        const { device, at } = observation;
        if (at < oldest || at < (newest.get(device) ?? 0)) continue;
        newest.set(device, at);
        waiting.set(device, observation);
      }
    },
    stop: () => clearInterval(timer),
  };
}
