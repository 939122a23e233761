import type { Alert } from '../model/alert.ts';
import type { Metric } from '../model/metrics.ts';
import type { Accepted, Quarantined } from '../model/observation.ts';
import type { KeptTrip } from '../model/trip.ts';

/** The journal positions `after < seq <= upTo`. */
export interface Stretch {
  readonly after: number;
  readonly upTo: number;
}

/** Accepted observations of a stretch, in order of `seq`. May hold none. */
export interface Batch extends Stretch {
  readonly observations: readonly Accepted[];
}

/** A place that takes batches and remembers how far it has come. */
export interface Sink {
  readonly name: 'store' | 'influx' | 'rules';
  /** Journal position up to which everything is on disk; may trail behind what was written. After a restart batches go on from here. */
  position(): Promise<number>;
  /**
   * Takes a batch. What becomes of it and the position reach the disk together: after a crash either both are there or neither.
   * What it has taken before changes nothing when it comes again.
   * @param setAside takes what was refused for good, before the position moves: after a crash it has it, or the batch comes again
   * @returns what was refused for good; the rest is kept
   * @throws AppError `STORE_UNAVAILABLE`, retryable; the batch then has to come again, even where some of it is kept; and what `setAside` throws
   */
  write(batch: Batch, setAside?: SetAside): Promise<readonly Refusal[]>;
  close(): Promise<void>;
}

/**
 * A sink that can make of a batch at once what it will send. Where it is slow, that waits for it and not the observations, which the garbage
 * collector would have to copy as long as anybody holds them.
 */
export interface PackingSink<Packed extends Stretch = Stretch> extends Sink {
  pack(batch: Batch): Packed;
  /** As `write`. @param packed stretches that follow each other */
  writePacked(packed: readonly Packed[], setAside?: SetAside): Promise<readonly Refusal[]>;
}

export type Refusal = Pick<Quarantined, 'seq' | 'detail'>;

/** Keeps refusals, on stable storage when it is done. Must bear the same again. */
export type SetAside = (refusals: readonly Refusal[]) => Promise<void> | void;

export interface Range {
  /** Unix ms UTC, inclusive. */
  readonly from: number;
  /** Unix ms UTC, exclusive. */
  readonly to: number;
  readonly limit: number;
}

export interface StoredReading {
  readonly at: number;
  readonly value: number;
  readonly timeSource: 'device' | 'receipt';
}

/** What the gauges of a vehicle said in a stretch of time; null where they said nothing. */
export interface StoredGauges {
  /** Of the last fix, Unix ms UTC. */
  readonly at: number;
  /** The last one that was said. */
  readonly odometerKm: number | null;
  /** Median, since fuel slops about; a gauge that says 0 says nothing. */
  readonly fuelL: number | null;
  /** Median. */
  readonly socPct: number | null;
}

export type StoredFix = Extract<Accepted, { type: 'fix' }>;
export type StoredSample = Extract<Accepted, { type: 'sample' }>;

/** The embedded store: serves the API, the rules' history and the judgement of duplicates. */
export interface Store extends Sink {
  /** Ascending by `at`, the first `limit` of them; so with every range. */
  readings(device: string, metric: Metric, range: Range): Promise<readonly StoredReading[]>;
  /**
   * The same of several devices, for about the price of one: what takes time is to look through all that came in a stretch. Those that said
   * nothing are left out.
   * @returns undefined where there are more than `limit` of all of them together
   */
  readingsOfMany(
    devices: readonly string[],
    metric: Metric,
    range: Range,
  ): Promise<ReadonlyMap<string, readonly StoredReading[]> | undefined>;
  /** Ascending by `at`. */
  track(device: string, range: Range): Promise<readonly StoredFix[]>;
  /**
   * What the gauges of a vehicle said, one entry for each `everyMs` (counted from the epoch) in which it sent a fix; ascending by `at`, the first
   * `limit` of them.
   */
  gauges(device: string, range: Range, everyMs: number): Promise<readonly StoredGauges[]>;
  /** Latest fix of each vehicle by `at`, of those given or of all. */
  latestFixes(devices?: readonly string[]): Promise<readonly StoredFix[]>;
  /** Latest value of each metric by `at` of each meter given. */
  latestReadings(devices: readonly string[]): Promise<readonly LatestReading[]>;
  /** Newest `at` of every device, for telling at once what is certainly new. A live view: later writes show in it. */
  newest(): Promise<ReadonlyMap<string, number>>;
  /** The observations kept of exactly these instants of these devices (up to 20,000 pairs at once); for late data only. */
  known(
    asked: readonly { readonly device: string; readonly at: number }[],
  ): Promise<readonly Accepted[]>;
  /** What a device said, all metrics or fixes, ascending by `at`, for rules that must look back. */
  history(device: string, range: Range): Promise<readonly Accepted[]>;
  /** Accepted observations by journal position, for a sink that has fallen behind; ascending by `seq`. */
  accepted(after: number, upTo: number): Promise<readonly Accepted[]>;
  /** Upkeep: sorts sealed days by device and time. Never holds up `write` for long. */
  tidy(now: number): Promise<void>;
}

export interface LatestReading extends StoredReading {
  readonly device: string;
  readonly metric: Metric;
}

/** What a meter used in an interval that is over. */
export interface RollupPoint {
  readonly meter: string;
  readonly by: 'quarter' | 'hour' | 'day';
  /** Start of the interval, Unix ms UTC. */
  readonly from: number;
  /** In the unit of the medium's counter; null where it is missing. */
  readonly value: number | null;
  readonly quality: string;
}

/** What became of a trip, numbered, with what was ordered. */
export interface TripRecord {
  readonly n: number;
  readonly trip: KeptTrip;
  readonly state: 'under-way' | 'over' | 'withdrawn';
  /** The order it was driven under. */
  readonly dispatch: string | null;
  /** Words, separated by commas. */
  readonly verdict: string;
}

/** What came of a device on a day of its institution, by the ledger. */
export interface QualityPoint {
  readonly device: string;
  /** Start of the day, Unix ms UTC. */
  readonly from: number;
  /** What should have come so far; null where nobody has said how often the device speaks. */
  readonly expected: number | null;
  readonly received: number;
  readonly late: number;
  readonly duplicate: number;
  readonly quarantined: number;
}

/** A sink beside the embedded store that also wants what is made of the observations. */
export interface ExternalSink extends PackingSink, DerivedPoints {}

/** Takes alerts, consumption, trips and completeness. */
export interface DerivedPoints {
  /** Idempotent: what is said of an interval again takes the place of what was said. @throws AppError `STORE_UNAVAILABLE` */
  writeRollups(points: readonly RollupPoint[]): Promise<void>;
  /** One point per transition, at its time. Idempotent. @throws AppError `STORE_UNAVAILABLE` */
  writeTransitions(transitions: readonly Transition[]): Promise<void>;
  /** At the start as first recorded, where the last word counts. @throws AppError `STORE_UNAVAILABLE` */
  writeTrips(records: readonly TripRecord[]): Promise<void>;
  /** Idempotent: what is said of a day again takes the place of what was said. @throws AppError `STORE_UNAVAILABLE` */
  writeQuality(points: readonly QualityPoint[]): Promise<void>;
}

/** A change of an alert, numbered in order without gaps. */
export interface Transition {
  readonly n: number;
  readonly at: number;
  readonly alert: Alert;
}
