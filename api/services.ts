import type { AlertBook } from '../alerts/alerts.ts';
import type {
  LedgerDay,
  LiveEvent,
  Quarantine,
  QuarantineQuery,
  SinkStatus,
} from '../ingest/ingest.ts';
import type { Alert } from '../model/alert.ts';
import type { Registry } from '../registry/registry.ts';
import type { RuleKind } from '../rules/rule.ts';
import type { Store } from '../stores/store.ts';
import type { AlertView } from './contract.ts';
import type { Sessions } from './sessions.ts';

export interface Readiness {
  readonly ready: boolean;
  readonly checks: readonly {
    readonly name: string;
    readonly ok: boolean;
    readonly detail: string;
  }[];
}

/** What the API answers from. Whatever lives in another thread is asked by message. */
export interface Services {
  readonly registry: Registry;
  readonly sessions: Sessions;
  readonly telemetry: Pick<
    Store,
    'readings' | 'track' | 'history' | 'latestFixes' | 'latestReadings'
  >;
  readonly alerts: AlertBook;
  /** The alert as the outside sees it, with times in the zone. */
  alertView(alert: Alert, timeZone: string): AlertView;
  readonly quarantine: { list(query: QuarantineQuery): Promise<ReturnType<Quarantine['list']>> };
  readonly ledger: { read(device: string, date: string): Promise<LedgerDay> };
  pipeline(): Promise<{
    readonly journal: { readonly head: number };
    readonly sinks: readonly SinkStatus[];
  }>;
  readonly live: { subscribe(listener: (event: LiveEvent) => void): () => void };
  readonly ruleKinds: readonly RuleKind[];
  /** Prometheus text. */
  metrics(): Promise<string>;
  readiness(): Promise<Readiness>;
}
