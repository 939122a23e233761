import type { Directory } from '../../registry/registry.ts';
import { answers, idParams } from '../document.ts';
import type { Api, ApiRoom } from '../http.ts';
import { monthQuery } from '../request-shapes.ts';
import { bookkeepers } from '../roles.ts';
import { notFound, scopeOf, seenDevice } from '../scope.ts';
import { answerAs, sheets } from '../sheets.ts';
import { fleetLedgerShape, vehicleLedgerShape } from '../vehicle-ledger-shape.ts';
import { fleetTables, vehicleTables } from '../vehicle-ledger-tables.ts';
import { type LedgerLine, toFleetLedger, toVehicleLedger } from '../vehicle-ledger-view.ts';
import { monthAt, readVehicleMonth, type VehicleAndOwner } from '../vehicle-months.ts';

/** Vehicles by the month (单车核算). */

const config = { access: bookkeepers };
const tags = ['vehicles'];
/** Of a city with thousands of vehicles. */
const longestMs = 300_000;
const atOnce = 8;
/** As it was when the month ended. */
function ownedAt(directory: Directory, id: string, at: number): VehicleAndOwner | undefined {
  const device = directory.device(id, at);
  return device?.type === 'vehicle' ? device : undefined;
}

async function inTurn<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let next = 0; next < items.length; next += atOnce)
    results.push(...(await Promise.all(items.slice(next, next + atOnce).map(work))));
  return results;
}

const ofVehicle = {
  config,
  schema: {
    tags,
    summary: 'What a vehicle did, used and cost in a month',
    description:
      'A trip counts in the month in which it began. What is not known is null and says why; entries for fuel are compared with the tank and with where the vehicle was.',
    params: idParams,
    querystring: monthQuery,
    response: answers({ 200: sheets(vehicleLedgerShape) }),
  },
};
const ofInstitution = {
  config,
  handlerTimeout: longestMs,
  schema: {
    tags,
    summary: 'The vehicles of an institution and those below it, by the month',
    description:
      'A vehicle counts where it belonged when the month ended. Sums and averages are over the vehicles of which a figure is known, per class and in all.',
    params: idParams,
    querystring: monthQuery,
    response: answers({ 200: sheets(fleetLedgerShape) }),
  },
};
export function vehicleLedgerRoutes(api: Api, room: ApiRoom): void {
  const { services, context } = room;
  const { registry } = services;

  api.get('/vehicles/:id/ledger', ofVehicle, async ({ who, params, query }, reply) => {
    const directory = registry.directory();
    const seen = seenDevice(who, directory, 'vehicle', params.id);
    const month = monthAt(query.month, seen.institution.timeZone, context.now());
    const owned = ownedAt(directory, params.id, month.to - 1) ?? seen;
    const told = await readVehicleMonth(services, owned, month);
    const ledger = toVehicleLedger(owned, month, told);
    const name = `vehicle-ledger-${params.id}-${query.month}`;
    return answerAs(reply, query.format, name, ledger, () => vehicleTables(ledger));
  });

  api.get(
    '/institutions/:id/vehicle-ledger',
    ofInstitution,
    async ({ who, params, query }, reply) => {
      const directory = registry.directory();
      const institution = directory.institution(params.id);
      const scope = scopeOf(who, directory, params.id);
      if (!institution || !scope?.has(params.id)) throw notFound('institutions', params.id);
      const month = monthAt(query.month, institution.timeZone, context.now());
      const vehicles = directory
        .all('vehicles')
        .map(({ id }) => ownedAt(directory, id, month.to - 1))
        .filter((owned) => owned !== undefined)
        .filter((owned) => scope.has(owned.institution.id));
      const lines = await inTurn(vehicles, async (owned): Promise<LedgerLine> => {
        const own = monthAt(query.month, owned.institution.timeZone, context.now());
        return { owned, told: await readVehicleMonth(services, owned, own) };
      });
      const ledger = toFleetLedger(institution, month, lines);
      const name = `vehicle-ledger-${params.id}-${query.month}`;
      return answerAs(reply, query.format, name, ledger, () => fleetTables(ledger));
    },
  );
}
