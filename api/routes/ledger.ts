import type { LedgerDay } from '../../ingest/ingest.ts';
import { AppError } from '../../model/errors.ts';
import { dayMs, isoInZone, localTime } from '../../model/time.ts';
import { answers, idParams } from '../document.ts';
import type { Api, ApiRoom, Who } from '../http.ts';
import { ledgerDaysShape, ledgerOverviewShape, ledgerShape } from '../ledger-shape.ts';
import {
  deviceIdOf,
  expectedSpan,
  gapsOf,
  isIncomplete,
  pacesOf,
  toLine,
  toStrangerLine,
  totalsOf,
  withExpected,
  worstFirst,
} from '../ledger-view.ts';
import { ledgerDaysQuery, ledgerOverviewQuery, ledgerQuery } from '../request-shapes.ts';
import { scopeOf, seenAnyDevice, zoneOf } from '../scope.ts';

/** Completeness: what came of what a device sent in a day, and what did not come. */

/** More days than a page shows. */
const daysMost = 92;
const daysAtFirst = 14;

const tags = ['devices'];
const config = { access: 'anyone' } as const;

export function ledgerRoutes(api: Api, room: ApiRoom): void {
  dayRoute(api, room);
  daysRoute(api, room);
  overviewRoute(api, room);
}

function dayRoute(api: Api, { services, context }: ApiRoom): void {
  const { registry, ledger, telemetry } = services;
  const schema = {
    tags,
    summary: 'What came of what a device sent, by day of receipt, and the gaps of that day',
    params: idParams,
    querystring: ledgerQuery,
    response: answers({ 200: ledgerShape }),
  };
  api.get('/devices/:id/ledger', { config, schema }, async ({ who, params, query }) => {
    const directory = registry.directory();
    const { timeZone } = seenAnyDevice(who, directory, params.id).institution;
    const now = context.now();
    const date = query.date ?? localTime(now, timeZone).date;
    const { device, days } = await ledger.read(params.id, date, date);
    const [day] = days;
    if (!day) throw new Error(`the ledger has no day ${date}`);
    const span = expectedSpan(date, timeZone, device?.firstAt ?? null, now);
    const paces = pacesOf(directory, params.id, span);
    const answer = withExpected(day, span, paces, device);
    if (answer.expected === null) return { ...answer, gaps: [] };
    const gaps = await gapsOf(span, (range) => telemetry.history(params.id, range), paces);
    return {
      ...answer,
      gaps: gaps.map(({ from, to }) => ({
        from: isoInZone(from, timeZone),
        to: isoInZone(to, timeZone),
      })),
    };
  });
}

function daysRoute(api: Api, { services, context }: ApiRoom): void {
  const { registry, ledger } = services;
  const schema = {
    tags,
    summary: 'What came of what a device sent, day by day',
    params: idParams,
    querystring: ledgerDaysQuery,
    response: answers({ 200: ledgerDaysShape }),
  };
  api.get('/devices/:id/ledger/days', { config, schema }, async ({ who, params, query }) => {
    const directory = registry.directory();
    const { timeZone } = seenAnyDevice(who, directory, params.id).institution;
    const now = context.now();
    const to = query.to === undefined ? now : query.to - 1;
    const from = query.from ?? to - (daysAtFirst - 1) * dayMs;
    if (from > to || to - from > daysMost * dayMs)
      throw new AppError('INPUT_MALFORMED', `want from before to, at most ${daysMost} days`);
    const dateOf = (at: number) => localTime(at, timeZone).date;
    const { device, days } = await ledger.read(params.id, dateOf(from), dateOf(to));
    const view = (day: LedgerDay) => {
      const span = expectedSpan(day.date, timeZone, device?.firstAt ?? null, now);
      return withExpected(day, span, pacesOf(directory, params.id, span), device);
    };
    return { items: days.map(view), next: null };
  });
}

function overviewRoute(api: Api, { services, context }: ApiRoom): void {
  const { registry, ledger } = services;
  const schema = {
    tags,
    summary: 'What came of what every device sent in a day, worst first',
    querystring: ledgerOverviewQuery,
    response: answers({ 200: ledgerOverviewShape }),
  };
  api.get('/ledger', { config, schema }, async ({ who, query }) => {
    const directory = registry.directory();
    const at = { directory, now: context.now() };
    const zone = zoneOf(directory, query.institution ?? who.institution);
    const date = query.date ?? localTime(at.now, zone).date;
    const known = new Map((await ledger.overview(date)).map((day) => [day.device, day]));
    const scope = scopeOf(who, directory, query.institution);
    const within = directory
      .devices()
      .filter(({ institution }) => !scope || scope.has(institution.id));
    const lines = within.map((device) => toLine(device, known.get(deviceIdOf(device)), date, at));
    for (const device of directory.devices()) known.delete(deviceIdOf(device));
    const strangers = seesAll(who, query.institution) ? [...known.values()] : [];
    const all = [
      ...lines,
      ...strangers.filter(({ journalled }) => journalled > 0).map(toStrangerLine),
    ].filter((line) => isSearched(line, query.search));
    const items = all.filter((line) => !query.incomplete || isIncomplete(line)).sort(worstFirst);
    const end = query.cursor + query.limit;
    return {
      date,
      totals: totalsOf(all),
      items: items.slice(query.cursor, end),
      next: end < items.length ? String(end) : null,
    };
  });
}

const seesAll = ({ scope }: Who, institution: string | undefined): boolean =>
  scope === undefined && institution === undefined;

const isSearched = (
  { device, name }: { readonly device: string; readonly name: string },
  search: string | undefined,
): boolean =>
  search === undefined ||
  [device, name].some((text) => text.toLowerCase().includes(search.toLowerCase()));
