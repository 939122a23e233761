import type { BaseCell, MonthInputs } from '../energy/form/cell.ts';
import type { FormCheck } from '../energy/form/checks.ts';
import type { FormDefinition } from '../energy/form/definition.ts';
import type { Form } from '../energy/form/form.ts';
import type { Institution } from '../model/entities.ts';
import type { Entered, FormAction, FormPeriod, FormState } from '../model/form.ts';

export type FormCalibre = Form['calibre'];

/** What was submitted, with all it was made of. Never changes. */
export interface Frozen {
  readonly form: Form;
  readonly base: readonly BaseCell<FormCalibre>[];
  /** One month, or those of the year. */
  readonly inputs: readonly MonthInputs[];
  readonly kgPerL: Readonly<Record<'gasoline' | 'diesel' | 'kerosene', number>>;
  readonly checks: readonly FormCheck[];
}

export interface FormEvent {
  readonly at: number;
  readonly user: string;
  readonly version: number;
  readonly action: FormAction;
  readonly comment: string | null;
}

/** One version of an institution's form of a period, without what was frozen. */
export interface FormVersion {
  readonly institution: string;
  /** `2026-10` or `2026`. */
  readonly period: string;
  /** From 1. */
  readonly version: number;
  readonly state: FormState;
  readonly calibre: FormCalibre;
  /** By code of the cell. */
  readonly entered: Readonly<Record<string, Entered>>;
  /** Why there is this version: what was wrong with the one before. */
  readonly reason: string | null;
  /** Our clock, Unix ms UTC. */
  readonly madeAt: number;
  readonly madeBy: string;
  readonly submittedAt: number | null;
  readonly submittedBy: string | null;
  /** Grows with every change. */
  readonly revision: number;
}

/** Whose form of which period. */
export interface FormKey {
  readonly institution: string;
  readonly period: string;
}

/** Who acts; `revision`, when given, must be that of the newest version (0 where there is none), else `VERSION_CONFLICT`. */
export interface FormActor {
  readonly user: string;
  readonly revision?: number;
  readonly comment?: string;
}

export interface FormChanges {
  /** Null takes what was entered away. */
  readonly entered: Readonly<Record<string, Pick<Entered, 'value' | 'note'> | null>>;
  readonly calibre?: FormCalibre;
}

/** Forms, their versions and who said what of them. */
export interface FormBook {
  /** Ascending; none where nobody has touched it. */
  versions(key: FormKey): readonly FormVersion[];
  /** Of all periods that begin with the text, such as those of a year; ascending by period and version. */
  ofInstitution(institution: string, periods: string): readonly FormVersion[];
  /** Every institution's; ascending by institution and version. */
  ofPeriod(period: string): readonly FormVersion[];
  frozen(key: FormKey, version: number): Frozen | undefined;
  /** Ascending. */
  history(key: FormKey): readonly FormEvent[];
  /** Institutions that have ever had a form. */
  keepers(): ReadonlySet<string>;
  /** @throws AppError `INPUT_INVALID` where the newest version is frozen, `VERSION_CONFLICT` */
  enter(key: FormKey, changes: FormChanges, actor: FormActor): FormVersion;
  /** The draft is frozen. @throws AppError `INPUT_INVALID` where the newest version is no draft, `VERSION_CONFLICT` */
  submit(key: FormKey, frozen: Frozen, actor: FormActor): FormVersion;
  /** From submitted to reviewed to final. @throws AppError `INPUT_INVALID` in any other state, `VERSION_CONFLICT` */
  approve(key: FormKey, actor: FormActor): FormVersion;
  /** Sends back what is not final, for the reason in `comment`: a new draft takes its place. @throws AppError as `approve` */
  sendBack(key: FormKey, actor: FormActor): FormVersion;
  /** A new draft beside what was submitted, which stays in force until this one is submitted. @throws AppError as `approve` */
  correct(key: FormKey, actor: FormActor): FormVersion;
}

const inForce: ReadonlySet<FormState> = new Set(['submitted', 'reviewed', 'final']);

/** The version that counts: the newest that was submitted and not sent back. @param versions of one form, ascending */
export const standing = (versions: readonly FormVersion[]): FormVersion | undefined =>
  versions.findLast(({ state }) => inForce.has(state));

/** A form as it is asked for. */
export interface ToldForm {
  readonly form: Form;
  readonly checks: readonly FormCheck[];
  /** The version it is of; undefined where nobody has touched the form. */
  readonly version: FormVersion | undefined;
  readonly isFrozen: boolean;
  readonly kgPerL: Frozen['kgPerL'];
  /** Of one that is frozen: what its cells would be by what is known now, where that is something else. By code, in the unit of the cell. */
  readonly since: Readonly<Record<string, number | null>>;
}

/** An institution in the sum of several. */
export interface SummedInstitution {
  readonly id: string;
  readonly name: string;
  /** The version that counts; undefined: nothing was submitted, and what is known now counts. */
  readonly version: FormVersion | undefined;
  /** Whether anything was sent back or corrected. */
  readonly isFirst: boolean;
}

export interface SummedForm extends Pick<ToldForm, 'form' | 'checks' | 'kgPerL'> {
  readonly institutions: readonly SummedInstitution[];
  /** 填报完成率: submitted of all, 0 to 1; null of none. */
  readonly completion: number | null;
  /** 数据准确率: of what was submitted, what was neither sent back nor corrected, 0 to 1; null of none. */
  readonly accuracy: number | null;
}

export interface FormQuestion {
  readonly institution: Institution;
  readonly period: FormPeriod;
  /** That of the version, else calorific. */
  readonly calibre?: FormCalibre;
  /** Nobody waits for the answer once this is aborted. */
  readonly signal?: AbortSignal;
}

/** Makes forms of what is known, and of what was frozen. */
export interface FormDesk {
  readonly book: FormBook;
  readonly definition: FormDefinition;
  /**
   * The newest version, or the one asked for.
   * @throws AppError `NOT_FOUND` where there is no such version, `INPUT_INVALID` where there is no factor for what was entered
   */
  own(question: FormQuestion & { readonly version?: number }): Promise<ToldForm>;
  /** The institution and those below it, each with what it submitted, else with what is known now. */
  sum(question: FormQuestion): Promise<SummedForm>;
  /** Freezes the draft. @throws AppError `INPUT_INVALID` with every check that stops it; as `FormBook.submit` */
  submit(question: FormQuestion, actor: FormActor): Promise<FormVersion>;
}
