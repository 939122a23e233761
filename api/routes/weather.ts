import { z } from 'zod';
import { readWeather } from '../../energy/weather-file.ts';
import type { Entities } from '../../model/entities.ts';
import { AppError } from '../../model/errors.ts';
import { localTime } from '../../model/time.ts';
import type { Registry, Versioned } from '../../registry/registry.ts';
import { answers, idParams } from '../document.ts';
import type { Api, ApiRoom } from '../http.ts';
import { writers } from '../roles.ts';
import { checkWithin, seen } from '../scope.ts';
import { weatherImportShape, weatherQuery } from '../weather-shape.ts';

/** Outdoor temperatures from a file, kept by months. */

/** A century of days is 700 KB. */
const largestFile = 1024 * 1024;
const textTypes = [
  'text/csv',
  'text/plain',
  'application/vnd.ms-excel',
  'application/octet-stream',
];

const importing = {
  bodyLimit: largestFile,
  config: { access: writers.weather },
  schema: {
    tags: ['weather'],
    summary: 'Import daily mean outdoor temperatures: all of it, or nothing and every fault',
    description:
      'CSV in UTF-8 or GBK, a line a day: date and mean in °C, under Chinese or English headings or none. Days told before are replaced, others stay; the same lines again change nothing. Used for the institution and those below it where no sensor outdoors knows the day.',
    params: idParams,
    consumes: ['text/csv'],
    querystring: weatherQuery,
    body: z
      .custom<Buffer>((body) => Buffer.isBuffer(body), { error: 'want CSV' })
      .meta({ type: 'string' }),
    response: answers({ 200: weatherImportShape }),
  },
};

type Month = Entities['weather'];

/** What the days make of a month that may be there already. */
function monthWith(
  institution: string,
  month: string,
  days: readonly (readonly [day: string, celsius: number])[],
  before: Versioned<Month> | undefined,
) {
  const known = before?.dailyMeanC ?? {};
  const added = days.filter(([day]) => known[day] === undefined).length;
  const unchanged = days.filter(([day, celsius]) => known[day] === celsius).length;
  return {
    // An id has 64 characters at most.
    id: before?.id ?? `${institution.slice(0, 56)}.${month}`,
    month,
    before,
    added,
    unchanged,
    changed: days.length - added - unchanged,
    dailyMeanC: Object.fromEntries(
      Object.entries({ ...known, ...Object.fromEntries(days) }).sort(([a], [b]) =>
        a < b ? -1 : 1,
      ),
    ),
  };
}

function monthsOf(
  registry: Registry,
  institution: string,
  days: ReadonlyMap<string, number>,
): readonly ReturnType<typeof monthWith>[] {
  const kept = registry
    .directory()
    .all('weather')
    .filter((each) => each.institution === institution);
  const byMonth = Map.groupBy([...days].sort(), ([day]) => day.slice(0, 7));
  return [...byMonth].map(([month, own]) => {
    const same = kept.find((each) => each.month === month);
    return monthWith(institution, month, own, same && registry.get('weather', same.id));
  });
}

/** Broken off between two months, the same file again brings the rest. */
async function keep(
  registry: Registry,
  institution: string,
  months: ReturnType<typeof monthsOf>,
  source: string | undefined,
  user: string,
): Promise<void> {
  const told = source === undefined ? {} : { source };
  for (const { id, month, before, added, changed, dailyMeanC } of months) {
    if (!before)
      await registry.create('weather', { id, institution, month, dailyMeanC, ...told }, { user });
    else if (added + changed > 0)
      await registry.update('weather', id, { dailyMeanC, ...told }, { user }, before.version);
  }
}

function counted(months: ReturnType<typeof monthsOf>) {
  const sum = (what: 'added' | 'changed' | 'unchanged') =>
    months.reduce((total, month) => total + month[what], 0);
  return { added: sum('added'), changed: sum('changed'), unchanged: sum('unchanged') };
}

function endsOf(days: ReadonlyMap<string, number>) {
  const ascending = [...days.keys()].sort();
  return { from: ascending.at(0) ?? '', to: ascending.at(-1) ?? '' };
}

export function weatherRoutes(api: Api, { services: { registry }, context }: ApiRoom): void {
  void api.register((plainApi, _, done) => {
    const own = plainApi as unknown as Api;
    own.removeAllContentTypeParsers();
    own.addContentTypeParser(textTypes, { parseAs: 'buffer' }, (__, body, parsed) =>
      parsed(null, body),
    );
    own.post('/institutions/:id/weather', importing, async ({ who, params, query, body }) => {
      const { dryRun, source } = query;
      const { id: institution, timeZone } = seen(who, registry, 'institutions', params.id);
      checkWithin(who, registry.directory(), 'weather', { institution }, true);
      const read = readWeather(body, localTime(context.now(), timeZone).date);
      if ('faults' in read) {
        const { faults } = read;
        throw new AppError('INPUT_INVALID', `faults: ${faults.length}; nothing was imported`, {
          faults,
        });
      }
      const months = monthsOf(registry, institution, read.days);
      if (!dryRun) await keep(registry, institution, months, source, who.user);
      return { dryRun, ...counted(months), ...endsOf(read.days) };
    });
    done();
  });
}
