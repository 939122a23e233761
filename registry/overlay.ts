import type { EntityKind } from '../model/entities.ts';
import type { Fields, Lookup } from './references.ts';
import type { Path } from './source.ts';

/** One thing an inventory names, as it stands there; it may be wrong in any way. */
export interface Entry {
  readonly kind: EntityKind;
  readonly path: Path;
  readonly fields: Fields;
  /** Given or derived; undefined where it is no id. */
  readonly id: string | undefined;
}

/** What stands in the registry already. */
export interface Existing {
  readonly lookup: Lookup;
  all(kind: EntityKind): readonly Fields[];
}

/** An inventory over what stands in the registry: where both name a thing, the inventory's word counts. */
export interface Overlay extends Existing {
  readonly entries: readonly Entry[];
  readonly existing: Existing;
}

export function layOver(entries: readonly Entry[], existing: Existing): Overlay {
  const named = new Map<string, Fields>();
  for (const { kind, id, fields } of entries)
    if (id !== undefined) named.set(`${kind}/${id}`, fields);
  return {
    entries,
    existing,
    lookup: (kind, id) => named.get(`${kind}/${id}`) ?? existing.lookup(kind, id),
    all: (kind) => [
      ...entries.filter((entry) => entry.kind === kind).map(({ fields }) => fields),
      ...existing.all(kind).filter(({ id }) => !named.has(`${kind}/${String(id)}`)),
    ],
  };
}
