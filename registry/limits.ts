import { maySetRule } from '../model/duties.ts';
import type { EntityKind, Role } from '../model/entities.ts';
import type { Entry, Overlay } from './overlay.ts';
import {
  type Fields,
  isFields,
  type Lookup,
  liesWithin,
  ownersOf,
  referencesOf,
} from './references.ts';
import type { Complaint } from './wording.ts';

/** Who imports: acts within the institution and those below it; of null, everywhere. */
export interface Importer {
  readonly role: Role;
  readonly institution: string | null;
}

/** The institution and all that name it, directly or not, as their parent. */
function below(institution: string, all: readonly Fields[]): ReadonlySet<string> {
  const children = Map.groupBy(all, ({ parent }) => parent);
  const found = new Set([institution]);
  for (const above of found) {
    for (const { id } of children.get(above) ?? []) if (typeof id === 'string') found.add(id);
  }
  return found;
}

/** What gives power over others, or concerns everyone. */
const forAdminsEverywhere: ReadonlySet<EntityKind> = new Set([
  'calendar',
  'channels',
  'serviceAccounts',
]);

function liesIn(
  kind: EntityKind,
  id: string,
  lookup: Lookup,
  institutions: ReadonlySet<string>,
): boolean {
  const found = lookup(kind, id);
  return found !== undefined && liesWithin(ownersOf(kind, found, lookup), institutions);
}

/** What is for others than who connects devices: orders, which only an admin brings with their times of filing, and rules of others. */
function isForOthers({ kind, id, fields }: Entry, role: Role, existing: Overlay['existing']) {
  if (kind === 'dispatches') return role !== 'admin';
  if (kind !== 'rules') return false;
  const before = id === undefined ? undefined : existing.lookup(kind, id);
  return [before, fields].some((rule) => {
    const [name, scope] = [rule?.['kind'], rule?.['scope']];
    return (
      typeof name === 'string' &&
      !maySetRule(role, { kind: name, scope: isFields(scope) ? scope : {} })
    );
  });
}

/** What the importer may not touch: outside his institution as things are, or as they would be. */
export function checkLimits(
  overlay: Overlay,
  { role, institution }: Importer,
): readonly Complaint[] {
  const isAdmin = role === 'admin';
  if (isAdmin && institution === null) return [];
  const { entries, existing, lookup } = overlay;
  // As things are: an inventory cannot first draw an institution to itself and then act on it.
  const own = institution === null ? null : below(institution, existing.all('institutions'));
  const created =
    own === null || institution === null ? null : below(institution, overlay.all('institutions'));
  const isOutside = ({ kind, id, fields }: Entry): boolean => {
    if (own === null || created === null || id === undefined) return false;
    const before = existing.lookup(kind, id);
    const movesItself =
      kind === 'institutions' &&
      id === institution &&
      before?.['parent'] !== (fields['parent'] ?? null);
    if (movesItself) return true;
    if (before && !liesWithin(ownersOf(kind, before, existing.lookup), own)) return true;
    return !liesWithin(ownersOf(kind, fields, lookup), created);
  };
  /** A meter reaches into others: what it counts is taken from theirs, or told with theirs. */
  const reachesOutside = ({ kind, path, fields }: Entry): readonly Complaint[] =>
    kind !== 'meters' || created === null
      ? []
      : referencesOf(kind, fields)
          .filter(({ kinds, id }) => !kinds.some((to) => liesIn(to, id, lookup, created)))
          .map((reference) => ({
            path: [...path, ...reference.path],
            message: 'lies outside the institution of who imports',
          }));
  return entries.flatMap((entry): readonly Complaint[] => {
    if (forAdminsEverywhere.has(entry.kind))
      return [{ path: entry.path, message: 'wants an admin over everything' }];
    if ((entry.kind === 'users' || entry.kind === 'replacements') && !isAdmin)
      return [{ path: entry.path, message: 'wants an admin' }];
    if (isForOthers(entry, role, existing))
      return [{ path: entry.path, message: 'is not for your role to import' }];
    return isOutside(entry)
      ? [{ path: entry.path, message: 'lies outside the institution of who imports' }]
      : reachesOutside(entry);
  });
}
