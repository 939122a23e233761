import type { Severity } from './entities.ts';

export interface Text {
  readonly zh: string;
  readonly en: string;
}

export interface Subject {
  readonly type: 'meter' | 'vehicle' | 'institution' | 'building' | 'door';
  readonly id: string;
}

/** What a person needs to check a finding (promise P5). Times are ISO 8601 at the edge and Unix ms inside. */
export interface Evidence {
  /** The stretch judged, Unix ms UTC. */
  readonly from: number;
  readonly to: number;
  /** Hours (their starts) or fixes (`at`) held to be wrong, Unix ms UTC, ascending. */
  readonly flagged: readonly number[];
  /** What was seen: readings or track, as plain JSON with units in the names. */
  readonly observed: Readonly<Record<string, unknown>>;
  /** What was expected, in the same names. */
  readonly expected: Readonly<Record<string, unknown>>;
  /** How `expected` was come by, in words a person can follow. */
  readonly method: Text;
  /** Calendar day, dispatch, route, place: what the judgement took into account. */
  readonly context: Readonly<Record<string, unknown>>;
  /** Data-quality flags of the stretch: gaps, estimated hours, poor fixes. */
  readonly quality: Readonly<Record<string, unknown>>;
}

/**
 * What a rule says about a subject. `open` and `amend` carry the whole evidence; `clear` ends the episode.
 * One episode of a rule and subject is open at a time.
 */
export interface Finding {
  readonly change: 'open' | 'amend' | 'clear';
  readonly subject: Subject;
  /** `at` of the reading or fix (or the tick) that made the rule decide, Unix ms UTC. */
  readonly at: number;
  readonly severity: Severity;
  readonly summary: Text;
  readonly evidence: Evidence;
}

/** A finding with the rule that made it. */
export interface Judged extends Finding {
  readonly rule: RuleRef;
  readonly kind: string;
  /** Institution the subject belonged to at `at`. */
  readonly institution: string;
  /** `at` of the `open` this finding belongs to: with rule and subject, the identity of the episode. */
  readonly openedAt: number;
}

export interface RuleRef {
  readonly id: string;
  readonly version: number;
  readonly params: Readonly<Record<string, unknown>>;
}

export type AlertState = 'open' | 'acknowledged' | 'shelved' | 'cleared' | 'withdrawn';
export type Verdict = 'confirmed' | 'false-alarm' | 'explained';

/** What a person held of an alert, by what its evidence says now. */
export interface Opinion {
  readonly verdict: Verdict;
  /** When it was given, by our clock. */
  readonly givenAt: number;
  /** As in its evidence. */
  readonly from: number;
  readonly to: number;
  readonly flagged: readonly number[];
}

export interface AlertComment {
  readonly at: number;
  readonly user: string;
  readonly text: string;
}

export interface Alert {
  readonly id: string;
  /** Id of the rule instance; the kind's name where the defaults run. */
  readonly rule: string;
  readonly kind: string;
  readonly severity: Severity;
  readonly subject: Subject;
  readonly institution: string;
  readonly state: AlertState;
  /** Event time. */
  readonly openedAt: number;
  /** Our clock when it was found. */
  readonly raisedAt: number;
  /** Event time. */
  readonly clearedAt: number | null;
  readonly summary: Text;
  readonly evidence: Evidence & { readonly rule: RuleRef };
  readonly acknowledgedBy: string | null;
  readonly assignee: string | null;
  readonly verdict: {
    readonly verdict: Verdict;
    readonly reason?: string;
    readonly user: string;
    readonly at: number;
  } | null;
  readonly comments: readonly AlertComment[];
  /** Grows with every change of this alert. */
  readonly version: number;
}
