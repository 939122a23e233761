import { nextAfter, type Recorded } from './device.ts';
import type { DeviceLink } from './mqtt.ts';

/** Readings pushed before their acknowledgements are waited for. */
const chunk = 800;

/**
 * Delivers what a device recorded in `from < t <= now`, in order of time, and waits until it is acknowledged.
 * @param onInstants told how many instants were looked at
 * @returns the newest instant looked at
 * @throws the signal's reason
 */
export async function deliverHistory(
  device: Recorded,
  from: number,
  now: () => number,
  link: DeviceLink,
  onInstants: (count: number) => void,
  signal?: AbortSignal,
): Promise<number> {
  let pushed = 0;
  let looked = 0;
  let newest = from;
  const { historyStepMs } = device;
  for (let at = nextAfter(from, historyStepMs, 0); at <= now(); at += historyStepMs) {
    const record = device.record(at);
    newest = at;
    looked += 1;
    if (record) {
      link.push(device.topic, record);
      pushed += 1;
    }
    if (pushed < chunk) continue;
    await link.drained();
    signal?.throwIfAborted();
    onInstants(looked);
    pushed = 0;
    looked = 0;
  }
  await link.drained();
  signal?.throwIfAborted();
  onInstants(looked);
  return newest;
}
