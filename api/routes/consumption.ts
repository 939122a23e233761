import { AppError } from '../../model/errors.ts';
import { counterOf, metrics } from '../../model/metrics.ts';
import { isoInZone } from '../../model/time.ts';
import { consumptionOf } from '../consumption.ts';
import { consumptionShape } from '../contract.ts';
import { beginOf } from '../cursor.ts';
import { answers, idParams } from '../document.ts';
import type { Api, ApiRoom } from '../http.ts';
import { consumptionQuery } from '../request-shapes.ts';
import { seenDevice } from '../scope.ts';

/** What a meter has counted. */

const consumption = {
  config: { access: 'anyone' } as const,
  schema: {
    tags: ['meters'],
    summary: 'Consumption by hour, day or month, ascending',
    description:
      'Days and months are those of the institution’s zone. A page may end before `limit`; it goes on at `next`.',
    params: idParams,
    querystring: consumptionQuery,
    response: answers({ 200: consumptionShape }),
  },
};

export function consumptionRoutes(api: Api, { services, context }: ApiRoom): void {
  const { registry, telemetry } = services;
  api.get('/meters/:id/consumption', consumption, async ({ who, params, query }) => {
    const { meter, institution } = seenDevice(who, registry.directory(), 'meter', params.id);
    const counter = counterOf[meter.medium];
    if (counter === null) {
      throw new AppError(
        'INPUT_INVALID',
        `${meter.id} counts nothing: it is of the ${meter.medium}`,
      );
    }
    const { at } = beginOf(query);
    const range = { from: at, to: Math.min(query.to, context.now()), limit: query.limit };
    const zone = institution.timeZone;
    const page = await consumptionOf(query.by, range, meter, zone, (asked) =>
      telemetry.readings(meter.id, counter, asked),
    );
    const items = page.items.map(({ from, to, ...rest }) => ({
      from: isoInZone(from, zone),
      to: isoInZone(to, zone),
      ...rest,
      revision: 0,
      revisedAt: null,
    }));
    return {
      unit: metrics[counter].unit,
      items,
      next: page.next === null ? null : String(page.next),
    };
  });
}
