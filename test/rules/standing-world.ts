import { DatabaseSync } from 'node:sqlite';
import { openAlertBook } from '../../alerts/book.ts';
import type { Period } from '../../energy/consumption/periods.ts';
import { loadQuotaTables } from '../../energy/standing/quota-table.ts';
import { createMeterSeries } from '../../metering/meter-use.ts';
import { createMonthFigures } from '../../metering/month-figure.ts';
import type { Context } from '../../model/context.ts';
import type { Entities, EntityKind, Institution, Meter } from '../../model/entities.ts';
import type { Accepted } from '../../model/observation.ts';
import { minuteMs } from '../../model/time.ts';
import type { Directory } from '../../registry/registry.ts';
import { createStandingWatch } from '../../rules/standing/watch.ts';
import { createMemoryStore } from '../../stores/memory.ts';
import { book } from '../energy/month-figures.ts';
import { aDirectory, aMeter } from './world.ts';

/** Institutions with a meter each, counted by the real store and figures, judged by the real watch into a real book. */

type Goals = Partial<{ [K in EntityKind]: readonly Entities[K][] }>;

export const anInstitution = (id: string, more: Partial<Institution> = {}): Institution => ({
  id,
  name: id,
  level: 'municipal',
  kind: 'party-government',
  climateZone: 'A',
  division: '371500',
  energyUsers: 100,
  floorAreaM2: 5000,
  parent: null,
  timeZone: 'Asia/Shanghai',
  ...more,
});

/** Each has a meter of its own, called as it is. */
export function aStandingWorld(institutions: readonly Institution[], goals: Goals = {}) {
  const clock = { at: 0 };
  const log: string[] = [];
  const context: Context = {
    log: (_, message, detail) => log.push(`${message} ${JSON.stringify(detail)}`),
    count() {},
    now: () => clock.at,
  };
  const database = new DatabaseSync(':memory:');
  const alerts = openAlertBook(database, context);
  const store = createMemoryStore();
  const meters: readonly Meter[] = institutions.map(({ id }) => aMeter(id, { building: id }));
  const lists: Record<string, readonly unknown[]> = { institutions, meters, ...goals };
  let directory = directoryOf();
  function directoryOf(): Directory {
    const all = (kind: string) => lists[kind] ?? none;
    const there = (lists['meters'] ?? []) as readonly Meter[];
    const changesOf = () => [];
    return { ...aDirectory({ institutions, meters: there }), all, changesOf } as Directory;
  }
  let seq = 0;
  const figureOf = createMonthFigures(book);
  const sources = () => {
    const { readings } = store;
    const seriesOf = createMeterSeries({ directory, readings });
    const days = async (id: string, asked: readonly Period[]) => {
      const meter = meters.find((each) => each.id === id);
      const stretch = { from: asked[0]?.from ?? 0, to: asked.at(-1)?.to ?? 0 };
      const used = meter ? await seriesOf('day', stretch, meter, 'Asia/Shanghai') : [];
      return used.map(({ from, to, use }) => ({ from, to, ...use }));
    };
    return { directory, readings, days };
  };
  const open = async () =>
    createStandingWatch({
      database,
      directory: () => directory,
      alerts,
      newest: await store.newest(),
      book,
      tables: loadQuotaTables(),
      figure: (institution, span) => figureOf(institution, span, sources()),
      soFar: (institution, span) => figureOf(institution, span, sources()),
      context,
    });
  return {
    clock,
    log,
    open,
    store,
    /** Another list of the registry. */
    set<K extends EntityKind>(kind: K, items: readonly Entities[K][]) {
      lists[kind] = items;
      directory = directoryOf();
    },
    /** Into the store and to the watch, as the line does it. */
    async tell(
      watch: Awaited<ReturnType<typeof open>>,
      readings: readonly { readonly meter: string; readonly at: number; readonly kwh: number }[],
    ) {
      const after = seq;
      const observations = readings.map(({ meter, at, kwh }): Accepted => {
        seq++;
        return {
          type: 'sample',
          device: meter,
          at,
          timeSource: 'device',
          values: { energy_import_kwh: kwh },
          seq,
          receivedAt: clock.at,
        };
      });
      await store.write({ observations, after, upTo: seq }, async () => {});
      watch.note(observations);
    },
    async tick(watch: Awaited<ReturnType<typeof open>>) {
      clock.at += 5 * minuteMs;
      await watch.tick();
    },
    alerts: async () => (await alerts.list({ limit: 1000 })).items,
    /** What is held to be true, whatever the way to it. */
    async standing() {
      const { items } = await alerts.list({ limit: 1000 });
      return items
        .filter(({ state }) => state !== 'withdrawn')
        .map(({ kind, subject, openedAt, clearedAt, severity, summary, evidence }) => {
          const told = { kind, subject, openedAt, clearedAt, severity, summary, evidence };
          return JSON.stringify(told);
        })
        .sort();
    },
  };
}

const none: readonly unknown[] = [];
