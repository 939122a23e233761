import { limitsOf } from '../energy/counter.ts';
import type { Meter } from '../model/entities.ts';
import type { Directory } from '../registry/registry.ts';
import type { Touch } from './rollup-touches.ts';

/** What of the past looks different because more, or something else, is known of a meter. */

/** The first reading, whenever it was. */
export const beginning = 0;

/** All by which readings are judged but the ratio, which is that of the time of a reading. */
const judgedBy = (meter: Meter): string =>
  JSON.stringify({ ...limitsOf(meter), ratio: null, medium: meter.medium });

const ratioOf = ({ ctRatio, ptRatio }: Meter): number => ctRatio * ptRatio;

function touchOf(directory: Directory, id: string, at: number): readonly Touch[] {
  const [before, now] = [directory.device(id, at - 1), directory.device(id, at)];
  if (before?.type !== 'meter' || now?.type !== 'meter') return [];
  // What the counter is like holds for all it has ever shown.
  if (judgedBy(before.meter) !== judgedBy(now.meter))
    return [{ meter: id, from: beginning, to: at, kind: 'late' }];
  const isRatio = ratioOf(before.meter) !== ratioOf(now.meter);
  return isRatio ? [{ meter: id, from: at, to: at, kind: 'late' }] : [];
}

/** @returns what gives where consumption has to be worked out anew, since it was last asked or since an instant before that */
export function followSettings(directory: () => Directory, since: number): () => readonly Touch[] {
  let of: Directory | undefined;
  let known: ReadonlyMap<string, Meter> = new Map();
  return () => {
    const [before, now] = [of, directory()];
    if (now === before) return [];
    const changed = now.all('meters').filter((meter) => known.get(meter.id) !== meter);
    of = now;
    known = new Map(now.all('meters').map((meter) => [meter.id, meter]));
    return changed.flatMap(({ id }) => {
      const last = before ? (before.changesOf(id).at(-1) ?? since) + 1 : since;
      const instants = now.changesOf(id).filter((at) => at >= last);
      return instants.flatMap((at) => touchOf(now, id, at));
    });
  };
}
