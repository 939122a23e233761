export type Level = 'debug' | 'info' | 'warn' | 'error';

/** Log changes of state, not events; what happens often is counted. */
export type Log = (level: Level, message: string, fields?: Record<string, unknown>) => void;

/** Counters by the names of `/metrics`; labels are few and small. */
export type Count = (name: string, labels?: Readonly<Record<string, string>>, by?: number) => void;

/** What a room is handed instead of reaching for the world. */
export interface Context {
  readonly log: Log;
  readonly count: Count;
  /** Our clock, Unix ms UTC. */
  readonly now: () => number;
}

/** For tests and tools that need no log and no counters. */
export const quiet: Context = { log: () => {}, count: () => {}, now: () => Date.now() };
