import { expect, test } from 'vitest';
import { idling } from '../../rules/kinds/vehicle/idling.ts';
import { longIdle } from '../../rules/kinds/vehicle/long-idle.ts';
import { overnightParking } from '../../rules/kinds/vehicle/overnight-parking.ts';
import { sealedMoved } from '../../rules/kinds/vehicle/sealed-moved.ts';
import { tow } from '../../rules/kinds/vehicle/tow.ts';
import { tell } from './vehicle-story.ts';
import { found, order, places, spansOf } from './vehicle-world.ts';
import { aVehicle } from './world.ts';

test('idling: a quarter of an hour with the ignition on, not fourteen minutes, not a battery vehicle', async () => {
  const on = { acc: true };
  const idle = (minutes: number) =>
    tell('2026-11-02T09:00:00+08:00', places).park(minutes, on).drive(3000, 0, 40).park(10).story();
  const [one] = await found(idling, idle(20));
  expect(one?.span).toEqual([15, 20]);
  expect(one?.summary).toEqual({
    zh: '鲁P12345 自 11-02 09:00 怠速 19 分钟，“停车场”“四区”',
    en: '鲁P12345 idling for 19 min since 11-02 09:00, in "停车场", "四区"',
  });
  expect(await spansOf(idling, idle(15))).toEqual([]);
  const electric = [aVehicle('v1', { fuel: 'electric' })];
  expect(await spansOf(idling, idle(60), { vehicles: electric })).toEqual([]);
  const off = tell('2026-11-02T09:00:00+08:00').park(60).story();
  expect(await spansOf(idling, off)).toEqual([]);
  // A receiver without its antenna says 0 km/h all the way.
  const lost = { fixed: false, speedKmh: 0 };
  const unseen = tell('2026-11-02T09:00:00+08:00').park(5).drive(30_000, 0, 40, lost).park(5);
  expect(await spansOf(idling, unseen.story())).toEqual([]);
  const held = tell('2026-11-02T09:00:00+08:00')
    .park(5)
    .park(60, { ...lost, acc: true })
    .park(5);
  expect(await spansOf(idling, held.story())).toEqual([]);
});

test('sealed: moved to another bay or driven off, not wandering about where it stands', async () => {
  const sealed = [aVehicle('v1', { sealed: [{ from: '2026-10-01', to: '2026-10-08' }] })];
  const start = '2026-09-30T22:00:00+08:00';
  const moved = (metres: number) =>
    tell(start, places).park(180).drive(metres, 0, 10).park(60).story();
  const [one] = await found(sealedMoved, moved(80), { vehicles: sealed });
  expect(one?.summary.zh).toMatch(
    /^封存车辆 鲁P12345 自 10-01 01:0\d（法定节假日（国庆节））移动 80 米/,
  );
  expect(await spansOf(sealedMoved, moved(30), { vehicles: sealed })).toEqual([]);
  const before = tell(start, places).park(10).drive(3000, 0, 40).park(300).story();
  expect(await spansOf(sealedMoved, before, { vehicles: sealed })).toEqual([]);
  const jumps = tell(start, places).park(180);
  for (let n = 0; n < 6; n += 1)
    jumps
      .jumpTo(300, 0)
      .fix({ acc: false }, { mark: 'drift', standing: true, rest: null })
      .jumpTo(0, 0)
      .park(20);
  expect(await spansOf(sealedMoved, jumps.story(), { vehicles: sealed })).toEqual([]);
});

test('overnight: a night elsewhere, known even by the first fix of the morning, not in its yard or under an order', async () => {
  const night = (metres: number, everyS = 600) =>
    tell('2026-11-02T18:00:00+08:00', places)
      .drive(metres, 0, 40)
      .park(14 * 60, undefined, everyS)
      .drive(0, 0, 40)
      .story();
  const [one] = await found(overnightParking, night(8000));
  expect(one?.summary.zh).toMatch(
    /夜间自 11-02 22:00 未停在“停车场”，停于位置 36\.5\d+, 115\.98\d* 7\.9 小时/,
  );
  expect(await spansOf(overnightParking, night(8000))).toHaveLength(1);
  expect(await spansOf(overnightParking, night(100))).toEqual([]);
  const asleep = tell('2026-11-02T18:00:00+08:00', places)
    .drive(8000, 0, 40)
    .park(5)
    .wait(13 * 60)
    .park(2)
    .drive(0, 0, 40)
    .story();
  expect(await spansOf(overnightParking, asleep)).toHaveLength(1);
  const dispatches = [order('2026-11-02T17:00:00+08:00', '2026-11-03T17:00:00+08:00')];
  expect(await spansOf(overnightParking, night(8000), { dispatches })).toEqual([]);
  const evening = tell('2026-11-02T18:00:00+08:00', places)
    .drive(8000, 0, 40)
    .park(5 * 60)
    .drive(0, 0, 40)
    .park(600)
    .story();
  expect(await spansOf(overnightParking, evening)).toEqual([]);
});

test('overnight: come in at the edge of its yard and not seen until morning it stands in the basement; seen beside it, it does not', async () => {
  const evening = () =>
    tell('2026-11-02T21:00:00+08:00', places).drive(8000, 0, 40).drive(290, 0, 40);
  const morning = { acc: true, speedKmh: 0 };
  const basement = evening().park(3, { acc: false, fixed: false }).wait(600).park(2, morning);
  expect(await spansOf(overnightParking, basement.drive(3000, 0, 40).story())).toEqual([]);
  const unheard = evening().park(1).wait(600).park(2, morning);
  expect(await spansOf(overnightParking, unheard.drive(3000, 0, 40).story())).toEqual([]);
  const street = evening().park(600, undefined, 900).drive(3000, 0, 40);
  expect(await spansOf(overnightParking, street.story())).toHaveLength(1);
  // Awake again in the basement, with the position it had when its power was cut.
  const stale = tell('2026-11-02T18:00:00+08:00', places)
    .drive(8000, 0, 40)
    .park(3)
    .wait(900)
    .park(60, { acc: false, fixed: false });
  expect(await spansOf(overnightParking, stale.story())).toEqual([]);
});

test('long idle: a month without a trip, not while sealed, and over with the next trip', async () => {
  const rests = (days: number) =>
    tell('2026-10-09T08:00:00+08:00', places)
      .drive(5000, 0, 40)
      .park(days * 1440, undefined, 6 * 3600)
      .drive(0, 0, 40)
      .park(30)
      .story();
  const [one, ...more] = await found(longIdle, rests(35));
  expect(more).toEqual([]);
  expect(one?.summary.zh).toMatch(/^鲁P12345 已 3\d 天没有行程/);
  expect((one?.span[0] ?? 0) / 1440).toBeCloseTo(30, 0);
  expect(one?.span[1]).not.toBeNull();
  expect(await spansOf(longIdle, rests(29))).toEqual([]);
  const sealed = [aVehicle('v1', { sealed: [{ from: '2026-10-01', to: '2026-12-31' }] })];
  expect(await spansOf(longIdle, rests(35), { vehicles: sealed })).toEqual([]);
});

test('tow: moved with the ignition off, not drifting, not where the ignition is not wired', async () => {
  const off = { acc: false, speedKmh: 0 };
  const towed = (metres: number, more = off) =>
    tell('2026-11-02T08:00:00+08:00')
      .drive(3000, 0, 40)
      .park(60, off)
      .drive(3000 + metres, 0, 30, more)
      .park(60, off)
      .story();
  const [one] = await found(tow, towed(2000));
  expect(one?.summary.zh).toMatch(/^鲁P12345 自 11-02 09:0\d 熄火状态下被移动 2 公里/);
  expect(await spansOf(tow, towed(250))).toHaveLength(1);
  expect(await spansOf(tow, towed(150))).toEqual([]);
  const unwired = tell('2026-11-02T08:00:00+08:00')
    .drive(9000, 0, 40, off)
    .park(60)
    .drive(0, 0, 40, off)
    .story();
  expect(await spansOf(tow, unwired)).toEqual([]);
  const jumps = tell('2026-11-02T08:00:00+08:00').drive(3000, 0, 40).park(60);
  for (let n = 0; n < 10; n += 1)
    jumps.jumpTo(3000, 900).fix(off, { mark: 'jump', rest: null }).jumpTo(3000, 0).park(5);
  expect(await spansOf(tow, jumps.story())).toEqual([]);
});
