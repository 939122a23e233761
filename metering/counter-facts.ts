import type { Facts } from '../energy/consumption/course.ts';
import type { Directory } from '../registry/registry.ts';

/** What the registry knows of a meter's counter, beside its readings: recorded replacements, and changes of the transformers' ratio, ascending. */
export function counterFacts(directory: Directory, meter: string): Required<Omit<Facts, 'limits'>> {
  const ratioAt = (at: number): number => {
    const device = directory.device(meter, at);
    return device?.type === 'meter' ? device.meter.ctRatio * device.meter.ptRatio : 1;
  };
  // All of them: the steps and the range of a reading are behind the ratio of its own time, whenever that was.
  const ratioChanges = directory
    .changesOf(meter)
    .map((at) => ({ at, before: ratioAt(at - 1), after: ratioAt(at) }))
    .filter(({ before, after }) => before !== after);
  return { swaps: directory.replacementsOf(meter), ratioChanges };
}
