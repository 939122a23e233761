import type { Overlay } from './overlay.ts';
import { type Fields, isFields, type Lookup, ownersOf } from './references.ts';
import type { Path } from './source.ts';
import { type Complaint, shown } from './wording.ts';

/** What one meter says of another: the one above it in the tree, or those a virtual meter is made of. */

/** The institution and those above it. */
function institutionsAbove(institution: string | undefined, lookup: Lookup): ReadonlySet<string> {
  const above = new Set<string>();
  let id = institution;
  while (id !== undefined && !above.has(id)) {
    above.add(id);
    const parent = lookup('institutions', id)?.['parent'];
    id = typeof parent === 'string' ? parent : undefined;
  }
  return above;
}

const institutionOf = (meter: Fields, lookup: Lookup): string | undefined => {
  const [owner] = ownersOf('meters', meter, lookup);
  return owner;
};

/** Whoever sees the meter above must be able to see all that is counted below it. */
function checkParent(meter: Fields, { lookup }: Overlay): readonly Complaint[] {
  const parent = typeof meter['parent'] === 'string' && lookup('meters', meter['parent']);
  if (!parent) return [];
  const complain = (message: string) => ({ path: ['parent'], message });
  const found: Complaint[] = [];
  if (parent['medium'] !== meter['medium']) {
    const [got, want] = [shown(parent['medium']), shown(meter['medium'])];
    found.push(complain(`got a meter of medium ${got}, want one of ${want}`));
  }
  const [own, upper] = [institutionOf(meter, lookup), institutionOf(parent, lookup)];
  if (own !== undefined && upper !== undefined && !institutionsAbove(own, lookup).has(upper))
    found.push(complain(`got a meter of ${upper}, want one of ${own} or an institution above it`));
  return found;
}

const partsOf = ({ virtual }: Fields): readonly unknown[] =>
  isFields(virtual) && Array.isArray(virtual['parts']) ? virtual['parts'] : [];

const partIds = (meter: Fields): readonly string[] =>
  partsOf(meter).flatMap((part) =>
    isFields(part) && typeof part['meter'] === 'string' ? [part['meter']] : [],
  );

function checkPart(
  part: Fields,
  meter: Fields,
  path: Path,
  { lookup }: Overlay,
): readonly Complaint[] {
  const target = typeof part['meter'] === 'string' ? lookup('meters', part['meter']) : undefined;
  if (!target) return [];
  const complain = (message: string) => ({ path: [...path, 'meter'], message });
  const found: Complaint[] = [];
  if (target['medium'] !== meter['medium']) {
    const [got, want] = [shown(target['medium']), shown(meter['medium'])];
    found.push(complain(`got a meter of medium ${got}, want one of ${want}`));
  }
  const [own, other] = [institutionOf(meter, lookup), institutionOf(target, lookup)];
  if (own === undefined || other === undefined) return found;
  const isRelated =
    institutionsAbove(own, lookup).has(other) || institutionsAbove(other, lookup).has(own);
  if (!isRelated)
    found.push(complain(`got a meter of ${other}, want one of ${own}, above it or below it`));
  return found;
}

/** What a building or institution has of what is shared; undefined where it does not say. */
function sizeOf(id: string, by: unknown, lookup: Lookup): number | undefined {
  const area =
    lookup('buildings', id)?.['floorAreaM2'] ?? lookup('institutions', id)?.['floorAreaM2'];
  const size = by === 'headcount' ? lookup('institutions', id)?.['energyUsers'] : area;
  return typeof size === 'number' && size > 0 ? size : undefined;
}

function checkShare(share: Fields, path: Path, { lookup }: Overlay): readonly Complaint[] {
  const { by, own } = share;
  const among: readonly unknown[] = Array.isArray(share['among']) ? share['among'] : [];
  const ids = among.map((one) => (isFields(one) ? one['id'] : undefined));
  const found: Complaint[] = [];
  if (typeof own === 'string' && !ids.includes(own)) {
    const message = `got ${shown(own)}, want one of those the part is shared among`;
    found.push({ path: [...path, 'own'], message });
  }
  ids.forEach((id, n) => {
    if (typeof id !== 'string') return;
    const at = [...path, 'among', n, 'id'];
    if (ids.indexOf(id) !== n) found.push({ path: at, message: `got ${shown(id)} a second time` });
    else if (sizeOf(id, by, lookup) === undefined) {
      const want = by === 'headcount' ? 'an institution with energyUsers' : 'floorAreaM2 there';
      found.push({ path: at, message: `got ${shown(id)}, want ${want}` });
    }
  });
  return found;
}

/** A virtual meter is worked out, so nothing can come from it. */
const checkSource = (meter: Fields): readonly Complaint[] =>
  ['mqtt', 'modbus', 'dlt645', 'cjt188', 'everyS']
    .filter((way) => meter[way] !== undefined)
    .map((way) => ({ path: [way], message: 'a virtual meter sends nothing and is not asked' }));

/** The way from a virtual meter through its parts back to itself; empty where there is none. */
function cycleThrough(start: string, lookup: Lookup): readonly string[] {
  const seen = new Set<string>();
  const walk = (id: string, way: readonly string[]): readonly string[] => {
    for (const part of partIds(lookup('meters', id) ?? {})) {
      if (part === start) return [...way, part];
      if (seen.has(part)) continue;
      seen.add(part);
      const found = walk(part, [...way, part]);
      if (found.length > 0) return found;
    }
    return [];
  };
  return walk(start, [start]);
}

function checkVirtual(
  meter: Fields,
  id: string | undefined,
  overlay: Overlay,
): readonly Complaint[] {
  if (meter['virtual'] === undefined) return [];
  const parts = partsOf(meter).flatMap((part, i): readonly Complaint[] => {
    if (!isFields(part)) return [];
    const path: Path = ['virtual', 'parts', i];
    const share = isFields(part['share'])
      ? checkShare(part['share'], [...path, 'share'], overlay)
      : [];
    return [...checkPart(part, meter, path, overlay), ...share];
  });
  const cycle = id === undefined ? [] : cycleThrough(id, overlay.lookup);
  const circle =
    cycle.length === 0
      ? []
      : [{ path: ['virtual'], message: `makes a circle of parts: ${cycle.join(' → ')}` }];
  return [...checkSource(meter), ...parts, ...circle];
}

/** Meters that stay as they are and hang on one whose medium changes. */
function checkBelow(id: string, meter: Fields, dependants: Dependants): readonly Complaint[] {
  const unlike = (dependants.get(id) ?? []).filter(({ medium }) => medium !== meter['medium']);
  return unlike.slice(0, 1).map((other) => ({
    path: ['medium'],
    message: `got ${shown(meter['medium'])}, want ${shown(other['medium'])} like meter ${shown(other['id'])}, which hangs on it`,
  }));
}

type Dependants = ReadonlyMap<string, readonly Fields[]>;

function dependantsOf({ entries, existing, all }: Overlay): Dependants {
  const named = new Set(entries.map(({ kind, id }) => `${kind}/${id}`));
  const changesMedium = entries.some(
    ({ kind, id, fields }) =>
      kind === 'meters' &&
      id !== undefined &&
      existing.lookup('meters', id) !== undefined &&
      existing.lookup('meters', id)?.['medium'] !== fields['medium'],
  );
  if (!changesMedium) return new Map();
  const found = new Map<string, Fields[]>();
  for (const meter of all('meters')) {
    if (named.has(`meters/${String(meter['id'])}`)) continue;
    const above = typeof meter['parent'] === 'string' ? [meter['parent']] : [];
    for (const id of [...above, ...partIds(meter)])
      found.set(id, [...(found.get(id) ?? []), meter]);
  }
  return found;
}

/** Parents of another medium or a foreign institution, and virtual meters that cannot be worked out. */
export function checkMeterTree(overlay: Overlay): readonly Complaint[] {
  const dependants = dependantsOf(overlay);
  return overlay.entries
    .filter(({ kind }) => kind === 'meters')
    .flatMap(({ path, fields, id }) =>
      [
        ...checkParent(fields, overlay),
        ...checkVirtual(fields, id, overlay),
        ...(id === undefined ? [] : checkBelow(id, fields, dependants)),
      ].map((complaint) => ({ ...complaint, path: [...path, ...complaint.path] })),
    );
}
