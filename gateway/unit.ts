import type { Meter } from '../model/entities.ts';
import type { Door, ProtocolName } from '../model/envelope.ts';
import type { Turn } from './poll-schedule.ts';

/** `answered`: something came, refusals included. */
type PollResult = 'answered' | 'silent' | 'unreachable';

/** What came of asking a meter for everything once. */
export interface Poll {
  readonly result: PollResult;
  /** For the journal; undefined where nothing was read. */
  readonly bytes: Uint8Array | undefined;
  /** What went wrong, if only with a part; null where nothing did. */
  readonly why: string | null;
}

/** How a meter of a bus is asked. */
export interface Asker {
  readonly door: Door;
  readonly protocol: ProtocolName;
  /** On the bus, as a person writes it. */
  readonly address: string;
  /** Times each Modbus exception code was answered. */
  readonly exceptions: ReadonlyMap<number, number>;
  poll(): Promise<Poll>;
}

/** One meter on a bus and how it has been answering. */
export interface Unit extends Turn {
  readonly meter: Meter;
  readonly asker: Asker;
  readonly intervalMs: number;
  dueMs: number;
  failures: number;
  known: boolean;
  polls: number;
  /** Our clock, Unix ms UTC; null before the first. */
  lastAnswerAt: number | null;
  /** The last trouble, while it lasts. */
  trouble: string | null;
}
