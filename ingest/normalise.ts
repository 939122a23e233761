import { createHash } from 'node:crypto';
import type { Entry } from '../model/envelope.ts';
import type { Observation } from '../model/observation.ts';
import { minuteMs } from '../model/time.ts';
import type { Aside, Part } from './passage.ts';

/** A device clock may be this far ahead of ours before it is not believed. */
export const aheadMs = 10 * minuteMs;
/** Within this time a resent packet without a time of its own is known again. */
export const resendMs = 10 * minuteMs;
/** A reading without a clock never shares its ms with the one before; this bounds how far that may push it. */
const pushedMs = 10_000;

interface Sent {
  readonly hash: string;
  readonly receivedAt: number;
}

/** What the step remembers of what went before. */
export interface Clocks {
  /** client, packet id → what was sent without a time. */
  readonly sent: Map<string, Sent>;
  /** Device → the last `at` that was ours. */
  readonly lastReceipt: Map<string, number>;
  sweptAt: number;
}

export const createClocks = (): Clocks => ({ sent: new Map(), lastReceipt: new Map(), sweptAt: 0 });

/**
 * Clocks. Refuses what is ahead of its time; tells resent packets without a time by client, packet id and bytes
 * (the same bytes under DUP within 10 minutes are one message); gives observations of one device that carry no time an ms of their own.
 * @param newest newest `at` already kept of a device
 * @returns what goes on; `repeated` gets what was seen before
 */
export function normalise(
  parts: readonly Part[],
  clocks: Clocks,
  newest: (device: string) => number,
  aside: Aside,
  repeated: Part[],
): readonly Part[] {
  const passed: Part[] = [];
  const verdicts = new Map<number, boolean>();
  for (const part of parts) {
    const { entry, observation } = part;
    if (observation.timeSource === 'device') {
      const ahead = observation.at - entry.receivedAt;
      if (ahead <= aheadMs) passed.push(part);
      else
        aside.put(
          entry,
          'clock-ahead',
          `got a time ${Math.round(ahead / 1000)} s ahead of ours, want at most 600 s`,
        );
      continue;
    }
    const resent = verdicts.get(entry.seq) ?? isResent(entry, clocks);
    verdicts.set(entry.seq, resent);
    if (resent) repeated.push(part);
    // What is read again keeps its instant, so that reading it twice is one.
    else if (entry.requeued) passed.push(part);
    else passed.push({ entry, observation: ownInstant(observation, clocks, newest) });
  }
  return passed;
}

/** Remembers a message without a time, so that its repetition is known; also used to warm up after a restart. */
export function isResent(entry: Entry, clocks: Clocks): boolean {
  if (!entry.resend) return false;
  sweep(clocks, entry.receivedAt);
  const key = `${entry.resend.packetId} ${entry.resend.client}`;
  const hash = createHash('sha1').update(entry.device).update(entry.bytes).digest('base64');
  const before = clocks.sent.get(key);
  const same = before?.hash === hash && entry.receivedAt - before.receivedAt <= resendMs;
  if (entry.resend.dup && same) return true;
  clocks.sent.set(key, { hash, receivedAt: entry.receivedAt });
  return false;
}

function sweep(clocks: Clocks, now: number): void {
  if (now - clocks.sweptAt < minuteMs) return;
  clocks.sweptAt = now;
  for (const [key, { receivedAt }] of clocks.sent) {
    if (now - receivedAt > resendMs) clocks.sent.delete(key);
  }
}

function ownInstant(
  observation: Observation,
  { lastReceipt }: Clocks,
  newest: (device: string) => number,
): Observation {
  const { device } = observation;
  const last = lastReceipt.get(device) ?? newest(device);
  const taken = last >= observation.at && last - observation.at < pushedMs;
  const at = taken ? last + 1 : observation.at;
  lastReceipt.set(device, at);
  return at === observation.at ? observation : { ...observation, at };
}
