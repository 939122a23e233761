import type { Interval } from '../../energy/consumption/interval.ts';
import { type By, periodsOf } from '../../energy/consumption/periods.ts';
import type { Amendment } from '../../ingest/ingest.ts';
import { consumptionOf } from '../../metering/consumption.ts';
import { counterFacts } from '../../metering/counter-facts.ts';
import { noteExports } from '../../metering/export-only.ts';
import { createMeterSeries } from '../../metering/meter-use.ts';
import type { Meter } from '../../model/entities.ts';
import { AppError } from '../../model/errors.ts';
import { type Metric, metrics } from '../../model/metrics.ts';
import { dayMs, hourMs, isoInZone } from '../../model/time.ts';
import type { Directory } from '../../registry/registry.ts';
import type { Range } from '../../stores/store.ts';
import { type Amendments, amendmentsShape, consumptionShape } from '../consumption-shape.ts';
import { counterFor } from '../counting-meter.ts';
import { beginOf } from '../cursor.ts';
import { answers, idParams } from '../document.ts';
import type { Api, ApiRoom } from '../http.ts';
import { consumptionQuery, rangeQuery } from '../request-shapes.ts';
import { seenDevice } from '../scope.ts';
import type { Services } from '../services.ts';

/** What a meter has counted. */

const consumption = {
  config: { access: 'anyone' } as const,
  schema: {
    tags: ['meters'],
    summary: 'Consumption by quarter of an hour, hour, day or month, ascending',
    description:
      'Days and months are those of the institution’s zone. A page may end before `limit`; it goes on at `next`. The value of a gap is spread evenly over its hours, which are `estimated` and sum to it exactly; `lower` and `upper` tell what the counter itself says for certain.',
    params: idParams,
    querystring: consumptionQuery,
    response: answers({ 200: consumptionShape }),
  },
};

const amendments = {
  config: { access: 'anyone' } as const,
  schema: {
    tags: ['meters'],
    summary: 'What was said of days and then amended, by the time of the amendment',
    description: `Days that were told and then looked otherwise by late readings or a recorded replacement; at most 62 days.`,
    params: idParams,
    querystring: rangeQuery,
    response: answers({ 200: amendmentsShape }),
  },
};

const longestTrailMs = 62 * dayMs;

interface Asked {
  readonly services: Pick<Services, 'telemetry' | 'revisions'>;
  readonly directory: Directory;
  readonly meter: Meter;
  readonly counter: Metric;
  readonly zone: string;
  readonly by: By;
  readonly range: Range;
}

type Item = Omit<Interval, 'lower'> & { readonly lower: number | null };

interface Page {
  readonly items: readonly Item[];
  readonly next: number | null;
}

/** From the meter's own readings. */
async function counted(asked: Asked): Promise<Page> {
  const { services, directory, meter, counter, zone, by, range } = asked;
  const facts = counterFacts(directory, meter.id);
  const reading = (metric: Metric) => (stretch: Range) =>
    services.telemetry.readings(meter.id, metric, stretch);
  const page = await consumptionOf(by, range, meter, zone, reading(counter), facts);
  if (meter.medium !== 'electricity') return page;
  const readExport = reading('energy_export_kwh');
  return { ...page, items: await noteExports(page.items, by, meter, zone, readExport) };
}

/** A virtual meter has no readings: from those of its parts. */
async function workedOut({ services, directory, meter, zone, by, range }: Asked): Promise<Page> {
  const seriesOf = createMeterSeries({ directory, readings: services.telemetry.readings });
  const periods = periodsOf(by, range, zone);
  const [first, last] = [periods[0], periods.at(-1)];
  if (!first || !last) return { items: [], next: null };
  const series = await seriesOf(by, { from: first.from, to: last.to }, meter, zone);
  const items = series.map(({ from, to, use }) => ({ from, to, ...use, notes: [] }));
  return { items, next: last.to < range.to ? last.to : null };
}

/** How often what is said of a stretch was amended, and when last. */
function revisionOf({ from, to }: Item, by: By, all: readonly Amendment[]) {
  const isHourly = by === 'hour' || by === 'quarter';
  const hour = Math.floor(from / hourMs) * hourMs;
  const own = all.filter((each) =>
    isHourly ? each.hours.includes(hour) : each.from < to && each.to > from,
  );
  return { revision: own.length, revisedAt: own.at(-1)?.revisedAt ?? null };
}

async function pageOf(asked: Asked) {
  const { services, meter, zone, by, range } = asked;
  if (meter.virtual) return toView(await workedOut(asked), asked, []);
  // Before what is told: late data is then in both.
  const last = periodsOf(by, range, zone).at(-1)?.to ?? range.to;
  const trail = await services.revisions.of(meter.id, range.from, last);
  return toView(await counted(asked), asked, trail);
}

function toView({ items, next }: Page, { by, zone, counter }: Asked, trail: readonly Amendment[]) {
  return {
    unit: metrics[counter].unit,
    items: items.map((item) => {
      const { revision, revisedAt } = revisionOf(item, by, trail);
      return {
        ...item,
        from: isoInZone(item.from, zone),
        to: isoInZone(item.to, zone),
        revision,
        revisedAt: revisedAt === null ? null : isoInZone(revisedAt, zone),
      };
    }),
    next: next === null ? null : String(next),
  };
}

const toAmendment = (zone: string) => (one: Amendment) =>
  ({
    ...one,
    from: isoInZone(one.from, zone),
    to: isoInZone(one.to, zone),
    revisedAt: isoInZone(one.revisedAt, zone),
    hours: one.hours.map((at) => isoInZone(at, zone)),
  }) as Amendments['items'][number];

export function consumptionRoutes(api: Api, { services, context }: ApiRoom): void {
  const { registry } = services;
  api.get('/meters/:id/consumption', consumption, ({ who, params, query }) => {
    const directory = registry.directory();
    const { meter, institution } = seenDevice(who, directory, 'meter', params.id);
    const counter = counterFor(meter);
    const { at } = beginOf(query);
    const range = { from: at, to: Math.min(query.to, context.now()), limit: query.limit };
    const zone = institution.timeZone;
    return pageOf({ services, directory, meter, counter, zone, by: query.by, range });
  });
  api.get('/meters/:id/consumption/revisions', amendments, async ({ who, params, query }) => {
    const { meter, institution } = seenDevice(who, registry.directory(), 'meter', params.id);
    const counter = counterFor(meter);
    if (query.to - query.from > longestTrailMs)
      throw new AppError('INPUT_MALFORMED', 'to: want at most 62 days after from');
    const to = Math.min(query.to, context.now());
    const trail = meter.virtual ? [] : await services.revisions.of(meter.id, query.from, to);
    const items = trail.slice(0, query.limit).map(toAmendment(institution.timeZone));
    return { unit: metrics[counter].unit, items, next: null };
  });
}
