import type { KeptTrip, Trip, TripSoFar } from '../model/trip.ts';

export interface TripQuery {
  readonly vehicle?: string;
  /** Only of these institutions; absent is all. */
  readonly institutions?: readonly string[];
  /** On `startedAt`, Unix ms UTC, `from` inclusive, `to` exclusive. */
  readonly from: number;
  readonly to: number;
  readonly limit: number;
  readonly cursor?: string;
}

export interface TripPage {
  readonly items: readonly KeptTrip[];
  readonly next: string | null;
}

/** Trips as they stand. One that was not heard of for half an hour is shown as over where it was seen last. */
export interface TripBook {
  /** Ascending by `startedAt`. @throws AppError `INPUT_INVALID` for a cursor that is none */
  list(query: TripQuery): Promise<TripPage>;
  get(id: string): Promise<KeptTrip | undefined>;
  /** What became of trips, numbered above `after`, ascending; not every figure of a trip under way. */
  changes(after: number, limit: number): Promise<readonly TripChange[]>;
}

export interface TripChange {
  readonly n: number;
  /** Our clock, Unix ms UTC. */
  readonly at: number;
  readonly change: 'begun' | 'ended' | 'amended' | 'withdrawn';
  /** As it is now; as it was last where it was withdrawn. */
  readonly trip: KeptTrip;
}

/** Whose trips they are. */
export interface TripOwner {
  readonly vehicle: string;
  /** Institution it belonged to at an instant. */
  institutionAt(at: number): string;
}

/** What a fix showed of trips. */
export interface ToldTrip {
  readonly trip: Trip | TripSoFar;
  /** `at` of the fix, Unix ms UTC. */
  readonly decidedAt: number;
}

/** What the rules engine tells, within its own transaction. Repeating it changes nothing. */
export interface TripReport {
  /** Trips in order, as fixes came in order: new ones, and more of the newest one. */
  record(owner: TripOwner, told: readonly ToldTrip[]): void;
  /**
   * Late data made everything from `from` on to be judged again, and `told` is everything that shows now. A trip that was known keeps its id where it
   * overlaps; one that is not found again is withdrawn.
   */
  rejudge(owner: TripOwner, from: number, told: readonly ToldTrip[]): void;
}
