import loaded from 'gcoord';
import { expect, test } from 'vitest';
import type { Dispatch, LonLat, Place, Route } from '../../model/entities.ts';
import { hourMs } from '../../model/time.ts';
import { schemas } from '../../registry/schemas.ts';
import { mapDatum } from '../../rules/kinds/vehicle/map-datum.ts';
import { missedStop } from '../../rules/kinds/vehicle/missed-stop.ts';
import { offRoute } from '../../rules/kinds/vehicle/off-route.ts';
import { wrongWay } from '../../rules/kinds/vehicle/wrong-way.ts';
import { aFix, aVehicle, aWorld, type Things } from './world.ts';

/* What a route may say besides its line. It goes north along 116.3, 11 km. */

const gcoord = loaded as unknown as typeof loaded.default;
const start = Date.UTC(2026, 10, 2);
const route: Route = {
  id: 'r1',
  institution: 'hq',
  name: '环线',
  widthM: 150,
  line: [
    [116.3, 39.9],
    [116.3, 39.95],
    [116.3, 40],
  ],
};
const order: Dispatch = {
  id: 'd1',
  vehicle: 'v1',
  route: 'r1',
  from: start,
  to: start + 2 * hourMs,
};
const kinds = [offRoute, wrongWay, missedStop, mapDatum];
const eastDeg = (metres: number) => metres / (111_195 * Math.cos((39.95 * Math.PI) / 180));

/** 100 m every 10 s from a latitude, so far east of the line. */
const way = (fromLat: number, eastM: readonly number[], northwards = 1): LonLat[] =>
  eastM.map((metres, step) => [116.3 + eastDeg(metres), fromLat + northwards * step * 0.0009]);
const same = (count: number, eastM: number) => Array.from({ length: count }, () => eastM);

async function drive(line: readonly LonLat[], more: Partial<Route>, things: Things = {}) {
  const world = aWorld(
    { vehicles: [aVehicle('v1')], routes: [{ ...route, ...more }], dispatches: [order], ...things },
    kinds,
  );
  await world.give(line.map(([lon, lat], step) => aFix('v1', start + step * 10_000, lat, lon)));
  return world;
}

const told = (world: Awaited<ReturnType<typeof drive>>) =>
  world.book.standing().map(({ rule }) => rule);

test('another line of the route will do', async () => {
  const side = way(39.91, [...same(10, 0), 100, 300, 500, ...same(20, 700)]);
  expect(told(await drive(side, {}))).toEqual(['vehicle.off-route']);
  const other: LonLat[] = [
    [116.3, 39.918],
    [116.3 + eastDeg(700), 39.921],
    [116.3 + eastDeg(700), 39.95],
  ];
  expect(told(await drive(side, { lines: [other] }))).toEqual([]);
});

test('a segment may be wider or narrower than the rest', async () => {
  const beside = way(39.955, [...same(10, 0), ...same(30, 400)]);
  expect(told(await drive(beside, {}))).toEqual(['vehicle.off-route']);
  expect(told(await drive(beside, { segmentWidthsM: [150, 500] }))).toEqual([]);
  expect(told(await drive(beside, { segmentWidthsM: [500, 150] }))).toEqual(['vehicle.off-route']);
});

test('widths of segments are as many as there are segments', () => {
  const body = { id: 'r1', institution: 'hq', line: route.line };
  const isTaken = (more: object) => schemas.routes.safeParse({ ...body, ...more }).success;
  expect(isTaken({ segmentWidthsM: [150, 500] })).toBe(true);
  expect(isTaken({ segmentWidthsM: [150] })).toBe(false);
  expect(isTaken({ lines: [route.line], oneWay: true, mustVisit: ['p1'] })).toBe(true);
  expect(isTaken({ lines: [[[116, 40]]] })).toBe(false);
});

test('both directions are right, but for a route that is one-way', async () => {
  const back = way(39.98, same(60, 0), -1);
  expect(told(await drive(back, {}))).toEqual([]);
  const world = await drive(back, { oneWay: true });
  expect(told(world)).toEqual(['vehicle.wrong-way']);
  expect(world.book.standing()[0]?.last.evidence.observed).toMatchObject({ againstM: 300 });
  expect(told(await drive(way(39.91, same(60, 0)), { oneWay: true }))).toEqual([]);
});

test('who turns round and goes the right way is right again; a loop that goes both ways is never wrong', async () => {
  const turned = [...way(39.96, same(20, 0), -1), ...way(39.94, same(20, 0))];
  const [alert] = (await drive(turned, { oneWay: true })).book.standing();
  expect(alert?.clearedAt).toBe(start + 22 * 10_000);
  const loop = [...route.line, ...route.line.toReversed()];
  expect(told(await drive(way(39.98, same(60, 0), -1), { oneWay: true, line: loop }))).toEqual([]);
});

const stop = (id: string, lat: number, eastM = 0): Place => ({
  id,
  institution: 'hq',
  name: id,
  kind: 'poi',
  circle: { center: [116.3 + eastDeg(eastM), lat], radiusM: 30 },
});

test('a place it must come by is missed when the dispatch ends, not before', async () => {
  const places = [stop('东站', 39.92), stop('西站', 39.93, 2000)];
  const more = { mustVisit: ['东站', '西站'] };
  const drives = way(39.91, same(60, 0));
  expect(told(await drive(drives, more, { places }))).toEqual([]);
  const short = [{ ...order, to: start + 500_000 }];
  const [alert, ...others] = (
    await drive(drives, more, { places, dispatches: short })
  ).book.standing();
  expect(others).toEqual([]);
  expect(alert).toMatchObject({
    rule: 'vehicle.missed-stop',
    openedAt: start + 500_000,
    clearedAt: start + 500_000,
    last: {
      summary: { en: expect.stringContaining('did not come by 西站 before') },
      evidence: { observed: { visited: ['东站'], missed: ['西站'] } },
    },
  });
  const both = { mustVisit: ['东站'] };
  expect(told(await drive(drives, both, { places, dispatches: short }))).toEqual([]);
});

test('a stop is not missed by a car that was not driven', async () => {
  const places = [stop('西站', 39.93, 2000)];
  const dispatches = [{ ...order, to: start + 300_000 }];
  const parked = Array.from({ length: 60 }, (): LonLat => [116.3, 39.91]);
  expect(told(await drive(parked, { mustVisit: ['西站'] }, { places, dispatches }))).toEqual([]);
});

test('another map datum is told as such, and the vehicle is judged by where it was', async () => {
  const shifted = (line: readonly LonLat[]) =>
    line.map(([lon, lat]): LonLat => {
      const [x, y] = gcoord.transform([lon, lat], gcoord.WGS84, gcoord.GCJ02);
      return [x, y];
    });
  const on = await drive(shifted(way(39.91, same(60, 0))), {});
  expect(told(on)).toEqual(['vehicle.map-datum']);
  expect(on.book.standing()[0]?.last.evidence.expected).toMatchObject({ mistake: 'fixes-gcj02' });
  const left = await drive(shifted(way(39.91, [...same(40, 0), 200, ...same(30, 500)])), {});
  expect(told(left).sort()).toEqual(['vehicle.map-datum', 'vehicle.off-route']);
  const drawn = await drive(way(39.91, same(60, 0)), { line: shifted(route.line) });
  expect(drawn.book.standing()[0]?.last.evidence.expected).toMatchObject({
    mistake: 'route-gcj02',
  });
  expect(told(drawn)).toEqual(['vehicle.map-datum']);
});

test('on its way to the route a vehicle has not left it; one that never comes has', async () => {
  const comes = way(39.91, [
    ...Array.from({ length: 30 }, (_, step) => 3000 - step * 100),
    ...same(30, 0),
  ]);
  expect(told(await drive(comes, {}))).toEqual([]);
  const elsewhere = await drive(way(39.91, same(100, 3000)), {});
  expect(told(elsewhere)).toEqual(['vehicle.off-route']);
  expect(elsewhere.book.standing()[0]?.openedAt).toBeGreaterThan(start + 600_000);
});
