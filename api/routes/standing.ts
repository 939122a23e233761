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

type Figures = ReadonlyMap<string, readonly MonthFigure[]>;

const none: ReadonlyMap<string, MonthFigure> = new Map();

/** Only the month that follows the last one that is over: nothing may be missing between. */
function goingOn(
  running: MonthFigure | undefined,
  year: number,
  upTo: string | null,
): MonthFigure | undefined {
  const next = upTo === null ? `${year}-01` : shiftMonth(upTo, 1);
  return running?.month === next ? running : undefined;
}

/** With the running month of everyone who is known up to the same day. */
function withRunning(
  figures: Figures,
  running: ReadonlyMap<string, MonthFigure>,
  soFar: MonthFigure | undefined,
): Figures {
  if (!soFar) return figures;
  return new Map(
    [...figures].map(([id, own]) => {
      const last = running.get(id);
      const isLike = last?.from === soFar.from && last.to === soFar.to;
      return [id, isLike ? [...own, last] : own];
    }),
  );
}

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
      'By the months that are over, each counted some minutes after its end and again when late data changes it; `soFar` is with the days of the one that goes on, held against the same part of the year. Corrections are applied first and shown. ' +
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
    const ids = alike.map((each) => each.id);
    const running =
      year === yearOf(context.now(), zone) ? await services.standing.running(ids) : none;
    const soFar = goingOn(running.get(id), year, upTo);
    const figures = withRunning(await services.standing.figures(ids), running, soFar);
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
        running:
          group.find((each) => each.institution.id === id)?.corrected.get(soFar?.month ?? '') ??
          null,
        zone,
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
      'Departments and regions are sums of the institutions within one’s scope. Corrections are applied first. The month that goes on is counted up to `soFarTo`, the same day of everyone.',
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

/** Up to the day up to which most are known; the others are left out for now. */
function mostCommon(running: ReadonlyMap<string, MonthFigure>): MonthFigure | undefined {
  const byDay = [...Map.groupBy(running.values(), ({ to }) => to).values()];
  return byDay.sort((a, b) => b.length - a.length)[0]?.[0];
}

/** What everyone is compared by. */
async function stretchOf(
  { standing: { figures, running } }: ApiRoom['services'],
  institutions: readonly Institution[],
  asked: { year: number; month?: number | undefined; upTo: string | null; soFar: boolean },
) {
  const { year, month, upTo } = asked;
  const ids = institutions.map(({ id }) => id);
  const over = monthsUpTo(year, upTo);
  const counted = await figures(ids);
  if (month !== undefined)
    return { months: over.filter((each) => Number(each.slice(5)) === month), figures: counted };
  const known = asked.soFar ? await running(ids) : none;
  const soFar = goingOn(mostCommon(known), year, upTo);
  const months = soFar ? [...over, soFar.month] : over;
  return { months, figures: withRunning(counted, known, soFar), soFar };
}

function leagueRoute(api: Api, { services, context }: ApiRoom, book: FactorBook): void {
  const { registry } = services;
  api.get('/league', league, async ({ who, query }) => {
    const directory = registry.directory();
    const { indicator: figure, calibre, by } = query;
    const zone = zoneOf(directory, query.institution ?? who.institution);
    const year = query.year ?? yearOf(context.now(), zone);
    const upTo = lastOver(year, context.now(), zone);
    const all = directory.all('institutions');
    const isPresent = year === yearOf(context.now(), zone);
    const asked = { ...query, year, upTo, soFar: query.soFar && isPresent };
    const { months, figures, soFar } = await stretchOf(services, all, asked);
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
      soFarTo: soFar ? isoInZone(soFar.to, zone) : null,
      calibre,
      by,
      ...table,
      next: null,
    };
  });
}
