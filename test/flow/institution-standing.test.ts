import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, expect, test, vi } from 'vitest';
import { openAlertBook } from '../../alerts/book.ts';
import type { Context } from '../../model/context.ts';
import type { Accepted } from '../../model/observation.ts';
import { dayMs, hourMs, minuteMs } from '../../model/time.ts';
import { openRegistry } from '../../registry/sqlite-registry.ts';
import { ruleKinds } from '../../rules/index.ts';
import { openDuckDbStore } from '../../stores/duckdb.ts';
import type { Sink } from '../../stores/store.ts';
import { openRevisions } from '../../threads/revisions.ts';
import { openWatches } from '../../threads/watches.ts';

/** Institutions judged by what the real store, the kept months and the registry say, as the service is wired. */

const folder = mkdtempSync(join(tmpdir(), 'guanjia-standing-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Midnight in Shanghai, 1 January 2026. */
const newYear = Date.UTC(2025, 11, 31, 16);
const ids = ['a', 'b', 'c'];

const inventory = {
  institutions: ids.map((id) => ({
    id,
    name: id,
    level: 'municipal',
    kind: 'party-government',
    division: '371500',
    climateZone: 'A',
    energyUsers: 100,
    floorAreaM2: 5000,
  })),
  buildings: ids.map((id) => ({ id: `${id}-b`, institution: id, name: '楼' })),
  meters: ids.flatMap((id) => [
    { id: `${id}-m`, building: `${id}-b`, medium: 'electricity', everyS: 43_200 },
    { id: `${id}-sub`, building: `${id}-b`, medium: 'electricity', parent: `${id}-m` },
  ]),
  caps: [{ id: 'cap', institution: 'a', item: 'electricity-kwh', year: 2026, cap: 10_000 }],
  rules: [{ id: 'small', kind: 'energy.peer', params: { wholeMonths: 1, leastMembers: 3 } }],
};

test('months are counted and judged, late readings and a restart make no difference', {
  timeout: 180_000,
}, async () => {
  const clock = { at: newYear };
  const warnings: string[] = [];
  const context: Context = {
    log: (level, message, detail) => {
      if (level !== 'info') warnings.push(`${message} ${JSON.stringify(detail)}`);
    },
    count() {},
    now: () => clock.at,
  };
  const kinds = new Map(ruleKinds.map(({ kind, params }) => [kind, params]));
  const registry = openRegistry(
    join(folder, 'registry.db'),
    { serverKey: Buffer.alloc(32, 7), profiles: new Set(), mappings: new Map(), ruleKinds: kinds },
    context,
  );
  const imported = await registry.import(JSON.stringify(inventory), { user: 'system' });
  expect(imported).toMatchObject({ ok: true });
  const store = await openDuckDbStore(
    join(folder, 'telemetry.duckdb'),
    { memoryLimit: '200MB', threads: 1 },
    context,
  );
  const database = new DatabaseSync(join(folder, 'findings.db'));
  const alerts = openAlertBook(database, context);
  const directory = () => registry.directory();
  const revisions = await openRevisions(join(folder, 'revisions.db'), store, directory, context);
  let watches = await openWatches({ store, alerts, database, revisions }, directory, context);
  const rules: Sink = {
    name: 'rules',
    position: async () => 0,
    write: async () => [],
    close: async () => {},
  };

  let seq = 0;
  const tell = async (readings: readonly (readonly [meter: string, at: number, kwh: number])[]) => {
    const after = seq;
    const observations = readings.map(([device, at, energy_import_kwh]): Accepted => {
      seq++;
      const values = { energy_import_kwh };
      return {
        type: 'sample',
        device,
        at,
        timeSource: 'device',
        values,
        seq,
        receivedAt: clock.at,
      };
    });
    const batch = { observations, after, upTo: seq };
    await store.write(batch, async () => {});
    await watches.noting(rules).write(batch, async () => {});
    revisions.tell(observations);
  };
  const tick = async () => {
    clock.at += 5 * minuteMs;
    await watches.tick();
  };
  /** Twice a day; `a` uses twice what the others use, and nine days of its February come late. */
  const use = (id: string) => (id === 'a' ? 220 : 110);
  const all = ids.flatMap((id) =>
    Array.from({ length: 66 * 2 }, (_, n) => {
      const at = newYear + n * 12 * hourMs;
      return [`${id}-m`, at, 1000 + (n / 2) * use(id)] as const;
    }),
  );
  const isLate = ([meter, at]: (typeof all)[number]) =>
    meter === 'a-m' && at > newYear + 40 * dayMs && at < newYear + 49 * dayMs;
  clock.at = newYear + 61 * dayMs;
  await tell(all.filter((each) => each[1] < clock.at && !isLate(each)).sort((x, y) => x[1] - y[1]));
  await tick();
  await tick();
  const found = async () =>
    (await alerts.list({ limit: 100 })).items.map(({ kind, subject, state, severity }) =>
      [kind, subject.id, state, severity].join(' '),
    );
  expect(warnings).toEqual([]);
  expect((await found()).sort()).toEqual([
    'energy.peer a open warning',
    'energy.total-cap a open critical',
  ]);
  const [february] = watches.figures(['a']).get('a')?.slice(1) ?? [];
  expect(february?.media).toMatchObject([
    { medium: 'electricity', quality: 'estimated', known: 1 },
  ]);
  expect(february?.media[0]?.value).toBeCloseTo(28 * 220, 3);

  await tell(all.filter(isLate));
  await tell(all.filter((each) => each[1] >= newYear + 61 * dayMs).sort((x, y) => x[1] - y[1]));
  clock.at = newYear + 66 * dayMs;
  await tick();
  await tick();
  const [again] = watches.figures(['a']).get('a')?.slice(1) ?? [];
  expect(again?.media[0]?.value).toBeCloseTo(28 * 220, 3);
  expect(watches.figures(['a']).get('a')).toHaveLength(2);

  await watches.stop();
  watches = await openWatches({ store, alerts, database, revisions }, directory, context);
  await registry.create(
    'corrections',
    {
      id: 'k',
      institution: 'a',
      item: 'electricity-kwh',
      from: '2026-01',
      to: '2026-02',
      amount: -6490,
      reason: '机房为全市共用',
    },
    { user: 'system' },
  );
  // Judged when the days of the month that goes on are known again: others work them out meanwhile.
  await vi.waitFor(
    async () => {
      await tick();
      expect((await found()).sort()).toEqual([
        'energy.peer a withdrawn warning',
        'energy.total-cap a withdrawn critical',
      ]);
    },
    { timeout: 30_000, interval: 200 },
  );
  expect(warnings).toEqual([]);
  await watches.stop();
  await revisions.stop();
  await store.close();
  database.close();
  registry.close();
});
