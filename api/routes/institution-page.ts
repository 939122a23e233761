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
import { type PagePlan, planOf } from '../../metering/page-plan.ts';
import { counterOf, metrics } from '../../model/metrics.ts';
import { isoInZone, localTime } from '../../model/time.ts';
import { answers, idParams } from '../document.ts';
import { heedful } from '../heedful.ts';
import type { Api, ApiRoom } from '../http.ts';
import {
  type InstitutionPageView,
  institutionPageQuery,
  institutionPageShape,
  type StretchFigures,
} from '../institution-page-shape.ts';
import { seen } from '../scope.ts';
import type { Services } from '../services.ts';

/** Everything a page about an institution's year needs, in one answer. */

const route = {
  config: { access: 'anyone' } as const,
  schema: {
    tags: ['institutions'],
    summary: 'An institution’s day, month and year, beside the same stretches a year before',
    description:
      'Of the same meters and by the same factors as the indicators. What is being counted in the present hour is no part of it; the last days may be a few minutes old. ' +
      'What nobody has worked out yet of an import, or of a year that was never asked for, is not waited for: `pending` tells how much is lacking, and it is worked out from then on.',
    params: idParams,
    querystring: institutionPageQuery,
    response: answers({ 200: institutionPageShape }),
  },
};

type Pieces = Awaited<ReturnType<Services['revisions']['kept']>>;

/** Asks of each meter once what is told of it at once. @returns what was lacking, too, once the page is there */
function piecesFor(plan: PagePlan, ask: (meter: string) => Promise<Pieces>) {
  const known = new Map<string, Promise<Pieces>>();
  let lacking = 0;
  const pieces = (meter: string): Promise<Pieces> => {
    const asked =
      known.get(meter) ??
      ask(meter).then((told) => {
        lacking += told.lacking;
        return told;
      });
    known.set(meter, asked);
    return asked;
  };
  return {
    months: async (meter: string) => (await pieces(meter)).months,
    days: async (meter: string) => (await pieces(meter)).days,
    lacking: () => lacking,
    pieces: () => known.size * (plan.months.length + plan.days.length),
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
    const plan = planOf(year, zone, now);
    const kept = heedful(signal, revisions.kept);
    const { lacking, pieces, ...sources } = piecesFor(plan, (meter) =>
      kept(meter, { months: plan.months, days: plan.days }),
    );
    const page = await institutionPage(present, plan, {
      directory: registry.directory(),
      book,
      method: ({ division }): Method => ({
        calibre,
        grid,
        water,
        ...(division === undefined ? {} : { division }),
      }),
      ...sources,
    });
    const pending = lacking() === 0 ? null : { lacking: lacking(), of: pieces() };
    return { ...toView(page, { year, calibre, zone }), pending };
  });
}

interface Telling {
  readonly year: number;
  readonly calibre: Method['calibre'];
  readonly zone: string;
}

function toView(
  page: InstitutionPage,
  { year, calibre, zone }: Telling,
): Omit<InstitutionPageView, 'pending'> {
  const figures = toFigures(zone);
  const factors = factorsOf(page);
  const both = (compared: ComparedFigures) => ({
    own: figures(compared.own),
    before: figures(compared.before),
  });
  return {
    institution: page.institution.id,
    year,
    calibre,
    factorSet: setsOf(factors).join(' + '),
    unverifiedSets: setsOf(factors.filter(({ verified }) => !verified)),
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

/** Every factor that any figure of the page rests on. */
function factorsOf({ year, wholeBefore }: InstitutionPage) {
  const parts = [year.own, year.before, wholeBefore].flatMap((figures) => figures.parts);
  return parts.flatMap(({ coal, co2 }) => [...coal, ...co2]);
}

const setsOf = (factors: ReturnType<typeof factorsOf>): readonly string[] => [
  ...new Set(factors.map(({ set }) => set)),
];
