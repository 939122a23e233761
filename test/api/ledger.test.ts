import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ledgerDaysShape, ledgerOverviewShape, ledgerShape } from '../../api/ledger-shape.ts';
import { gapsOf, type Pace, withExpected } from '../../api/ledger-view.ts';
import { ledgerDay } from './ledger-day.ts';
import { openWorld, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

test('a device has its counts of the day, for who may see it', async () => {
  const answer = await world.as('root').get('/v1/devices/west-m/ledger?date=2026-11-20');
  expect(answer.status).toBe(200);
  expect(ledgerShape.parse(answer.body)).toMatchObject({
    device: 'west-m',
    date: '2026-11-20',
    ...ledgerDay,
  });
});

test('a device of others, none, and a day that is none', async () => {
  const west = world.as('west-admin');
  expect((await west.get('/v1/devices/east-m/ledger')).status).toBe(404);
  expect((await west.get('/v1/devices/nobody/ledger')).status).toBe(404);
  expect((await west.get('/v1/devices/west-m/ledger?date=2026-02-30')).status).toBe(400);
});

describe('gaps', () => {
  /** @param most what the store gives at once, where that is less than what is asked for */
  const gapsIn = (
    span: { readonly from: number; readonly to: number },
    instants: readonly number[],
    every: number | readonly Pace[],
    most = Number.POSITIVE_INFINITY,
  ) =>
    gapsOf(
      span,
      async ({ from, to, limit }) =>
        instants
          .filter((at) => at >= from && at < to)
          .slice(0, Math.min(limit, most))
          .map((at) => ({ at })),
      typeof every === 'number' ? [{ ...span, everyMs: every }] : every,
    );

  test('are longer than two intervals, the ends of the day included', async () => {
    const day = { from: 0, to: 1_000 };
    expect(await gapsIn(day, [100, 200, 400, 401, 950], 100)).toEqual([{ from: 401, to: 950 }]);
    expect(await gapsIn(day, [100, 200, 400, 401, 950], 100, 2)).toEqual([{ from: 401, to: 950 }]);
    expect(await gapsIn(day, [], 100)).toEqual([day]);
    expect(await gapsIn({ from: 0, to: 0 }, [], 100)).toEqual([]);
  });

  test('are told by the interval of their time, the longer one where it changed', async () => {
    const paces = [
      { from: 0, to: 500, everyMs: 100 },
      { from: 500, to: 1_000, everyMs: 10 },
    ];
    const regular = [100, 200, 300, 400, 580, 600, 610];
    const silent = [{ from: 610, to: 1_000 }];
    expect(await gapsIn({ from: 0, to: 1_000 }, regular, paces)).toEqual(silent);
    const unknown = [{ from: 0, to: 500, everyMs: undefined }, ...paces.slice(1)];
    expect(await gapsIn({ from: 0, to: 1_000 }, [510, 520], unknown)).toEqual([
      { from: 520, to: 1_000 },
    ]);
  });

  test('a day of more than a hundred thousand observations is looked at to its end', async () => {
    const day = { from: 0, to: 86_400_000 };
    const every = Array.from({ length: 172_800 }, (_, n) => n * 500);
    expect(await gapsIn(day, every, 500)).toEqual([]);
    const broken = every.filter((at) => at < 80_000_000 || at >= 80_010_000);
    expect(await gapsIn(day, broken, 500)).toEqual([{ from: 79_999_500, to: 80_010_000 }]);
  });
});

test('expected counts from when the device was first heard, and what is missing is what was not observed', async () => {
  const day = async (date: string) =>
    (await world.as('root').get(`/v1/devices/west-m/ledger?date=${date}`)).body;
  expect(await day('2026-11-19')).toMatchObject({ expected: 0, missing: 0 });
  expect(await day('2026-11-20')).toMatchObject({ expected: 12 * 60, missing: 12 * 60 - 3 });
  expect(await day('2026-11-21')).toMatchObject({ expected: 1_440, missing: 1_437 });
  // It is 08:00.
  expect(await day('2026-11-23')).toMatchObject({ expected: 480, missing: 477 });
  expect((await day('2026-11-20')).gaps[0].from).toBe('2026-11-20T12:00:00+08:00');
});

test('what is expected goes by the interval of its time', () => {
  const day = { ...ledgerDay, device: 'm', date: '2026-11-20', observed: 30 };
  const paces = [
    { from: 0, to: 500, everyMs: 100 },
    { from: 500, to: 1_000, everyMs: 10 },
  ];
  const span = { from: 0, to: 1_000 };
  expect(withExpected(day, span, paces, null)).toMatchObject({ expected: 55, missing: 25 });
  const unknown = [{ ...span, everyMs: undefined }];
  expect(withExpected(day, span, unknown, null)).toMatchObject({ expected: null, missing: null });
});

describe('a vehicle that stands with its ignition off', () => {
  const hour = 3_600_000;
  const span = { from: 0, to: 24 * hour };
  const paces = [{ ...span, everyMs: 10_000 }];
  /** Two hours under way with nothing lost, a word every ten minutes in the twenty hours that have been told since. */
  const day = {
    ...ledgerDay,
    device: 'v',
    date: '2026-11-20',
    restedS: 20 * 3600,
    observedAtRest: 120,
    observed: 720 + 120,
  };

  test('owes nothing then but what it said', () => {
    const answer = withExpected(day, span, paces, { restingSince: 22 * hour });
    expect(answer).toMatchObject({ expected: 840, missing: 0, restedS: 22 * 3600 });
    const lost = { ...day, observed: day.observed - 30 };
    expect(withExpected(lost, span, paces, { restingSince: 22 * hour })).toMatchObject({
      missing: 30,
    });
    // Under way to the end of the day, and not heard any more.
    expect(withExpected(day, span, paces, { restingSince: null })).toMatchObject({ missing: 720 });
    expect(withExpected(day, span, paces, { restingSince: 30 * hour })).toMatchObject({
      missing: 720,
    });
  });

  test('leaves no gap, nor does the night before its first trip', async () => {
    const said = (fixes: readonly (readonly [number, boolean])[]) =>
      gapsOf(
        span,
        async ({ from, to, limit }) =>
          fixes
            .map(([at, acc]) => ({ at: at * hour, acc }))
            .filter(({ at }) => at >= from && at < to)
            .slice(0, limit),
        [{ ...span, everyMs: hour }],
      );
    const trip = [8, 9, 10].map((at) => [at, true] as const);
    const home = [11, false] as const;
    expect(await said([[-30, false], ...trip, home])).toEqual([]);
    expect(await said([[-30, true], ...trip, home])).toEqual([{ from: 0, to: 8 * hour }]);
    expect(await said([...trip, home])).toEqual([{ from: 0, to: 8 * hour }]);
    expect(await said([[-30, false], ...trip])).toEqual([{ from: 10 * hour, to: 24 * hour }]);
    expect(await said([[-30, false]])).toEqual([]);
  });
});

test('day by day, up to three months', async () => {
  const ask = (query: string) => world.as('viewer').get(`/v1/devices/west-m/ledger/days?${query}`);
  const { body } = await ask('from=2026-11-20T00:00:00Z&to=2026-11-21T00:00:00Z');
  expect(ledgerDaysShape.parse(body).items.map(({ date, expected }) => [date, expected])).toEqual([
    ['2026-11-20', 720],
    ['2026-11-21', 1_440],
  ]);
  expect((await ask('from=2026-11-21T00:00:00Z&to=2026-11-20T00:00:00Z')).status).toBe(400);
  expect((await ask('from=2026-01-01T00:00:00Z&to=2026-11-20T00:00:00Z')).status).toBe(400);
  expect((await world.as('viewer').get('/v1/devices/east-m/ledger/days?to=0')).status).toBe(404);
});

describe('overview', () => {
  const ask = async (user: string, query = '') =>
    ledgerOverviewShape.parse((await world.as(user).get(`/v1/ledger?${query}`)).body);

  test('every device of one’s scope, worst first, with what is not registered for who sees all', async () => {
    const all = await ask('root', 'date=2026-11-21');
    expect(all.items.map(({ device, heard }) => [device, heard])).toEqual([
      ['east-v', false],
      ['west-v', false],
      ['east-m', true],
      ['west-m', true],
      ['stranger', true],
    ]);
    expect(all.items.at(-1)).toMatchObject({ type: null, institution: null, expected: null });
    const west = await ask('west-admin', 'date=2026-11-21');
    expect(west.items.map(({ device }) => device)).toEqual(['west-v', 'west-m']);
    expect(west.totals).toMatchObject({
      devices: 2,
      complete: 0,
      stored: 3,
      expected: 1_440 + 8_640,
      missing: 1_437 + 8_640,
      quarantined: 1,
    });
    expect((await ask('root', 'institution=east')).items.map(({ device }) => device)).toEqual([
      'east-v',
      'east-m',
    ]);
  });

  test('by name, only what is incomplete, in pages', async () => {
    expect((await ask('root', 'search=EAST-M')).items.map(({ device }) => device)).toEqual([
      'east-m',
    ]);
    const first = await ask('root', 'limit=2');
    expect([first.items.length, first.next, first.totals.devices]).toEqual([2, '2', 5]);
    const rest = await ask('root', `limit=3&cursor=${first.next}`);
    expect([rest.items.length, rest.next]).toEqual([3, null]);
    // Before it was heard nothing is missing; one was set aside.
    const old = await ask('root', 'date=2026-11-19&incomplete');
    expect(old.items.map(({ device }) => device).slice(0, 2)).toEqual(['east-v', 'west-v']);
  });
});
