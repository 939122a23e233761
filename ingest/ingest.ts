import type { Alert } from '../model/alert.ts';
import type { Accepted, Quarantined, QuarantineReason } from '../model/observation.ts';

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

/** What became of what a device sent, on one day of its institution, by receipt; observations, and parts of messages that were set aside. */
export interface LedgerDay {
  readonly device: string;
  /** YYYY-MM-DD. */
  readonly date: string;
  /** All there was: stored, duplicate and set aside. */
  readonly received: number;
  readonly stored: number;
  readonly duplicate: number;
  /** Of those stored, how many were more than ten minutes old when they came. */
  readonly late: number;
  readonly quarantined: Readonly<Partial<Record<QuarantineReason, number>>>;
}

/** Completeness, made visible. */
export interface Ledger {
  /** Journal position up to which it counts. */
  position(): number;
  /** Adds the counts and moves the position, together; a position it has passed changes nothing. */
  add(upTo: number, days: readonly LedgerDay[]): void;
  /** All zero where nothing came. */
  read(device: string, date: string): LedgerDay;
}
