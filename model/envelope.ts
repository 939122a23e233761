import type { AppError } from './errors.ts';

export type ProtocolName =
  | 'mqtt-json'
  | 'modbus'
  | 'nmea'
  | 'jt808'
  | 'dlt645'
  | 'cjt188'
  | 'mqtt-mapping';
/** `serial`: a line that meters of framed languages share; `nmea`: lines of a GNSS receiver over plain TCP. */
export type Door = 'mqtt' | 'modbus' | 'jt808' | 'serial' | 'nmea';

/** What a door took in: bytes as they came, from whom, how and when. */
export interface Envelope {
  readonly door: Door;
  readonly protocol: ProtocolName;
  /** Id in the registry of the meter or vehicle the bytes are about, or of the gateway that says in them whom they are about; authenticated by the door. */
  readonly device: string;
  /** Our clock, Unix ms UTC. */
  readonly receivedAt: number;
  readonly bytes: Uint8Array;
  /** MQTT only: by these a resent packet is known although its payload has no time. */
  readonly resend?: { readonly client: string; readonly packetId: number; readonly dup: boolean };
  /** Was in quarantine and is read again: the same bytes and `receivedAt` as when they first came. */
  readonly requeued?: true;
}

/** An envelope in the journal. `seq` counts from 1 without gaps. */
export interface Entry extends Envelope {
  readonly seq: number;
}

/**
 * Resolves when the envelope is on stable storage; only then may the device be acknowledged.
 * @throws AppError `JOURNAL_UNAVAILABLE` or `JOURNAL_FULL`: do not acknowledge.
 */
export type Accept = (envelope: Envelope) => Promise<void>;

/** Who hands in envelopes without a promise for each. */
export interface Waiter {
  /**
   * The next `count` of the envelopes handed in, in their order, are on stable storage; with an error they are not and will not be,
   * nor will any handed in since. Must not throw.
   */
  settle(count: number, error: AppError | undefined): void;
}

/**
 * `Accept` for those who have many: `waiter` is told together of what became durable together.
 *
 * @returns false where nothing can be taken now; the waiter is not told of it
 */
export type Take = (envelope: Envelope, waiter: Waiter) => boolean;
