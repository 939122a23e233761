import type { ZodType } from 'zod';
import type { Finding, Text } from '../model/alert.ts';
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
import type { Accepted } from '../model/observation.ts';

/** What a rule judges: a meter or a vehicle, as it was at the time of the event. */
export type RuleSubject =
  | { readonly type: 'meter'; readonly meter: Meter; readonly institution: Institution }
  | { readonly type: 'vehicle'; readonly vehicle: Vehicle; readonly institution: Institution };

/** What a rule may ask beside its event. Pure look-ups: the same question gives the same answer in a replay. */
export interface Surroundings {
  /** Kind of the day, with transfer workdays; undefined for a year that has no published calendar. */
  day(date: string): CalendarDay | undefined;
  /** Dispatches of a vehicle that cover the instant, or none. */
  dispatches(vehicle: string, at: number): readonly Dispatch[];
  route(id: string): Route | undefined;
  place(id: string): Place | undefined;
  /** Confirmed replacements of a meter, ascending by `at`. */
  replacements(meter: string): readonly Replacement[];
  /**
   * Other meters, and what a kind knows of them by now: of those that come by the same gateway or line, and of some fifty others. Unlike the rest
   * this may be more in a replay. Absent: nothing is known of others.
   */
  others?(meter: string, kind: string): Others;
  /** For `tick`, our clock: silence before this is our own absence, not the device's. */
  readonly listeningSince?: number;
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
