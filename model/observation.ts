import type { Door, ProtocolName } from './envelope.ts';
import type { Metric } from './metrics.ts';

/** Whether `at` is the device's clock or, for want of one, ours. */
export type TimeSource = 'device' | 'receipt';

/** What a meter says of one instant: values in the units of the catalogue. Never empty, never NaN. */
export interface Sample {
  readonly type: 'sample';
  readonly device: string;
  /** Unix ms UTC. */
  readonly at: number;
  readonly timeSource: TimeSource;
  readonly values: Readonly<Partial<Record<Metric, number>>>;
}

/**
 * What a vehicle says of one instant. Degrees in WGS-84, km/h, degrees clockwise from north.
 * `fixed` false: the coordinates are the last known ones or nothing, and decide nothing.
 */
export interface Fix {
  readonly type: 'fix';
  readonly device: string;
  /** Unix ms UTC. */
  readonly at: number;
  readonly timeSource: TimeSource;
  readonly lat: number;
  readonly lon: number;
  readonly fixed: boolean;
  readonly speedKmh?: number;
  readonly headingDeg?: number;
  /** Ignition on. */
  readonly acc?: boolean;
  readonly satellites?: number;
  readonly odometerKm?: number;
  readonly fuelL?: number;
  readonly socPct?: number;
  readonly altitudeM?: number;
  /** JT/T 808 only: 32 alarm bits in the meanings of JT/T 808-2019 table 25, whatever the edition they were sent in. */
  readonly alarms?: number;
  /** JT/T 808 only: 32 status bits as sent, JT/T 808-2019 table 24. */
  readonly status?: number;
  /** JT/T 808 only: the place where it is too fast (item 0x11), and the one entered or left (item 0x12), as `packAlarmPlace` has them. */
  readonly overspeedPlace?: number;
  readonly crossedPlace?: number;
  /** Sent again, or kept back while there was no link: the device says so itself. */
  readonly resent?: true;
}

export type Observation = Sample | Fix;

/** An observation that was let in: its place in the journal and when it came. */
export type Accepted = Observation & {
  /** Journal position it came from. */
  readonly seq: number;
  /** Our clock at receipt, Unix ms UTC. */
  readonly receivedAt: number;
};

/** What was not understood or not believed, with its bytes. Listed by `GET /api/v1/quarantine`. */
export interface Quarantined {
  readonly seq: number;
  /** Which part of the envelope, from 0; a whole envelope is 0. */
  readonly part: number;
  readonly door: Door;
  readonly protocol: ProtocolName;
  readonly device: string;
  readonly receivedAt: number;
  readonly reason: QuarantineReason;
  /** A sentence with what was got and what was wanted. */
  readonly detail: string;
  readonly bytes: Uint8Array;
}

export type QuarantineReason =
  | 'malformed'
  | 'unsupported'
  | 'unknown-device'
  | 'unknown-metric'
  | 'out-of-range'
  | 'clock-ahead'
  | 'conflict'
  | 'refused-by-store';
