import { z } from 'zod';
import { AppError } from '../../model/errors.ts';
import { inventoryShape } from '../contract.ts';
import { answers } from '../document.ts';
import type { Api, ApiRoom } from '../http.ts';
import { inventoryQuery } from '../request-shapes.ts';

/** Import over HTTP; the body is the file as it is. */

/** 10,000 meters are about 3 MB. */
const largestInventory = 32 * 1024 * 1024;
const textTypes = [
  'application/json',
  'application/yaml',
  'application/x-yaml',
  'text/yaml',
  'text/x-yaml',
  'text/plain',
];

const importSchema = {
  tags: ['inventory'],
  summary: 'Import an inventory: all of it, or nothing and every fault',
  consumes: ['application/yaml', 'application/json'],
  querystring: inventoryQuery,
  body: z.string().min(1),
  response: answers({ 200: inventoryShape }),
};

export function inventoryRoutes(api: Api, { services: { registry } }: ApiRoom): void {
  void api.register((plain, _, done) => {
    const own = plain as unknown as Api;
    own.removeAllContentTypeParsers();
    own.addContentTypeParser(textTypes, { parseAs: 'string' }, (__, body, parsed) =>
      parsed(null, body),
    );
    own.post('/inventory', { ...route, schema: importSchema }, async ({ who, query, body }) => {
      const { role, institution } = who;
      const { dryRun } = query;
      const by = { role, institution };
      const result = await registry.import(body, { user: who.user }, { dryRun, by });
      if (result.ok) return { dryRun, changes: result.changes };
      const { faults } = result;
      throw new AppError('INVENTORY_INVALID', `faults: ${faults.length}; nothing was changed`, {
        faults,
      });
    });
    done();
  });
}

const route = {
  bodyLimit: largestInventory,
  // A large file takes a while to check.
  handlerTimeout: 300_000,
  config: { access: ['admin', 'integrator'] as const },
};
