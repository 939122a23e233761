import type { ZodType } from 'zod';
import type { Hour, OpenHour } from '../energy/hourly.ts';
import type { FixMark } from '../fleet/hygiene.ts';
import type { Finding, Opinion, Text } from '../model/alert.ts';
import type {
  CalendarDay,
  Dispatch,
  Institution,
  Meter,
  Place,
  Replacement,
  Route,
  Severity,
  Vehicle,
} from '../model/entities.ts';
import type { Medium } from '../model/metrics.ts';
import type { Accepted } from '../model/observation.ts';
import type { Trip, TripSoFar } from '../model/trip.ts';

/** What a rule judges: a meter or a vehicle, as it was at the time of the event. */
export type RuleSubject =
  | { readonly type: 'meter'; readonly meter: Meter; readonly institution: Institution }
  | { readonly type: 'vehicle'; readonly vehicle: Vehicle; readonly institution: Institution };

export type MeterSubject = Extract<RuleSubject, { type: 'meter' }>;

/** What a rule may ask beside its event. Pure look-ups: the same question gives the same answer in a replay. */
export interface Surroundings {
  /** Kind of the day, with transfer workdays; undefined for a year that has no published calendar. */
  day(date: string): CalendarDay | undefined;
  /** Dispatches of a vehicle that cover the instant, or none. */
  dispatches(vehicle: string, at: number): readonly Dispatch[];
  /** All of a vehicle's dispatches, ascending by `from`. */
  dispatchesOf?(vehicle: string): readonly Dispatch[];
  /** Whether anybody keeps this of the institution, so that its absence says something. */
  keeps?(institution: string, what: KeptThing): boolean;
  route(id: string): Route | undefined;
  place(id: string): Place | undefined;
  /** Confirmed replacements of a meter, ascending by `at`. */
  replacements(meter: string): readonly Replacement[];
  /**
   * Other meters, and what a kind knows of them by now: of those that come by the same gateway or line, and of some fifty others. Unlike the rest
   * this may be more in a replay. Absent: nothing is known of others.
   */
  others?(meter: string, kind: string): Others;
  /**
   * What people held of a subject's alerts of a kind that opened since an instant, ascending. Only those with `givenAt` up to the event's `at` are to be
   * heeded: what was not said yet then is not known in a replay either.
   */
  opinions?(kind: string, subject: string, from: number): readonly Opinion[];
  /** Yuan for one kWh, m³ or GJ at an instant, by the tariff in force; undefined where none is. */
  price?(institution: Institution, medium: Medium, at: number): number | undefined;
  /** Floor area a meter stands for: that of its building, where it is the only one of its medium at the top of it; otherwise undefined. */
  floorAreaM2?(meter: Meter): number | undefined;
  /**
   * Mean temperature outdoors of a day that is over, °C: by the sensor of the institution or of one above it. Unlike the rest, a reading of a sensor that
   * comes late moves nothing that was judged.
   * @param day days since 1970-01-01 by the calendar of the institution
   */
  outdoorC?(institution: Institution, day: number): number | undefined;
  /** Of a meter that counts, as the reading at hand leaves it; absent for other events and in `tick`. */
  readonly hours?: MeterHours | undefined;
  /** Of a vehicle, as the fix at hand leaves it; absent for meters and in `tick`. */
  readonly motion?: Motion | undefined;
  /** For `tick`, our clock: silence before this is our own absence, not the device's. */
  readonly listeningSince?: number;
}

/**
 * What a meter's counter says hour by hour, counted once for all kinds: they read it and never count again. A reading out of all proportion is in it
 * only once the next one goes on from it.
 */
export interface MeterHours {
  /** Hours that the reading has closed, ascending, without holes: mostly none. */
  readonly closed: readonly Hour[];
  readonly running: OpenHour;
}

/** A vehicle's cleaned motion, judged once for all kinds: they read it and never clean again. */
export interface Motion {
  /** What the fix is worth; `waiting` while the receiver settles after a rest, for at most five fixes or a minute. Only `good` is to be built on. */
  readonly mark: FixMark | 'waiting';
  /** By this fix the vehicle stands. */
  readonly standing: boolean;
  /** Under way; a trip counts as one once the vehicle has certainly left, and begins in the past. */
  readonly trip: TripSoFar | null;
  /** Trips that this fix shows to be over: mostly none. They ended in the past. */
  readonly ended: readonly Trip[];
  /** Where it stands and since when, by the mean of its fixes; null while it moves. */
  readonly rest: MotionRest | null;
  /** Ids of the places it is in, ascending, with hysteresis: of its institution, those above and those below. */
  readonly at: readonly string[];
  /** Of these, those it is held to have entered with this fix, and those it has left. */
  readonly entered: readonly string[];
  readonly left: readonly string[];
}

export type KeptThing = 'dispatches' | 'fuel-stations';

export interface MotionRest {
  readonly lat: number;
  readonly lon: number;
  /** Unix ms UTC. */
  readonly since: number;
}

export interface Others {
  /** Of the gateway or line; empty where the meter has none. */
  readonly name: string;
  /** Of the same institution, ascending by id, without the meter itself. */
  readonly line: readonly Other[];
  readonly elsewhere: readonly Other[];
}

export interface Other {
  readonly id: string;
  readonly state: unknown;
}

/** What nearly every step finds. */
export const noFindings: readonly Finding[] = [];

export interface Step<State> {
  readonly state: State;
  /** In order; at most one episode is open at a time. */
  readonly findings: readonly Finding[];
}

/**
 * A kind of rule. Pure: time comes from the event, memory is `State` (plain JSON, a few KB at most), so a replay gives the same findings.
 * Events of one subject come in order of `at`; late ones make the engine replay from a snapshot.
 */
export interface RuleKind<Params = unknown, State = unknown> {
  /** `energy.consumption-anomaly`, `vehicle.off-route`, … */
  readonly kind: string;
  /** Raised whenever the same history could give other findings. */
  readonly version: number;
  readonly title: Text;
  readonly description: Text;
  readonly severity: Severity;
  /** Runs only where an instance asks for it: what it forbids is not forbidden everywhere. */
  readonly onlyByInstance?: true;
  /** Kinds that say nothing of a subject for which this one runs: it says the same, and more. */
  readonly replaces?: readonly string[];
  /** With defaults for everything and units in the names. */
  readonly params: ZodType<Params>;
  /** Whether the subject has what the rule needs; otherwise it does not run. */
  appliesTo(subject: RuleSubject): boolean;
  /** State before the first event. */
  initial(): State;
  step(
    state: State,
    event: Accepted,
    subject: RuleSubject,
    params: Params,
    around: Surroundings,
  ): Step<State>;
  /** For rules that must notice silence: called with our clock now and then; by time of receipt. Findings have `at` = `now`. */
  tick?(
    state: State,
    now: number,
    subject: RuleSubject,
    params: Params,
    around: Surroundings,
  ): Step<State>;
}
