import { z } from 'zod';
import type { Statement } from '../../expenses/expenses.ts';
import { AppError } from '../../model/errors.ts';
import { isoInZone } from '../../model/time.ts';
import type { Directory } from '../../registry/registry.ts';
import { pageOf } from '../contract.ts';
import { answers, idParams, noContent } from '../document.ts';
import type { Api, ApiRoom, Who } from '../http.ts';
import { inventoryQuery, statementsQuery } from '../request-shapes.ts';
import { bookkeepers } from '../roles.ts';
import { notFound, seenDevice, zoneOf } from '../scope.ts';
import {
  importedShape,
  type StatementView,
  statementShape,
  takenBackShape,
} from '../statement-shape.ts';

/** What was paid for vehicles: imported, listed, and taken back where it was wrong. */

const config = { access: bookkeepers };
const tags = ['vehicles'];
const largestStatement = 4 * 1024 * 1024;
const statementTypes = [
  'text/csv',
  'text/plain',
  'application/vnd.ms-excel',
  'application/octet-stream',
];

const importing = {
  bodyLimit: largestStatement,
  config,
  schema: {
    tags,
    summary: 'Import what was paid for vehicles: all of it, or nothing and every fault',
    description:
      'CSV in UTF-8 or GBK with a row of Chinese or English headings: plate or vehicle id, time, amount, and litres of fuel; also station, product, card number (kept masked), kWh, kind (fuel, charging, maintenance, insurance, toll, other). The same lines again change nothing.',
    consumes: ['text/csv'],
    querystring: inventoryQuery,
    body: z
      .custom<Buffer>((body) => Buffer.isBuffer(body), { error: 'want CSV' })
      .meta({
        type: 'string',
      }),
    response: answers({ 200: importedShape }),
  },
};
const listing = {
  config,
  schema: {
    tags,
    summary: 'Imports of what was paid for vehicles, newest first',
    querystring: statementsQuery,
    response: answers({ 200: pageOf(statementShape) }),
  },
};
const takingBack = {
  config,
  schema: {
    tags,
    summary: 'Take back an import',
    description: 'Entries that another import tells, too, stay.',
    params: idParams,
    response: answers({ 200: takenBackShape }),
  },
};
const takingBackOne = {
  config,
  schema: {
    tags,
    summary: 'Take back one entry of what was paid for a vehicle',
    description: 'It comes again with the next import that tells it.',
    params: idParams.extend({ entry: z.string().max(64) }),
    response: answers({ 204: noContent }),
  },
};

/** `鲁p·12345` and `鲁P12345` are one plate. */
const plain = (name: string): string =>
  name
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[\s·•.-]/g, '');

function createFind(directory: Directory, scope: ReadonlySet<string> | undefined) {
  const own = directory
    .devices()
    .filter((device) => device.type === 'vehicle')
    .filter(({ institution }) => !scope || scope.has(institution.id))
    .map(({ vehicle, institution }) => ({
      id: vehicle.id,
      plate: plain(vehicle.plate),
      zone: institution.timeZone,
    }));
  const byId = Map.groupBy(own, ({ id }) => id);
  const byPlate = Map.groupBy(own, ({ plate }) => plate);
  return (name: string) => byId.get(name) ?? byPlate.get(plain(name)) ?? [];
}

function importRoute(api: Api, { services: { registry, expenses } }: ApiRoom): void {
  void api.register((plainApi, _, done) => {
    const own = plainApi as unknown as Api;
    own.removeAllContentTypeParsers();
    own.addContentTypeParser(statementTypes, { parseAs: 'buffer' }, (__, body, parsed) =>
      parsed(null, body),
    );
    own.post('/fuel-cards', importing, ({ who, query: { dryRun }, body }) => {
      const find = createFind(registry.directory(), who.scope);
      const result = expenses.import(body, { dryRun, find, by: who.user });
      if (!result.ok) {
        const { faults } = result;
        throw new AppError('INPUT_INVALID', `faults: ${faults.length}; nothing was imported`, {
          faults,
        });
      }
      const { added, unchanged } = result;
      if (!dryRun)
        registry.note({
          user: who.user,
          action: 'import',
          kind: 'expenses',
          id: 'fuel-cards',
          detail: { added, unchanged },
        });
      return { dryRun, added, unchanged };
    });
    done();
  });
}

/** What one may see of a statement; undefined where that is nothing. */
function toView(
  { scope, institution }: Who,
  directory: Directory,
  { id, at, by, parts }: Statement,
): StatementView | undefined {
  const own = parts.filter(
    ({ vehicle }) => !scope || directory.belongs('vehicles', vehicle, scope),
  );
  if (own.length === 0) return undefined;
  const zone = zoneOf(directory, institution);
  return {
    id,
    importedAt: isoInZone(at, zone),
    importedBy: by,
    entries: own.reduce((sum, { entries }) => sum + entries, 0),
    vehicles: own.length,
    yuan: Math.round(own.reduce((sum, { yuan }) => sum + yuan, 0) * 100) / 100,
    from: isoInZone(Math.min(...own.map(({ from }) => from)), zone),
    to: isoInZone(Math.max(...own.map(({ to }) => to)), zone),
    isWhole: own.length === parts.length,
  };
}

const cursorOf = ({ at, id }: Statement): string => `${at}.${id}`;

/** @throws AppError `INPUT_MALFORMED` */
function beginOf(cursor: string | undefined): Pick<Statement, 'at' | 'id'> | undefined {
  if (cursor === undefined) return undefined;
  const [, at, id] = /^(\d{1,15})\.(st-[0-9a-f]+)$/.exec(cursor) ?? [];
  if (at !== undefined && id !== undefined) return { at: Number(at), id };
  throw new AppError('INPUT_MALFORMED', 'cursor: not one of this list');
}

export function statementRoutes(api: Api, room: ApiRoom): void {
  const { registry, expenses } = room.services;
  importRoute(api, room);

  api.get('/fuel-cards', listing, ({ who, query: { limit, cursor } }) => {
    const directory = registry.directory();
    const items: StatementView[] = [];
    let before = beginOf(cursor);
    for (;;) {
      const some = expenses.statements({ limit: limit - items.length, ...(before && { before }) });
      const last = some.at(-1);
      if (!last) return { items, next: null };
      items.push(...some.map((each) => toView(who, directory, each)).filter((view) => !!view));
      if (items.length === limit) return { items, next: cursorOf(last) };
      before = last;
    }
  });

  api.delete('/fuel-cards/:id', takingBack, ({ who, params: { id } }) => {
    const statement = expenses.statement(id);
    const view = statement && toView(who, registry.directory(), statement);
    if (!view) throw notFound('import', id);
    if (!view.isWhole)
      throw new AppError(
        'NOT_ALLOWED',
        'it also tells of vehicles of other institutions; take back its entries one by one, or ask who looks after those, too',
      );
    const taken = expenses.takeBack(id);
    const { entries, vehicles, yuan, from, to } = view;
    const was = { entries, vehicles, yuan, from, to };
    registry.note({
      user: who.user,
      action: 'remove',
      kind: 'expenses',
      id,
      detail: { ...was, ...taken },
    });
    return taken;
  });

  api.delete('/vehicles/:id/expenses/:entry', takingBackOne, async ({ who, params }, reply) => {
    const { institution } = seenDevice(who, registry.directory(), 'vehicle', params.id);
    const was = expenses.remove(params.id, params.entry);
    if (!was) throw notFound('entry', params.entry);
    const { vehicle, at, kind, yuan, litres, kwh } = was;
    registry.note({
      user: who.user,
      action: 'remove',
      kind: 'expenses',
      id: was.id,
      detail: { vehicle, at: isoInZone(at, institution.timeZone), kind, yuan, litres, kwh },
    });
    return reply.code(204).send();
  });
}
