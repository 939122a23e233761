/**
 * What comparing a trip with the orders of its vehicle says. `matched` alone, or what is not as ordered: it began `early`, ended `late`, stopped
 * for long where nothing was ordered (`extra-stop`), went farther than approved (`over-distance`) or elsewhere (`wrong-area`); `slip`: the order
 * was filed afterwards, in time; `no-dispatch`: none is about it.
 */
export const tripVerdicts = [
  'matched',
  'slip',
  'early',
  'late',
  'extra-stop',
  'over-distance',
  'wrong-area',
  'no-dispatch',
] as const;
export type TripVerdict = (typeof tripVerdicts)[number];

/** Where a vehicle was at an instant. Degrees in WGS-84. */
export interface TripPoint {
  /** Unix ms UTC. */
  readonly at: number;
  readonly lat: number;
  readonly lon: number;
  /** Ids of the places it was in, ascending. */
  readonly places: readonly string[];
}

/** A stretch of a trip in which the vehicle stood for three minutes or longer, without the trip being over. */
export interface TripStop {
  /** Unix ms UTC. */
  readonly from: number;
  readonly to: number;
  /** The middle of what the receiver said while it stood. */
  readonly lat: number;
  readonly lon: number;
  readonly places: readonly string[];
  /** With the ignition on; null where the terminal does not say. */
  readonly idlingS: number | null;
}

/** What is known of a trip by now, over fixes that can be built on. With its vehicle, `startedAt` stands for the trip while nothing late comes. */
export interface TripSoFar {
  readonly vehicle: string;
  /** The last fix where it stood before, or the first one elsewhere. Unix ms UTC. */
  readonly startedAt: number;
  readonly start: TripPoint;
  /** Newest fix that counted. */
  readonly now: TripPoint;
  /** By the track, straight across stretches without fixes. */
  readonly distanceKm: number;
  /** Of that, across stretches of more than five minutes without a fix. */
  readonly gapKm: number;
  /** By the vehicle's own odometer; null where it says none, or less than before. */
  readonly odometerKm: number | null;
  /** Between where it was last seen and the start: driven unseen, no part of `distanceKm`. */
  readonly unseenKm: number;
  readonly movingS: number;
  /** Standing with the ignition on; null where the terminal does not say. */
  readonly idlingS: number | null;
  /** By the vehicle's own word; null where it says none. */
  readonly maxSpeedKmh: number | null;
  /** Finished ones, ascending; of more than eight the longest. */
  readonly stops: readonly TripStop[];
  /** How many there were. */
  readonly stopCount: number;
  /** Places it was in at any time, in the order in which it came there first; at most eight. */
  readonly visited: readonly string[];
  /** Its way in at most 12 points, the first at the start: coarse, for telling areas and ends, not for drawing. */
  readonly way: readonly (readonly [lat: number, lon: number])[];
}

/** `ignition-off` and `standing`: it was seen to stand for long enough. `silence`: it was not seen any more, or only elsewhere. */
export type TripEnd = 'ignition-off' | 'standing' | 'silence';

/** A trip that is over. */
export interface Trip extends TripSoFar {
  /** When it came to stand, or was last seen. Unix ms UTC. */
  readonly endedAt: number;
  readonly endedBy: TripEnd;
}

/** A trip as it is kept: over, or still under way. */
export interface KeptTrip extends Omit<Trip, 'endedAt' | 'endedBy'> {
  /** Stays when late fixes amend the trip. */
  readonly id: string;
  /** Of the vehicle, when it started. */
  readonly institution: string;
  /** As first recorded, Unix ms UTC. */
  readonly firstStartedAt: number;
  /** Null while it is under way. */
  readonly endedAt: number | null;
  readonly endedBy: TripEnd | null;
  /** Grows when something is said of it anew: 1 at the start. */
  readonly revision: number;
  /** Our clock, Unix ms UTC. */
  readonly revisedAt: number;
}
