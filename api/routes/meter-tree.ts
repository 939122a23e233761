import { type MeterRow, meterTree, sizeOfTree } from '../../metering/meter-tree.ts';
import { toHours } from '../../metering/meter-use.ts';
import { AppError } from '../../model/errors.ts';
import { metrics } from '../../model/metrics.ts';
import { hourMs, isoInZone } from '../../model/time.ts';
import { counterFor } from '../counting-meter.ts';
import { checkLength } from '../cursor.ts';
import { answers, idParams } from '../document.ts';
import type { Api, ApiRoom } from '../http.ts';
import { type MeterTreeView, meterTreeQuery, meterTreeShape } from '../meter-tree-shape.ts';
import { seenDevice } from '../scope.ts';

/** A meter, those below it, and what is not metered between them. */

const longestDays = 400;
const mostMeters = 500;

const route = {
  config: { access: 'anyone' } as const,
  schema: {
    tags: ['meters'],
    summary: 'A meter and those below it, with what is not metered between them',
    description: `Down the tree, each meter before those below it; at most ${mostMeters} meters and ${longestDays} days.`,
    params: idParams,
    querystring: meterTreeQuery,
    response: answers({ 200: meterTreeShape }),
  },
};

export function meterTreeRoutes(api: Api, { services, context }: ApiRoom): void {
  const { registry, telemetry, revisions } = services;
  api.get('/meters/:id/tree', route, async ({ who, params, query }) => {
    const directory = registry.directory();
    const { meter, institution } = seenDevice(who, directory, 'meter', params.id);
    const counter = counterFor(meter);
    checkLength(query, longestDays);
    if (sizeOfTree(meter, directory.all('meters')) > mostMeters)
      throw new AppError(
        'INPUT_INVALID',
        `${meter.id} has more than ${mostMeters} meters below it; ask for one further down`,
      );
    const asked = toHours(query);
    // What is still being counted is no part of it.
    const stretch = {
      ...asked,
      to: Math.min(asked.to, Math.floor(context.now() / hourMs) * hourMs),
    };
    const zone = institution.timeZone;
    const sources = { directory, readings: telemetry.readings, months: revisions.months };
    const rows = await meterTree(sources, meter, zone, stretch);
    const isSeen = ({ meter: { id } }: MeterRow) =>
      !who.scope || directory.belongs('meters', id, who.scope);
    return {
      unit: metrics[counter].unit,
      from: isoInZone(stretch.from, zone),
      to: isoInZone(Math.max(stretch.from, stretch.to), zone),
      items: rows.filter(isSeen).map(toItem),
    };
  });
}

function toItem({
  meter,
  depth,
  use,
  children,
  difference,
}: MeterRow): MeterTreeView['items'][number] {
  return {
    meter: meter.id,
    name: meter.name,
    parent: meter.parent ?? null,
    depth,
    virtual: meter.virtual !== undefined,
    ...toUse(use),
    children,
    difference: difference && { ...toUse(difference), negative: difference.isNegative },
  };
}

const toUse = ({ value, knownValue, quality, lower, upper, coverage }: MeterRow['use']) => ({
  value,
  ...(knownValue === undefined ? {} : { knownValue }),
  quality,
  lower,
  upper,
  coverage,
});
