import type { Calibre } from '../../energy/factor-set.ts';
import type { AnyFigure } from '../../energy/standing/amount.ts';
import type { Corrected } from '../../energy/standing/figure.ts';
import type { Past } from '../../energy/standing/goal.ts';
import type { Close } from '../../energy/standing/institution.ts';
import type { Comparison } from '../../energy/standing/peer.ts';
import type { Quota } from '../../energy/standing/quota-table.ts';
import type { Passing } from '../../energy/standing/so-far.ts';
import type { Evidence, Finding, Text } from '../../model/alert.ts';
import type { Institution, Severity } from '../../model/entities.ts';
import type { Cap, Target } from '../../model/goals.ts';
import { noFindings, type RuleKind } from '../rule.ts';

/** Kinds that judge institutions by their months, each when it is over; a cap also by the day on which it is passed. The engine does not run them: they are about many meters. */

/** All that is known of an institution. Figures are corrected; what came late is in them as if it had come in time. */
export interface Standing {
  readonly institution: Institution;
  /** Of every month that is over, ascending. */
  readonly closes: readonly Close[];
  /** As seen at the end of a month: nothing later is looked at. */
  past(month: string): Past;
  readonly targets: readonly Target[];
  readonly caps: readonly Cap[];
  /** The day by which the sum of the year was above the cap; null where it was not, or its days are not known. */
  passing(cap: Cap): Passing | null;
  corrections(months: readonly string[]): readonly Corrected[];
  quotas(month: string): readonly Quota[];
  /** What an amount costs by the mean price of the last day of a month; null where it has none. */
  yuanOf(figure: AnyFigure, amount: number, close: Close): number | null;
  /** Of its own group. */
  comparison(
    figure: AnyFigure,
    calibre: Calibre,
    months: readonly string[],
    leastMembers: number,
  ): Omit<Comparison, 'group'>;
}

export interface InstitutionKind<Params = unknown> extends RuleKind<Params, null> {
  /** Everything it ever finds of the institution, in order; the same history gives the same findings. */
  judge(standing: Standing, params: Params): readonly Finding[];
}

/** What of a kind is the same for all that judge institutions. */
export const ofInstitutions = {
  appliesTo: () => false,
  initial: () => null,
  step: (state: null) => ({ state, findings: noFindings }),
} as const;

/** What one look at an institution found. */
export interface Found {
  readonly severity: Severity;
  readonly summary: Text;
  readonly evidence: Evidence;
}

/** `quiet`: the condition is not, or is over. `unknown`: nothing can be said, and what stands goes on standing. */
export type Verdict = Found | 'quiet' | 'unknown';

interface Look {
  readonly at: number;
  readonly verdict: Verdict;
  /** What stands from another period is over. */
  readonly period?: string;
}

/** Looks, ascending → the findings of their episodes. */
export function episodesOf(institution: string, looks: readonly Look[]): readonly Finding[] {
  const subject = { type: 'institution', id: institution } as const;
  const findings: Finding[] = [];
  let open: { readonly found: Found; readonly period: string | undefined } | null = null;
  for (const { at, verdict, period } of looks) {
    const isOther: boolean = open !== null && open.period !== period;
    if (open && (verdict === 'quiet' || isOther)) {
      findings.push({ change: 'clear', subject, at, ...open.found });
      open = null;
    }
    if (typeof verdict === 'string') continue;
    findings.push({ change: open ? 'amend' : 'open', subject, at, ...verdict });
    open = { found: verdict, period };
  }
  return findings;
}

const severities: readonly Severity[] = ['info', 'warning', 'critical'];

export const worst = (all: readonly Severity[]): Severity =>
  severities[Math.max(0, ...all.map((each) => severities.indexOf(each)))] ?? 'info';
