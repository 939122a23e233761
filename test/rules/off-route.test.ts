import { expect, test } from 'vitest';
import type { Dispatch, Place, Route } from '../../model/entities.ts';
import type { Observation } from '../../model/observation.ts';
import { hourMs } from '../../model/time.ts';
import { offRoute } from '../../rules/kinds/vehicle/off-route.ts';
import { aFix, aVehicle, aWorld, type Things } from './world.ts';

/* The route goes north along 115.98; offsets are metres to the east of it. */

const start = Date.UTC(2026, 10, 2, 0);
const route: Route = {
  id: 'r1',
  institution: 'hq',
  name: '城区到临清',
  widthM: 150,
  line: [
    [115.98, 36.45],
    [115.98, 36.95],
  ],
};
const order: Dispatch = {
  id: 'd1',
  vehicle: 'v1',
  driver: '张三',
  from: start,
  to: start + 4 * hourMs,
  route: 'r1',
  purpose: '机要',
};
const things: Things = { vehicles: [aVehicle('v1')], routes: [route], dispatches: [order] };
const metresPerDegree = 111_195;

const at = (step: number, eastM: number, more: object = {}): Observation => {
  const lat = 36.5 + step * 0.0009;
  const lon = 115.98 + eastM / (metresPerDegree * Math.cos((lat * Math.PI) / 180));
  return aFix('v1', start + step * 10_000, lat, lon, more);
};

/** Drives 100 m every 10 s, so far beside the route. */
async function drive(
  eastM: readonly number[],
  more: Things = {},
  quality: Readonly<Record<number, object>> = {},
) {
  const it = aWorld({ ...things, ...more }, [offRoute]);
  await it.give(eastM.map((metres, step) => at(step, metres, quality[step] ?? {})));
  return it;
}

const many = (count: number, eastM: number): number[] => Array.from({ length: count }, () => eastM);
const spans = (it: Awaited<ReturnType<typeof drive>>) =>
  it.book
    .standing()
    .map(({ openedAt, clearedAt }) =>
      [openedAt, clearedAt].map((when) => when && (when - start) / 10_000),
    );

test('just within the width for an hour is on the route', async () => {
  expect(spans(await drive(many(360, 149)))).toEqual([]);
});

test('one fix far away, and then another, are no deviation', async () => {
  expect(spans(await drive([...many(10, 0), 400, ...many(10, 0), 400, ...many(10, 0)]))).toEqual(
    [],
  );
});

test('three fixes outside are, and the evidence says what a dispatcher needs', async () => {
  const it = await drive([...many(10, 0), 100, 250, 400, 400, 400, 400]);
  expect(spans(it)).toEqual([[13, null]]);
  const { last } = it.book.standing()[0] ?? {};
  expect(last).toMatchObject({
    subject: { type: 'vehicle', id: 'v1' },
    severity: 'warning',
    summary: {
      zh: '鲁P12345 自 11-02 08:01 偏离路线“城区到临清”，最远 400 米，已 20 秒',
      en: '鲁P12345 off route "城区到临清" since 11-02 08:01: up to 400 m away, for 20 s',
    },
    evidence: {
      from: start + 110_000,
      flagged: [start + 110_000, start + 120_000, start + 130_000],
      observed: { maxDistanceM: 400, secondsOutside: 20, fixesOutside: 3 },
      expected: { routes: [{ id: 'r1', name: '城区到临清', widthM: 150 }] },
      method: {
        zh: expect.stringContaining('最短距离'),
        en: expect.stringContaining('shortest distance'),
      },
      context: { dispatches: [{ id: 'd1', driver: '张三', purpose: '机要', route: 'r1' }] },
    },
  });
  const track = last?.evidence.observed['track'] as { distanceM: number }[];
  expect(track.map(({ distanceM }) => distanceM)).toEqual([250, 400, 400]);
});

test('just beyond the edge it takes longer to be sure than far out', async () => {
  const second = (index: number, eastM: number) => {
    const lat = 36.5 + index * 0.00009;
    const lon = 115.98 + eastM / (metresPerDegree * Math.cos((lat * Math.PI) / 180));
    return aFix('v1', start + index * 1000, lat, lon);
  };
  const after = async (eastM: number) => {
    const it = aWorld(things, [offRoute]);
    await it.give(many(60, eastM).map((metres, index) => second(index, index < 20 ? 0 : metres)));
    return ((it.book.standing()[0]?.openedAt ?? 0) - start) / 1000 - 20;
  };
  // Two seconds of each are the jump itself, which is doubted first.
  expect(await after(500)).toBe(17);
  expect(await after(160)).toBe(23);
});

test('going in and out within a minute stays one episode, and it ends when the vehicle is back to stay', async () => {
  const flapping = [...many(5, 300), ...many(4, 0)];
  const it = await drive([...many(10, 0), ...flapping, ...flapping, ...flapping, ...many(10, 0)]);
  expect(spans(it)).toEqual([[12, 39]]);
  expect(it.book.standing()[0]?.last.evidence.observed).toMatchObject({
    fixesOutside: 15,
    secondsOutside: 220,
  });
});

test('beside the corridor, but not back in it, the episode goes on', async () => {
  expect(spans(await drive([...many(10, 0), ...many(5, 300), ...many(30, 140)]))).toEqual([
    [12, null],
  ]);
});

test('fixes that cannot be believed decide nothing', async () => {
  const poor = Object.fromEntries(
    [10, 11, 12, 13, 14].map((step) => [
      step,
      step % 2 === 0 ? { satellites: 3 } : { fixed: false },
    ]),
  );
  expect(spans(await drive([...many(10, 0), ...many(5, 500), ...many(5, 0)], {}, poor))).toEqual(
    [],
  );
});

test('a jump no car can make is dropped; one that stays is believed from its third fix on', async () => {
  expect(spans(await drive([...many(10, 0), 9000, 9100, ...many(10, 0)]))).toEqual([]);
  expect(spans(await drive([...many(10, 0), ...many(8, 9000)]))).toEqual([[14, null]]);
});

test('without a dispatch with a route nothing is judged', async () => {
  expect(spans(await drive(many(60, 5000), { dispatches: [] }))).toEqual([]);
  const { route: _route, ...free } = order;
  expect(spans(await drive(many(60, 5000), { dispatches: [free] }))).toEqual([]);
  expect(
    spans(await drive(many(60, 5000), { dispatches: [order, { ...free, id: 'd2' }] })),
  ).toEqual([]);
});

test('of two orders at a time either route will do', async () => {
  const lon = 115.98 + 1000 / (metresPerDegree * Math.cos((36.5 * Math.PI) / 180));
  const other: Route = {
    ...route,
    id: 'r2',
    line: [
      [lon, 36.45],
      [lon, 36.95],
    ],
  };
  const two = { routes: [route, other], dispatches: [order, { ...order, id: 'd2', route: 'r2' }] };
  expect(spans(await drive([...many(20, 0), ...many(20, 1000)], two))).toEqual([]);
  expect(spans(await drive([...many(20, 0), ...many(20, 500)], two))).toHaveLength(1);
});

test('the yards at both ends, the parking place and the area of the order are free', async () => {
  const yard: Place = {
    id: 'p1',
    institution: 'hq',
    name: '停车场',
    kind: 'parking',
    circle: { center: [115.98, 36.5], radiusM: 4000 },
  };
  const off = [...many(10, 0), ...many(20, 1500)];
  expect(spans(await drive(off))).toHaveLength(1);
  expect(
    spans(await drive(off, { vehicles: [aVehicle('v1', { parking: 'p1' })], places: [yard] })),
  ).toEqual([]);
  expect(
    spans(await drive(off, { dispatches: [{ ...order, area: 'p1' }], places: [yard] })),
  ).toEqual([]);
});

test('the end of the dispatch ends the episode, in event time', async () => {
  const short = { ...order, to: start + 200_000 };
  const it = await drive([...many(10, 0), ...many(20, 500)], { dispatches: [short] });
  expect(spans(it)).toEqual([[12, 20]]);
  expect(it.book.standing()[0]?.last.evidence.context).toMatchObject({
    dispatches: [{ id: 'd1' }],
  });
});

test('parameters of an instance decide: a minute outside instead of the default', async () => {
  const rules = [
    {
      id: 'off-route-default',
      kind: 'vehicle.off-route',
      scope: { institution: 'hq' },
      params: { enterS: 60 },
      enabled: true,
    },
  ];
  expect(spans(await drive([...many(10, 0), ...many(20, 400)], { rules }))).toEqual([[16, null]]);
});

test('an exempt vehicle is not judged', async () => {
  const vehicles = [aVehicle('v1', { exempt: ['vehicle.off-route'] })];
  expect(spans(await drive([...many(10, 0), ...many(20, 400)], { vehicles }))).toEqual([]);
});

test('fixes sent late are judged in their own time, across a restart', async () => {
  const metres = [...many(10, 0), ...many(10, 400), ...many(10, 0)];
  const fixes = metres.map((each, step) => at(step, each));
  const it = aWorld(things, [offRoute]);
  await it.give([...fixes.slice(0, 10), ...fixes.slice(20)]);
  expect(spans(it)).toEqual([]);
  it.restart();
  await it.give(fixes.slice(10, 20));
  expect(spans(it)).toEqual([[12, 26]]);
});

test('a long stretch outside stays small', async () => {
  const it = await drive(many(1400, 600));
  it.keep();
  const size = String(
    it.database.prepare('SELECT slots FROM rules_subject').get()?.['slots'],
  ).length;
  expect(size).toBeLessThan(10_000);
  const { evidence } = it.book.standing()[0]?.last ?? {};
  expect(evidence?.flagged.length).toBeGreaterThan(20);
  expect(evidence?.flagged.length).toBeLessThanOrEqual(48);
});
