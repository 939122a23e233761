import type { Readable } from 'node:stream';
import type { AlertBook } from '../alerts/alerts.ts';
import type { CommandDesk } from '../commands/commands.ts';
import type { MonthFigure } from '../energy/standing/figure.ts';
import type { ExpenseBook } from '../expenses/expenses.ts';
import type { FormDesk } from '../forms/forms.ts';
import type { Ledger, LiveEvent, QuarantineDesk, Revisions, SinkStatus } from '../ingest/ingest.ts';
import type { Alert } from '../model/alert.ts';
import type { Registry } from '../registry/registry.ts';
import type { RuleKind } from '../rules/rule.ts';
import type { Store } from '../stores/store.ts';
import type { TripBook } from '../trips/trips.ts';
import type { FrameView } from './command-shape.ts';
import type { AlertView } from './contract.ts';
import type { PipelineView } from './pipeline-shape.ts';
import type { Sessions } from './sessions.ts';

export interface Readiness {
  readonly ready: boolean;
  readonly checks: readonly {
    readonly name: string;
    readonly ok: boolean;
    readonly detail: string;
    /** Of a door: when it heard anybody last, null for never; how many it should hear; for how long it may be silent. */
    readonly door?: {
      readonly heardSAgo: number | null;
      readonly devices: number;
      readonly silentMostS: number;
    };
  }[];
}

/** What another thread does, asked by message. */
type Asked<T> = {
  readonly [K in keyof T]: T[K] extends (...args: infer A) => infer R
    ? (...args: A) => Promise<Awaited<R>>
    : never;
};

/** As the JT/T 808 door offers it. */
interface Terminals {
  links(): readonly TerminalLink[];
  link(vehicle: string): TerminalLink | undefined;
  isOnline(vehicle: string): boolean;
  /** @throws AppError `DEVICE_OFFLINE`, `DEVICE_UNANSWERED`, `SERVICE_BUSY` */
  send(
    vehicle: string,
    id: number,
    body: Uint8Array,
  ): Promise<{
    readonly id: number;
    readonly body: Uint8Array;
    readonly result?: number;
    readonly at: number;
  }>;
  frames(vehicle: string): readonly {
    readonly at: number;
    readonly direction: 'in' | 'out';
    readonly bytes: Uint8Array;
  }[];
}

export interface TerminalLink {
  readonly vehicle: string;
  readonly phone: string;
  readonly address: string;
  readonly layout: 2013 | 2019;
  readonly since: number;
  readonly heardAt: number;
  readonly framesIn: number;
  readonly framesOut: number;
  readonly serialGaps: { readonly count: number; readonly missing: number };
}

/** What the API answers from. Whatever lives in another thread is asked by message. */
export interface Services {
  readonly registry: Registry;
  readonly sessions: Sessions;
  readonly telemetry: Pick<
    Store,
    'readings' | 'track' | 'gauges' | 'history' | 'latestFixes' | 'latestReadings'
  >;
  readonly alerts: AlertBook;
  readonly trips: Pick<TripBook, 'list' | 'get'>;
  readonly expenses: ExpenseBook;
  /** Statutory statistics. */
  readonly forms: FormDesk;
  /** The alert as the outside sees it, with times in the zone. */
  alertView(alert: Alert, timeZone: string): AlertView;
  readonly quarantine: Asked<QuarantineDesk>;
  readonly ledger: Asked<Pick<Ledger, 'read' | 'overview'>>;
  /** What was told of consumption and amended since. */
  readonly revisions: Asked<Revisions>;
  /** Months that are over, of each institution, as they were counted last, without corrections; ascending. */
  readonly standing: {
    figures(institutions: readonly string[]): Promise<ReadonlyMap<string, readonly MonthFigure[]>>;
    /** The month that goes on, up to the end of its last whole day, of those of which it is known. */
    running(institutions: readonly string[]): Promise<ReadonlyMap<string, MonthFigure>>;
  };
  /** Mean outdoor temperatures of days as the rules know them: days since 1970-01-01 by the calendar of the institution, `to` exclusive. */
  readonly weather: {
    outdoor(
      institution: string,
      from: number,
      to: number,
    ): Promise<readonly (readonly [day: number, celsius: number])[]>;
  };
  /** JT/T 808 terminals as they are connected now. */
  readonly terminals: Asked<Terminals>;
  /** What people ask of them. */
  readonly commands: CommandDesk;
  /** Their last frames, field by field; newest first: at most so many, and beside these ten of links that have not authenticated. */
  frames(
    vehicle: string,
    most: number,
  ): Promise<readonly (Omit<FrameView, 'at'> & { readonly at: number })[]>;
  pipeline(): Promise<{
    readonly journal: PipelineView['journal'];
    readonly sinks: readonly SinkStatus[];
    readonly terminals: PipelineView['terminals'];
  }>;
  readonly live: { subscribe(listener: (event: LiveEvent) => void): () => void };
  readonly ruleKinds: readonly RuleKind[];
  /** An archive of everything the service keeps, with the bytes of its parts; absent where there are no files. */
  readonly backup?: () => Promise<{ readonly stream: Readable; readonly bytes: number }>;
  /** Prometheus text. */
  metrics(): Promise<string>;
  readiness(): Promise<Readiness>;
}
