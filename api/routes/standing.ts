import { loadFactorSets } from '../../energy/factor-set.ts';
import { createFactorBook, type FactorBook } from '../../energy/factors.ts';
import { unitOf } from '../../energy/standing/amount.ts';
import { correctionsIn, type MonthFigure, shiftMonth } from '../../energy/standing/figure.ts';
import { peerOf } from '../../energy/standing/institution.ts';
import { groupKey, groupOf } from '../../energy/standing/peer.ts';
import { loadQuotaTables, type QuotaTable, quotasOf } from '../../energy/standing/quota-table.ts';
import type { Institution } from '../../model/entities.ts';
import { isoInZone, localTime, startOfDay } from '../../model/time.ts';
import type { Directory } from '../../registry/registry.ts';
import { answers, idParams } from '../document.ts';
import type { Api, ApiRoom } from '../http.ts';
import { type Heap, leagueBy, leagueByInstitution } from '../league-view.ts';
import { scopeOf, seen, zoneOf } from '../scope.ts';
import { leagueQuery, leagueShape, standingQuery, standingShape } from '../standing-shape.ts';
import { monthsUpTo, standingView } from '../standing-view.ts';

/** How institutions stand: targets, caps, quotas, peers, league tables. */

const config = { access: 'anyone' } as const;

export function standingRoutes(api: Api, room: ApiRoom): void {
  const book = createFactorBook(loadFactorSets());
  standingRoute(api, room, book, loadQuotaTables());
  leagueRoute(api, room, book);
}

/** The last month of the year that is over, YYYY-MM; null where none is. */
function lastOver(year: number, now: number, zone: string): string | null {
  const last = shiftMonth(localTime(now, zone).date.slice(0, 7), -1);
  const upTo = last < `${year}-12` ? last : `${year}-12`;
  return upTo >= `${year}-01` ? upTo : null;
}

const yearOf = (now: number, zone: string): number => Number(localTime(now, zone).date.slice(0, 4));

const asOf = (upTo: string | null, zone: string): string | null =>
  upTo === null ? null : isoInZone(startOfDay(`${shiftMonth(upTo, 1)}-01`, zone), zone);

function peersOf(
  institutions: readonly Institution[],
  figures: ReadonlyMap<string, readonly MonthFigure[]>,
  directory: Directory,
  book: FactorBook,
) {
  const corrections = Map.groupBy(directory.all('corrections'), (each) => each.institution);
  return institutions.map((institution) => ({
    ...peerOf(
      institution,
      figures.get(institution.id) ?? [],
      corrections.get(institution.id) ?? [],
      book,
    ),
    institution,
  }));
}

const standing = {
  config,
  schema: {
    tags: ['institutions'],
    summary: 'Targets with progress and forecast, caps, quota positions, and the rank among peers',
    description:
      'By the months that are over, each counted some minutes after its end and again when late data changes it. Corrections are applied first and shown. ' +
      'Targets, caps and quotas are reckoned in their own calibre; the one asked for is that of the months and of the comparison. Others of the group are counted and not named.',
    params: idParams,
    querystring: standingQuery,
    response: answers({ 200: standingShape }),
  },
};

function standingRoute(
  api: Api,
  { services, context }: ApiRoom,
  book: FactorBook,
  tables: readonly QuotaTable[],
): void {
  const { registry } = services;
  api.get('/institutions/:id/standing', standing, async ({ who, params, query }) => {
    const { id } = seen(who, registry, 'institutions', params.id);
    const directory = registry.directory();
    const all = directory.all('institutions');
    const institution =
      all.find((each) => each.id === id) ?? seen(who, registry, 'institutions', id);
    const zone = institution.timeZone;
    const year = query.year ?? yearOf(context.now(), zone);
    const upTo = lastOver(year, context.now(), zone);
    const key = groupKey(groupOf({ institution }));
    const alike = all.filter((each) => groupKey(groupOf({ institution: each })) === key);
    const figures = await services.standing.figures(alike.map((each) => each.id));
    const group = peersOf(alike, figures, directory, book);
    const own =
      group.find((each) => each.institution.id === id) ??
      ({ ...peerOf(institution, [], [], book), institution } as const);
    const ofYear = <T extends { institution: string; year: number }>(goals: readonly T[]) =>
      goals.filter((goal) => goal.institution === id && goal.year === year);
    return {
      ...standingView({
        year,
        calibre: query.calibre,
        upTo,
        own,
        group,
        targets: ofYear(directory.all('targets')),
        caps: ofYear(directory.all('caps')),
        corrections: directory.all('corrections').filter((each) => each.institution === id),
        quotas: quotasOf(tables, institution, `${upTo ?? `${year}-01`}-28`),
      }),
      asOf: asOf(upTo, zone),
    };
  });
}

const league = {
  config,
  schema: {
    tags: ['institutions'],
    summary: 'League table of institutions, departments or regions, the most first',
    description:
      'Institutions are held against the mean of their kind, level and climate zone, of which all members count and only those within one’s scope are named. ' +
      'Departments and regions are sums of the institutions within one’s scope. Corrections are applied first.',
    querystring: leagueQuery,
    response: answers({ 200: leagueShape }),
  },
};

function departmentOf(directory: Directory) {
  return (institution: Institution): Heap => {
    const id = institution.department ?? institution.parent ?? institution.id;
    return { id, name: directory.institution(id)?.name ?? id };
  };
}

/** Of the prefecture, by the first four digits; called as the one institution there that has none above it there. */
function regionOf(directory: Directory) {
  const codeOf = (institution: Institution | undefined) => institution?.division?.slice(0, 4);
  const tops = directory.all('institutions').filter((each) => {
    const above = each.parent === null ? undefined : directory.institution(each.parent);
    return codeOf(each) !== undefined && codeOf(above) !== codeOf(each);
  });
  const byCode = Map.groupBy(tops, codeOf);
  return (institution: Institution): Heap => {
    const id = codeOf(institution) ?? '-';
    const [top, ...others] = byCode.get(id) ?? [];
    return { id, name: top && others.length === 0 ? top.name : id };
  };
}

function leagueRoute(api: Api, { services, context }: ApiRoom, book: FactorBook): void {
  const { registry } = services;
  api.get('/league', league, async ({ who, query }) => {
    const directory = registry.directory();
    const { indicator: figure, calibre, by } = query;
    const zone = zoneOf(directory, query.institution ?? who.institution);
    const year = query.year ?? yearOf(context.now(), zone);
    const upTo = lastOver(year, context.now(), zone);
    const over = monthsUpTo(year, upTo);
    const months =
      query.month === undefined
        ? over
        : over.filter((month) => Number(month.slice(5)) === query.month);
    const all = directory.all('institutions');
    const figures = await services.standing.figures(all.map(({ id }) => id));
    const peers = peersOf(all, figures, directory, book);
    const scope = scopeOf(who, directory, query.institution);
    const corrections = Map.groupBy(directory.all('corrections'), (each) => each.institution);
    const options = {
      figure,
      calibre,
      months,
      isWithin: (id: string) => !scope || scope.has(id),
      corrections: (id: string) =>
        (corrections.get(id) ?? []).filter((each) =>
          months.some((month) => correctionsIn(month, [each]).length > 0),
        ).length,
    };
    const heapOf = by === 'region' ? regionOf(directory) : departmentOf(directory);
    const table =
      by === 'institution' ? leagueByInstitution(peers, options) : leagueBy(peers, heapOf, options);
    return {
      indicator: figure,
      unit: unitOf(figure),
      year,
      month: query.month ?? null,
      from: months[0] ?? null,
      to: months.at(-1) ?? null,
      calibre,
      by,
      ...table,
      next: null,
    };
  });
}
