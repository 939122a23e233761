import type { Finding, Judged } from '../model/alert.ts';
import type { Active } from './instances.ts';

/** Findings of one rule and subject from the first on, each with the episode that it belongs to. */
export function toJudged(
  findings: readonly Finding[],
  { rule, kind, severity }: Active,
  institution: string,
): readonly Judged[] {
  let openedAt = 0;
  return findings.map((finding) => {
    if (finding.change === 'open') openedAt = finding.at;
    return {
      ...finding,
      severity: severity ?? finding.severity,
      rule,
      kind: kind.kind,
      institution,
      openedAt,
    };
  });
}
