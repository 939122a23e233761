import type { Interval } from '../energy/consumption/interval.ts';
import type { Alert } from '../model/alert.ts';
import type { Entry, Envelope } from '../model/envelope.ts';
import type { Accepted, Observation, Quarantined, QuarantineReason } from '../model/observation.ts';
import type { Passage } from './passage.ts';

export interface QuarantineQuery {
  readonly device?: string;
  /** Only of these devices; absent is all. */
  readonly devices?: readonly string[];
  readonly reason?: QuarantineReason;
  /** On receipt, Unix ms UTC, `from` inclusive, `to` exclusive. */
  readonly from?: number;
  readonly to?: number;
  readonly limit: number;
  readonly cursor?: string;
}

/** An item as it is kept: read again and set aside again it is still one. */
export interface KeptAside extends Quarantined {
  /** How often it was set aside. */
  readonly times: number;
  /** When it was set aside last, Unix ms UTC. */
  readonly lastAt: number;
  /** When it was handed on to be read again, while nothing came of that yet. */
  readonly requeuedAt: number | null;
}

/** Counts are of items being set aside: `given` = those still here (`times`) + `understood` + `expired` + `dropped`. */
export interface QuarantineSummary {
  /** Items here, by reason. */
  readonly byReason: Readonly<Partial<Record<QuarantineReason, number>>>;
  readonly items: number;
  readonly times: number;
  readonly bytes: number;
  readonly maxBytes: number;
  readonly given: number;
  /** Left because it was understood when read again. */
  readonly understood: number;
  readonly expired: number;
  /** Went because there was no room. */
  readonly dropped: number;
}

/** What was not understood, kept with its bytes. */
export interface Quarantine {
  /**
   * Adding the same (seq, part) twice keeps one. An entry that was requeued takes what was kept of it out; what is set aside of it again stays in
   * its place.
   * @param entries the batch the items are of, where some of it may have been requeued
   */
  add(items: readonly Quarantined[], entries?: readonly Entry[]): void;
  /** Newest first. */
  list(query: QuarantineQuery): {
    readonly items: readonly KeptAside[];
    readonly next: string | null;
  };
  /** Envelopes that can be read again, newest first; not those a store refused, which are stored here already. */
  envelopes(query: QuarantineQuery): {
    readonly items: readonly (Envelope & { readonly seq: number })[];
    readonly next: string | null;
  };
  /** All of an envelope, by part; empty where it is not here. */
  parts(seq: number): readonly KeptAside[];
  /** How many envelopes of a query can be read again, and how many items cannot because a store refused them. */
  countEnvelopes(query: QuarantineQuery): number;
  countRefused(query: QuarantineQuery): number;
  /** How many of these envelopes are here with anything that can be read again. */
  countHere(seqs: readonly number[]): number;
  /** Marks envelopes that are in the journal again, behind the position `after`, and of which nothing came of that yet. */
  requeued(seqs: readonly number[], after: number): void;
  /** What was set aside of the positions `after < seq <= upTo`. */
  setAsideBetween(
    after: number,
    upTo: number,
  ): readonly { readonly seq: number; readonly reason: QuarantineReason }[];
  summary(devices?: readonly string[]): QuarantineSummary;
}

/** What an envelope is and what today's codec makes of it; clocks, ranges and what is stored are not asked. */
export interface Inspected {
  readonly items: readonly KeptAside[];
  readonly observations: readonly Observation[];
  readonly refused: readonly Pick<Quarantined, 'reason' | 'detail'>[];
}

export interface Requeued {
  /** Envelopes the query found, from its cursor on. */
  readonly matched: number;
  /** Items left where they are: the store that refused them must be mended. */
  readonly refusedByStore: number;
  /** Envelopes sent through the line again by this call. */
  readonly requeued: number;
  /** How many of them left quarantine; null where that is not known yet. */
  readonly understood: number | null;
  /** Cursor for the rest. */
  readonly next: string | null;
}

/** Quarantine for those who work on it. */
export interface QuarantineDesk extends Pick<Quarantine, 'list' | 'summary'> {
  /** Undefined where the envelope is not here. */
  inspect(seq: number): Inspected | undefined;
  /**
   * Puts the original bytes into the journal again, up to `limit` envelopes. Doing it twice is harmless: what was stored is known by its identity.
   * @throws AppError `JOURNAL_UNAVAILABLE`, `JOURNAL_FULL`; what went before them went
   */
  requeue(query: QuarantineQuery, options: { readonly dryRun: boolean }): Promise<Requeued>;
}

export interface SinkStatus {
  readonly name: 'store' | 'rules' | 'influx';
  readonly position: number;
  /** Age of the oldest entry it has not passed, in seconds; 0 when none. */
  readonly lagS: number;
  /** The last trouble, while it lasts. */
  readonly trouble: string | null;
}

/** What the live stream carries. */
export type LiveEvent =
  | { readonly type: 'observation'; readonly observation: Accepted }
  | { readonly type: 'alert'; readonly alert: Alert };

/**
 * What became of what a device sent. A day is one of its institution.
 *
 * Messages, by day of receipt: `journalled` = `messages.stored` + `.duplicate` + `.quarantined` + `.empty`, and over all devices and days it is the
 * number of undamaged records of the journal.
 * Observations (a reading or fix of one instant) and parts of messages that were set aside, by day of receipt:
 * `received` = `stored` + `duplicate` + the sum of `quarantined`. Over all devices and days `stored` is what the store was given, and the sum of
 * `quarantined` is what quarantine was given.
 * Instants of the device by their day, of which anything is stored: `observed`. Over all days at most `stored`: a reading may come in several parts.
 */
export interface LedgerDay {
  readonly device: string;
  /** YYYY-MM-DD. */
  readonly date: string;
  /** Messages on stable storage, each acknowledged then. */
  readonly journalled: number;
  /** Messages by what came of them, each in one: anything new; else anything set aside; else anything repeated; else nothing in it. */
  readonly messages: {
    readonly stored: number;
    readonly duplicate: number;
    readonly quarantined: number;
    readonly empty: number;
  };
  /** Of the messages, how many came from quarantine to be read again, on the day they first came. */
  readonly requeued: number;
  readonly received: number;
  readonly stored: number;
  readonly duplicate: number;
  /** Values and parts that were set aside; of the values of one instant some may be stored and others set aside. */
  readonly quarantined: Readonly<Partial<Record<QuarantineReason, number>>>;
  /** Of those stored, how many were more than ten minutes old when they came. */
  readonly late: number;
  readonly observed: number;
  /** How long a vehicle stood with its ignition off, as far as its next fix has told, in which nothing is expected of it; and what it said meanwhile. */
  readonly restedS: number;
  readonly observedAtRest: number;
  /** Stretches of message numbers that never came, and how many numbers; null where the protocol numbers no messages. */
  readonly serialGaps: { readonly count: number; readonly missing: number } | null;
}

/** What the ledger knows of a device that was heard. */
export interface LedgerDevice {
  /** The earliest it is known of, Unix ms UTC. */
  readonly firstAt: number;
  /** Newest fix, if it said that the ignition is off; else null. */
  readonly restingSince: number | null;
}

/** Completeness, made visible. */
export interface Ledger {
  /** Journal position up to which it counts. */
  position(): number;
  /** Counts a batch and moves the position, together; what it has passed already is not counted again. Entries ascend by `seq`. */
  add(upTo: number, entries: readonly Entry[], passage: Passage): void;
  /**
   * @param from YYYY-MM-DD, and so `to`, both inclusive
   * @returns all zero for a day on which nothing came; null for a device that was never heard
   */
  read(
    device: string,
    from: string,
    to: string,
  ): {
    readonly device: LedgerDevice | null;
    readonly days: readonly LedgerDay[];
  };
  /** Every device that was ever heard, with its day. */
  overview(date: string): readonly (LedgerDay & LedgerDevice)[];
}

/** What was said of a stretch of time: `value` null where a part was missing, with `knownValue` beside it. */
export interface Said {
  readonly value: number | null;
  readonly knownValue?: number;
  readonly quality: string;
}

/** One amendment of what had been said of a meter's day. */
export interface Amendment {
  /** The day, Unix ms UTC, `from` inclusive, `to` exclusive. */
  readonly from: number;
  readonly to: number;
  /** 1 for the first amendment of the day. */
  readonly revision: number;
  /** Our clock, Unix ms UTC. */
  readonly revisedAt: number;
  /** `late-data`: readings came after it was said; `record-changed`: a meter's replacement or ratio was recorded. */
  readonly reason: AmendmentReason;
  /** Hours that say something else since, by their starts. */
  readonly hours: readonly number[];
  /** Of the hours of the day that had been told, before and after. */
  readonly before: Said;
  readonly after: Said;
}

export type AmendmentReason = 'late-data' | 'record-changed';

/** What a stretch came to. */
export type KeptUse = Pick<
  Interval,
  'from' | 'to' | 'value' | 'knownValue' | 'quality' | 'upper' | 'coverage'
> & { readonly lower: number | null };

/**
 * What was said of consumption, and how it was amended. An hour is said when its day is over, or before that when somebody asks for it; an hour
 * that was missing said nothing.
 */
export interface Revisions {
  /**
   * Notes what is being told of a stretch, after everything that came late has been taken in.
   * @returns amendments of its days, ascending by `revisedAt`
   */
  of(meter: string, from: number, to: number): Promise<readonly Amendment[]>;
  /** Somebody has recorded what changes a stretch: a replacement, a ratio. What had been told of it is amended. */
  recorded(meter: string, from: number, to: number): void;
  /**
   * What months of a meter came to. Those that are over are kept, until late data or what is recorded of the meter says otherwise.
   * @param months of the institution's zone
   * @returns one for each; none of a meter that counts nothing
   */
  months(
    meter: string,
    months: readonly { readonly from: number; readonly to: number }[],
  ): Promise<readonly Interval[]>;
  /**
   * What days of a meter came to, kept as months are. A day that goes on may be asked for up to any of its whole hours; what is said of it, and
   * of what is over for little more than a day, may be a few minutes old.
   * @param days of the institution's zone, ascending, without overlap
   * @returns one for each; none of a meter that counts nothing
   */
  days(
    meter: string,
    days: readonly { readonly from: number; readonly to: number }[],
  ): Promise<readonly Interval[]>;
  /**
   * What months and days of a meter came to, as far as it is told at once. What is not, is worked out in the background from then on.
   * @param asked each ascending, days as of `days`
   * @returns those that are told; `lacking` is the number of those that are not
   */
  kept(
    meter: string,
    asked: {
      readonly months: readonly { readonly from: number; readonly to: number }[];
      readonly days: readonly { readonly from: number; readonly to: number }[];
    },
  ): Promise<{
    readonly months: readonly KeptUse[];
    readonly days: readonly KeptUse[];
    readonly lacking: number;
  }>;
}
