import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { loadFactorSets } from '../../energy/factor-set.ts';
import { createFactorBook } from '../../energy/factors.ts';
import { institutionPage } from '../../metering/institution-page.ts';
import { planOf } from '../../metering/page-plan.ts';
import type { Context } from '../../model/context.ts';
import type { Institution, Meter } from '../../model/entities.ts';
import { localTime } from '../../model/time.ts';
import type { Directory } from '../../registry/registry.ts';
import type { Store } from '../../stores/store.ts';
import { openRevisions } from '../../threads/revisions.ts';

/** A year of one institution's page: while nothing was worked out, when all is there, and the first after a start. */

const zone = 'Asia/Shanghai';
/** When the background has had time to look at the meters. */
const startedMs = 5_000;
const mostWaitS = 900;

const institution: Institution = {
  id: 'hq',
  name: 'HQ',
  level: 'municipal',
  parent: null,
  timeZone: zone,
  energyUsers: 100,
  floorAreaM2: 5_000,
};

function directoryOf(meters: readonly Meter[]): Directory {
  const devices = new Map(
    meters.map((meter) => [meter.id, { type: 'meter', meter, institution } as const]),
  );
  const lists: Record<string, readonly unknown[]> = { meters, institutions: [institution] };
  return {
    device: (id: string) => devices.get(id),
    devices: () => [...devices.values()],
    institution: () => institution,
    changesOf: () => [],
    replacementsOf: () => [],
    all: (kind: string) => lists[kind] ?? [],
  } as unknown as Directory;
}

interface Opened {
  readonly page: () => Promise<{ readonly tookMs: number; readonly lacking: number }>;
  readonly stop: () => Promise<void>;
}

async function open(
  path: string,
  store: Store,
  meters: readonly Meter[],
  now: number,
): Promise<Opened> {
  const begun = performance.now();
  const clock = () => now + performance.now() - begun;
  const context: Context = { log() {}, count() {}, now: clock };
  const directory = directoryOf(meters);
  const revisions = await openRevisions(path, store, () => directory, context);
  const book = createFactorBook(loadFactorSets());
  const method = () => ({ calibre: 'calorific', grid: 'national', water: 'excluded' }) as const;
  return {
    async page() {
      const started = performance.now();
      let lacking = 0;
      const year = Number(localTime(clock(), zone).date.slice(0, 4));
      const plan = planOf(year, zone, clock());
      const known = new Map<string, ReturnType<typeof revisions.kept>>();
      const told = async (meter: string) => {
        const asked = known.get(meter) ?? revisions.kept(meter, plan);
        known.set(meter, asked);
        return asked;
      };
      await institutionPage(institution, plan, {
        directory,
        book,
        method,
        months: async (meter) => (await told(meter)).months,
        days: async (meter) => (await told(meter)).days,
      });
      for (const each of known.values()) lacking += (await each).lacking;
      return { tookMs: performance.now() - started, lacking };
    },
    stop: () => revisions.stop(),
  };
}

/** @returns rows of a table: what, ms, pieces still lacking */
export async function benchPage(
  folder: string,
  store: Store,
  meters: readonly Meter[],
  now: number,
): Promise<readonly (readonly string[])[]> {
  const path = join(folder, 'revisions.db');
  const first = await open(path, store, meters, now);
  const rows: (readonly string[])[] = [];
  const note = (what: string, { tookMs, lacking }: Awaited<ReturnType<Opened['page']>>) =>
    rows.push([what, tookMs.toFixed(0), String(lacking)]);
  note('nothing worked out yet', await first.page());
  const begun = performance.now();
  let last = await first.page();
  while (last.lacking > 0 && performance.now() - begun < mostWaitS * 1000) {
    await wait(3_000);
    last = await first.page();
  }
  const tookS = ((performance.now() - begun) / 1000).toFixed(0);
  note(`all worked out behind it, after ${tookS} s`, last);
  note('again', await first.page());
  await first.stop();
  const cold = await open(path, store, meters, now);
  note('the first after a start, at once', await cold.page());
  await cold.stop();
  const started = await open(path, store, meters, now);
  await wait(startedMs);
  note(`the first, ${startedMs / 1000} s after a start`, await started.page());
  await started.stop();
  return rows;
}
