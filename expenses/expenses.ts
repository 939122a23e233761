import type { Fault } from '../model/errors.ts';
import type { KeptExpense } from '../model/expense.ts';

/** Whom a statement may mean, and in which zone its times are. */
export interface NamedVehicle {
  readonly id: string;
  readonly zone: string;
}

export interface StatementOptions {
  /** Checks and counts, and keeps nothing. */
  readonly dryRun: boolean;
  /** @returns every vehicle of this id or plate that may be meant */
  find(name: string): readonly NamedVehicle[];
  /** Who imports it: id of the user. */
  readonly by: string;
}

/** What a statement tells of one vehicle. */
export interface StatementPart {
  readonly vehicle: string;
  readonly entries: number;
  readonly yuan: number;
  /** Of the first and of the last entry, Unix ms UTC. */
  readonly from: number;
  readonly to: number;
}

/** An import that has not been taken back. */
export interface Statement {
  readonly id: string;
  /** When it was imported first, Unix ms UTC. */
  readonly at: number;
  readonly by: string;
  /** What is left of it, by id of the vehicle. */
  readonly parts: readonly StatementPart[];
}

export type StatementResult =
  | {
      readonly ok: true;
      readonly added: number;
      /** Known already. */
      readonly unchanged: number;
    }
  | { readonly ok: false; readonly faults: readonly Fault[] };

/** What was paid for vehicles. */
export interface ExpenseBook {
  /**
   * All or nothing: with one fault nothing is kept. The same entries again change nothing.
   * @param bytes CSV in UTF-8, UTF-16 with its mark, or GB18030, with a row of Chinese or English headings
   */
  import(bytes: Uint8Array, options: StatementOptions): StatementResult;
  /** Ascending by `at`; `from` inclusive, `to` exclusive, Unix ms UTC. */
  list(vehicle: string, from: number, to: number): readonly KeptExpense[];
  statement(id: string): Statement | undefined;
  /** Newest first, those before the one named. */
  statements(query: {
    readonly limit: number;
    readonly before?: Pick<Statement, 'at' | 'id'>;
  }): readonly Statement[];
  /** Takes back an import. `kept`: entries that stay because another statement tells them, too. */
  takeBack(statement: string): { readonly removed: number; readonly kept: number };
  /** Takes back one entry, whichever statements tell it. @returns what it was; undefined where the vehicle has no such entry */
  remove(vehicle: string, expense: string): KeptExpense | undefined;
}
