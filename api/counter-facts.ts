import type { Facts } from '../energy/consumption/course.ts';
import type { RatioChange } from '../energy/consumption/judge.ts';
import { dayMs, minuteMs } from '../model/time.ts';
import type { Directory } from '../registry/registry.ts';

/** What the registry knows of a meter's counter in a stretch of time, beside its readings. */

/** Gaps that reach into the stretch may have begun so long before. */
const contextMs = 40 * dayMs;

/** @returns recorded replacements, and changes of the transformers' ratio to the minute, ascending */
export function counterFacts(
  directory: Directory,
  meter: string,
  { from, to }: { readonly from: number; readonly to: number },
): Required<Omit<Facts, 'limits'>> {
  const ratioAt = (at: number): number => {
    const device = directory.device(meter, at);
    return device?.type === 'meter' ? device.meter.ctRatio * device.meter.ptRatio : 1;
  };
  const ratioChanges: RatioChange[] = [];
  for (let at = from - contextMs; at < to; at += dayMs)
    if (ratioAt(at) !== ratioAt(at + dayMs)) ratioChanges.push(changeIn(ratioAt, at, at + dayMs));
  return { swaps: directory.replacementsOf(meter), ratioChanges };
}

/** Of several changes on one day, one. */
function changeIn(ratioAt: (at: number) => number, from: number, to: number): RatioChange {
  let [low, high] = [from, to];
  const before = ratioAt(from);
  while (high - low > minuteMs) {
    const middle = Math.floor((low + high) / 2);
    if (ratioAt(middle) === before) low = middle;
    else high = middle;
  }
  return { at: high, before, after: ratioAt(high) };
}
