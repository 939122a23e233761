import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { meterTreeShape } from '../../api/meter-tree-shape.ts';
import { balanceWithin } from '../../metering/meter-tree.ts';
import { dayMs, hourMs, minuteMs } from '../../model/time.ts';
import { createBalanceWatch } from '../../rules/balance/watch.ts';
import { type Kept, morning, openWorld, type World } from './world.ts';

let world: World;
/** 2026-11-21 00:00 in Shanghai. */
const start = morning - 8 * hourMs - 2 * dayMs;

/** kWh an hour, told every quarter of an hour; nothing where `isSilent`. */
const counted = (device: string, perHour: number, isSilent = (_: number) => false): Kept[] => {
  const readings: Kept[] = [];
  for (let at = start - hourMs; at < morning; at += 15 * minuteMs) {
    if (isSilent(at)) continue;
    const value = Math.round(1e6 + ((at - start) / hourMs) * perHour * 100) / 100 + 1000;
    readings.push({
      type: 'sample',
      device,
      at,
      timeSource: 'device',
      values: { energy_import_kwh: value },
    });
  }
  return readings;
};

beforeAll(async () => {
  world = await openWorld();
  const add = async (id: string, more: object = {}) => {
    const body = { id, building: 'west-b', medium: 'electricity', decimals: 2, ...more };
    const { status, text } = await world.as('root').post('/v1/meters', body);
    expect([id, status, text.slice(0, 200)]).toEqual([id, 201, text.slice(0, 200)]);
  };
  await add('light', { parent: 'west-m', name: '照明' });
  await add('air', { parent: 'west-m', name: '空调' });
  await add('floor', { parent: 'air' });
  await add('wrong', { name: '接错的总表' });
  await add('below-wrong', { parent: 'wrong' });
  await add('without', {
    name: '除空调外',
    virtual: { parts: [{ meter: 'west-m' }, { meter: 'air', factor: -1 }] },
  });
  await world.as('root').patch('/v1/buildings/west-b', { floorAreaM2: 300 });
  await world
    .as('root')
    .post('/v1/buildings', { id: 'west-b2', institution: 'west', name: '辅楼', floorAreaM2: 100 });
  await add('share', {
    virtual: {
      parts: [
        {
          meter: 'west-m',
          share: { by: 'area', own: 'west-b2', among: [{ id: 'west-b' }, { id: 'west-b2' }] },
        },
      ],
    },
  });
  await world.keep(
    ...counted('west-m', 10),
    ...counted('light', 3),
    ...counted('air', 5),
    // Three hours of silence on the first day; nothing at all on the second.
    ...counted('floor', 1, (at) => at > start + 10 * hourMs && at < start + 13 * hourMs),
    ...counted('wrong', 4),
    ...counted('below-wrong', 4.1),
  );
});
afterAll(() => world.close());

async function ask(meter: string, from = start, to = start + dayMs, user = 'viewer') {
  const { status, body } = await world
    .as(user)
    .get(`/v1/meters/${meter}/tree?from=${from}&to=${to}`);
  return { status, body, tree: status === 200 ? meterTreeShape.strict().parse(body) : undefined };
}

test('the whole tree of a day, with what is not metered', async () => {
  const { tree } = await ask('west-m');
  expect(tree).toMatchObject({
    unit: 'kWh',
    from: '2026-11-21T00:00:00+08:00',
    to: '2026-11-22T00:00:00+08:00',
  });
  expect(tree?.items.map(({ meter, depth, value }) => [meter, depth, value])).toEqual([
    ['west-m', 0, 240],
    ['air', 1, 120],
    ['floor', 2, 24],
    ['light', 1, 72],
  ]);
  const [top, air, floor] = tree?.items ?? [];
  expect(top?.difference).toMatchObject({ value: 48, quality: 'measured', negative: false });
  expect(top?.difference?.lower).toBeLessThanOrEqual(48);
  expect(top?.difference?.upper).toBeGreaterThanOrEqual(48);
  expect(air?.difference).toMatchObject({ value: 96, quality: 'estimated' });
  expect(floor).toMatchObject({ quality: 'estimated', difference: null, children: 0 });
});

test('a difference below zero is shown, not hidden', async () => {
  const { tree } = await ask('wrong');
  expect(tree?.items[0]?.difference?.value).toBeCloseTo(-2.4);
  expect(tree?.items[0]?.difference).toMatchObject({ negative: true });
});

describe('virtual meters', () => {
  test('a difference', async () => {
    const { tree } = await ask('without');
    expect(tree?.items).toMatchObject([
      { meter: 'without', virtual: true, value: 120, quality: 'measured', difference: null },
    ]);
  });

  test('a share by area', async () => {
    const { tree } = await ask('share');
    expect(tree?.items[0]?.value).toBe(60);
  });

  test('of the past that nobody has heard of nothing is known', async () => {
    const { tree } = await ask('without', start - 30 * dayMs, start - 29 * dayMs);
    expect(tree?.items[0]).toMatchObject({ value: null, quality: 'missing' });
  });
});

test('a day on which those below count more than a meter is an alert, the others are none', async () => {
  const database = new DatabaseSync(':memory:');
  const { book, clock, context, registry, store } = world;
  const watch = createBalanceWatch({
    database,
    directory: registry.directory,
    alerts: book,
    newest: new Map(),
    balance: (meter, zone, day) =>
      balanceWithin(
        { directory: registry.directory(), readings: store.readings },
        meter,
        zone,
        day,
      ),
    context,
  });
  const asked = { from: start, to: start + dayMs, limit: 10_000 };
  for (const device of ['west-m', 'light', 'air', 'floor', 'wrong', 'below-wrong'])
    watch.note(await store.history(device, asked));
  const before = clock.at;
  clock.at += 10 * minuteMs;
  await watch.tick();
  clock.at = before;
  const { body } = await world.as('viewer').get('/v1/alerts?kind=meter.balance');
  expect(body.items).toHaveLength(1);
  expect(body.items[0]).toMatchObject({
    subject: { type: 'meter', id: 'wrong' },
    state: 'open',
    openedAt: '2026-11-22T00:00:00+08:00',
    evidence: { observed: { own: 96, below: 98.4, unit: 'kWh', meters: 1 } },
  });
  const kinds = await world.as('viewer').get('/v1/rule-kinds');
  expect(kinds.body.items.map(({ kind }: { kind: string }) => kind)).toContain('meter.balance');
});

test('what is still being counted is left out', async () => {
  const { tree } = await ask('west-m', morning - 4 * hourMs, morning + dayMs);
  expect(tree?.to).toBe('2026-11-23T08:00:00+08:00');
});

test('what cannot be asked', async () => {
  expect((await ask('east-m')).status).toBe(404);
  expect((await ask('nobody')).status).toBe(404);
  expect((await ask('west-m', start, start - 1)).status).toBe(400);
  expect((await ask('west-m', start - 500 * dayMs, start)).status).toBe(400);
  const { status } = await world.as('viewer').get('/v1/meters/west-m/tree');
  expect(status).toBe(400);
});

test('an officer cannot look into foreign meters through a virtual one', async () => {
  const body = {
    id: 'spy',
    building: 'west-b',
    medium: 'electricity',
    virtual: { parts: [{ meter: 'east-m' }] },
  };
  const { status, body: problem } = await world.as('officer').post('/v1/meters', body);
  expect(status).toBe(422);
  expect(problem.errors[0].path).toBe('virtual.parts[0].meter');
});
