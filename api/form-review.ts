import type { FormVersion } from '../forms/forms.ts';
import type { Institution } from '../model/entities.ts';
import { AppError } from '../model/errors.ts';
import type { FormAction } from '../model/form.ts';
import { lineageOf } from '../model/lineage.ts';
import type { Directory } from '../registry/registry.ts';
import type { Who } from './http.ts';
import { formWriters } from './roles.ts';

/** Who may do what with a form: its institution fills it in and checks it (自审), those above review it (复审) and make it final (终审). */

/** Institutions above, nearest first. */
const above = (institution: Institution, directory: Directory): readonly string[] =>
  lineageOf(institution, (id) => directory.institution(id)).slice(1);

/** Whether one's account is of an institution that may pass it on from this state. Where there are two levels above, the last word is the upper one's. */
function isAbove(
  who: Who,
  institution: Institution,
  directory: Directory,
  isLast: boolean,
): boolean {
  if (who.institution === null) return true;
  const levels = above(institution, directory);
  if (levels.length === 0) return who.institution === institution.id;
  const fit = isLast && levels.length > 1 ? levels.slice(1) : levels;
  return fit.includes(who.institution);
}

/** Nobody but an admin reviews what he submitted himself. */
const isOwnWork = (who: Who, { submittedBy }: FormVersion): boolean =>
  who.role !== 'admin' && submittedBy === who.user;

function mayReview(
  who: Who,
  institution: Institution,
  directory: Directory,
  newest: FormVersion | undefined,
): boolean {
  if (newest?.state !== 'submitted' && newest?.state !== 'reviewed') return false;
  return (
    !isOwnWork(who, newest) && isAbove(who, institution, directory, newest.state === 'reviewed')
  );
}

/** What one may do with a form now. @param newest its newest version */
export function mayDo(
  who: Who,
  institution: Institution,
  directory: Directory,
  newest: FormVersion | undefined,
): readonly ('enter' | FormAction)[] {
  if (!formWriters.includes(who.role)) return [];
  const isDraft = newest === undefined || newest.state === 'draft';
  if (isDraft) return ['enter', 'submit'];
  const review = mayReview(who, institution, directory, newest)
    ? (['approve', 'return'] as const)
    : [];
  return [...review, 'correct'];
}

const refusals: Readonly<Record<FormAction, string>> = {
  submit: '已报送。 It was submitted already.',
  approve:
    '须由上级机构审核，且不能审核自己报送的。 It is for an institution above to approve it, and not for whoever submitted it.',
  return: '须由上级机构退回。 It is for an institution above to send it back.',
  correct: '没有可更正的报送。 Nothing was submitted that could be corrected.',
};

/** @throws AppError `NOT_ALLOWED`, `INPUT_INVALID` where the state does not allow it */
export function checkMay(
  action: FormAction,
  who: Who,
  institution: Institution,
  directory: Directory,
  newest: FormVersion | undefined,
): void {
  if (mayDo(who, institution, directory, newest).includes(action)) return;
  const isReview = action === 'approve' || action === 'return';
  const isOpen = newest?.state === 'submitted' || newest?.state === 'reviewed';
  if (isReview && !isOpen)
    throw new AppError('INPUT_INVALID', '当前状态不能审核。 There is nothing to review now.');
  throw new AppError(isReview ? 'NOT_ALLOWED' : 'INPUT_INVALID', refusals[action]);
}
