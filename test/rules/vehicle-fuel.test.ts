import { expect, test } from 'vitest';
import type { Place } from '../../model/entities.ts';
import { economy } from '../../rules/kinds/vehicle/economy.ts';
import { fuelDrop } from '../../rules/kinds/vehicle/fuel-drop.ts';
import { refuelElsewhere } from '../../rules/kinds/vehicle/refuel-elsewhere.ts';
import { tell } from './vehicle-story.ts';
import { found, places, spansOf } from './vehicle-world.ts';
import { aVehicle } from './world.ts';

const start = '2026-11-02T08:00:00+08:00';
/** Wobbles by so many litres, the same way each time. */
const slosh = (level: number, by: number) => (step: number) => ({
  fuelL: Math.round((level + by * Math.sin(step * 2.3)) * 10) / 10,
});
const parked =
  (level: number, more = {}) =>
  (step: number) => ({ acc: false, ...slosh(level, 0.3)(step), ...more });

test('fuel drop: eight litres gone while parked, not while driving, idling or on a slope', async () => {
  const story = tell(start, places)
    .drive(4000, 0, 40, slosh(50, 3))
    .park(60, parked(49.5))
    .park(60, parked(41.5))
    .drive(0, 0, 40, slosh(41, 3))
    .story();
  const [one, ...more] = await found(fuelDrop, story);
  expect(more).toEqual([]);
  expect(one?.summary.zh).toMatch(
    /^鲁P12345 11-02 09:\d\d 停车时油量减少 (7\.\d|8|8\.\d) 升，“四区”$/,
  );
  expect(one?.span[1]).not.toBeNull();
  const slope = tell(start, places)
    .drive(4000, 0, 40, slosh(50, 3))
    .park(60, parked(42))
    .drive(0, 0, 40, slosh(49, 3))
    .park(60, parked(49))
    .story();
  expect(await spansOf(fuelDrop, slope)).toEqual([]);
  const idle = tell(start, places)
    .drive(4000, 0, 40, slosh(50, 3))
    .park(240, (step) => ({ acc: true, fuelL: 49 - (step * 1.6) / 60 }))
    .story();
  expect(await spansOf(fuelDrop, idle)).toEqual([]);
  const driven = tell(start, places)
    .park(30, parked(50))
    .drive(90_000, 0, 60, (step) => ({ fuelL: 50 - step * 0.02 }))
    .park(30, parked(39))
    .story();
  expect(await spansOf(fuelDrop, driven)).toEqual([]);
});

test('fuel drop: over a silence, and a little each time', async () => {
  const silent = tell(start, places)
    .drive(5000, 0, 40, slosh(50, 2))
    .park(5, parked(49.5))
    .wait(600)
    .park(20, parked(38))
    .drive(0, 0, 40, slosh(38, 2))
    .story();
  expect(await found(fuelDrop, silent)).toHaveLength(1);
  const slow = tell(start, places);
  const steady = tell(start, places);
  for (let night = 0; night < 5; night += 1) {
    const level = 55 - night * 5;
    for (const [story, gone] of [
      [slow, 3.5],
      [steady, night % 2 === 0 ? 1.2 : -1.2],
    ] as const)
      story
        .drive(5000, 0, 40, slosh(level, 2))
        .park(60, parked(level))
        .park(600, parked(level - gone), 600)
        .drive(0, 0, 40, slosh(level - gone, 2))
        .park(30, parked(level - gone));
  }
  const [one, ...more] = await found(fuelDrop, slow.story());
  expect(more).toEqual([]);
  expect(one?.summary.zh).toMatch(/多次停车共少油 1[34](\.\d)? 升，疑似逐次盗油/);
  expect(await spansOf(fuelDrop, steady.story())).toEqual([]);
});

test('fuel drop: known when it leaves at once, and by a terminal that wakes every quarter of an hour', async () => {
  const hasty = tell(start, places)
    .drive(5000, 0, 40, slosh(50, 2))
    .park(5, parked(49.5))
    .wait(600)
    .park(0.5, (step) => ({ acc: true, fuelL: 38 + step / 10 }), 10)
    .drive(0, 0, 40, slosh(38, 2))
    .story();
  expect(await found(fuelDrop, hasty)).toHaveLength(1);
  const asleep = tell(start, places)
    .drive(5000, 0, 40, slosh(50, 2))
    .park(60, parked(49.5))
    .park(240, parked(38), 900)
    .story();
  const [one] = await found(fuelDrop, asleep);
  expect(one?.span[0]).toBeLessThan(8 + 60 + 60);
});

test('fuel drop: ten days count back from each loss, and six litres of a big tank are not lost sight of', async () => {
  const big = [aVehicle('v1', { tankL: 90 })];
  const story = tell(start, places);
  // None that is missing is 8 % of the tank; once it is refuelled.
  for (const [day, gone] of [0, 0, 0, 0, 0, 0, 0, 0, 6.4, -9, 0, 6.2, 0, 4].entries()) {
    const level = 80 - day / 2;
    story
      .drive(5000, 0, 40, slosh(level, 1))
      .park(60, parked(level))
      .park(600, parked(level - gone), 1800)
      .drive(0, 0, 40, slosh(level - gone, 1))
      .park(12 * 60, parked(level - gone), 1800);
  }
  const [one, ...more] = await found(fuelDrop, story.story(), { vehicles: big });
  expect(more).toEqual([]);
  expect(one?.summary.zh).toMatch(/多次停车共少油 1[67](\.\d)? 升/);
});

test('driven without a position, nothing is known of what went or came', async () => {
  const unseen = (step: number) => ({ acc: true, fixed: false, fuelL: 50 - step * 0.02 });
  const blind = tell(start, places)
    .drive(5000, 0, 40, slosh(50, 1))
    .park(10, parked(50))
    .park(180, unseen, 10)
    .park(30, (step) => ({ acc: false, fixed: false, fuelL: step < 4 ? 28 : 58 }))
    .park(30, parked(58))
    .story();
  expect(await spansOf(fuelDrop, blind)).toEqual([]);
  const station: Place = {
    id: 'f1',
    institution: 'hq',
    name: '定点加油站',
    kind: 'fuel',
    circle: { center: [115.98, 36.6], radiusM: 100 },
  };
  const stations = { places: [...places, station] };
  expect(await spansOf(refuelElsewhere, blind, stations)).toEqual([]);
  // Its power was cut on the way; a day later it stands in its yard, filled up.
  const dark = tell(start, stations.places)
    .drive(5000, 0, 40, slosh(20, 1))
    .wait(1500)
    .jumpTo(0, 0)
    .park(30, parked(58))
    .drive(3000, 0, 40, slosh(57, 1))
    .story();
  expect(await spansOf(refuelElsewhere, dark, stations)).toEqual([]);
  expect(await spansOf(fuelDrop, dark)).toEqual([]);
});

test('refuelling: at a station it is right, elsewhere it is told, far away it is not expected', async () => {
  const station: Place = {
    id: 'f1',
    institution: 'hq',
    name: '定点加油站',
    kind: 'fuel',
    circle: { center: [115.98, 36.45 + 8000 / 111_195], radiusM: 100 },
  };
  const all = [...places, station];
  const fill = (north: number) =>
    tell(start, all)
      .park(10, parked(20))
      .drive(north, 0, 60, slosh(18, 2))
      .park(5, parked(17))
      .park(10, parked(52))
      .drive(0, 0, 60, slosh(50, 2))
      .story();
  const [one] = await found(refuelElsewhere, fill(6000), { places: all });
  expect(one?.summary.zh).toMatch(/在定点加油站以外加油约 35 升/);
  expect(await spansOf(refuelElsewhere, fill(8000), { places: all })).toEqual([]);
  expect(await spansOf(refuelElsewhere, fill(70_000), { places: all })).toEqual([]);
  // Nobody has named a station.
  expect(await spansOf(refuelElsewhere, fill(6000))).toEqual([]);
});

test('economy: a third more than before is told, what gauges do is not', async () => {
  const drives = (rates: readonly number[]) => {
    const story = tell(start, places);
    let level = 60;
    for (const [n, rate] of rates.entries()) {
      const litres = (110 * rate) / 100;
      if (level < litres + 5) {
        level = 60;
      }
      story.park(30, parked(level));
      story.drive(n % 2 === 0 ? 110_000 : 0, 0, 80, slosh(level - litres / 2, 3), 60);
      level -= litres;
      story.park(30, parked(level));
    }
    return story.story();
  };
  const usual = [8, 8.4, 7.8, 8.1, 8.2, 7.9, 8, 8.3];
  const [one] = await found(economy, drives([...usual, 11.5, 11.5, 8, 8]));
  expect(one?.summary.zh).toMatch(/百公里 11\.\d L，本车以往 [78](\.\d+)? L$/);
  expect(one?.span[1]).not.toBeNull();
  expect(await spansOf(economy, drives([...usual, 9, 9]))).toEqual([]);
  const electric = [aVehicle('v1', { fuel: 'electric' })];
  expect(await spansOf(economy, drives([8, 8]), { vehicles: electric })).toEqual([]);
});

test('economy: of a gauge that is silent without the ignition, and refuelled on the way', async () => {
  const off = { acc: false };
  const on = (level: number) => (step: number) => ({ acc: true, ...slosh(level, 0.2)(step) });
  const weeks = (rates: readonly number[]) => {
    const story = tell(start, places);
    let level = 55;
    for (const rate of rates) {
      const half = (55 * rate) / 100;
      story.park(2, on(level), 10).drive(55_000, 0, 80, slosh(level, 1), 30);
      story.park(1, on(level - half), 10);
      const filled = level < 30 ? 55 : level - half;
      story.park(4, off).park(1, on(filled), 10);
      story.drive(0, 0, 80, slosh(filled - half, 1), 30);
      level = filled - half;
      story.park(1, on(level), 10).park(20, off);
    }
    return story.story();
  };
  const usual = [8, 8, 8, 8, 8, 8, 8, 8];
  const [one] = await found(economy, weeks([...usual, 12, 12, 12, 8, 8]));
  expect(one?.summary.zh).toMatch(/百公里 1[12](\.\d+)? L，本车以往 [78](\.\d+)? L$/);
  expect(await spansOf(economy, weeks([...usual, 8, 8, 8]))).toEqual([]);
});
