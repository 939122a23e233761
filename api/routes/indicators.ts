import type { Interval } from '../../energy/consumption/interval.ts';
import { costOf, sumCosts, type Used } from '../../energy/cost.ts';
import { type FactorSet, loadFactorSets } from '../../energy/factor-set.ts';
import { createFactorBook, type FactorBook } from '../../energy/factors.ts';
import { convert, indicatorsOf, type Method } from '../../energy/indicators.ts';
import { tariffsOf } from '../../energy/tariff-of.ts';
import {
  type CountedMeter,
  householdOf,
  type Month,
  monthsOf,
  usesOf,
} from '../../metering/institution-use.ts';
import {
  createMeterSeries,
  type MeterSeries,
  type MeterUseSources,
  takesAway,
} from '../../metering/meter-use.ts';
import type { Institution } from '../../model/entities.ts';
import { counterOf, metrics } from '../../model/metrics.ts';
import { hourMs } from '../../model/time.ts';
import type { Directory } from '../../registry/registry.ts';
import { answers, idParams } from '../document.ts';
import { heedful } from '../heedful.ts';
import type { Api, ApiRoom } from '../http.ts';
import {
  costQuery,
  costShape,
  factorSetsShape,
  indicatorsQuery,
  indicatorsShape,
} from '../indicators-shape.ts';
import { seen } from '../scope.ts';

/** Derived figures: what an institution used in standard coal and CO2, and what its electricity cost. */

const config = { access: 'anyone' } as const;

export function indicatorRoutes(api: Api, room: ApiRoom): void {
  const book = createFactorBook(loadFactorSets());
  indicatorsRoute(api, room, book);
  costRoute(api, room);
  factorSetsRoute(api, book);
}

const indicators = {
  config,
  schema: {
    tags: ['institutions'],
    summary: 'Comprehensive energy, CO2 and what they are by head and area, of a month or a year',
    description:
      'Of the institution itself and its buildings, not of those below it. Only meters with no other one of their medium above them in the ' +
      'institution are counted, and none of the environment; a virtual one is where it is worked out from meters of other institutions alone. Energy is electricity, gas and heat that meters counted; vehicles’ ' +
      'fuel is not in it. Electricity that was fed out is not taken off. Heads and area are those of the end of the time asked for; a figure of a ' +
      'month is not scaled to a year. Sums are of what is known: see `quality` and `coverage`.',
    params: idParams,
    querystring: indicatorsQuery,
    response: answers({ 200: indicatorsShape }),
  },
};

/** The instant as of which an institution is taken: the end of the time, or now while it goes on. */
function asOf(months: readonly Month[], now: number): number {
  const end = months.at(-1)?.to ?? now;
  return end <= now ? end - 1 : now;
}

/** Names of the sets every figure of these months rests on, those of electricity first. */
function setsOf(months: readonly Month[], method: Method, book: FactorBook): string[] {
  return months.flatMap(({ date }) => [
    book.coal('electricity', method.calibre, date).set,
    book.co2('electricity', date, method).set,
  ]);
}

const sourcesFor = (
  signal: AbortSignal,
  directory: Directory,
  { telemetry, revisions }: ApiRoom['services'],
): MeterUseSources => {
  const wholesOf = heedful(signal, revisions.months);
  return {
    directory,
    readings: heedful(signal, telemetry.readings),
    async months(meter, months) {
      const wholes: Interval[] = [];
      for (const month of months) wholes.push(...(await wholesOf(meter, [month])));
      return wholes;
    },
  };
};

const methodOf = (
  { calibre, grid, water }: Pick<Method, 'calibre' | 'grid' | 'water'>,
  { division }: Institution,
): Method => ({ calibre, grid, water, ...(division === undefined ? {} : { division }) });

function indicatorsRoute(api: Api, { services, context }: ApiRoom, book: FactorBook): void {
  const { registry } = services;
  api.get('/institutions/:id/indicators', indicators, async (request) => {
    const { who, params, query } = request;
    const present = seen(who, registry, 'institutions', params.id);
    const now = context.now();
    const months = monthsOf(query.year, query.month, present.timeZone);
    const directory = registry.directory();
    const household = householdOf(directory, present, asOf(months, now));
    const sources = sourcesFor(request.signal, directory, services);
    const method = methodOf(query, household.institution);
    const sets = setsOf(months, method, book);
    const converted = [];
    for (const meter of household.meters) {
      const uses = await usesOf(meter, months, present.timeZone, sources, now);
      converted.push(...uses.map((use) => convert(use, method, book)));
    }
    const { parts, ...figures } = indicatorsOf(method.calibre, converted, household.size);
    for (const { coal, co2 } of parts) sets.push(...[...coal, ...co2].map(({ set }) => set));
    return {
      year: query.year,
      month: query.month ?? null,
      factorSet: [...new Set(sets)].join(' + '),
      ...figures,
      grid: method.grid,
      water: method.water,
      parts: parts.map((part) => ({ ...part, unit: metrics[counterOf[part.medium]].unit })),
    };
  });
}

const cost = {
  config,
  schema: {
    tags: ['institutions'],
    summary: 'What the electricity of a month cost by the time-of-use tariffs in force',
    description:
      'Of the same meters as the indicators; what virtual ones used is worked out hour by hour. The tariffs are those of the institution, or of the nearest one above it that has any.',
    params: idParams,
    querystring: costQuery,
    response: answers({ 200: costShape }),
  },
};

async function electricityOf(
  meter: CountedMeter,
  stretch: Pick<Month, 'from' | 'to'>,
  zone: string,
  { directory }: MeterUseSources,
  seriesOf: MeterSeries,
): Promise<readonly Used[]> {
  const hours = await seriesOf('hour', stretch, meter, zone);
  const isApart = takesAway(directory, meter);
  return hours.map(({ from, to, use: { value, quality, lower, upper } }) => ({
    from,
    to,
    kwh: value,
    quality,
    ...(isApart ? { within: { lower, upper } } : {}),
  }));
}

function costRoute(api: Api, { services, context }: ApiRoom): void {
  const { registry } = services;
  api.get('/institutions/:id/cost', cost, async (request) => {
    const { who, params, query } = request;
    const present = seen(who, registry, 'institutions', params.id);
    const zone = present.timeZone;
    const now = context.now();
    const directory = registry.directory();
    const months = monthsOf(query.year, query.month, zone);
    const [month] = months;
    const household = householdOf(directory, present, asOf(months, now));
    const all = Map.groupBy(directory.all('tariffs'), ({ institution }) => institution);
    const tariffs = tariffsOf(household.institution, 'electricity', all, (id) =>
      directory.institution(id),
    );
    const sources = sourcesFor(request.signal, directory, services);
    const seriesOf = createMeterSeries(sources);
    const costs = [];
    for (const meter of household.meters) {
      if (meter.medium !== 'electricity' || !month) continue;
      const stretch = { from: month.from, to: Math.min(month.to, now) };
      const series = await electricityOf(meter, stretch, zone, sources, seriesOf);
      costs.push(costOf(series, tariffs, zone));
    }
    const { yuan, missingMs, ...rest } = sumCosts(costs);
    const isPriced = rest.bands.length > 0;
    const isWhole = isPriced && missingMs === 0 && rest.unpricedKwh === 0;
    return {
      ...query,
      currency: 'CNY' as const,
      ...rest,
      yuan: isWhole ? yuan : null,
      knownYuan: isPriced ? yuan : null,
      lowerYuan: isPriced ? rest.lowerYuan : null,
      missingHours: missingMs / hourMs,
    };
  });
}

const factorSets = {
  config,
  schema: {
    tags: ['institutions'],
    summary: 'The factor sets by which figures are derived, each dated and with its source',
    response: answers({ 200: factorSetsShape }),
  },
};

const toFactorSetView = ({ rows, calibre, validTo, notes, ...set }: FactorSet) => ({
  ...set,
  calibre: calibre ?? null,
  validTo: validTo ?? null,
  notes: notes ?? null,
  rows: rows.map(({ item, per, value, grid, area, verified }) => ({
    item,
    per,
    value,
    grid,
    area: area ?? null,
    verified,
  })),
});

function factorSetsRoute(api: Api, { sets }: FactorBook): void {
  const items = sets.map(toFactorSetView);
  api.get('/factor-sets', factorSets, async () => ({ items, next: null }));
}
