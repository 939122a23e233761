import type { Opinion } from '../model/alert.ts';
import { dayMs } from '../model/time.ts';
import { accept, type Baseline, type LocalHour } from './baseline.ts';
import { clearFlag, confirm } from './marks.ts';

/** What was explained and lasted so long is how it is from now on; anything shorter was an exception. */
const lastingMs = 2 * dayMs;

export const isLasting = ({ verdict, from, to }: Opinion): boolean =>
  verdict === 'explained' && to - from >= lastingMs;

/**
 * The baseline after what a person held of an alert: confirmed hours and passing exceptions are never learned, those of a false alarm are as any other,
 * and a lasting change that was explained is expected at once.
 */
export function withOpinion(
  baseline: Baseline,
  opinion: Opinion,
  local: (start: number) => LocalHour,
): Baseline {
  if (isLasting(opinion)) return accept(baseline, local(opinion.from).day);
  const change = opinion.verdict === 'false-alarm' ? clearFlag : confirm;
  return opinion.flagged.reduce((current, start) => change(current, local(start)), baseline);
}
