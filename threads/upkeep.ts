import type { DatabaseSync } from 'node:sqlite';
import { createExpiry } from '../alerts/expiry.ts';
import type { Settings } from '../config.ts';
import type { OpenLedger } from '../ingest/ledger.ts';
import { dateOfDay } from '../ingest/local-day.ts';
import type { OpenQuarantine } from '../ingest/quarantine.ts';
import type { RevisionFile } from '../ingest/revision-file.ts';
import type { Context } from '../model/context.ts';
import { messageOf } from '../model/errors.ts';
import { dayMs, hourMs, minuteMs, secondMs } from '../model/time.ts';
import type { RulesSink } from '../rules/engine.ts';
import type { openDuckDbStore } from '../stores/duckdb.ts';
import type { Watches } from './watches.ts';

interface Kept {
  readonly rules: RulesSink;
  readonly watches: Pick<Watches, 'tick'>;
  readonly store: Awaited<ReturnType<typeof openDuckDbStore>>;
  readonly quarantine: OpenQuarantine;
  readonly ledger: OpenLedger;
  readonly revisions: Pick<RevisionFile, 'expire'>;
  /** Of the alerts. */
  readonly database: DatabaseSync;
  readonly settings: Settings;
}

const tickEveryMs = 10 * secondMs;

/** Silence is looked for by the clock; sealed days are sorted; what has been kept long enough goes. */
export function startUpkeep(
  { rules, watches, store, quarantine, ledger, revisions, database, settings }: Kept,
  { now, log }: Pick<Context, 'now' | 'log'>,
): { stop(): void } {
  const { alertsDays, ledgerDays, quarantineDays, rollupsDays } = settings;
  const failed = (what: string) => (error: unknown) =>
    log('warn', what, { error: messageOf(error) });
  const tidy = () => {
    store
      .tidy(now())
      .then(() => store.retain(settings, now()))
      .catch(failed('stored days could not be sorted or deleted'));
  };
  const expireAlerts = createExpiry(database);
  const dropAlerts = () => {
    if (alertsDays === 0) return;
    expireAlerts(now() - alertsDays * dayMs).catch(failed('old alerts could not be deleted'));
  };
  const dropRevisions = () => {
    if (rollupsDays > 0) revisions.expire(Math.floor(now() / dayMs) - rollupsDays);
  };
  const timers = [
    setInterval(() => rules.tick(now()), tickEveryMs),
    setInterval(() => void watches.tick(), minuteMs),
    setInterval(tidy, hourMs),
    setInterval(dropAlerts, minuteMs),
    setInterval(() => quarantine.expire(now() - quarantineDays * dayMs), hourMs),
    setInterval(dropRevisions, hourMs),
    setInterval(() => ledger.expire(dateOfDay(now() / dayMs - ledgerDays)), hourMs),
  ];
  return {
    stop() {
      for (const timer of timers) clearInterval(timer);
    },
  };
}
