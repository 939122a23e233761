import type { Interval } from '../energy/consumption/interval.ts';
import type { Period } from '../energy/consumption/periods.ts';
import type { Revisions } from '../ingest/ingest.ts';
import { openRevisionFile, type RevisionFile } from '../ingest/revision-file.ts';
import { type OpenRevisions, startRevisions } from '../ingest/revisions.ts';
import { consumptionOf, reachOf } from '../metering/consumption.ts';
import { counterFacts } from '../metering/counter-facts.ts';
import { monthBefore, monthOf } from '../metering/months.ts';
import type { Context } from '../model/context.ts';
import type { Meter } from '../model/entities.ts';
import { counterOf } from '../model/metrics.ts';
import type { Directory } from '../registry/registry.ts';
import type { Range, Store } from '../stores/store.ts';

/** Hours of a month at once, and more. */
const mostHours = 1_000;

/** What was told of consumption, kept and amended in a file of its own. */
export async function openRevisions(
  path: string,
  store: Pick<Store, 'position' | 'accepted' | 'newest' | 'readings'>,
  directory: () => Directory,
  context: Context,
): Promise<Revisions & Pick<OpenRevisions, 'tell' | 'stop'> & Pick<RevisionFile, 'expire'>> {
  const file = openRevisionFile(path);
  const counting = (id: string) => {
    const device = directory().device(id);
    const counter = device?.type === 'meter' ? counterOf[device.meter.medium] : null;
    if (device?.type !== 'meter' || counter === null) return undefined;
    const read = (range: Range) => store.readings(id, counter, range);
    return { meter: device.meter, zone: device.institution.timeZone, read };
  };
  const zoneOf = (id: string) => directory().device(id)?.institution.timeZone ?? 'Asia/Shanghai';
  const derive = async (
    { meter, zone, read }: { meter: Meter; zone: string; read: Parameters<typeof reachOf>[0] },
    from: number,
    to: number,
  ) => {
    const facts = counterFacts(directory(), meter.id, { from, to });
    const range = { from, to, limit: mostHours };
    return (await consumptionOf('hour', range, meter, zone, read, facts)).items;
  };
  const newest = await store.newest();
  const shelf = { month: file.month, keepMonth: file.keepMonth };
  const month = (id: string, period: Period) =>
    revisions.settled(id, async () => {
      const known = counting(id);
      if (!known) return undefined;
      const counted = { ...known, directory: directory(), newest: newest.get(id) ?? 0 };
      return monthOf(counted, period, { ...shelf, heed: revisions.heed });
    });
  const revisions = await startRevisions(
    {
      file,
      store,
      dayOver: (id) => month(id, monthBefore(context.now(), zoneOf(id))),
      async derive(id, from, to) {
        const known = counting(id);
        return known ? derive(known, from, to) : [];
      },
      async reach(id, from, to) {
        const known = counting(id);
        return known ? reachOf(known.read, { from, to }) : { from, to };
      },
      zoneOf,
    },
    context,
  );
  const recordedSince = createRecordWatch(directory);
  return {
    ...revisions,
    async months(meter, periods) {
      const wholes: Interval[] = [];
      for (const period of periods) wholes.push(...[(await month(meter, period)) ?? []].flat());
      return wholes;
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
