import type { CircuitName } from './circuits.ts';
import type { BranchName } from './flows.ts';
import type { Site } from './sites.ts';

/** What goes wrong, where, when and how much. */

export type FaultName =
  | 'spike'
  | 'shift'
  | 'creep'
  | 'shape'
  | 'night'
  | 'rest-days'
  | 'server-up'
  | 'lights-left'
  | 'corridor-left'
  | 'landscape-on'
  | 'lifts-run'
  | 'air-early'
  | 'air-late'
  | 'boiler-on'
  | 'peak'
  | 'power-factor'
  | 'imbalance'
  | 'voltage'
  | 'phase-dead'
  | 'room-cold'
  | 'room-hot'
  | 'leak'
  | 'burst'
  | 'gas-up'
  | 'heat-up';

/** How a fault changes what is used in a quarter of an hour. */
export type Change =
  /** kW more. */
  | { readonly as: 'add'; readonly size: number }
  /** Times as much. */
  | { readonly as: 'times'; readonly size: number }
  /** At least so many kW. */
  | { readonly as: 'hold'; readonly size: number }
  /** At least such a share of the most of the day. */
  | { readonly as: 'hold-share'; readonly size: number }
  /** Such a share of all electricity more. */
  | { readonly as: 'share'; readonly size: number }
  /** Growing to such a share. */
  | { readonly as: 'grow'; readonly size: number }
  /** All electricity drawn towards the mean of its day. */
  | { readonly as: 'flat'; readonly size: number }
  /** All electricity at least so many kW. */
  | { readonly as: 'reach'; readonly size: number }
  /** A day that is lived as a working day, by such a share of the people. */
  | { readonly as: 'lived'; readonly size: number }
  /** Only what gauges show. */
  | { readonly as: 'shown'; readonly size: number };

export interface YearFault {
  readonly what: FaultName;
  readonly site: Site;
  readonly on: readonly (CircuitName | BranchName)[];
  readonly change: Change;
  /** Hours of the day between which it acts; over midnight where `from` is later. Absent: always. */
  readonly hours?: { readonly from: number; readonly to: number };
  /** Unix ms UTC. */
  readonly from: number;
  readonly to: number;
}
