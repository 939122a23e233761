import type { Period } from '../../energy/consumption/periods.ts';
import { loadFactorSets } from '../../energy/factor-set.ts';
import { createFactorBook } from '../../energy/factors.ts';
import type { Indicators, Method } from '../../energy/indicators.ts';
import type { Use } from '../../energy/virtual.ts';
import {
  type ComparedFigures,
  type InstitutionPage,
  institutionPage,
} from '../../metering/institution-page.ts';
import { planOf } from '../../metering/page-plan.ts';
import { AppError } from '../../model/errors.ts';
import { counterOf, metrics } from '../../model/metrics.ts';
import { isoInZone, localTime } from '../../model/time.ts';
import { answers, idParams } from '../document.ts';
import type { Api, ApiRoom } from '../http.ts';
import {
  type InstitutionPageView,
  institutionPageQuery,
  institutionPageShape,
  type StretchFigures,
} from '../institution-page-shape.ts';
import { seen } from '../scope.ts';

/** Everything a page about an institution's year needs, in one answer. */

const route = {
  config: { access: 'anyone' } as const,
  schema: {
    tags: ['institutions'],
    summary: 'An institution’s day, month and year, beside the same stretches a year before',
    description:
      'Of the same meters and by the same factors as the indicators. What is being counted in the present hour is no part of it; the last days may be a few minutes old.',
    params: idParams,
    querystring: institutionPageQuery,
    response: answers({ 200: institutionPageShape }),
  },
};

/** Reads until the request is over: nobody waits for what is found out afterwards. */
function heedful<Args extends readonly unknown[], Result>(
  signal: AbortSignal,
  ask: (...args: Args) => Promise<Result>,
): (...args: Args) => Promise<Result> {
  return (...args) => {
    if (signal.aborted) throw new AppError('SERVICE_BUSY', 'nobody waits for the answer any more');
    return ask(...args);
  };
}

export function institutionPageRoutes(api: Api, { services, context }: ApiRoom): void {
  const { registry, revisions } = services;
  const book = createFactorBook(loadFactorSets());
  api.get('/institutions/:id/page', route, async ({ who, params, query, signal }) => {
    const present = seen(who, registry, 'institutions', params.id);
    const zone = present.timeZone;
    const now = context.now();
    const year = query.year ?? Number(localTime(now, zone).date.slice(0, 4));
    const { calibre, grid, water } = query;
    const page = await institutionPage(present, planOf(year, zone, now), {
      directory: registry.directory(),
      book,
      method: ({ division }): Method => ({
        calibre,
        grid,
        water,
        ...(division === undefined ? {} : { division }),
      }),
      months: heedful(signal, revisions.months),
      days: heedful(signal, revisions.days),
    });
    return toView(page, { year, calibre, zone });
  });
}

interface Telling {
  readonly year: number;
  readonly calibre: Method['calibre'];
  readonly zone: string;
}

function toView(page: InstitutionPage, { year, calibre, zone }: Telling): InstitutionPageView {
  const figures = toFigures(zone);
  const both = (compared: ComparedFigures) => ({
    own: figures(compared.own),
    before: figures(compared.before),
  });
  return {
    institution: page.institution.id,
    year,
    calibre,
    factorSet: setsOf(page),
    energyUsers: page.size.energyUsers ?? null,
    floorAreaM2: page.size.floorAreaM2 ?? null,
    meters: page.meters,
    today: page.today && both(page.today),
    month: page.month && both(page.month),
    yearSoFar: both(page.year),
    yearBefore: figures(page.wholeBefore),
    months: page.months.map(figures),
    subItems: page.subItems.map((item) => ({
      code: item.code,
      meters: item.meters,
      month: item.month && toUse(item.month),
      year: toUse(item.year),
      yearBefore: toUse(item.yearBefore),
    })),
    unassigned: page.unassigned && toUse(page.unassigned),
  };
}

const toFigures =
  (zone: string) =>
  ({ from, to, calibre: _, parts, ...figures }: Period & Indicators): StretchFigures => ({
    ...figures,
    from: isoInZone(from, zone),
    to: isoInZone(to, zone),
    media: parts.map(({ medium, value, energyKgce, co2Kg, quality, coverage }) => ({
      medium,
      unit: metrics[counterOf[medium]].unit,
      value,
      energyKgce,
      co2Kg,
      quality,
      coverage,
    })),
  });

const toUse = ({ value, knownValue, quality, coverage }: Use) => ({
  value,
  ...(knownValue === undefined ? {} : { knownValue }),
  quality,
  coverage,
});

/** Names of the sets that any figure of the page rests on. */
function setsOf({ year, wholeBefore }: InstitutionPage): string {
  const parts = [year.own, year.before, wholeBefore].flatMap((figures) => figures.parts);
  const sets = parts.flatMap(({ coal, co2 }) => [...coal, ...co2].map(({ set }) => set));
  return [...new Set(sets)].join(' + ');
}
