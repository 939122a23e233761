import type { Context } from '../model/context.ts';
import type { Entities, EntityKind } from '../model/entities.ts';
import { AppError, type Fault } from '../model/errors.ts';
import { type Planned, planItems, putBody, writeItem } from './changes.ts';
import { titleOf } from './checks.ts';
import { type Core, createCore } from './core.ts';
import type { Knowledge } from './field-checks.ts';
import { filingOf } from './filing.ts';
import { idOf, readInventory, readValue } from './inventory.ts';
import { createPeople, notFound } from './people.ts';
import { type Fields, isFields, referencesOf } from './references.ts';
import type {
  Actor,
  ImportOptions,
  ImportResult,
  ListQuery,
  Registry,
  Versioned,
} from './registry.ts';
import { entityKinds } from './schemas.ts';
import { digest } from './server-key.ts';
import { versioned } from './snapshot.ts';
import { pathText } from './source.ts';
import { openTables } from './tables.ts';
import { clearTerminal, createTerminals } from './terminals.ts';

export interface RegistryOptions extends Knowledge {
  /** 32 bytes, from `openServerKey`. */
  readonly serverKey: Uint8Array;
}

const invalid = (message: string, faults: readonly Fault[]) =>
  new AppError('INPUT_INVALID', message, { faults });

function found<K extends EntityKind>(core: Core, kind: K, id: string): Versioned<Entities[K]> {
  const entity = versioned<K>(core.snapshot().rows[kind].get(id));
  if (!entity) throw notFound(kind, id);
  return entity;
}

/** The last one who can let others in must stay. */
function checkLastAdmin(core: Core, id: string): void {
  const admins = core
    .directory()
    .all('users')
    .filter(({ role, institution }) => role === 'admin' && institution === null);
  if (admins.length === 1 && admins[0]?.id === id) {
    throw invalid(`The ${titleOf('users', id)} is the last admin over everything.`, [
      { path: '', message: 'is the last admin over everything; want another one first' },
    ]);
  }
}

/** Checks one entity as an inventory of its own. */
async function writeOne(
  core: Core,
  kind: EntityKind,
  body: unknown,
  actor: Actor,
  isThere: boolean,
): Promise<string> {
  const read = await readValue(
    { [kind]: [body] },
    { existing: core.existing(), knowledge: core.knowledge, allowReserved: isThere },
  );
  if ('complaints' in read) {
    const faults = read.complaints.map(({ path, message }) => ({
      path: pathText(path.slice(2)),
      message,
    }));
    throw invalid('It cannot be taken as it is.', faults);
  }
  const planned = await planItems(core, read.items, { importing: false, dryRun: false });
  if (planned.some(({ change }) => change !== 'unchanged')) {
    core.commit((changed) => {
      for (const each of planned) writeItem(core, each, actor, changed, false);
    });
  }
  const [item] = read.items;
  if (!item) throw new AppError('INTERNAL', 'an entity without faults gave nothing to keep');
  return item.id;
}

/** An order with the time of its filing. @throws AppError `INPUT_INVALID` where it says another */
function filed(core: Core, kind: EntityKind, body: Fields, before?: Fields): Fields {
  if (kind !== 'dispatches') return body;
  const filing = filingOf(body, before, core.context.now());
  if ('faults' in filing) throw invalid('It cannot be taken as it is.', filing.faults);
  const { filedAt: _, ...rest } = body;
  return filing.filedAt === undefined ? rest : { ...rest, filedAt: filing.filedAt };
}

async function create(core: Core, kind: EntityKind, body: unknown, actor: Actor): Promise<string> {
  const id = isFields(body) ? idOf(kind, body) : undefined;
  if (id !== undefined && core.existing().lookup(kind, id)) {
    throw new AppError('VERSION_CONFLICT', `There is a ${titleOf(kind, id)} already.`);
  }
  return writeOne(core, kind, isFields(body) ? filed(core, kind, body) : body, actor, false);
}

/** Field by field; null takes a field away. */
const merged = (before: Fields, patch: Fields): Fields =>
  Object.fromEntries(Object.entries({ ...before, ...patch }).filter(([, value]) => value !== null));

async function update(
  core: Core,
  kind: EntityKind,
  id: string,
  patch: unknown,
  actor: Actor,
  version?: number,
): Promise<string> {
  const { version: current, ...before } = found(core, kind, id);
  if (version !== undefined && version !== current) {
    throw new AppError(
      'VERSION_CONFLICT',
      `The ${titleOf(kind, id)} is at version ${current}, not ${version}.`,
    );
  }
  if (!isFields(patch))
    throw invalid('It cannot be taken as it is.', [
      { path: '', message: 'want a mapping of fields' },
    ]);
  const after = merged(before, patch);
  if (idOf(kind, after) !== id) {
    throw invalid('It cannot be taken as it is.', [
      { path: kind === 'calendar' ? 'date' : 'id', message: `want "${id}"; an id does not change` },
    ]);
  }
  if (kind === 'users' && (after['role'] !== 'admin' || after['institution'] !== undefined))
    checkLastAdmin(core, id);
  return writeOne(core, kind, filed(core, kind, after, before), actor, true);
}

function remove(core: Core, kind: EntityKind, id: string, actor: Actor): void {
  found(core, kind, id);
  if (kind === 'users') checkLastAdmin(core, id);
  const { tables, context } = core;
  const existing = core.existing();
  const referrers = entityKinds.flatMap((other) =>
    existing
      .all(other)
      .flatMap((body) =>
        referencesOf(other, body).map((reference) => ({
          ...reference,
          who: titleOf(other, String(body['id'])),
        })),
      )
      .filter((reference) => reference.id === id && reference.kinds.includes(kind)),
  );
  if (referrers.length > 0) {
    const faults = referrers
      .slice(0, 20)
      .map(({ who, path }) => ({ path: '', message: `${who} refers to it (${pathText(path)})` }));
    throw invalid(`The ${titleOf(kind, id)} is referred to by ${referrers.length} others.`, faults);
  }
  core.commit((changed) => {
    putBody(core, kind, id, null, changed);
    if (tables.secret(kind, id)) tables.putSecret(kind, id, null, null, changed);
    if (kind === 'users') tables.dropOneTime(id);
    if (kind === 'vehicles') clearTerminal(core, id, changed);
    tables.addAudit({
      at: context.now(),
      user: actor.user,
      action: 'remove',
      kind,
      id,
      detail: {},
    });
  });
}

const counts = (planned: readonly Planned[]): Readonly<Record<string, number>> => {
  const by = Map.groupBy(planned, ({ change }) => change);
  return Object.fromEntries(
    ['add', 'update', 'unchanged'].map((change) => [
      change,
      by.get(change as Planned['change'])?.length ?? 0,
    ]),
  );
};

async function importText(
  core: Core,
  text: string,
  actor: Actor,
  { dryRun = false, by }: ImportOptions,
): Promise<ImportResult> {
  const { tables, context } = core;
  const read = await readInventory(text, {
    existing: core.existing(),
    knowledge: core.knowledge,
    ...(by && { by }),
  });
  if ('faults' in read) return { ok: false, faults: read.faults };
  const planned = await planItems(core, read.items, { importing: true, dryRun });
  const changes = planned.map(({ item: { kind, id }, change }) => ({ kind, id, change }));
  if (dryRun) return { ok: true, changes };
  const imported = digest('inventory', text, core.serverKey);
  if (changes.every(({ change }) => change === 'unchanged')) {
    tables.transaction(() => tables.putMeta('imported', imported));
    return { ok: true, changes };
  }
  core.commit((changed) => {
    for (const each of planned) writeItem(core, each, actor, changed, true);
    tables.putMeta('imported', imported);
    tables.addAudit({
      at: context.now(),
      user: actor.user,
      action: 'import',
      kind: 'inventory',
      id: '',
      detail: counts(planned),
    });
  });
  context.log('info', 'inventory imported', { room: 'registry', ...counts(planned) });
  return { ok: true, changes };
}

const matches = (body: object, needle: string): boolean =>
  Object.values(body).some(
    (value) => typeof value === 'string' && value.toLowerCase().includes(needle),
  );

function list<K extends EntityKind>(
  core: Core,
  kind: K,
  { limit, cursor, institutions, search }: ListQuery,
) {
  const directory = core.directory();
  const rows = core.snapshot().rows[kind];
  const needle = search?.toLowerCase();
  const items: Versioned<Entities[K]>[] = [];
  for (const { id } of directory.all(kind)) {
    if (cursor !== undefined && id <= cursor) continue;
    if (institutions && !directory.belongs(kind, id, institutions)) continue;
    const entity = versioned<K>(rows.get(id));
    if (!entity || (needle && !matches(entity, needle))) continue;
    if (items.length === limit) return { items, next: items.at(-1)?.id ?? null };
    items.push(entity);
  }
  return { items, next: null };
}

/**
 * The registry on SQLite, for the one thread that writes it; makes the file where it is missing.
 * @throws AppError `DATA_DIR_UNUSABLE`
 */
export function openRegistry(file: string, options: RegistryOptions, context: Context): Registry {
  const tables = openTables(file);
  const core = createCore(tables, options, options.serverKey, context);
  return {
    get: (kind, id) => versioned(core.snapshot().rows[kind].get(id)),
    list: (kind, query) => list(core, kind, query),
    create: (kind, body, actor) =>
      core.inTurn(async () => found(core, kind, await create(core, kind, body, actor))),
    update: (kind, id, patch, actor, version) =>
      core.inTurn(async () =>
        found(core, kind, await update(core, kind, id, patch, actor, version)),
      ),
    remove: (kind, id, actor) => core.inTurn(async () => remove(core, kind, id, actor)),
    import: (text, actor, importOptions = {}) =>
      core.inTurn(() => importText(core, text, actor, importOptions)),
    isImported: (text) => tables.meta('imported') === digest('inventory', text, options.serverKey),
    directory: core.directory,
    onChange: core.onChange,
    ...createPeople(core),
    ...createTerminals(core),
    audit: ({ limit, before = Number.MAX_SAFE_INTEGER }) => tables.audit(limit, before),
    note: (entry) => tables.addAudit({ ...entry, at: context.now() }),
    close: () => tables.close(),
  };
}
