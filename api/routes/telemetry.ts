import type { z } from 'zod';
import { judgeFixes } from '../../fleet/hygiene.ts';
import { metrics } from '../../model/metrics.ts';
import { isoInZone, minuteMs } from '../../model/time.ts';
import type { Directory } from '../../registry/registry.ts';
import type { Range, StoredFix } from '../../stores/store.ts';
import { latestReadingsShape, positionsShape, readingsShape, trackShape } from '../contract.ts';
import { pageOfSeries } from '../cursor.ts';
import { answers, idParams } from '../document.ts';
import type { Api, ApiRoom, Who } from '../http.ts';
import { latestQuery, positionsQuery, readingsQuery, trackQuery } from '../request-shapes.ts';
import { scopeOf, seenDevice } from '../scope.ts';
import { toLatestReading, toPosition, toTrackItem } from '../views.ts';

/** What devices said. */

const config = { access: 'anyone' } as const;

export function telemetryRoutes(api: Api, room: ApiRoom): void {
  readingsRoute(api, room);
  latestRoute(api, room);
  positionsRoute(api, room);
  trackRoute(api, room);
}

const readings = {
  config,
  schema: {
    tags: ['meters'],
    summary: 'Readings of one metric, ascending',
    params: idParams,
    querystring: readingsQuery,
    response: answers({ 200: readingsShape }),
  },
};

function readingsRoute(api: Api, { services: { registry, telemetry } }: ApiRoom): void {
  api.get('/meters/:id/readings', readings, async ({ who, params, query }) => {
    const { meter, institution } = seenDevice(who, registry.directory(), 'meter', params.id);
    const { metric } = query;
    const page = await pageOfSeries(query, (range) => telemetry.readings(meter.id, metric, range));
    const items = page.items.map(({ at, value, timeSource }) => ({
      at: isoInZone(at, institution.timeZone),
      value,
      quality: 'measured' as const,
      timeSource,
    }));
    return { unit: metrics[metric].unit, items, next: page.next };
  });
}

const latest = {
  config,
  schema: {
    tags: ['meters'],
    summary: 'The latest value of every metric, by meter; a page is so many meters',
    querystring: latestQuery,
    response: answers({ 200: latestReadingsShape }),
  },
};

/** Zone by id of the meters asked for, ascending by id. */
function metersAsked(who: Who, directory: Directory, query: z.infer<typeof latestQuery>) {
  const scope = scopeOf(who, directory, query.institution);
  const asked = query.meter === undefined ? undefined : new Set(query.meter.split(','));
  const found = directory.devices().flatMap((device): [id: string, zone: string][] => {
    if (device.type !== 'meter') return [];
    const { meter, institution } = device;
    const wanted = asked?.has(meter.id) ?? true;
    const within = scope?.has(institution.id) ?? true;
    return wanted && within ? [[meter.id, institution.timeZone]] : [];
  });
  return found.sort(([a], [b]) => (a < b ? -1 : 1));
}

function latestRoute(api: Api, { services: { registry, telemetry } }: ApiRoom): void {
  api.get('/readings/latest', latest, async ({ who, query }) => {
    const { cursor = '', limit } = query;
    const meters = metersAsked(who, registry.directory(), query).filter(([id]) => id > cursor);
    const page = meters.slice(0, limit);
    const zones = new Map(page);
    const found = page.length ? await telemetry.latestReadings([...zones.keys()]) : [];
    const items = found.flatMap((reading) => {
      const zone = zones.get(reading.device);
      return zone ? [toLatestReading(reading, zone)] : [];
    });
    return { items, next: meters.length > limit ? (page.at(-1)?.[0] ?? null) : null };
  });
}

const positions = {
  config,
  schema: {
    tags: ['vehicles'],
    summary: 'The latest position of every vehicle',
    querystring: positionsQuery,
    response: answers({ 200: positionsShape }),
  },
};

function positionsRoute(api: Api, { services: { registry, telemetry }, context }: ApiRoom): void {
  api.get('/vehicles/positions', positions, async ({ who, query }) => {
    const directory = registry.directory();
    const scope = scopeOf(who, directory, query.institution);
    const fixes = await telemetry.latestFixes();
    const items = fixes.flatMap((fix) => {
      const device = directory.device(fix.device);
      const within = device?.type === 'vehicle' && (!scope || scope.has(device.institution.id));
      return within ? [toPosition(fix, device, context.now(), query.datum)] : [];
    });
    return { items, next: null };
  });
}

const track = {
  config,
  schema: {
    tags: ['vehicles'],
    summary: 'The track of one vehicle, ascending',
    params: idParams,
    querystring: trackQuery,
    response: answers({ 200: trackShape }),
  },
};

function trackRoute(api: Api, { services: { registry, telemetry } }: ApiRoom): void {
  api.get('/vehicles/:id/track', track, async ({ who, params, query }) => {
    const { vehicle, institution } = seenDevice(who, registry.directory(), 'vehicle', params.id);
    const read = (range: Range) => telemetry.track(vehicle.id, range);
    const page = await pageOfSeries(query, read);
    const verdicts = judgeFixes([...(await fixesBefore(page.items, read)), ...page.items]);
    const marks = verdicts.slice(verdicts.length - page.items.length);
    const { timeZone } = institution;
    const items = page.items.map((fix, index) =>
      toTrackItem(fix, marks[index]?.mark, timeZone, query.datum),
    );
    return { items, next: page.next };
  });
}

/** So that the first fixes of a page are seen as what they are in the track, and not as those of a receiver that has just begun. */
const lookBackMs = 20 * minuteMs;
const lookBackMost = 1500;

async function fixesBefore(
  [first]: readonly StoredFix[],
  read: (range: Range) => Promise<readonly StoredFix[]>,
): Promise<readonly StoredFix[]> {
  if (!first) return [];
  return read({ from: first.at - lookBackMs, to: first.at, limit: lookBackMost });
}
