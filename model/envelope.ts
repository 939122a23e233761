export type ProtocolName = 'mqtt-json' | 'modbus' | 'nmea' | 'jt808';
export type Door = 'mqtt' | 'modbus' | 'jt808';

/** What a door took in: bytes as they came, from whom, how and when. */
export interface Envelope {
  readonly door: Door;
  readonly protocol: ProtocolName;
  /** Id in the registry of the meter or vehicle the bytes are about; authenticated by the door. */
  readonly device: string;
  /** Our clock, Unix ms UTC. */
  readonly receivedAt: number;
  readonly bytes: Uint8Array;
  /** MQTT only: by these a resent packet is known although its payload has no time. */
  readonly resend?: { readonly client: string; readonly packetId: number; readonly dup: boolean };
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
