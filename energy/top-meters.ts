import type { Meter } from '../model/entities.ts';

type Branch = Pick<Meter, 'id' | 'medium' | 'parent'>;

/** Whether what the meter counts is in another one of the same medium that counts too. */
function isBelow(meter: Branch, byId: ReadonlyMap<string, Branch>): boolean {
  const passed = new Set([meter.id]);
  let above = meter.parent;
  while (above !== undefined && !passed.has(above)) {
    passed.add(above);
    const found = byId.get(above);
    if (found?.medium === meter.medium) return true;
    above = found?.parent;
  }
  return false;
}

/**
 * The meters whose sum is the whole: those with no meter of their medium above them among the ones given, and none of the environment.
 * A meter whose parent belongs to another institution is on top in its own.
 */
export function topMeters<T extends Branch>(meters: readonly T[]): readonly T[] {
  const byId = new Map(meters.map((meter) => [meter.id, meter]));
  return meters.filter((meter) => meter.medium !== 'environment' && !isBelow(meter, byId));
}
