import type { Alert, AlertState, Judged, Verdict } from '../model/alert.ts';
import type { Severity } from '../model/entities.ts';
import type { Transition } from '../stores/store.ts';

export interface AlertQuery {
  readonly states?: readonly AlertState[];
  /** A kind, or a family such as `vehicle.*`. */
  readonly kind?: string;
  readonly subject?: string;
  /** Only of these institutions; absent is all. */
  readonly institutions?: readonly string[];
  /** On `openedAt`, Unix ms UTC, `from` inclusive, `to` exclusive. */
  readonly from?: number;
  readonly to?: number;
  readonly severity?: Severity;
  readonly limit: number;
  readonly cursor?: string;
}

export interface AlertPage {
  readonly items: readonly Alert[];
  readonly next: string | null;
}

/** What a person does to an alert. `version`, when given, must be the alert's, else `VERSION_CONFLICT`. */
export type AlertAction = { readonly user: string; readonly version?: number } & (
  | { readonly do: 'acknowledge' }
  | { readonly do: 'clear' }
  | { readonly do: 'shelve'; readonly until: number }
  | { readonly do: 'verdict'; readonly verdict: Verdict; readonly reason?: string }
  | { readonly do: 'comment'; readonly text: string }
  | { readonly do: 'assign'; readonly to: string | null }
);

/** Alerts and what became of them. One open alert per rule and subject. */
export interface AlertBook {
  /** Newest `openedAt` first. */
  list(query: AlertQuery): Promise<AlertPage>;
  get(id: string): Promise<Alert | undefined>;
  /** @throws AppError `NOT_FOUND`, `VERSION_CONFLICT`, `INPUT_INVALID` where the state does not allow it */
  act(id: string, action: AlertAction): Promise<Alert>;
  /** Changes of alerts numbered above `after`, ascending. */
  transitions(after: number, limit: number): Promise<readonly Transition[]>;
}

/**
 * What the rules engine tells. Within the engine's own transaction, so that findings and rule state are kept together.
 * Repeating a report changes nothing.
 */
export interface AlertReport {
  /** Findings in order, `journal` position they were made at. */
  report(judged: readonly Judged[]): readonly Alert[];
  /**
   * Late data made a stretch to be judged again: alerts of the rule and subject with `openedAt >= from` that are not among `judged` are withdrawn,
   * the others amended.
   */
  rejudge(rule: string, subject: string, from: number, judged: readonly Judged[]): readonly Alert[];
}

/** A way to reach people or programs. */
export interface Notifier {
  /**
   * @param change what happened to the alert, for the subject line
   * @param key the same for every retry of one message, so that a receiver can drop repeats
   * @throws AppError `NOTIFY_FAILED`; `retryable` tells whether trying again can help
   */
  send(alert: Alert, change: AlertChange, key: string): Promise<void>;
}

export type AlertChange =
  | 'opened' | 'amended' | 'cleared' | 'withdrawn' | 'acknowledged' | 'shelved' | 'commented' | 'assigned' | 'verdict';
