import type { FastifyReply, FastifySchema, FastifySchemaCompiler } from 'fastify';
import { validatorCompiler } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Entities, EntityKind } from '../../model/entities.ts';
import { AppError } from '../../model/errors.ts';
import type { Registry, Versioned } from '../../registry/registry.ts';
import { pageOf } from '../contract.ts';
import { checkOrder } from '../cursor.ts';
import { defined } from '../defined.ts';
import { answers, idParams, ifMatchHeader, noContent } from '../document.ts';
import { entityBodies, entityViews } from '../entity-shapes.ts';
import type { Api, ApiRoom, Who } from '../http.ts';
import { listQuery, queryInstant } from '../request-shapes.ts';
import { entityKinds, readers, writers } from '../roles.ts';
import { changeable, checkDuty, checkWithin, maySee, scopeOf, seen } from '../scope.ts';
import { versionOf } from '../version.ts';
import { toEntityView } from '../views.ts';

/** What the registry keeps: the same five routes for every collection. */

type Entity = Versioned<Entities[EntityKind]>;
type Body = Readonly<Record<string, unknown>>;

const anyObject = z.record(z.string(), z.unknown());

/** The shape of a body is documentation here; what it may say is the registry's to judge, which names every fault. */
const judgedByRegistry: FastifySchemaCompiler<FastifySchema> = (route) =>
  validatorCompiler({
    ...route,
    schema: route.httpPart === 'body' ? anyObject : (route.schema as z.ZodType),
  });

/** Equal fields by which a list can be narrowed. */
const filters: Partial<Record<EntityKind, readonly string[]>> = {
  institutions: ['parent'],
  meters: ['building', 'medium'],
  dispatches: ['vehicle'],
  places: ['kind'],
  rules: ['kind'],
  users: ['role'],
  replacements: ['meter'],
  targets: ['indicator'],
  caps: ['item'],
  corrections: ['item'],
  weather: ['month'],
};

/** Lists that can be narrowed to what reaches into a range of time. */
const spans: ReadonlySet<EntityKind> = new Set(['dispatches']);
const rangeFields = {
  from: queryInstant
    .optional()
    .meta({ description: 'Reaching beyond it; ISO 8601 with zone, or Unix ms' }),
  to: queryInstant
    .optional()
    .meta({ description: 'Beginning before it; ISO 8601 with zone, or Unix ms' }),
};

/** A user can never raise his own role or scope. @throws AppError `NOT_ALLOWED` */
function checkOneself(who: Who, kind: EntityKind, id: string, patch: Body | undefined): void {
  if (kind !== 'users' || id !== who.user) return;
  if (patch === undefined) throw new AppError('NOT_ALLOWED', 'nobody removes himself');
  if ('role' in patch || 'institution' in patch) {
    throw new AppError('NOT_ALLOWED', 'nobody changes his own role or institution');
  }
}

/** @throws AppError `INPUT_INVALID` where the body names another id */
function patchOf(id: string, { version: _, id: named, ...patch }: Body): Body {
  if (named === undefined || named === id) return patch;
  const faults = [{ path: 'id', message: `got ${named}, want ${id}` }];
  throw new AppError('INPUT_INVALID', 'an id never changes', { faults });
}

/** One collection of the registry and what its routes need. */
interface Collection {
  readonly api: Api;
  readonly services: ApiRoom['services'];
  readonly kind: EntityKind;
  readonly view: z.ZodType;
}

/** For all collections: list, one, add, change, remove. */
export function entityRoutes(api: Api, { services }: ApiRoom): void {
  for (const kind of entityKinds) {
    const collection = { api, services, kind, view: entityViews[kind] };
    listRoute(collection);
    oneRoute(collection);
    // Made and taken back by routes of their own, in the name of a person.
    if (kind === 'replacements') continue;
    additionRoute(collection);
    changeRoute(collection);
    removalRoute(collection);
  }
}

type Found = ReturnType<Registry['list']>;
type Asked = z.infer<typeof listQuery> & { readonly from?: number; readonly to?: number };

/** @throws AppError `INPUT_MALFORMED` where the range ends before it begins */
function withinRange({ from = -Infinity, to = Infinity }: Asked): (entity: Entity) => boolean {
  checkOrder({ from, to });
  return (entity) =>
    !('vehicle' in entity && 'from' in entity) || (entity.to > from && entity.from < to);
}

/** Fills a page although what is filtered out here leaves holes in the registry's pages. */
function pageFor(
  { services: { registry }, kind }: Collection,
  who: Who,
  asked: Asked,
  narrowing: readonly string[],
) {
  const { limit, institution, search } = asked;
  const directory = registry.directory();
  // Rules for everything belong to no institution and are yet for all to see.
  const institutions =
    kind === 'rules' && institution === undefined
      ? undefined
      : scopeOf(who, directory, institution);
  const wanted = Object.entries(asked).filter(([field]) => narrowing.includes(field));
  const isWithin = withinRange(asked);
  const fits = (entity: Entity) =>
    isWithin(entity) &&
    maySee(who, directory, kind, entity) &&
    wanted.every(([field, value]) => (entity as unknown as Body)[field] === value);
  const items: Entity[] = [];
  let next: string | null = asked.cursor ?? null;
  do {
    const rest = { limit: limit - items.length, ...defined({ institutions, search }) };
    const page: Found = registry.list(kind, next ? { ...rest, cursor: next } : rest);
    items.push(...page.items.filter(fits));
    next = page.next;
  } while (next !== null && items.length < limit);
  return { items: items.map((item) => toEntityView(who, directory, kind, item)), next };
}

function listRoute(collection: Collection): void {
  const { api, kind, view } = collection;
  const narrowing = filters[kind] ?? [];
  const fields = Object.fromEntries(
    narrowing.map((field) => [field, z.string().max(64).optional()]),
  );
  const range = spans.has(kind) ? rangeFields : {};
  const querystring = listQuery.extend({ ...fields, ...range }) as unknown as typeof listQuery;
  const schema = {
    tags: [kind],
    summary: `List ${kind}`,
    querystring,
    response: answers({ 200: pageOf(view) }),
  };
  api.get(`/${kind}`, { config: { access: readers[kind] }, schema }, ({ who, query }) =>
    pageFor(collection, who, query, narrowing),
  );
}

function send(
  { services: { registry }, kind }: Collection,
  reply: FastifyReply,
  who: Who,
  entity: Entity,
): void {
  reply.header('etag', `"${entity.version}"`);
  reply.send(toEntityView(who, registry.directory(), kind, entity));
}

function oneRoute(collection: Collection): void {
  const { api, services, kind, view } = collection;
  const schema = {
    tags: [kind],
    summary: `One of ${kind}`,
    params: idParams,
    response: answers({ 200: view }),
  };
  api.get(`/${kind}/:id`, { config: { access: readers[kind] }, schema }, (request, reply) =>
    send(
      collection,
      reply,
      request.who,
      seen(request.who, services.registry, kind, request.params.id),
    ),
  );
}

function additionRoute(collection: Collection): void {
  const { api, services, kind, view } = collection;
  const { registry } = services;
  const schema = {
    tags: [kind],
    summary: `Add to ${kind}`,
    body: entityBodies[kind] as z.ZodType<object>,
    response: answers({ 201: view }),
  };
  const route = { config: { access: writers[kind] }, validatorCompiler: judgedByRegistry, schema };
  api.post(`/${kind}`, route, async ({ who, body }, reply) => {
    checkWithin(who, registry.directory(), kind, body as Body, true);
    checkDuty(who, kind, body as Body);
    const entity = await registry.create(kind, body, { user: who.user });
    reply.code(201).header('location', `/api/v1/${kind}/${entity.id}`);
    send(collection, reply, who, entity);
    return reply;
  });
}

function changeRoute(collection: Collection): void {
  const { api, services, kind, view } = collection;
  const { registry, sessions } = services;
  const schema = {
    tags: [kind],
    summary: `Change one of ${kind}`,
    description: 'Fields that are named are replaced as a whole; null takes an optional one away.',
    params: idParams,
    headers: ifMatchHeader,
    body: entityBodies[kind].partial() as z.ZodType<object>,
    response: answers({ 200: view }),
  };
  const route = { config: { access: writers[kind] }, validatorCompiler: judgedByRegistry, schema };
  api.patch(`/${kind}/:id`, route, async (request, reply) => {
    const { who, params, headers } = request;
    const body = request.body as Body;
    const { version, ...before } = changeable(who, registry, kind, params.id);
    const { id } = before;
    const change = patchOf(id, body);
    checkOneself(who, kind, id, change);
    checkWithin(who, registry.directory(), kind, change, false);
    checkDuty(who, kind, before);
    checkDuty(who, kind, { ...before, ...change });
    // The version that was judged here, so that nothing slips in between.
    const expected = versionOf(headers['if-match'], body['version']) ?? version;
    const entity = await registry.update(kind, id, change, { user: who.user }, expected);
    if (kind === 'users' && 'password' in change) sessions.endAll(id, who.session);
    send(collection, reply, who, entity);
    return reply;
  });
}

function removalRoute(collection: Collection): void {
  const { api, services, kind } = collection;
  const { registry, sessions } = services;
  const schema = {
    tags: [kind],
    summary: `Remove one of ${kind}`,
    description: 'History and what was measured stay.',
    params: idParams,
    response: answers({ 204: noContent }),
  };
  api.delete(
    `/${kind}/:id`,
    { config: { access: writers[kind] }, schema },
    async (request, reply) => {
      const { who, params } = request;
      const { id, ...rest } = changeable(who, registry, kind, params.id);
      checkDuty(who, kind, rest);
      checkOneself(who, kind, id, undefined);
      await registry.remove(kind, id, { user: who.user });
      if (kind === 'users') sessions.endAll(id);
      return reply.code(204).send();
    },
  );
}
