import type { Interval } from '../energy/consumption/interval.ts';
import { type Period, periodAt } from '../energy/consumption/periods.ts';
import type { Revisions } from '../ingest/ingest.ts';
import { openRevisionFile, type RevisionFile } from '../ingest/revision-file.ts';
import { type OpenRevisions, type RevisionParts, startRevisions } from '../ingest/revisions.ts';
import { consumptionOf, reachOf } from '../metering/consumption.ts';
import { counterFacts } from '../metering/counter-facts.ts';
import { createRecent, type DayShelf, daysOf } from '../metering/days.ts';
import { keptPieces, type Pieces } from '../metering/kept-pieces.ts';
import {
  type CountedBy,
  type MonthShelf,
  monthBefore,
  monthOf,
  settledMs,
} from '../metering/months.ts';
import { planOf } from '../metering/page-plan.ts';
import { quietMs, startShelfFill } from '../metering/shelf-fill.ts';
import type { Context } from '../model/context.ts';
import { messageOf } from '../model/errors.ts';
import { counterOf } from '../model/metrics.ts';
import { dayMs, localTime, secondMs } from '../model/time.ts';
import type { Directory } from '../registry/registry.ts';
import type { Store } from '../stores/store.ts';

/** Hours of a month at once, and more. */
const mostHours = 1_000;
/** What is older when it comes may be of days that were worked out. */
const pastMs = 2 * dayMs;
/** What waited while nobody was there comes first. */
const startMs = secondMs / 2;

type Readings = Pick<Store, 'position' | 'accepted' | 'newest' | 'readings'>;

/** What was told of consumption, kept and amended in a file of its own. */
export async function openRevisions(
  path: string,
  store: Readings,
  directory: () => Directory,
  context: Context,
): Promise<Revisions & Pick<OpenRevisions, 'tell' | 'stop'> & Pick<RevisionFile, 'expire'>> {
  const file = openRevisionFile(path);
  const newest = await store.newest();
  const counted = createCounted(store, directory, newest);
  const zoneOf = (id: string) => directory().device(id)?.institution.timeZone ?? 'Asia/Shanghai';
  const recent = createRecent(context.now);
  const shelf = { ...file, recent };
  const wholes = createWholes(shelf, counted, () => revisions);
  /** The last day of which nothing changes any more unless something is late, and the last month. */
  const keepLast = async (id: string) => {
    const zone = zoneOf(id);
    const settled = periodAt('day', context.now() - settledMs, zone);
    await wholes.days(id, [periodAt('day', settled.from - 1, zone)]);
    await wholes.months(id, [monthBefore(context.now(), zone)]);
    fill.visit(id, 0);
  };
  const revisions = await startRevisions(
    { file, store, dayOver: keepLast, ...createDerivation(counted), zoneOf },
    context,
  );
  const fill = startShelfFill({
    look: (id) => wholes.kept(id, pageOf(context.now(), zoneOf(id))),
    months: wholes.months,
    days: wholes.days,
    now: context.now,
    failed: (error) =>
      context.log('warn', 'consumption could not be worked out ahead', { error: messageOf(error) }),
  });
  for (const id of newest.keys()) if (counted(id)) fill.visit(id, startMs);
  const recordedSince = createRecordWatch(directory);
  return {
    ...revisions,
    months: wholes.months,
    days: wholes.days,
    async kept(id, asked) {
      const { lacking, stale, ...told } = await wholes.kept(id, asked);
      fill.want(id, lacking);
      if (stale.months.length + stale.days.length > 0) fill.visit(id, 0);
      return { ...told, lacking: lacking.months.length + lacking.days.length };
    },
    tell(observations) {
      const past = context.now() - pastMs;
      for (const { type, device, at } of observations) {
        if (type !== 'sample') continue;
        recent.heard(device, at);
        if (at < past) fill.visit(device, quietMs);
      }
      revisions.tell(observations);
    },
    of(meter, from, to) {
      for (const at of recordedSince(meter)) revisions.recorded(meter, at, at);
      return revisions.of(meter, from, to);
    },
    expire: file.expire,
    async stop() {
      await fill.stop();
      await revisions.stop();
      file.close();
    },
  };
}

/** @returns a meter as it is counted by; undefined for what counts nothing */
function createCounted(
  store: Readings,
  directory: () => Directory,
  newest: ReadonlyMap<string, number>,
) {
  return (id: string): CountedBy | undefined => {
    const device = directory().device(id);
    const counter = device?.type === 'meter' ? counterOf[device.meter.medium] : null;
    if (device?.type !== 'meter' || counter === null) return undefined;
    return {
      meter: device.meter,
      zone: device.institution.timeZone,
      read: (range) => store.readings(id, counter, range),
      directory: directory(),
      newest: newest.get(id) ?? 0,
    };
  };
}

type Counted = ReturnType<typeof createCounted>;

function createDerivation(counted: Counted): Pick<RevisionParts, 'derive' | 'reach'> {
  return {
    async derive(id, from, to) {
      const known = counted(id);
      if (!known) return [];
      const { meter, zone, read, directory } = known;
      const facts = counterFacts(directory, id);
      const range = { from, to, limit: mostHours };
      return (await consumptionOf('hour', range, meter, zone, read, facts)).items;
    },
    async reach(id, from, to) {
      const known = counted(id);
      return known ? reachOf(known.read, { from, to }, known.meter) : { from, to };
    },
  };
}

/** What a page about the present year is put together from. */
function pageOf(now: number, zone: string): Pieces {
  const year = Number(localTime(now, zone).date.slice(0, 4));
  return planOf(year, zone, now);
}

/** Months and days, those that are over from their shelf. */
function createWholes(
  shelf: Omit<MonthShelf & DayShelf, 'heed'>,
  counted: Counted,
  revisions: () => Pick<OpenRevisions, 'settled' | 'isSettled' | 'heed'>,
) {
  const heeding = () => ({ ...shelf, heed: revisions().heed });
  const none = { months: [], days: [] };
  return {
    async months(id: string, periods: readonly Period[]) {
      const wholes: Interval[] = [];
      for (const period of periods) {
        const whole = await revisions().settled(id, async () => {
          const known = counted(id);
          return known && monthOf(known, period, heeding());
        });
        if (whole) wholes.push(whole);
      }
      return wholes;
    },
    days: (id: string, periods: readonly Period[]) =>
      revisions().settled(id, async () => {
        const known = counted(id);
        return known ? daysOf(known, periods, heeding()) : [];
      }),
    /** What is kept waits for nothing; only the day that goes on is read in turn. */
    async kept(id: string, asked: Pieces) {
      if (!revisions().isSettled(id)) await revisions().settled(id, async () => {});
      const known = counted(id);
      if (!known) return { ...none, lacking: none, stale: none };
      const read = (days: readonly Period[]) =>
        revisions().settled(id, () => daysOf(known, days, heeding()));
      return keptPieces(known, asked, heeding(), read);
    },
  };
}

/** @returns what tells when replacements happened that were recorded, or taken back, since it was last asked of the meter */
function createRecordWatch(directory: () => Directory): (meter: string) => readonly number[] {
  const known = new Map<string, ReadonlyMap<string, number>>();
  return (meter) => {
    const before = known.get(meter);
    const now = new Map(
      directory()
        .replacementsOf(meter)
        .map((swap) => [`${swap.at} ${swap.finalReading} ${swap.firstReading}`, swap.at]),
    );
    known.set(meter, now);
    if (!before) return [];
    const changed = [...now, ...before].filter(([swap]) => now.has(swap) !== before.has(swap));
    return changed.map(([, at]) => at);
  };
}
