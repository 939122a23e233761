import type { Facts } from '../energy/consumption/course.ts';
import { dayMs } from '../model/time.ts';
import type { Directory } from '../registry/registry.ts';

/** What the registry knows of a meter's counter in a stretch of time, beside its readings. */

/** Gaps that reach into the stretch may have begun so long before. */
const contextMs = 40 * dayMs;

/** @returns recorded replacements, and changes of the transformers' ratio, ascending */
export function counterFacts(
  directory: Directory,
  meter: string,
  { from, to }: { readonly from: number; readonly to: number },
): Required<Omit<Facts, 'limits'>> {
  const ratioAt = (at: number): number => {
    const device = directory.device(meter, at);
    return device?.type === 'meter' ? device.meter.ctRatio * device.meter.ptRatio : 1;
  };
  const ratioChanges = directory
    .changesOf(meter)
    .filter((at) => at >= from - contextMs && at < to)
    .map((at) => ({ at, before: ratioAt(at - 1), after: ratioAt(at) }))
    .filter(({ before, after }) => before !== after);
  return { swaps: directory.replacementsOf(meter), ratioChanges };
}
