import type { EntityKind } from '../model/entities.ts';
import type { Path } from './source.ts';

/** Fields of an entity of which nothing is known yet but that it is a mapping. */
export type Fields = Readonly<Record<string, unknown>>;

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A field that names another entity, of any of the kinds. */
export interface Reference {
  readonly path: Path;
  readonly kinds: readonly EntityKind[];
  readonly id: string;
}

type Rule = readonly [path: readonly string[], ...kinds: EntityKind[]];

const fields: Readonly<Record<EntityKind, readonly Rule[]>> = {
  institutions: [
    [['parent'], 'institutions'],
    [['department'], 'institutions'],
  ],
  buildings: [[['institution'], 'institutions']],
  meters: [
    [['building'], 'buildings'],
    [['parent'], 'meters'],
  ],
  vehicles: [
    [['institution'], 'institutions'],
    [['parking'], 'places'],
  ],
  places: [[['institution'], 'institutions']],
  routes: [
    [['institution'], 'institutions'],
    [['mustVisit'], 'places'],
  ],
  dispatches: [
    [['vehicle'], 'vehicles'],
    [['route'], 'routes'],
    [['area'], 'places'],
  ],
  rules: [
    [['scope', 'meter'], 'meters'],
    [['scope', 'vehicle'], 'vehicles'],
    [['scope', 'building'], 'buildings'],
    [['scope', 'institution'], 'institutions'],
  ],
  users: [[['institution'], 'institutions']],
  gateways: [[['devices'], 'meters', 'vehicles']],
  serviceAccounts: [[['institution'], 'institutions']],
  calendar: [],
  channels: [],
  routing: [
    [['institution'], 'institutions'],
    [['channel'], 'channels'],
  ],
  replacements: [[['meter'], 'meters']],
  tariffs: [[['institution'], 'institutions']],
  targets: [[['institution'], 'institutions']],
  caps: [[['institution'], 'institutions']],
  corrections: [[['institution'], 'institutions']],
  weather: [[['institution'], 'institutions']],
};

const at = (body: Fields, path: readonly string[]): unknown =>
  path.reduce<unknown>((value, key) => (isFields(value) ? value[key] : undefined), body);

/** Whom the entity names. Fields of a wrong shape name nobody. */
export function referencesOf(kind: EntityKind, body: Fields): readonly Reference[] {
  const plain = fields[kind].flatMap(([path, ...kinds]): readonly Reference[] => {
    const value = at(body, path);
    if (typeof value === 'string') return [{ path, kinds, id: value }];
    if (!Array.isArray(value)) return [];
    return value.flatMap((id, i) =>
      typeof id === 'string' ? [{ path: [...path, i], kinds, id }] : [],
    );
  });
  return kind === 'meters' ? [...plain, ...virtualReferences(body)] : plain;
}

/** Meters that a virtual meter is made of, and among whom a part of them is shared. */
function virtualReferences({ virtual }: Fields): readonly Reference[] {
  const parts = isFields(virtual) && Array.isArray(virtual['parts']) ? virtual['parts'] : [];
  return parts.flatMap((part: unknown, i): readonly Reference[] => {
    if (!isFields(part)) return [];
    const path = ['virtual', 'parts', i];
    const { meter, share } = part;
    const named: readonly Reference[] =
      typeof meter === 'string' ? [{ path: [...path, 'meter'], kinds: ['meters'], id: meter }] : [];
    const among = isFields(share) && Array.isArray(share['among']) ? share['among'] : [];
    const sharers = among.flatMap((one: unknown, n): readonly Reference[] =>
      isFields(one) && typeof one['id'] === 'string'
        ? [
            {
              path: [...path, 'share', 'among', n, 'id'],
              kinds: ['buildings', 'institutions'],
              id: one['id'],
            },
          ]
        : [],
    );
    return [...named, ...sharers];
  });
}

/** Finds what an id stands for. */
export type Lookup = (kind: EntityKind, id: string) => Fields | undefined;

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : undefined;

function institutionOf(kind: EntityKind, body: Fields, lookup: Lookup): string | undefined {
  const through = (next: EntityKind, id: unknown) => {
    const found = typeof id === 'string' ? lookup(next, id) : undefined;
    return found ? institutionOf(next, found, lookup) : undefined;
  };
  switch (kind) {
    case 'institutions':
      return textOf(body['id']);
    case 'meters':
      return through('buildings', body['building']);
    case 'replacements':
      return through('meters', body['meter']);
    case 'dispatches':
      return through('vehicles', body['vehicle']);
    case 'rules': {
      const scope = isFields(body['scope']) ? body['scope'] : {};
      return (
        textOf(scope['institution']) ??
        through('buildings', scope['building']) ??
        through('meters', scope['meter']) ??
        through('vehicles', scope['vehicle'])
      );
    }
    default:
      return textOf(body['institution']);
  }
}

/** Institutions a thing belongs to: `everyone` for the calendar, none for what is above them all. */
export function ownersOf(
  kind: EntityKind,
  body: Fields,
  lookup: Lookup,
): readonly string[] | 'everyone' {
  if (kind === 'calendar') return 'everyone';
  if (kind !== 'gateways') {
    const institution = institutionOf(kind, body, lookup);
    return institution === undefined ? [] : [institution];
  }
  const owners = referencesOf(kind, body).map(({ id }) => {
    const meter = lookup('meters', id);
    const vehicle = lookup('vehicles', id);
    if (meter) return institutionOf('meters', meter, lookup);
    return vehicle && institutionOf('vehicles', vehicle, lookup);
  });
  const known = owners.filter((owner) => owner !== undefined);
  return known.length === owners.length ? known : [];
}

/** Whether a thing with these owners lies within the institutions. */
export const liesWithin = (
  owners: readonly string[] | 'everyone',
  institutions: ReadonlySet<string>,
): boolean =>
  owners === 'everyone' || (owners.length > 0 && owners.every((owner) => institutions.has(owner)));
