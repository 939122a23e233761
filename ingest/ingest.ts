import type { Alert } from '../model/alert.ts';
import type { Accepted, Quarantined } from '../model/observation.ts';

export interface QuarantineQuery {
  readonly device?: string;
  /** Only of these devices; absent is all. */
  readonly devices?: readonly string[];
  /** On receipt, Unix ms UTC, `from` inclusive, `to` exclusive. */
  readonly from?: number;
  readonly to?: number;
  readonly limit: number;
  readonly cursor?: string;
}

/** What was not understood, kept with its bytes. */
export interface Quarantine {
  /** Adding the same (seq, part) twice keeps one. */
  add(items: readonly Quarantined[]): void;
  /** Newest first. */
  list(query: QuarantineQuery): {
    readonly items: readonly Quarantined[];
    readonly next: string | null;
  };
}

export interface SinkStatus {
  readonly name: 'store' | 'rules' | 'influx';
  readonly position: number;
  /** Age of the oldest entry it has not passed, in seconds; 0 when none. */
  readonly lagS: number;
  /** The last trouble, while it lasts. */
  readonly trouble: string | null;
}

/** What the live stream carries. */
export type LiveEvent =
  | { readonly type: 'observation'; readonly observation: Accepted }
  | { readonly type: 'alert'; readonly alert: Alert };
