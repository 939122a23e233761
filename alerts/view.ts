import type { Alert } from '../model/alert.ts';
import { isoInZone } from '../model/time.ts';
import type { AlertView } from './alerts.ts';

/** @param timeZone IANA name, that of the alert's institution */
export function toAlertView(alert: Alert, timeZone: string): AlertView {
  const iso = (at: number) => isoInZone(at, timeZone);
  const { evidence, verdict } = alert;
  return {
    id: alert.id,
    rule: alert.rule,
    kind: alert.kind,
    severity: alert.severity,
    subject: alert.subject,
    institution: alert.institution,
    state: alert.state,
    openedAt: iso(alert.openedAt),
    raisedAt: iso(alert.raisedAt),
    clearedAt: alert.clearedAt === null ? null : iso(alert.clearedAt),
    summary: alert.summary,
    evidence: {
      ...evidence,
      from: iso(evidence.from),
      to: iso(evidence.to),
      flagged: evidence.flagged.map(iso),
    },
    acknowledgedBy: alert.acknowledgedBy,
    assignee: alert.assignee,
    verdict: verdict && { ...verdict, at: iso(verdict.at) },
    comments: alert.comments.map((comment) => ({ ...comment, at: iso(comment.at) })),
    version: alert.version,
  };
}
