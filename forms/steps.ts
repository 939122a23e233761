import { AppError } from '../model/errors.ts';
import type { Entered, FormAction, FormState } from '../model/form.ts';
import type { FormActor, FormChanges, FormKey, FormVersion } from './forms.ts';

/** What may become of a form, pure. */

export interface FormStep {
  /** As they are afterwards, the newest first. */
  readonly versions: readonly [FormVersion, ...FormVersion[]];
  /** For the history. */
  readonly event?: { readonly action: FormAction; readonly of: FormVersion };
}

export interface StepContext {
  readonly key: FormKey;
  readonly actor: FormActor;
  /** Our clock, Unix ms UTC. */
  readonly now: number;
}

type Newest = FormVersion | undefined;

const invalid = (zh: string, en: string): AppError =>
  new AppError('INPUT_INVALID', `${zh}。 ${en}.`);

/** @throws AppError `VERSION_CONFLICT` */
export function checkRevision(newest: Newest, { revision }: FormActor): void {
  const known = newest?.revision ?? 0;
  if (revision !== undefined && revision !== known)
    throw new AppError('VERSION_CONFLICT', `Got revision ${revision}, the form has ${known}.`);
}

/** A draft that nobody has touched yet. */
const untouched = ({ key, actor, now }: StepContext): FormVersion => ({
  institution: key.institution,
  period: key.period,
  version: 1,
  state: 'draft',
  calibre: 'calorific',
  entered: {},
  reason: null,
  madeAt: now,
  madeBy: actor.user,
  submittedAt: null,
  submittedBy: null,
  revision: 0,
});

const changed = (of: FormVersion, to: Partial<FormVersion>): FormVersion => ({
  ...of,
  ...to,
  revision: of.revision + 1,
});

const draftAfter = (of: FormVersion, { actor, now }: StepContext): FormVersion =>
  changed(of, {
    version: of.version + 1,
    state: 'draft',
    reason: actor.comment ?? null,
    madeAt: now,
    madeBy: actor.user,
    submittedAt: null,
    submittedBy: null,
  });

/** @throws AppError `INPUT_INVALID` */
export function entered(
  newest: Newest,
  context: StepContext,
  { entered: said, calibre }: FormChanges,
): FormStep {
  const draft = newest ?? untouched(context);
  if (draft.state !== 'draft')
    throw invalid('已报送，更正后才能修改', 'it was submitted; correct it first');
  const all = new Map<string, Entered>(Object.entries(draft.entered));
  for (const [code, each] of Object.entries(said)) {
    if (each === null) all.delete(code);
    else all.set(code, { ...each, by: context.actor.user, at: context.now });
  }
  const after = { entered: Object.fromEntries(all), ...(calibre && { calibre }) };
  return { versions: [changed(draft, after)] };
}

/** @throws AppError `INPUT_INVALID` */
export function submitted(newest: Newest, context: StepContext): FormStep {
  const draft = newest ?? untouched(context);
  if (draft.state !== 'draft') throw invalid('已经报送', 'it was submitted already');
  const made = changed(draft, {
    state: 'submitted',
    submittedAt: context.now,
    submittedBy: context.actor.user,
  });
  return { versions: [made], event: { action: 'submit', of: made } };
}

const afterApproval: Readonly<Partial<Record<FormState, FormState>>> = {
  submitted: 'reviewed',
  reviewed: 'final',
};

/** @throws AppError `INPUT_INVALID` */
export function approved(newest: Newest): FormStep {
  const state = newest && afterApproval[newest.state];
  if (!state) throw invalid('当前状态不能审核', 'there is nothing to approve now');
  return { versions: [changed(newest, { state })], event: { action: 'approve', of: newest } };
}

/** @throws AppError `INPUT_INVALID` */
export function sentBack(newest: Newest, context: StepContext): FormStep {
  if (!newest || !afterApproval[newest.state])
    throw invalid('当前状态不能退回', 'there is nothing to send back now');
  return {
    versions: [draftAfter(newest, context), changed(newest, { state: 'returned' })],
    event: { action: 'return', of: newest },
  };
}

/** @throws AppError `INPUT_INVALID` */
export function corrected(newest: Newest, context: StepContext): FormStep {
  if (!newest || newest.state === 'draft' || newest.state === 'returned')
    throw invalid('当前状态不能更正', 'there is nothing to correct now');
  const made = draftAfter(newest, context);
  return { versions: [made], event: { action: 'correct', of: made } };
}
