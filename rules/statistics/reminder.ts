import type { AlertBook, AlertReport } from '../../alerts/alerts.ts';
import type { FormBook } from '../../forms/forms.ts';
import type { Alert, Judged } from '../../model/alert.ts';
import type { Context } from '../../model/context.ts';
import type { Institution } from '../../model/entities.ts';
import { messageOf } from '../../model/errors.ts';
import { dueAt, formPeriod, lastMonthAt } from '../../model/form.ts';
import { localTime } from '../../model/time.ts';
import type { Directory } from '../../registry/registry.ts';
import { type Active, createInstitutionResolver } from '../instances.ts';
import { toJudged } from '../judged.ts';
import {
  type Filing,
  type FormDueParams,
  formDue,
  formDueFindings,
} from '../kinds/statistics/form-due.ts';

/** What another thread does, asked by message. */
type Asked<T> = {
  readonly [K in keyof T]: T[K] extends (...args: infer A) => infer R
    ? (...args: A) => Promise<Awaited<R>>
    : never;
};

export interface ReminderParts {
  readonly book: FormBook;
  readonly alerts: Asked<Pick<AlertBook & AlertReport, 'list' | 'rejudge' | 'report'>>;
  readonly directory: () => Directory;
  readonly context: Context;
}

export interface Reminder {
  /** To be called now and then: repeating it changes nothing. */
  tick(): Promise<void>;
}

/** Alerts there can be of one institution. */
const mostAlerts = 1_000;

/** What was submitted of each month and sent back, ascending. */
function filingsOf(book: FormBook, institution: string): readonly Filing[] {
  const months = new Set(
    book
      .ofInstitution(institution, '')
      .map(({ period }) => period)
      .filter((name) => formPeriod(name)?.edition === 'month'),
  );
  return [...months]
    .flatMap((month) =>
      book
        .history({ institution, period: month })
        .filter(({ action }) => action === 'submit' || action === 'return')
        .map(({ at, action }) => ({ month, at, filed: action === 'submit' })),
    )
    .sort((a, b) => a.at - b.at);
}

/** The first month it is to be reminded of: that which was due next when it began to file here, or was first reminded. */
function firstMonth(
  { book, context }: ReminderParts,
  { id, timeZone }: Institution,
  alerts: readonly Alert[],
  { remindDay }: FormDueParams,
): string {
  const reminded = alerts.map(({ openedAt }) => lastMonthAt(openedAt, timeZone));
  const begun = book.ofInstitution(id, '').map(({ madeAt }) => madeAt);
  if (begun.length === 0) reminded.push(lastMonthAt(context.now(), timeZone));
  else reminded.push(firstDueAfter(Math.min(...begun), timeZone, remindDay));
  const [first = ''] = reminded.sort();
  return first;
}

function firstDueAfter(at: number, zone: string, remindDay: number): string {
  const last = lastMonthAt(at, zone);
  const period = formPeriod(last);
  const isPast = period !== undefined && (dueAt(period, remindDay, zone) ?? at) < at;
  return isPast ? localTime(at, zone).date.slice(0, 7) : last;
}

const toClear = ({ rule: _, ...alert }: Alert, at: number): Judged => ({
  change: 'clear',
  subject: alert.subject,
  at,
  severity: alert.severity,
  summary: alert.summary,
  evidence: alert.evidence,
  rule: alert.evidence.rule,
  kind: alert.kind,
  institution: alert.institution,
  openedAt: alert.openedAt,
});

async function remind(
  parts: ReminderParts,
  institution: Institution,
  active: Active,
  alerts: readonly Alert[],
): Promise<void> {
  const { book, context } = parts;
  const own = alerts.filter(({ rule }) => rule === active.rule.id);
  const asked = active.params as FormDueParams;
  const first = firstMonth(parts, institution, own, asked);
  const filings = filingsOf(book, institution.id);
  const findings = formDueFindings(institution, first, filings, context.now(), asked);
  if (findings.length === 0 && own.length === 0) return;
  const judged = toJudged(findings, active, institution.id);
  await parts.alerts.rejudge(active.rule.id, institution.id, 0, judged);
}

const isStanding = ({ state }: Alert): boolean => state !== 'cleared' && state !== 'withdrawn';

async function look(parts: ReminderParts): Promise<void> {
  const { book, directory, alerts, context } = parts;
  const now = directory();
  const resolve = createInstitutionResolver(now, context);
  const keepers = book.keepers();
  const known = await alerts.list({ kind: formDue.kind, limit: 10_000 });
  const bySubject = Map.groupBy(known.items, ({ subject }) => subject.id);
  for (const institution of now.all('institutions')) {
    const active = resolve(formDue, institution);
    const isAsked = active && (keepers.has(institution.id) || active.rule.id !== formDue.kind);
    const own = (bySubject.get(institution.id) ?? []).slice(0, mostAlerts);
    if (isAsked) await remind(parts, institution, active, own);
    // A rule that runs no more, or under another name.
    const stale = own.filter(
      (alert) => isStanding(alert) && !(isAsked && alert.rule === active.rule.id),
    );
    if (stale.length > 0) await alerts.report(stale.map((alert) => toClear(alert, context.now())));
  }
}

/** Reminds institutions of last month's form, by our clock. */
export function createReminder(parts: ReminderParts): Reminder {
  let working = false;
  return {
    async tick() {
      if (working) return;
      working = true;
      try {
        await look(parts);
      } catch (error) {
        const { log } = parts.context;
        log('warn', 'nobody could be reminded of statistics forms', { error: messageOf(error) });
      } finally {
        working = false;
      }
    },
  };
}
