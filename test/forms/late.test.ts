import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadFactorSets } from '../../energy/factor-set.ts';
import { createFactorBook } from '../../energy/factors.ts';
import { loadForm } from '../../energy/form/definition.ts';
import { openExpenseBook } from '../../expenses/book.ts';
import { openFormBook } from '../../forms/book.ts';
import { createFormDesk } from '../../forms/desk.ts';
import { formPeriod } from '../../model/form.ts';
import { hourMs } from '../../model/time.ts';
import { createMemoryStore } from '../../stores/memory.ts';
import { memoryRevisions } from '../api/memory-revisions.ts';
import { openWorld, type World } from '../api/world.ts';

/** Late data changes a draft as if it had come in time, and never what was submitted. */

let world: World;
const october = Date.parse('2026-10-01T00:00:00+08:00');
const hours = 745;
const definition = loadForm();
const factors = createFactorBook(loadFactorSets());

beforeAll(async () => {
  world = await openWorld();
  const { post } = world.as('root');
  await post('/v1/institutions', {
    id: 'a',
    name: '甲',
    level: 'unit',
    parent: 'west',
    energyUsers: 10,
    floorAreaM2: 200,
  });
  await post('/v1/buildings', { id: 'a-b', institution: 'a', name: '楼' });
  await post('/v1/meters', { id: 'a-e', building: 'a-b', medium: 'electricity', name: 'e' });
  await post('/v1/meters', { id: 'a-w', building: 'a-b', medium: 'water', name: 'w' });
});
afterAll(() => world.close());

const batchOf = (device: 'a-e' | 'a-w', from: number, to: number) =>
  Array.from({ length: to - from }, (_, n) => ({
    type: 'sample' as const,
    device,
    at: october + (from + n) * hourMs,
    timeSource: 'device' as const,
    values:
      device === 'a-e'
        ? { energy_import_kwh: 100 + 3 * (from + n) }
        : { volume_m3: 50 + 0.125 * (from + n) },
  }));

type Batch = ReturnType<typeof batchOf>;

/** Ten days of each meter at a time. */
const batches: readonly Batch[] = (['a-e', 'a-w'] as const).flatMap((device) =>
  [0, 240, 480].map((from) =>
    batchOf(device, from, Math.min(from + 240, hours) + (from === 480 ? 25 : 0)),
  ),
);

function deskOver() {
  const store = createMemoryStore();
  const now = () => world.clock.at;
  let seq = 0;
  const keep = async (batch: Batch) => {
    const after = seq;
    const observations = batch.map((one) => ({ ...one, receivedAt: now(), seq: ++seq }));
    await store.write({ after, upTo: seq, observations });
  };
  const { months } = memoryRevisions(world.registry, store, new Map(), now);
  const desk = createFormDesk({
    book: openFormBook(new DatabaseSync(':memory:'), { now }),
    definition,
    factors,
    kgPerL: { gasoline: 0.73, diesel: 0.84, kerosene: 0.8 },
    directory: () => world.registry.directory(),
    readings: store.readings,
    months,
    expenses: openExpenseBook(new DatabaseSync(':memory:'), { now }),
    now,
  });
  return { desk, keep };
}

function question() {
  const institution = world.registry.get('institutions', 'a');
  const period = formPeriod('2026-10');
  if (!institution || !period) throw new Error('there is no such form');
  return { institution, period };
}

async function afterAllOf(order: readonly Batch[], lookAfter: number) {
  const { desk, keep } = deskOver();
  for (const [n, batch] of order.entries()) {
    await keep(batch);
    // Who looks in between must not change what comes.
    if (n === lookAfter) await desk.own(question());
  }
  return desk.own(question());
}

test('in whatever order it comes, the draft is the same', async () => {
  const inTime = await afterAllOf(batches, -1);
  expect(inTime.form.cells.find(({ code }) => code === 'electricity')).toMatchObject({
    value: 0.2232,
    state: 'known',
    coverage: 1,
  });
  await fc.assert(
    fc.asyncProperty(
      fc.shuffledSubarray([...batches], { minLength: batches.length }),
      fc.integer({ min: 0, max: batches.length - 1 }),
      async (order, lookAfter) => {
        expect(await afterAllOf(order, lookAfter)).toEqual(inTime);
      },
    ),
    { numRuns: 15 },
  );
});

test('what was submitted stays, and says what would be different', async () => {
  const { desk, keep } = deskOver();
  const at = (hour: number, energy_import_kwh: number) =>
    batchOf('a-e', hour, hour + 1).map((one) => ({ ...one, values: { energy_import_kwh } }));
  await keep(batchOf('a-w', 0, 760));
  await keep(batchOf('a-e', 0, 721));
  // The last day of the month and the next one, in one step.
  await keep(at(768, 100 + 3 * 768));
  await desk.submit(question(), { user: 'li' });
  const before = await desk.own(question());
  expect(before.form.cells.find(({ code }) => code === 'electricity')).toMatchObject({
    value: 0.2232,
    quality: 'estimated',
  });
  expect(before.since).toEqual({});
  // All of it was used in the next one: 3 × 720 kWh in the month.
  await keep(at(744, 100 + 3 * 720));
  const after = await desk.own(question());
  expect([after.form, after.checks, after.version]).toEqual([
    before.form,
    before.checks,
    before.version,
  ]);
  expect(after.since).toMatchObject({ electricity: expect.closeTo(0.216, 9) });
  expect(Object.keys(after.since)).toContain('energy');
  desk.book.correct({ institution: 'a', period: '2026-10' }, { user: 'li', comment: '迟到数据' });
  const draft = await desk.own(question());
  expect(draft.form.cells.find(({ code }) => code === 'electricity')?.value).toBeCloseTo(0.216, 9);
});
