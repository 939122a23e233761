import { decodeAmounts, encodeAmounts } from '../../energy/letters.ts';
import { round } from './load-totals.ts';

/** A rest day that was used like a working day. */
export interface RestDay {
  /** Local day, days since 1970. */
  readonly day: number;
  /** In office hours, so far. */
  readonly usedKwh: number;
  readonly restKwh: number;
  readonly workKwh: number;
  readonly limitKwh: number;
  /** How many rest days it was compared with. */
  readonly days: number;
  /** kWh of office hours so far, undefined where not measured. */
  readonly hours: readonly (number | undefined)[];
}

/** As it is kept, for there may be many. Plain JSON. */
export type KeptDay = readonly [
  day: number,
  usedKwh: number,
  restKwh: number,
  workKwh: number,
  limitKwh: number,
  days: number,
  hours: string,
];

/** Such days running, working days between them left out. Plain JSON. */
export interface RestEpisode {
  readonly days: readonly KeptDay[];
}

export const toKeptDay = (used: RestDay): KeptDay => [
  used.day,
  round(used.usedKwh),
  round(used.restKwh),
  round(used.workKwh),
  round(used.limitKwh),
  used.days,
  encodeAmounts(used.hours),
];

export const toRestDay = ([
  day,
  usedKwh,
  restKwh,
  workKwh,
  limitKwh,
  days,
  hours,
]: KeptDay): RestDay => ({
  day,
  usedKwh,
  restKwh,
  workKwh,
  limitKwh,
  days,
  hours: decodeAmounts(hours),
});
