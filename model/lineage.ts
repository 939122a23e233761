import type { Institution } from './entities.ts';

/** An institution and those above it, nearest first; ids. What is above itself by mistake comes once. */
export function lineageOf(
  { id, parent }: Pick<Institution, 'id' | 'parent'>,
  find: (id: string) => Pick<Institution, 'parent'> | undefined,
): readonly string[] {
  const lineage = new Set([id]);
  for (let above = parent; above !== null && !lineage.has(above); ) {
    lineage.add(above);
    above = find(above)?.parent ?? null;
  }
  return [...lineage];
}
