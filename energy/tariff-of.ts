import type { Institution } from '../model/entities.ts';
import { lineageOf } from '../model/lineage.ts';
import { mediumOf, type PricedMedium, type Tariff } from '../model/tariff.ts';

/** What an institution pays a medium by: its own tariffs, or those of the nearest one above it that has any. */
export function tariffsOf(
  institution: Pick<Institution, 'id' | 'parent'>,
  medium: PricedMedium,
  byInstitution: ReadonlyMap<string, readonly Tariff[]>,
  find: (id: string) => Pick<Institution, 'parent'> | undefined,
): readonly Tariff[] {
  for (const id of lineageOf(institution, find)) {
    const own = byInstitution.get(id)?.filter((tariff) => mediumOf(tariff) === medium) ?? [];
    if (own.length > 0) return own;
  }
  return [];
}
