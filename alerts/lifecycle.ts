import type { Alert, Judged, Verdict } from '../model/alert.ts';
import type { Severity } from '../model/entities.ts';
import { AppError } from '../model/errors.ts';
import type { AlertAction, AlertChange } from './alerts.ts';

/*
 * States: open → acknowledged → cleared; open or acknowledged ⇄ shelved; any → withdrawn when late data shows it was never so.
 * All functions are pure: they return what an alert becomes, or null where nothing changes.
 */

/** An alert with what only the book needs to know. */
export interface Filed {
  readonly alert: Alert;
  /** Unix ms UTC; null unless shelved. */
  readonly shelvedUntil: number | null;
  /** `at` of the last finding taken in. */
  readonly judgedAt: number;
  /** Time of the last change; the next is never before it, so that the newest point of a time series is the state of now. */
  readonly changedAt: number;
  /** Whoever ended it: what a person has cleared no rule opens again. */
  readonly clearedBy: 'rule' | 'person' | null;
}

export interface Step {
  readonly filed: Filed;
  readonly change: AlertChange;
  /** Unix ms UTC: event time where a finding decided, else our clock; never before the last change. */
  readonly at: number;
}

const severities: readonly Severity[] = ['info', 'warning', 'critical'];

/** Whether `severity` is `least` or worse. */
export const isAtLeast = (severity: Severity, least: Severity): boolean =>
  severities.indexOf(severity) >= severities.indexOf(least);

/** Whether the condition still stands as far as anybody knows. */
export const isActive = ({ state }: Alert): boolean =>
  state === 'open' || state === 'acknowledged' || state === 'shelved';

function step(
  filed: Filed,
  change: AlertChange,
  wishedAt: number,
  alert: Partial<Alert>,
  rest: Partial<Omit<Filed, 'alert'>> = {},
): Step {
  const at = Math.max(wishedAt, filed.changedAt);
  const changed = { ...filed.alert, ...alert, version: filed.alert.version + 1 };
  return { filed: { ...filed, ...rest, changedAt: at, alert: changed }, change, at };
}

/** A new episode is a new alert, however soon it follows the last one. */
export function open(id: string, judged: Judged, now: number): Step {
  const alert: Alert = {
    id,
    rule: judged.rule.id,
    kind: judged.kind,
    severity: judged.severity,
    subject: judged.subject,
    institution: judged.institution,
    state: 'open',
    openedAt: judged.openedAt,
    raisedAt: now,
    clearedAt: null,
    summary: judged.summary,
    evidence: { ...judged.evidence, rule: judged.rule },
    acknowledgedBy: null,
    assignee: null,
    verdict: null,
    comments: [],
    version: 1,
  };
  const at = judged.openedAt;
  const filed = { alert, shelvedUntil: null, judgedAt: judged.at, changedAt: at, clearedBy: null };
  return { filed, change: 'opened', at };
}

/** An episode that is over when it is found, while a later one of its rule and subject may stand. */
export function openEnded(id: string, judged: Judged, clearedAt: number, now: number): Step {
  const { filed, change, at } = open(id, judged, now);
  const alert = { ...filed.alert, state: 'cleared', clearedAt } as const;
  return { filed: { ...filed, alert, judgedAt: clearedAt, clearedBy: 'rule' }, change, at };
}

/** Takes in new evidence; the same evidence again changes nothing. */
export function amend(filed: Filed, judged: Judged): Step | null {
  const { alert } = filed;
  const evidence = { ...judged.evidence, rule: judged.rule };
  const { severity, summary } = judged;
  const before = JSON.stringify([alert.severity, alert.summary, alert.evidence]);
  if (JSON.stringify([severity, summary, evidence]) === before) return null;
  const worse = severity !== alert.severity && isAtLeast(severity, alert.severity);
  const change = worse ? 'escalated' : 'amended';
  return step(filed, change, judged.at, { severity, summary, evidence }, { judgedAt: judged.at });
}

/** The condition has ended, or ended at another time than was thought; what a person has cleared stays as it is. */
export function clearByRule(filed: Filed, at: number): Step | null {
  const { alert } = filed;
  if (isActive(alert)) {
    const rest = { shelvedUntil: null, judgedAt: at, clearedBy: 'rule' } as const;
    return step(filed, 'cleared', at, { state: 'cleared', clearedAt: at }, rest);
  }
  if (filed.clearedBy !== 'rule' || alert.state !== 'cleared' || alert.clearedAt === at)
    return null;
  return step(filed, 'amended', at, { clearedAt: at }, { judgedAt: at });
}

/** Late data shows that what was withdrawn was after all, and ended before what stands now began. */
export function reinstateEnded(filed: Filed, clearedAt: number, now: number): Step | null {
  if (filed.alert.state !== 'withdrawn') return null;
  if (filed.clearedBy === 'person') return step(filed, 'amended', now, { state: 'cleared' });
  return step(filed, 'opened', now, { state: 'cleared', clearedAt }, { clearedBy: 'rule' });
}

const standing = ({ acknowledgedBy }: Alert) => (acknowledgedBy === null ? 'open' : 'acknowledged');

/** Late data shows that the condition never was. */
export function withdraw(filed: Filed, now: number): Step | null {
  if (filed.alert.state === 'withdrawn') return null;
  return step(filed, 'withdrawn', now, { state: 'withdrawn' }, { shelvedUntil: null });
}

/** Late data shows that the condition was, or goes on, after all. */
export function reinstate(filed: Filed, now: number): Step | null {
  if (isActive(filed.alert)) return null;
  if (filed.clearedBy === 'person')
    return filed.alert.state === 'withdrawn'
      ? step(filed, 'amended', now, { state: 'cleared' })
      : null;
  const state = standing(filed.alert);
  return step(filed, 'opened', now, { state, clearedAt: null }, { clearedBy: null });
}

export function unshelve(filed: Filed, now: number): Step | null {
  if (filed.alert.state !== 'shelved' || (filed.shelvedUntil ?? 0) > now) return null;
  return step(filed, 'unshelved', now, { state: standing(filed.alert) }, { shelvedUntil: null });
}

function needsStanding({ alert }: Filed, what: string): void {
  if (alert.state === 'withdrawn')
    throw new AppError('INPUT_INVALID', `The alert is withdrawn and cannot be ${what}.`);
}

function acknowledge(filed: Filed, user: string, now: number): Step | null {
  needsStanding(filed, 'acknowledged');
  const { alert } = filed;
  if (alert.acknowledgedBy !== null && alert.state !== 'shelved') return null;
  const state = alert.state === 'cleared' ? 'cleared' : 'acknowledged';
  const change = { state, acknowledgedBy: user } as const;
  return step(filed, 'acknowledged', now, change, { shelvedUntil: null });
}

function clearByPerson(filed: Filed, now: number): Step | null {
  needsStanding(filed, 'cleared');
  if (!isActive(filed.alert)) return null;
  const clearedAt = Math.max(now, filed.alert.openedAt);
  const rest = { shelvedUntil: null, clearedBy: 'person' } as const;
  return step(filed, 'cleared', now, { state: 'cleared', clearedAt }, rest);
}

function shelve(filed: Filed, until: number, now: number): Step | null {
  if (!isActive(filed.alert))
    throw new AppError('INPUT_INVALID', `The alert is ${filed.alert.state} and cannot be shelved.`);
  if (!(until > now))
    throw new AppError('INPUT_INVALID', 'An alert can be shelved only until a time to come.');
  if (filed.shelvedUntil === until) return null;
  return step(filed, 'shelved', now, { state: 'shelved' }, { shelvedUntil: until });
}

function judge(
  filed: Filed,
  user: string,
  verdict: Verdict,
  reason: string | undefined,
  now: number,
): Step {
  const given = { verdict, ...(reason === undefined ? {} : { reason }), user, at: now };
  return step(filed, 'verdict', now, { verdict: given });
}

function comment(filed: Filed, user: string, text: string, now: number): Step {
  if (text.trim() === '') throw new AppError('INPUT_INVALID', 'The comment is empty.');
  const comments = [...filed.alert.comments, { at: now, user, text }];
  return step(filed, 'commented', now, { comments });
}

/**
 * What a person's action makes of an alert. An alert that ended unseen can still be acknowledged and judged.
 * @throws AppError `INPUT_INVALID` where the state does not allow it
 */
export function act(filed: Filed, action: AlertAction, now: number): Step | null {
  switch (action.do) {
    case 'acknowledge':
      return acknowledge(filed, action.user, now);
    case 'clear':
      return clearByPerson(filed, now);
    case 'shelve':
      return shelve(filed, action.until, now);
    case 'verdict':
      return judge(filed, action.user, action.verdict, action.reason, now);
    case 'comment':
      return comment(filed, action.user, action.text, now);
    case 'assign':
      return filed.alert.assignee === action.to
        ? null
        : step(filed, 'assigned', now, { assignee: action.to });
  }
}

/** Everything found about one episode, folded together. */
export interface Episode {
  readonly openedAt: number;
  /** The last finding that carried evidence; undefined where the stretch only saw the episode end. */
  readonly judged: Judged | undefined;
  readonly clearedAt: number | null;
}

/** Findings in order → their episodes, ascending by `openedAt`. */
export function toEpisodes(judged: readonly Judged[]): readonly Episode[] {
  const episodes = new Map<number, Episode>();
  for (const finding of judged) {
    const { openedAt } = finding;
    const known = episodes.get(openedAt);
    episodes.set(
      openedAt,
      finding.change === 'clear'
        ? { openedAt, judged: known?.judged, clearedAt: finding.at }
        : { openedAt, judged: finding, clearedAt: null },
    );
  }
  return [...episodes.values()].sort((a, b) => a.openedAt - b.openedAt);
}
