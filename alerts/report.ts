import type { DatabaseSync } from 'node:sqlite';
import type { Alert, Judged, Opinion } from '../model/alert.ts';
import type { Context } from '../model/context.ts';
import type { AlertReport } from './alerts.ts';
import { atomically, createWriter, idOf, toAlert, toFiled } from './database.ts';
import type { Episode, Filed, Step } from './lifecycle.ts';
import * as lifecycle from './lifecycle.ts';

function createFiles(database: DatabaseSync) {
  const byId = database.prepare('SELECT * FROM alert WHERE id = ?');
  const active = database.prepare(
    `SELECT * FROM alert WHERE rule = ? AND subject = ? AND subject_type = ?
      AND state IN ('open', 'acknowledged', 'shelved')`,
  );
  const since = database.prepare(
    'SELECT * FROM alert WHERE rule = ? AND subject = ? AND opened_at >= ? ORDER BY opened_at',
  );
  const clearedSince = database.prepare(
    `SELECT * FROM alert WHERE rule = ? AND subject = ? AND opened_at < ?
      AND state = 'cleared' AND cleared_by = 'rule' AND cleared_at > ?`,
  );
  const load = (row: ReturnType<typeof byId.get>) => row && toFiled(row);
  return {
    episode: (id: string) => load(byId.get(id)),
    standing: ({ rule, subject }: Pick<Alert, 'rule' | 'subject'>) =>
      load(active.get(rule, subject.id, subject.type)),
    openedSince: (rule: string, subject: string, from: number) =>
      since.all(rule, subject, from).map(toFiled),
    clearedSince: (rule: string, subject: string, from: number) =>
      clearedSince.all(rule, subject, from, from).map(toFiled),
  };
}

/** Writes the steps of one call and remembers what became of each alert. */
function createLedger(
  files: ReturnType<typeof createFiles>,
  write: (step: Step) => void,
  context: Context,
) {
  const changed = new Map<string, Alert>();
  /** @returns what the alert now is, `before` where there was nothing to do */
  function take<Before extends Filed | undefined>(step: Step | null, before: Before) {
    if (!step) return before;
    write(step);
    changed.set(step.filed.alert.id, step.filed.alert);
    context.count('alert_changes', { change: step.change });
    return step.filed;
  }
  return {
    files,
    take,
    open: (judged: Judged) => take(lifecycle.open(idOf(judged), judged, context.now()), undefined),
    /** One episode of a rule and subject is open at a time, whatever the findings say. */
    reinstate: (filed: Filed, clearedAt: number | null = null) => {
      if (!files.standing(filed.alert))
        return take(lifecycle.reinstate(filed, context.now()), filed);
      if (clearedAt === null) return filed;
      return take(lifecycle.reinstateEnded(filed, clearedAt, context.now()), filed);
    },
    openEnded: (judged: Judged, clearedAt: number) =>
      take(lifecycle.openEnded(idOf(judged), judged, clearedAt, context.now()), undefined),
    withdraw: (filed: Filed) => take(lifecycle.withdraw(filed, context.now()), filed),
    changed: () => [...changed.values()],
  };
}

type Ledger = ReturnType<typeof createLedger>;

const standing = ({ files }: Ledger, { rule, subject }: Judged) =>
  files.standing({ rule: rule.id, subject });

/** Findings of a known episode that come again, or late, are a replay and change nothing. */
function consider(ledger: Ledger, judged: Judged): void {
  const own = ledger.files.episode(idOf(judged));
  if (own && judged.change === 'open') {
    if (own.alert.state !== 'withdrawn') return;
    const filed = ledger.reinstate(own);
    if (lifecycle.isActive(filed.alert)) ledger.take(lifecycle.amend(filed, judged), filed);
    return;
  }
  const filed = own ?? standing(ledger, judged);
  if (filed) update(ledger, filed, judged);
  else if (judged.change !== 'clear') ledger.open(judged);
}

function update(ledger: Ledger, filed: Filed, judged: Judged): void {
  if (!lifecycle.isActive(filed.alert) || judged.at < filed.judgedAt) return;
  const step =
    judged.change === 'clear'
      ? lifecycle.clearByRule(filed, judged.at)
      : lifecycle.amend(filed, judged);
  ledger.take(step, filed);
}

/**
 * The alert of an episode that has none. One that stands is its own, found with another beginning, unless it is that of an episode that came
 * later: of two episodes found in the wrong order the earlier one is over.
 */
function begin(
  ledger: Ledger,
  judged: Judged,
  clearedAt: number | null,
  isOther: (filed: Filed) => boolean,
) {
  const stands = standing(ledger, judged);
  if (!stands) return ledger.open(judged);
  return clearedAt !== null && isOther(stands) ? ledger.openEnded(judged, clearedAt) : stands;
}

/** Brings an alert in line with everything late data now says of its episode. */
function settle(
  ledger: Ledger,
  known: Filed | undefined,
  { judged, clearedAt }: Episode,
  isOther: (filed: Filed) => boolean,
): void {
  let filed = known ?? (judged && begin(ledger, judged, clearedAt, isOther));
  if (!filed) return;
  if (filed.alert.state === 'withdrawn' || clearedAt === null)
    filed = ledger.reinstate(filed, clearedAt);
  if (filed.alert.state === 'withdrawn') return;
  if (judged) filed = ledger.take(lifecycle.amend(filed, judged), filed);
  if (clearedAt !== null) ledger.take(lifecycle.clearByRule(filed, clearedAt), filed);
}

/** The engine's side of the book: what it finds opens, changes or withdraws alerts. */
export function createReport(database: DatabaseSync, context: Context): AlertReport {
  const files = createFiles(database);
  const write = createWriter(database);
  const judgedByPeople = database.prepare(
    `SELECT head, bulk FROM alert WHERE kind = ? AND subject = ? AND opened_at >= ?
      AND state <> 'withdrawn' AND json_extract(head, '$.verdict') IS NOT NULL ORDER BY opened_at`,
  );
  const stood = database.prepare(
    `SELECT opened_at AS "openedAt", cleared_at AS "clearedAt" FROM alert
      WHERE kind = ? AND subject = ? AND opened_at >= ? AND state <> 'withdrawn' ORDER BY opened_at`,
  );

  return {
    report: (judged) => {
      const ledger = createLedger(files, write, context);
      atomically(database, () => {
        for (const finding of judged) consider(ledger, finding);
      });
      return ledger.changed();
    },
    rejudge: (rule, subject, from, judged) => {
      const ledger = createLedger(files, write, context);
      const episodes = lifecycle.toEpisodes(judged);
      const kept = new Set(episodes.map(({ openedAt }) => openedAt));
      const gone = (filed: Filed) => !kept.has(filed.alert.openedAt);
      const isOther = (filed: Filed) => !gone(filed);
      atomically(database, () => {
        files.openedSince(rule, subject, from).filter(gone).forEach(ledger.withdraw);
        files.clearedSince(rule, subject, from).filter(gone).forEach(ledger.reinstate);
        for (const episode of episodes) {
          const { openedAt } = episode;
          const [first] = files.openedSince(rule, subject, openedAt);
          settle(ledger, first?.alert.openedAt === openedAt ? first : undefined, episode, isOther);
        }
      });
      return ledger.changed();
    },
    opinions: (kind, subject, from) => judgedByPeople.all(kind, subject, from).flatMap(opinionOf),
    episodes: (kind, subject, from) =>
      stood.all(kind, subject, from) as unknown as ReturnType<AlertReport['episodes']>,
  };
}

function opinionOf(row: Parameters<typeof toAlert>[0]): readonly Opinion[] {
  const { verdict, evidence } = toAlert(row);
  if (!verdict) return [];
  const { from, to, flagged } = evidence;
  return [{ verdict: verdict.verdict, givenAt: verdict.at, from, to, flagged }];
}
