import { expect, test } from 'vitest';
import type { Place } from '../../model/entities.ts';
import type { Fix, Observation } from '../../model/observation.ts';
import { hourMs, minuteMs, secondMs } from '../../model/time.ts';
import { ruleKinds } from '../../rules/index.ts';
import { offline } from '../../rules/kinds/vehicle/offline.ts';
import { aFix, aVehicle, aWorld, institution, type Things } from './world.ts';

const start = Date.UTC(2026, 10, 2, 8);
const yard: Place = {
  id: 'p1',
  institution: 'hq',
  name: '地下停车场',
  kind: 'parking',
  circle: { center: [115.98, 36.45], radiusM: 100 },
};
const ids = ['v1', 'v2', 'v3', 'v4', 'v5', 'v6'];
const vehicles = ids.map((id) =>
  aVehicle(id, {
    plate: `鲁P0000${id[1]}`,
    parking: 'p1',
    jt808: { phone: `01391234567${id[1]}` },
  }),
);
const quarter = {
  id: 'r1',
  kind: 'vehicle.offline',
  scope: {},
  params: { floorS: 900 },
  enabled: true,
};
const world = (more: Things = {}) =>
  aWorld({ vehicles, places: [yard], rules: [quarter], ...more }, [offline]);
const moving = (id: string, at: number, more: Partial<Fix> = {}): Observation =>
  aFix(id, at, 36.6, 115.9 + (at % 10_000_000) / 1e9, { acc: true, speedKmh: 50, ...more });
const seen = (it: ReturnType<typeof world>) =>
  it.book
    .standing()
    .map(({ subject, openedAt, clearedAt, last }) => [
      subject,
      last.evidence.observed['cause'],
      (openedAt - start) / minuteMs,
      clearedAt && (clearedAt - start) / minuteMs,
    ]);

test('a vehicle under way is missed after the time that is set, a parked one after a day', async () => {
  const it = world();
  await it.give([moving('v1', start), moving('v2', start, { acc: false, speedKmh: 0 })]);
  it.sink().tick(start + 15 * minuteMs);
  expect(seen(it)).toEqual([]);
  it.sink().tick(start + 16 * minuteMs);
  expect(seen(it)).toEqual([['v1', 'link', 16, null]]);
  it.sink().tick(start + 27 * hourMs);
  expect(seen(it)[1]).toEqual(['v2', 'parked', 27 * 60, null]);
  await it.give([moving('v1', start + 28 * hourMs)]);
  expect(seen(it)[0]?.[3]).toBe(28 * 60);
  const { summary } = it.book.standing()[0]?.last ?? {};
  expect(summary?.zh).toBe('鲁P00001 自 11-02 16:00 离线 28 小时：行驶中通信中断');
});

test('slow, and near its underground car park: it is let be like a parked one', async () => {
  const it = world();
  await it.give([aFix('v1', start, 36.4511, 115.98, { acc: true, speedKmh: 8 })]);
  it.sink().tick(start + 20 * hourMs);
  expect(seen(it)).toEqual([]);
  it.sink().tick(start + 27 * hourMs);
  expect(seen(it)).toEqual([['v1', 'garage', 27 * 60, null]]);
  expect(it.book.standing()[0]?.last.severity).toBe('info');
});

test('the last report tells a power cut and a bad antenna from a link that broke', async () => {
  const it = world();
  await it.give([
    moving('v1', start, { alarms: 1 << 8 }),
    moving('v2', start + 20 * minuteMs),
    moving('v3', start, { alarms: 1 << 5 }),
    moving('v4', start + 20 * minuteMs),
  ]);
  it.sink().tick(start + 21 * minuteMs);
  expect(seen(it).map(([id, cause]) => [id, cause])).toEqual([
    ['v1', 'power'],
    ['v3', 'antenna'],
  ]);
});

test('a whole door that falls silent is one alert of the institution, not one for each vehicle', async () => {
  const it = world();
  await it.give(ids.map((id, n) => moving(id, start + n * secondMs)));
  for (let minute = 1; minute < 30; minute += 1) it.sink().tick(start + minute * minuteMs);
  expect(seen(it)).toEqual([['hq', 'door', 6, null]]);
  const { summary, severity } = it.book.standing()[0]?.last ?? {};
  expect(severity).toBe('critical');
  expect(summary?.zh).toBe(
    '机关事务管理局的车载终端（jt808）自 11-02 16:00 离线 6 分钟：接入口或网关整体中断',
  );
  // All but one are back: the door is open, and that one is offline for itself.
  await it.give(ids.slice(0, 5).map((id) => moving(id, start + 40 * minuteMs)));
  expect(seen(it)).toEqual([['hq', 'door', 6, 40]]);
  for (let minute = 41; minute < 46; minute += 1) it.sink().tick(start + minute * minuteMs);
  expect(seen(it)).toEqual([
    ['hq', 'door', 6, 40],
    ['v6', 'link', 41, null],
  ]);
});

test('one that is silent for five minutes is no door while others of it are heard, however seldom they report', async () => {
  const it = world();
  await it.give(ids.map((id) => moving(id, start)));
  for (let minute = 1; minute <= 15; minute += 1) {
    await it.give(ids.slice(1).map((id) => moving(id, start + minute * minuteMs - 20_000)));
    it.sink().tick(start + minute * minuteMs);
  }
  expect(seen(it)).toEqual([]);
  it.sink().tick(start + 16 * minuteMs);
  expect(seen(it)).toEqual([['v1', 'link', 16, null]]);
});

test('others that go on show that it is the vehicle, and another institution shows nothing', async () => {
  const it = world();
  await it.give(ids.map((id) => moving(id, start)));
  await it.give(ids.slice(2).map((id) => moving(id, start + 10 * minuteMs)));
  it.sink().tick(start + 16 * minuteMs);
  expect(seen(it).map(([id, cause]) => [id, cause])).toEqual([
    ['v1', 'link'],
    ['v2', 'link'],
  ]);
  const far = { ...institution, id: 'far' };
  const split = vehicles.map((each, n) => (n < 2 ? each : { ...each, institution: 'far' }));
  const two = world({ vehicles: split, institutions: [institution, far] });
  await two.give(ids.map((id) => moving(id, start)));
  two.sink().tick(start + 16 * minuteMs);
  expect(seen(two).map(([id, cause]) => [id, cause])).toEqual(
    expect.arrayContaining([
      ['v1', 'link'],
      ['v2', 'link'],
      ['far', 'door'],
    ]),
  );
});

test('reports without a position, and one that is stuck, are offline too; a tunnel and standing still are not', async () => {
  const it = world();
  const every = (id: string, minutes: number, more: Partial<Fix>) =>
    Array.from({ length: minutes * 6 }, (_, n) =>
      aFix(id, start + n * 10 * secondMs, 36.6, 115.9, { acc: true, speedKmh: 40, ...more }),
    );
  await it.give([
    ...every('v1', 70, { fixed: false }),
    ...every('v2', 70, {}),
    ...every('v3', 30, { fixed: false }),
    ...every('v4', 70, { speedKmh: 0 }),
    ...every('v5', 70, { fixed: false, acc: false }),
  ]);
  expect(seen(it).map(([id, cause]) => [id, cause])).toEqual([
    ['v1', 'no-position'],
    ['v2', 'stuck'],
  ]);
  await it.give([moving('v1', start + 80 * minuteMs)]);
  expect(seen(it)[0]?.[3]).toBe(80);
});

test('it survives a restart, and our own absence is nobody’s silence', async () => {
  const it = world();
  await it.give([moving('v1', start)]);
  it.sink().tick(start + 16 * minuteMs);
  it.restart();
  it.sink().tick(start + 17 * minuteMs);
  await it.give([moving('v1', start + 20 * minuteMs)]);
  expect(seen(it)).toEqual([['v1', 'link', 16, 20]]);
  it.clockMs = start + 5 * hourMs;
  it.restart();
  it.sink().tick(start + 5 * hourMs + 14 * minuteMs);
  expect(seen(it)).toHaveLength(1);
});

test('where it runs device.silent says nothing of vehicles; switched off, it does again', async () => {
  const silent = (it: ReturnType<typeof world>) => it.book.standing().map(({ last }) => last.kind);
  const told = async (rules: Things['rules'] = []) => {
    const it = aWorld({ vehicles, rules }, ruleKinds);
    await it.give([moving('v1', start)]);
    it.sink().tick(start + 5 * minuteMs);
    expect(silent(it)).toEqual([]);
    it.sink().tick(start + 6 * minuteMs);
    const early = silent(it);
    it.sink().tick(start + 16 * minuteMs);
    return [early, silent(it)];
  };
  expect(await told()).toEqual([[], ['vehicle.offline']]);
  const off = { id: 'off', kind: 'vehicle.offline', scope: {}, params: {}, enabled: false };
  expect(await told([off])).toEqual([['device.silent'], ['device.silent']]);
});
