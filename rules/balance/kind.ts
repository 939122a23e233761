import type { Finding } from '../../model/alert.ts';
import type { Meter } from '../../model/entities.ts';
import { type MeterSubject, noFindings, type RuleKind, type Surroundings } from '../rule.ts';

/** Kinds that judge a meter and those directly below it by whole days. The engine does not run them: they are about several meters. */

/** One day of a meter and those directly below it. In the unit of the medium. */
export interface BalanceDay {
  /** The zone's day, Unix ms UTC. */
  readonly from: number;
  readonly to: number;
  /** Null where any of it is missing. */
  readonly own: number | null;
  readonly below: number | null;
  readonly difference: number | null;
  /** The least and the most the difference can be, by the counters' resolution and what is estimated. `lower` is absent from days kept by older versions. */
  readonly lower?: number | null;
  readonly upper: number | null;
  readonly quality: string;
  /** How many meters are below. */
  readonly meters: number;
  /** Their ids, ascending; absent from days kept by older versions. */
  readonly members?: readonly string[];
}

/** What a kind may ask beside the days. */
export interface DayAround extends Pick<Surroundings, 'day' | 'price' | 'opinions'> {
  /** As it is now. */
  meter(id: string): Meter | undefined;
  /** Alerts of a kind about the meter that opened since an instant, ascending. */
  episodes(kind: string, meter: string, from: number): readonly Spell[];
}

interface Spell {
  readonly openedAt: number;
  /** Null while it stands. */
  readonly clearedAt: number | null;
}

export interface DayKind<Params = unknown> extends RuleKind<Params, null> {
  judges(meter: Meter): boolean;
  /**
   * What the days of a meter say together; the same days give the same findings, and what is found by the end of a day does not go by later ones.
   * @param days ascending; a day may be missing
   */
  judge(
    days: readonly BalanceDay[],
    subject: MeterSubject,
    params: Params,
    around: DayAround,
  ): readonly Finding[];
}

/** What of a kind is the same for all that judge days. */
export const ofDays = {
  appliesTo: () => false,
  initial: () => null,
  step: (state: null) => ({ state, findings: noFindings }),
} as const;
