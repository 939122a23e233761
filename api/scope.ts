import { maySetRule } from '../model/duties.ts';
import type { Entities, EntityKind } from '../model/entities.ts';
import { AppError, type Fault } from '../model/errors.ts';
import type { Device, Directory, Registry, Versioned } from '../registry/registry.ts';
import type { Who } from './http.ts';

/** What lies within one's institutions, and what must not be reached from there. Outside is as if it were not there. */

const defaultZone = 'Asia/Shanghai';

export const zoneOf = (directory: Directory, institution: string | null | undefined): string =>
  (institution ? directory.institution(institution)?.timeZone : undefined) ?? defaultZone;

export const notFound = (what: string, id: string): AppError =>
  new AppError('NOT_FOUND', `no ${what} ${id.slice(0, 64)}`);

const isForAll = (kind: EntityKind, entity: Entities[EntityKind]): boolean =>
  kind === 'rules' && 'scope' in entity && Object.keys(entity.scope).length === 0;

/** Rules for everything and the calendar can be read by all. */
export const maySee = (
  who: Who,
  directory: Directory,
  kind: EntityKind,
  entity: Entities[EntityKind],
): boolean => !who.scope || directory.belongs(kind, entity.id, who.scope) || isForAll(kind, entity);

/** @throws AppError `NOT_FOUND` */
export function seen<K extends EntityKind>(who: Who, registry: Registry, kind: K, id: string) {
  const entity = registry.get(kind, id);
  if (!entity || !maySee(who, registry.directory(), kind, entity)) throw notFound(kind, id);
  return entity;
}

/** @throws AppError `NOT_FOUND` */
export function seenDevice<T extends Device['type']>(
  who: Who,
  directory: Directory,
  type: T,
  id: string,
): Extract<Device, { type: T }> {
  const device = directory.device(id);
  const within = !who.scope || (device && who.scope.has(device.institution.id));
  if (device?.type !== type || !within) throw notFound(type, id);
  return device as Extract<Device, { type: T }>;
}

/** @throws AppError `NOT_FOUND` */
export function seenAnyDevice(who: Who, directory: Directory, id: string): Device {
  const device = directory.device(id);
  const within = !who.scope || (device && who.scope.has(device.institution.id));
  if (!(device && within)) throw notFound('device', id);
  return device;
}

/** The institutions asked for that are within one's scope; undefined is everything. */
export function scopeOf(
  who: Who,
  directory: Directory,
  institution: string | undefined,
): ReadonlySet<string> | undefined {
  if (institution === undefined) return who.scope;
  const asked = directory.within(institution);
  return new Set([...asked].filter((id) => !who.scope || who.scope.has(id)));
}

type Body = Readonly<Record<string, unknown>>;

/** Fields by which one thing refers to another. */
const references: Readonly<Record<EntityKind, Readonly<Record<string, EntityKind>>>> = {
  institutions: { parent: 'institutions', department: 'institutions' },
  buildings: { institution: 'institutions' },
  meters: { building: 'buildings', parent: 'meters' },
  vehicles: { institution: 'institutions', parking: 'places' },
  places: { institution: 'institutions' },
  routes: { institution: 'institutions' },
  dispatches: { vehicle: 'vehicles', route: 'routes', area: 'places' },
  rules: {},
  users: { institution: 'institutions' },
  gateways: {},
  serviceAccounts: {},
  calendar: {},
  channels: {},
  routing: { institution: 'institutions' },
  replacements: { meter: 'meters' },
  tariffs: { institution: 'institutions' },
  targets: { institution: 'institutions' },
  caps: { institution: 'institutions' },
  corrections: { institution: 'institutions' },
  weather: { institution: 'institutions' },
};

interface Reference {
  readonly path: string;
  readonly kinds: readonly EntityKind[];
  readonly id: unknown;
}

const ruleScopes: Readonly<Record<string, EntityKind>> = {
  meter: 'meters',
  vehicle: 'vehicles',
  building: 'buildings',
  institution: 'institutions',
};

const isObject = (value: unknown): value is Body =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function referencesOf(kind: EntityKind, body: Body): Reference[] {
  const plain = Object.entries(references[kind])
    .filter(([path]) => body[path] !== undefined && body[path] !== null)
    .map(([path, to]) => ({ path, kinds: [to], id: body[path] }));
  if (kind === 'gateways' && Array.isArray(body['devices'])) {
    const devices: readonly unknown[] = body['devices'];
    return devices.map((id, n) => ({ path: `devices[${n}]`, kinds: ['meters', 'vehicles'], id }));
  }
  if (kind === 'meters') return [...plain, ...virtualReferences(body)];
  if (kind === 'rules' && isObject(body['scope'])) {
    return Object.entries(body['scope']).flatMap(([path, id]) => {
      const to = ruleScopes[path];
      return to ? [{ path: `scope.${path}`, kinds: [to], id }] : [];
    });
  }
  return plain;
}

/** Through a virtual meter one reads what its parts count. */
function virtualReferences({ virtual }: Body): Reference[] {
  const parts = isObject(virtual) && Array.isArray(virtual['parts']) ? virtual['parts'] : [];
  return parts.flatMap((part: unknown, n) =>
    isObject(part)
      ? [{ path: `virtual.parts[${n}].meter`, kinds: ['meters'] as const, id: part['meter'] }]
      : [],
  );
}

const isEmpty = (value: unknown): boolean =>
  value === null ||
  (Array.isArray(value) && value.length === 0) ||
  (isObject(value) && Object.keys(value).length === 0);

/** The field that, when empty, makes a thing of everybody's. */
const ownerField: Partial<Record<EntityKind, string>> = {
  institutions: 'parent',
  rules: 'scope',
  users: 'institution',
  gateways: 'devices',
};

/** What gives power beyond one institution. */
const forAll: ReadonlySet<EntityKind> = new Set(['calendar', 'channels', 'serviceAccounts']);

function concernsAll(kind: EntityKind, body: Body, isNew: boolean): boolean {
  if (forAll.has(kind)) return true;
  const field = ownerField[kind];
  if (!field) return false;
  return body[field] === undefined ? isNew : isEmpty(body[field]);
}

function outside(
  kind: EntityKind,
  body: Body,
  scope: ReadonlySet<string>,
  directory: Directory,
): Fault[] {
  return referencesOf(kind, body)
    .filter(({ id }) => typeof id === 'string')
    .filter(({ kinds, id }) => !kinds.some((to) => directory.belongs(to, String(id), scope)))
    .map(({ path, id }) => ({ path, message: `there is no ${id}` }));
}

/**
 * Nobody may make or move something out of his own scope, or refer to what lies outside it.
 *
 * @throws AppError `NOT_ALLOWED` for what concerns everybody, `INPUT_INVALID` for references to what is not there for him
 */
export function checkWithin(
  who: Who,
  directory: Directory,
  kind: EntityKind,
  body: Body,
  isNew: boolean,
): void {
  if (!who.scope) return;
  if (concernsAll(kind, body, isNew)) {
    throw new AppError(
      'NOT_ALLOWED',
      'this concerns everybody; your account is for one institution',
    );
  }
  const faults = outside(kind, body, who.scope, directory);
  if (faults.length) {
    const detail = faults.map(({ path, message }) => `${path}: ${message}`).join('; ');
    throw new AppError('INPUT_INVALID', detail, { faults });
  }
}

/**
 * What can be seen by all, such as a rule for everything, is not everybody's to change.
 *
 * @throws AppError `NOT_FOUND`, `NOT_ALLOWED`
 */
export function changeable<K extends EntityKind>(
  who: Who,
  registry: Registry,
  kind: K,
  id: string,
): Versioned<Entities[K]> {
  const entity = seen(who, registry, kind, id);
  const isOwn = who.scope && registry.directory().belongs(kind, id, who.scope) && !forAll.has(kind);
  if (!who.scope || isOwn) return entity;
  throw new AppError('NOT_ALLOWED', 'this concerns everybody; your account is for one institution');
}

/**
 * Rules are set by who looks after what they are about. What is no rule yet is left to the registry, which says what is wrong with it.
 *
 * @throws AppError `NOT_ALLOWED`
 */
export function checkDuty({ role }: Who, kind: EntityKind, body: object): void {
  if (kind !== 'rules') return;
  const { kind: rule, scope } = body as Body;
  if (typeof rule !== 'string') return;
  if (maySetRule(role, { kind: rule, scope: isObject(scope) ? scope : {} })) return;
  const detail = rule.startsWith('device.')
    ? `your role does not set ${rule.slice(0, 64)} for this scope; name a device you look after`
    : `your role does not set ${rule.slice(0, 64)}; it belongs to those who look after what it is about`;
  throw new AppError('NOT_ALLOWED', detail);
}
