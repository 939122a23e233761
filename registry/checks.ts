import type { EntityKind } from '../model/entities.ts';
import { reservedIds } from '../model/ids.ts';
import { checksOf, type Knowledge } from './field-checks.ts';
import { checkGoals } from './goal-shapes.ts';
import { checkMeterTree } from './meter-tree-checks.ts';
import { checkMeterNames } from './mqtt-checks.ts';
import type { Entry, Overlay } from './overlay.ts';
import { type Fields, isFields, referencesOf } from './references.ts';
import type { Path } from './source.ts';
import { checkTariffs } from './tariff-shape.ts';
import { phoneKey } from './terminal-code.ts';
import { checkWeather } from './weather-shape.ts';
import { type Complaint, shown } from './wording.ts';

const singular: Readonly<Record<EntityKind, string>> = {
  institutions: 'institution',
  buildings: 'building',
  meters: 'meter',
  vehicles: 'vehicle',
  places: 'place',
  routes: 'route',
  dispatches: 'dispatch',
  rules: 'rule',
  users: 'user',
  gateways: 'gateway',
  serviceAccounts: 'service account',
  calendar: 'calendar day',
  channels: 'channel',
  routing: 'routing',
  replacements: 'meter replacement',
  tariffs: 'tariff',
  targets: 'target',
  caps: 'cap',
  corrections: 'correction',
  weather: 'month of weather',
};

/** `vehicle v1`. */
export const titleOf = (kind: EntityKind, id: string): string => `${singular[kind]} ${id}`;

/** They share the user names of the MQTT door. */
const userNameKinds: readonly EntityKind[] = ['meters', 'vehicles', 'gateways', 'serviceAccounts'];

const idPath = ({ kind, path, fields }: Entry): Path => {
  if (fields['id'] !== undefined) return [...path, 'id'];
  return kind === 'calendar' ? [...path, 'date'] : path;
};

function checkIds({ entries, existing }: Overlay): readonly Complaint[] {
  const first = new Map<string, Entry>();
  return entries.flatMap((entry): readonly Complaint[] => {
    const { kind, id } = entry;
    if (id === undefined) return [];
    const isUserName = userNameKinds.includes(kind);
    const key = `${isUserName ? '' : kind}/${id}`;
    const before = first.get(key);
    first.set(key, before ?? entry);
    if (before) {
      const where = `${before.path[0]}[${before.path[1]}]`;
      const message = `got "${id}" a second time (first in ${where}), want an id of its own`;
      return [{ path: idPath(entry), message }];
    }
    const taken =
      isUserName && userNameKinds.find((other) => other !== kind && existing.lookup(other, id));
    if (!taken) return [];
    const message = `got "${id}", which is a ${singular[taken]} already; want an id of its own, as MQTT user names are shared`;
    return [{ path: idPath(entry), message }];
  });
}

/** Ids that mean something else, which no new thing may have. */
const checkReserved = ({ entries }: Overlay): readonly Complaint[] =>
  entries
    .filter(({ id }) => id !== undefined && reservedIds.has(id))
    .map((entry) => ({
      path: idPath(entry),
      message: `got "${entry.id}", which is reserved; want another id`,
    }));

function checkReferences({ entries, lookup }: Overlay): readonly Complaint[] {
  return entries.flatMap(({ kind, path, fields }) =>
    referencesOf(kind, fields)
      .filter((reference) => !reference.kinds.some((target) => lookup(target, reference.id)))
      .map(({ path: at, kinds, id }) => ({
        path: [...path, ...at],
        message: `got ${shown(id)}, want the id of a ${kinds.map((target) => singular[target]).join(' or ')} that exists`,
      })),
  );
}

/** The ids of a cycle that a way up leads into, from the first id that comes twice; empty where the way ends. */
function cycleAbove(
  start: string,
  parentOf: (id: string) => string | undefined,
  done: ReadonlySet<string>,
): readonly string[] {
  const way = new Map<string, number>();
  let id: string | undefined = start;
  while (id !== undefined && !done.has(id)) {
    const seenAt = way.get(id);
    if (seenAt !== undefined) return [...way.keys()].slice(seenAt);
    way.set(id, way.size);
    id = parentOf(id);
  }
  return [];
}

/** One complaint for each cycle of parents, where the inventory first has a part in it. */
function checkCycles(
  { entries, lookup }: Overlay,
  kind: 'institutions' | 'meters',
): readonly Complaint[] {
  const parentOf = (id: string): string | undefined => {
    const parent = lookup(kind, id)?.['parent'];
    return typeof parent === 'string' ? parent : undefined;
  };
  const done = new Set<string>();
  const found: Complaint[] = [];
  for (const entry of entries) {
    if (entry.kind !== kind || entry.id === undefined) continue;
    const cycle = cycleAbove(entry.id, parentOf, done);
    if (cycle.includes(entry.id)) {
      for (const id of cycle) done.add(id);
      const message = `makes a circle of parents: ${[...cycle, cycle[0]].join(' → ')}`;
      found.push({ path: [...entry.path, 'parent'], message });
    } else if (cycle.length === 0) done.add(entry.id);
  }
  return found;
}

function checkPhones(overlay: Overlay): readonly Complaint[] {
  const phoneOf = (fields: Fields): string | undefined => {
    const phone = isFields(fields['jt808']) ? fields['jt808']['phone'] : undefined;
    return typeof phone === 'string' ? phoneKey(phone) : undefined;
  };
  const vehicles = overlay.entries.filter(
    ({ kind, fields }) => kind === 'vehicles' && phoneOf(fields),
  );
  if (vehicles.length === 0) return [];
  const holders = Map.groupBy(overlay.all('vehicles'), phoneOf);
  const named = new Set(vehicles.map(({ fields }) => fields));
  return vehicles.flatMap(({ path, fields }): readonly Complaint[] => {
    const phone = phoneOf(fields);
    const [first, ...others] = (phone && holders.get(phone)) || [];
    // Of two in the inventory the second is told of; one that stands in the registry alone comes last.
    const other = first === fields ? others.find((holder) => !named.has(holder)) : first;
    if (!other) return [];
    const message = `is the phone of vehicle ${shown(other['id'])} too; want one of its own`;
    return [{ path: [...path, 'jt808', 'phone'], message }];
  });
}

const checkFields = ({ entries }: Overlay, knowledge: Knowledge): readonly Complaint[] =>
  entries.flatMap(({ kind, path, fields }) =>
    (checksOf[kind] ?? [])
      .flatMap((check) => check(fields, knowledge))
      .map((complaint) => ({ ...complaint, path: [...path, ...complaint.path] })),
  );

/** All that shapes cannot tell. Complains of an entry also where its shape has faults. */
export const checkEntries = (
  overlay: Overlay,
  knowledge: Knowledge,
  { allowReserved }: { readonly allowReserved: boolean },
): readonly Complaint[] => [
  ...checkIds(overlay),
  ...(allowReserved ? [] : checkReserved(overlay)),
  ...checkReferences(overlay),
  ...checkCycles(overlay, 'institutions'),
  ...checkCycles(overlay, 'meters'),
  ...checkPhones(overlay),
  ...checkMeterTree(overlay),
  ...checkMeterNames(overlay),
  ...checkTariffs(overlay),
  ...checkGoals(overlay),
  ...checkWeather(overlay),
  ...checkFields(overlay, knowledge),
];
