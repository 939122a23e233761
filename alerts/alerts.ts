import type { Alert, AlertState, Judged, Opinion, Subject, Text, Verdict } from '../model/alert.ts';
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
  transitions(after: number, limit: number): Promise<readonly AlertTransition[]>;
  /** Takes alerts off the shelf whose time has come. @returns those alerts */
  endShelves(): Promise<readonly Alert[]>;
}

/**
 * What happened to an alert, in event time where a reading or fix decided (`opened`, `amended`, `escalated`, `cleared`), else by our clock;
 * never before the change before it.
 * `alert` is as it was then, but for `evidence` and `comments`, which are those of now.
 */
export interface AlertTransition extends Transition {
  readonly change: AlertChange;
}

/**
 * What the rules engine tells. Within the engine's own transaction, so that findings and rule state are kept together.
 * Repeating a report changes nothing.
 */
export interface AlertReport {
  /**
   * Findings in order. An `open` while another episode of the rule and subject is open amends that one; a condition that comes back after it was
   * cleared is a new alert; a withdrawn episode that is found again comes back under its old id.
   * @returns alerts that changed, as they now are
   */
  report(judged: readonly Judged[]): readonly Alert[];
  /**
   * Late data made a stretch to be judged again: alerts of the rule and subject with `openedAt >= from` that are not among `judged` are withdrawn,
   * the others amended. `judged` is everything found from `from` on, so an alert the rule had cleared there and no longer clears is open again.
   * @returns alerts that changed, as they now are
   */
  rejudge(rule: string, subject: string, from: number, judged: readonly Judged[]): readonly Alert[];
  /** What people held of a subject's alerts of a kind with `openedAt >= from`, ascending. */
  opinions(kind: string, subject: string, from: number): readonly Opinion[];
  /** From when to when a subject's alerts of a kind with `openedAt >= from` stood, ascending; null while one stands. Without those withdrawn. */
  episodes(
    kind: string,
    subject: string,
    from: number,
  ): readonly { readonly openedAt: number; readonly clearedAt: number | null }[];
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

/** `escalated`: amended to a worse severity. `unshelved`: its time on the shelf is over. A reinstated alert is `opened` again. */
export type AlertChange =
  | 'opened'
  | 'amended'
  | 'escalated'
  | 'cleared'
  | 'withdrawn'
  | 'acknowledged'
  | 'shelved'
  | 'unshelved'
  | 'commented'
  | 'assigned'
  | 'verdict';

/** An alert as the outside sees it: over HTTP, MQTT and webhooks. Times are ISO 8601 with the offset of the institution's zone. */
export interface AlertView {
  readonly id: string;
  readonly rule: string;
  readonly kind: string;
  readonly severity: Severity;
  readonly subject: Subject;
  readonly institution: string;
  readonly state: AlertState;
  readonly openedAt: string;
  readonly raisedAt: string;
  readonly clearedAt: string | null;
  readonly summary: Text;
  readonly evidence: Omit<Alert['evidence'], 'from' | 'to' | 'flagged'> & {
    readonly from: string;
    readonly to: string;
    readonly flagged: readonly string[];
  };
  readonly acknowledgedBy: string | null;
  readonly assignee: string | null;
  readonly verdict: {
    readonly verdict: Verdict;
    readonly reason?: string;
    readonly user: string;
    readonly at: string;
  } | null;
  readonly comments: readonly {
    readonly at: string;
    readonly user: string;
    readonly text: string;
  }[];
  readonly version: number;
}
