import type { Accept, Entry, Take } from '../model/envelope.ts';

/** How far the journal is durable; shared memory between the thread that writes and those that read. */
export interface JournalHead {
  /** Last durable `seq`; 0 when empty. */
  seq(): number;
  /** Resolves when `seq()` is beyond the given one, or after `timeoutMs`. */
  beyond(seq: number, timeoutMs: number): Promise<void>;
}

export type JournalState = 'ok' | 'full' | 'failing';

/** What is in the files and cannot be read, or was lost from them. */
export interface JournalDamage {
  /** Positions that no sound record was found of. */
  readonly positions: number;
  /** Bytes passed over. */
  readonly bytes: number;
}

export interface JournalStatus {
  readonly head: number;
  /** Oldest `seq` still there. */
  readonly tail: number;
  readonly bytes: number;
  readonly segments: number;
  readonly state: JournalState;
  /** Records found damaged when the journal was opened, in its last segment; readers find what is damaged in the others. */
  readonly corrupt: number;
  /** The same in bytes. */
  readonly corruptBytes: number;
  /** Bytes found behind the last record when the journal was opened: a write cut short, or damage at the very end. */
  readonly tornBytes: number;
}

/** Append-only, on disk, checksummed, group commit. One writer. */
export interface Journal {
  /** Resolves when durable. */
  readonly append: Accept;
  readonly take: Take;
  status(): JournalStatus;
  /** Every sink has passed `seq`: segments up to it may go once they are old enough, or at once when space is short. */
  passed(seq: number): void;
  /** Waits for what was taken to be durable, then closes. */
  close(): Promise<void>;
}

export interface JournalRun {
  /** Ascending by `seq`; damaged ones are left out. */
  readonly entries: readonly Entry[];
  /** What was asked for has been read up to here, damaged records included; `after` when there is nothing yet. */
  readonly upTo: number;
}

export interface JournalReader {
  /** Entries with `seq > after`, never beyond the durable head. Damaged records are left out and counted. */
  read(
    after: number,
    limit: { readonly entries: number; readonly bytes: number },
  ): Promise<JournalRun>;
  close(): Promise<void>;
}
