import type { Interval } from '../energy/consumption/interval.ts';
import { periodAt } from '../energy/consumption/periods.ts';
import type { Revisions } from '../ingest/ingest.ts';
import { openRevisionFile, type RevisionFile } from '../ingest/revision-file.ts';
import { type OpenRevisions, type RevisionParts, startRevisions } from '../ingest/revisions.ts';
import { consumptionOf, reachOf } from '../metering/consumption.ts';
import { counterFacts } from '../metering/counter-facts.ts';
import { createRecent, type DayShelf, daysOf } from '../metering/days.ts';
import {
  type CountedBy,
  type MonthShelf,
  monthBefore,
  monthOf,
  settledMs,
} from '../metering/months.ts';
import type { Context } from '../model/context.ts';
import { counterOf } from '../model/metrics.ts';
import type { Directory } from '../registry/registry.ts';
import type { Store } from '../stores/store.ts';

/** Hours of a month at once, and more. */
const mostHours = 1_000;

type Readings = Pick<Store, 'position' | 'accepted' | 'newest' | 'readings'>;

/** What was told of consumption, kept and amended in a file of its own. */
export async function openRevisions(
  path: string,
  store: Readings,
  directory: () => Directory,
  context: Context,
): Promise<Revisions & Pick<OpenRevisions, 'tell' | 'stop'> & Pick<RevisionFile, 'expire'>> {
  const file = openRevisionFile(path);
  const counted = createCounted(store, directory, await store.newest());
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
  };
  const revisions = await startRevisions(
    { file, store, dayOver: keepLast, ...createDerivation(counted), zoneOf },
    context,
  );
  const recordedSince = createRecordWatch(directory);
  return {
    ...revisions,
    ...wholes,
    tell(observations) {
      for (const { type, device, at } of observations)
        if (type === 'sample') recent.heard(device, at);
      revisions.tell(observations);
    },
    of(meter, from, to) {
      for (const at of recordedSince(meter)) revisions.recorded(meter, at, at);
      return revisions.of(meter, from, to);
    },
    expire: file.expire,
    async stop() {
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

/** Months and days, those that are over from their shelf. */
function createWholes(
  shelf: Omit<MonthShelf & DayShelf, 'heed'>,
  counted: Counted,
  revisions: () => Pick<OpenRevisions, 'settled' | 'heed'>,
): Pick<Revisions, 'months' | 'days'> {
  const heeding = () => ({ ...shelf, heed: revisions().heed });
  return {
    async months(id, periods) {
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
    days: (id, periods) =>
      revisions().settled(id, async () => {
        const known = counted(id);
        return known ? daysOf(known, periods, heeding()) : [];
      }),
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
