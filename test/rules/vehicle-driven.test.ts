import { expect, test } from 'vitest';
import { createCalendar } from '../../model/calendar.ts';
import { fatigue } from '../../rules/kinds/vehicle/fatigue.ts';
import { idling } from '../../rules/kinds/vehicle/idling.ts';
import { offHours } from '../../rules/kinds/vehicle/off-hours.ts';
import { outOfArea } from '../../rules/kinds/vehicle/out-of-area.ts';
import { overspeed } from '../../rules/kinds/vehicle/overspeed.ts';
import { tailNumber } from '../../rules/kinds/vehicle/tail-number.ts';
import { undispatchedTrip } from '../../rules/kinds/vehicle/undispatched-trip.ts';
import type { RuleKind } from '../../rules/rule.ts';
import { tell } from './vehicle-story.ts';
import { day, found, instance, order, places, spansOf } from './vehicle-world.ts';
import { aVehicle, institution } from './world.ts';

test('overspeed: held over the limit, not within its tolerance, not a spike, not a speed the track denies', async () => {
  const drive = (kmh: number, more = {}) =>
    tell('2026-11-02T09:00:00+08:00', places)
      .drive(3000, 0, 60)
      .drive(23_000, 0, kmh, more)
      .drive(26_000, 0, 60)
      .story();
  const [one] = await found(overspeed, drive(140));
  expect(one?.evidence.observed).toMatchObject({ speedKmh: 140 });
  expect(one?.summary.zh).toMatch(/^鲁P12345 自 11-02 09:03 超速 .*最高 140 km\/h（限速 120）/);
  expect(await spansOf(overspeed, drive(130))).toEqual([]);
  const spike = (step: number) => ({ speedKmh: step === 5 ? 160 : 100 });
  expect(await spansOf(overspeed, drive(100, spike))).toEqual([]);
  // The receiver says 150, the track 60.
  expect(await spansOf(overspeed, drive(60, { speedKmh: 150 }))).toEqual([]);
  const rules = [instance('vehicle.overspeed', { places: { z1: 60 } })];
  const [within] = await found(overspeed, drive(80), { rules });
  expect(within?.summary.zh).toContain('限速 60），“四区”');
});

test('fatigue: four hours without twenty minutes of rest', async () => {
  const legs = (restMinutes: number) =>
    tell('2026-11-02T08:00:00+08:00')
      .drive(120_000, 0, 60, {}, 60)
      .park(restMinutes)
      .drive(270_000, 0, 60, {}, 60)
      .park(30)
      .story();
  const [one] = await found(fatigue, legs(15), {
    dispatches: [order('2026-11-02T07:00:00+08:00', '2026-11-02T20:00:00+08:00')],
  });
  expect(one?.span[0]).toBeGreaterThanOrEqual(240);
  expect(one?.span[0]).toBeLessThan(245);
  expect(one?.summary.zh).toContain('（张三） 自 11-02 08:01 连续驾驶');
  expect(one?.span[1]).not.toBeNull();
  expect(await spansOf(fatigue, legs(25))).toEqual([]);
  // Nobody knows what happened in a gap.
  const gap = tell('2026-11-02T08:00:00+08:00')
    .drive(150_000, 0, 60, {}, 60)
    .wait(25)
    .drive(300_000, 0, 60, {}, 60)
    .story();
  expect(await spansOf(fatigue, gap)).toEqual([]);
});

test('off hours: an evening, a Sunday and a holiday, not a transfer Saturday, not under an order', async () => {
  const trip = (from: string) => tell(from, places).park(5).drive(12_000, 0, 40).park(20).story();
  const [evening] = await found(offHours, trip('2026-11-02T20:00:00+08:00'));
  expect(evening?.span).toEqual([15, 23]);
  expect(evening?.summary.zh).toContain('（工作日）非工作时间行驶');
  expect(evening?.evidence.expected).toMatchObject({ officeHours: { from: '08:00', to: '18:00' } });
  const [sunday] = await found(offHours, trip('2026-11-08T10:00:00+08:00'));
  expect(sunday?.summary.zh).toContain('（周末）');
  const [holiday] = await found(offHours, trip('2026-10-02T10:00:00+08:00'));
  expect(holiday?.summary).toMatchObject({ zh: expect.stringContaining('法定节假日（国庆节）') });
  expect(await spansOf(offHours, trip('2026-10-10T10:00:00+08:00'))).toEqual([]);
  expect(await spansOf(offHours, trip('2026-11-02T10:00:00+08:00'))).toEqual([]);
  expect(await spansOf(offHours, trip('2026-11-02T18:05:00+08:00'))).toEqual([]);
  const dispatches = [order('2026-11-08T10:20:00+08:00', '2026-11-08T12:00:00+08:00')];
  expect(await spansOf(offHours, trip('2026-11-08T10:00:00+08:00'), { dispatches })).toEqual([]);
  const late = { officeHours: { from: '09:00', to: '21:00' } };
  const institutions = [{ ...institution, ...late }];
  expect(await spansOf(offHours, trip('2026-11-02T20:00:00+08:00'), { institutions })).toEqual([]);
});

test('a year without a calendar is refused aloud, once, and judged again when there is one', async () => {
  const story = tell('2026-12-31T21:00:00+08:00', places)
    .drive(12_000, 0, 40)
    .park(240)
    .drive(0, 0, 40)
    .park(30)
    .story();
  const [last, note] = await found(offHours, story);
  expect(last?.summary.zh).toContain('非工作时间行驶');
  expect(note?.summary).toEqual({
    zh: '2027 年放假安排未导入：机关事务管理局的“非工作时间用车”停止判断，不作猜测',
    en: 'No holiday calendar for 2027: "Driven outside office hours" is not judged for 机关事务管理局, rather than guessed',
  });
  expect(note?.span[1]).toBeNull();
  const entered = createCalendar(
    new Map(
      ['2027-01-01', '2027-10-01'].map((date) => [date, { date, kind: 'statutory-holiday' }]),
    ),
  );
  const all = await found(offHours, story, { day: entered });
  expect(all.map(({ summary }) => summary.zh.includes('未导入'))).toEqual([false, false]);
});

test('tail number: only where an instance says so, on its weekday, never on days off and transfer workdays', async () => {
  const trip = (from: string) => tell(from).park(5).drive(9000, 0, 40).park(20).story();
  const rules = [instance('vehicle.tail-number')];
  // 鲁P12345 ends in 5: Friday.
  expect(await spansOf(tailNumber, trip('2026-11-06T10:00:00+08:00'))).toEqual([]);
  const [one] = await found(tailNumber, trip('2026-11-06T10:00:00+08:00'), { rules });
  expect(one?.summary.zh).toMatch(/^鲁P12345（尾号 5）在停驶日 11-06 10:0\d（工作日）出行/);
  expect(await spansOf(tailNumber, trip('2026-11-05T10:00:00+08:00'), { rules })).toEqual([]);
  expect(await spansOf(tailNumber, trip('2026-10-02T10:00:00+08:00'), { rules })).toEqual([]);
  expect(await spansOf(tailNumber, trip('2026-10-10T10:00:00+08:00'), { rules })).toEqual([]);
  const courier = [aVehicle('v1', { class: 'courier' })];
  expect(
    await spansOf(tailNumber, trip('2026-11-06T10:00:00+08:00'), { rules, vehicles: courier }),
  ).toEqual([]);
  const twice = tell('2026-11-06T10:00:00+08:00')
    .drive(9000, 0, 40)
    .park(30)
    .drive(0, 0, 40)
    .park(900)
    .story();
  expect(await spansOf(tailNumber, twice, { rules })).toHaveLength(1);
});

test('undispatched: a trip no order is about, and the slip that may be filed within a day', async () => {
  const other = order('2026-11-20T08:00:00+08:00', '2026-11-20T10:00:00+08:00', { id: 'd0' });
  const story = tell('2026-11-02T10:00:00+08:00', places)
    .park(5)
    .drive(12_000, 0, 40)
    .park(60)
    .drive(0, 0, 40)
    .park(26 * 60, undefined, 600)
    .story();
  const [one, ...more] = await found(undispatchedTrip, story, { dispatches: [other] });
  expect(more).toEqual([]);
  expect(one?.span[0]).toBe(10);
  // Not excused: it is closed a day after the last trip.
  expect(one?.summary.zh).toMatch(
    /未派车出车 2 趟、24 公里，起点 “停车场”“四区”；24 小时内未补派车单$/,
  );
  const of = (from: string, to: string, filedAt?: string) => ({
    dispatches: [other, order(from, to, filedAt ? { filedAt: Date.parse(filedAt) } : {})],
  });
  const [from, to] = ['2026-11-02T10:30:00+08:00', '2026-11-02T12:00:00+08:00'];
  expect(await spansOf(undispatchedTrip, story, of(from, to))).toEqual([]);
  expect(await spansOf(undispatchedTrip, story, of(from, to, '2026-11-03T09:00:00+08:00'))).toEqual(
    [],
  );
  expect(
    await spansOf(undispatchedTrip, story, of(from, to, '2026-11-03T11:00:00+08:00')),
  ).toHaveLength(1);
  // Where nobody keeps orders nobody misses one.
  expect(await spansOf(undispatchedTrip, story, { dispatches: [] })).toEqual([]);
});

test('out of area: leaving it, being where it must not be, and never leaving where it must not be used', async () => {
  const trip = (metres: number) =>
    tell('2026-11-02T10:00:00+08:00', places)
      .park(10)
      .drive(metres, 0, 40)
      .park(10)
      .drive(0, 0, 40)
      .park(10)
      .story();
  const stay = [instance('vehicle.out-of-area', { stayIn: ['z1'] })];
  expect(await spansOf(outOfArea, trip(8000))).toEqual([]);
  const [left] = await found(outOfArea, trip(8000), { rules: stay });
  expect(left?.summary.zh).toMatch(/驶出规定区域“四区”/);
  expect(left?.span[1]).not.toBeNull();
  expect(await spansOf(outOfArea, trip(4900), { rules: stay })).toEqual([]);
  const dispatches = [order('2026-11-02T10:00:00+08:00', '2026-11-02T12:00:00+08:00')];
  expect(await spansOf(outOfArea, trip(8000), { rules: stay, dispatches })).toEqual([]);
  const beyond = [instance('vehicle.out-of-area', { tripsBeyond: ['z1'] })];
  const within = await found(outOfArea, trip(3000), { rules: beyond });
  expect(within[0]?.summary.zh).toContain('全程未出“四区”');
  expect(await spansOf(outOfArea, trip(8000), { rules: beyond })).toEqual([]);
});

test('out of area: a terminal that sleeps there is told of at its second word, dated to when it came to stand', async () => {
  const asleep = (minutes: number) =>
    tell('2026-11-02T10:00:00+08:00', places)
      .park(10)
      .drive(8000, 0, 40, {}, 600)
      .park(minutes, undefined, 900)
      .drive(0, 0, 40, {}, 600)
      .park(10)
      .story();
  const stay = [instance('vehicle.out-of-area', { stayIn: ['z1'] })];
  const [one] = await found(outOfArea, asleep(30), { rules: stay });
  expect(one?.summary.zh).toMatch(/驶出规定区域“四区”/);
  expect(await spansOf(outOfArea, asleep(1), { rules: stay })).toEqual([]);
  const ordered = [order('2026-11-02T10:00:00+08:00', '2026-11-02T10:30:00+08:00')];
  expect(await spansOf(outOfArea, asleep(30), { rules: stay, dispatches: ordered })).toEqual([]);
});

test('what says nothing leaves nothing behind', () => {
  const story = tell('2026-11-02T10:00:00+08:00', places).park(10).drive(4000, 0, 40).story();
  for (const kind of [idling, overspeed, offHours, tailNumber, outOfArea] as RuleKind[]) {
    let state = kind.initial();
    const params = kind.params.parse({});
    for (const fix of story.fixes) {
      const motion = story.motionAt.get(fix.at);
      const around = {
        day,
        dispatches: () => [],
        route: () => undefined,
        place: () => undefined,
        replacements: () => [],
        ...(motion && { motion }),
      };
      const event = { ...fix, seq: 1, receivedAt: fix.at };
      const subject = { type: 'vehicle', vehicle: aVehicle('v1'), institution } as const;
      state = kind.step(state, event, subject, params, around).state;
    }
    expect(state).toBe(kind.initial());
  }
});
