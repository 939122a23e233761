import { expect, test } from 'vitest';
import type { Institution, Meter, RuleInstance } from '../../model/entities.ts';
import { afterHours } from '../../rules/kinds/energy/after-hours.ts';
import type { RuleKind } from '../../rules/rule.ts';
import {
  day,
  flatTariff,
  type Load,
  live,
  type Moment,
  midnight,
  readings,
  spans,
  toldLate,
  withVerdict,
} from './office-story.ts';
import { aMeter, aWorld, institution, type Things } from './world.ts';

const kind = afterHours as RuleKind;
const inOffice = ({ hour, works }: Moment) => works && hour >= 8 && hour < 18;
const spring = ['2026-03-23', '2026-05-20'] as const;
const told = (
  meter: Partial<Meter>,
  load: Load,
  [from, to]: readonly [string, string] = spring,
  more: Things = {},
) => live(kind, from, to, load, { meter, tariffs: [flatTariff], ...more });
const say = async (...story: Parameters<typeof told>) => spans(await told(...story));
const rule = (params: Record<string, unknown>): Things => ({
  rules: [{ id: 'own', kind: kind.kind, scope: {}, enabled: true, params } as RuleInstance],
});

/** Lights and sockets: 20 kW while people work, 2 kW by night. */
const lights: Load = (at) => (inOffice(at) ? 20 : 2);
/** From an hour of the first day to one of another. */
const on =
  (from: string, to: string, kw: number, usual: Load): Load =>
  (at) => {
    const now = `${at.date} ${String(Math.floor(at.hour)).padStart(2, '0')}`;
    return now >= from && now < to ? Math.max(kw, usual(at)) : usual(at);
  };
const A1 = { subItem: 'A1', name: '照明' };

test('lights left on all night are told at midnight with what they cost, once, and over after a clean evening', async () => {
  const it = await told(A1, on('2026-04-21 18', '2026-04-22 08', 18, lights));
  expect(spans(it)).toEqual([['04-22 00:00', '04-23 12:15']]);
  const { last } = it.book.standing()[0] ?? {};
  expect(last?.severity).toBe('warning');
  expect(last?.summary).toEqual({
    zh: expect.stringMatching(
      /^照明（照明）04-21 19:00 至 04-22 07:00 在非使用时段运行，多用 19\d kWh、约 15\d 元$/,
    ),
    en: expect.stringContaining('on after hours from 04-21 19:00 to 04-22 07:00'),
  });
  expect(last?.evidence.flagged).toHaveLength(12);
  expect(last?.evidence.context).toMatchObject({
    circuit: 'lighting',
    firstDay: { date: '2026-04-21', dayKind: 'workday' },
  });
});

test('overtime until ten, a few lamps, or a night that is usual there say nothing', async () => {
  const overtime: Load = (at) =>
    at.works && Number(at.date.slice(-2)) % 4 === 0 && at.hour >= 18 && at.hour < 22.5
      ? 9
      : lights(at);
  expect(await say(A1, overtime)).toEqual([]);
  expect(await say(A1, on('2026-04-21 18', '2026-04-24 08', 4, lights))).toEqual([]);
  const ward: Load = ({ hour }) => (hour >= 8 && hour < 18 ? 20 : 12);
  expect(await say(A1, ward)).toEqual([]);
  const costly = await told(A1, on('2026-04-21 18', '2026-04-21 22', 18, lights), spring, {
    ...rule({ overtimeKwh: 40 }),
  });
  expect(spans(costly)).toEqual([['04-21 21:30', '04-23 12:15']]);
});

test('what goes off half an hour into the night has not been on for an hour of it', async () => {
  const late: Load = (at) => (at.works && at.hour >= 18 && at.hour < 23.5 ? 18 : lights(at));
  expect(await say(A1, late)).toEqual([]);
  const later: Load = (at) => (at.works && at.hour >= 18 ? 18 : lights(at));
  expect((await say(A1, later)).length).toBeGreaterThan(0);
});

test('a meter that is read once an hour, or counts whole kilowatt hours, is judged as well', async () => {
  const load = on('2026-04-21 18', '2026-04-22 08', 18, lights);
  const hourly = aWorld({ meters: [aMeter('m1', { ...A1, everyS: 3600 })], day }, [kind]);
  await hourly.give(readings(...spring, load).filter(({ at }) => at % 3_600_000 === 0));
  expect(spans(hourly)).toEqual([['04-22 00:00', '04-23 13:00']]);
  const coarse = aWorld({ meters: [aMeter('m1', { ...A1, decimals: 0 })], day }, [kind]);
  await coarse.give(readings(...spring, load, 'm1', 1));
  expect(spans(coarse)).toEqual([['04-22 00:00', '04-23 12:15']]);
});

test('evening after evening is one alert whose severity rises', async () => {
  const small: Load = (at) => lights(at) / 10;
  const late: Load = (at) =>
    at.works && at.date >= '2026-04-20' && at.date < '2026-04-25' && (at.hour >= 18 || at.hour < 1)
      ? 1.8
      : small(at);
  const it = await told(A1, late);
  expect(spans(it)).toHaveLength(1);
  expect(it.book.standing()[0]?.last.severity).toBe('warning');
  expect(it.book.standing()[0]?.last.summary.zh).toMatch(/已 [45] 晚/);
  const once: Load = (at) => (at.date === '2026-04-21' && at.hour >= 18 ? 1.8 : small(at));
  expect((await told(A1, once)).book.standing()[0]?.last.severity).toBe('info');
});

test('lights left on over a weekend are one alert', async () => {
  const it = await told(A1, on('2026-04-24 18', '2026-04-27 08', 18, lights));
  expect(spans(it)).toEqual([['04-25 00:00', '04-28 12:15']]);
  expect(it.book.standing()[0]?.last.evidence.observed).toMatchObject({ evenings: 3 });
});

const landscape: Load = () => 0.05;
const lit: Load = (at) => (at.hour >= 18.5 && at.hour < 22 ? 6 : landscape(at));

test('landscape lights are for holidays, their eves, and days that are named', async () => {
  const A3 = { subItem: 'A3', name: '景观照明' };
  const autumn = ['2026-09-10', '2026-10-30'] as const;
  const holidays: Load = (at) =>
    at.kind === 'statutory-holiday' || at.date === '2026-09-30' || at.date === '2026-09-24'
      ? lit(at)
      : landscape(at);
  expect(await say(A3, holidays, autumn)).toEqual([]);
  const workday: Load = (at) => (at.date === '2026-10-20' ? lit(at) : holidays(at));
  expect(await say(A3, workday, autumn)).toEqual([['10-20 19:30', '10-22 12:15']]);
  expect(await say(A3, workday, autumn, rule({ landscapeDates: ['10-20'] }))).toEqual([]);
  // The next year's calendar is not published yet; its first day is a holiday all the same.
  const newYear: Load = (at) => (at.date === '2026-12-31' ? lit(at) : landscape(at));
  expect(await say(A3, newYear, ['2026-12-01', '2027-01-01'])).toEqual([]);
  // The day before is no eve: 20 September is a Sunday that is worked.
  const transfer: Load = (at) => (at.date === '2026-09-20' ? lit(at) : holidays(at));
  expect(await say(A3, transfer, autumn)).toHaveLength(1);
  const allNight: Load = (at) =>
    at.kind === 'statutory-holiday' && (at.hour >= 18.5 || at.hour < 5) ? 6 : landscape(at);
  expect((await say(A3, allNight, autumn)).length).toBeGreaterThan(0);
});

const cooled: Load = ({ hour, works }) => (works && hour >= 9 && hour < 17 ? 60 : 3);

test('air conditioning comes on an hour after opening and goes off an hour before closing', async () => {
  const B = { subItem: 'B1', name: '空调' };
  const summer = ['2026-06-22', '2026-08-01'] as const;
  expect(await say(B, cooled, summer)).toEqual([]);
  const early: Load = (at) =>
    at.date === '2026-07-14' && at.hour >= 7 && at.hour < 9 ? 60 : cooled(at);
  expect(await say(B, early, summer)).toEqual([['07-14 08:00', '07-16 00:15']]);
  const late: Load = (at) =>
    at.date === '2026-07-14' && at.hour >= 17 && at.hour < 20 ? 60 : cooled(at);
  expect(await say(B, late, summer)).toEqual([['07-14 18:00', '07-16 00:15']]);
  const hospital: Institution = { ...institution, kind: 'medical' };
  expect(await say(B, late, summer, { institutions: [hospital] })).toEqual([]);
  // A habit is one alert, weekends or not.
  const habit: Load = ({ hour, works }) => (works && hour >= 7 && hour < 17 ? 60 : 3);
  const it = await told(B, habit, summer);
  expect(spans(it)).toEqual([['06-25 08:00', null]]);
  expect(it.book.standing()[0]?.last.evidence.observed).toMatchObject({ evenings: 27 });
  const longer = rule({ acLateMinutes: 0, acEarlyMinutes: 0 });
  const whole: Load = ({ hour, works }) => (works && hour >= 8 && hour < 18 ? 60 : 3);
  expect(await say(B, whole, summer, longer)).toEqual([]);
});

test('pumps that run by night when the heating season begins say nothing', async () => {
  const heated: Load = (at) => {
    if (at.date < '2026-11-15') return 1;
    return at.works && at.hour >= 9 && at.hour < 17 ? 40 : 14;
  };
  expect(await say({ subItem: 'B1E' }, heated, ['2026-10-20', '2026-12-31'])).toEqual([]);
});

test('a boiler over the weekend, and two lifts by night, are told', async () => {
  const boiler: Load = ({ hour, works }) => (works && hour >= 7 && hour < 18 ? 6 : 0);
  const D6 = { subItem: 'D6', circuit: 'boiler', name: '开水器' } as const;
  expect(await say(D6, boiler)).toEqual([]);
  const weekend = on('2026-04-24 18', '2026-04-27 07', 2, boiler);
  expect(await say(D6, weekend)).toEqual([['04-24 21:45', '04-28 12:15']]);
  const lifts: Load = (at) => (inOffice(at) ? 12 : 1.2);
  const C1 = { subItem: 'C1', name: '电梯' };
  expect(await say(C1, lifts)).toEqual([]);
  expect(await say(C1, on('2026-04-21 20', '2026-04-22 02', 6, lifts))).toEqual([
    ['04-22 00:00', '04-23 12:15'],
  ]);
  // All four were always on; one of them draws 1.5 kW.
  const always: Load = (at) => (inOffice(at) ? 12 : 5);
  expect(await say(C1, always)).toEqual([]);
  const it = await told(C1, always, spring, rule({ oneLiftKw: 1.5 }));
  expect(spans(it)).toEqual([['03-23 01:30', null]]);
});

test('Spring Festival and a year without a calendar', async () => {
  const empty: Load = (at) => (at.kind === 'statutory-holiday' ? 1 : lights(at));
  expect(await say(A1, empty, ['2026-01-05', '2026-03-20'])).toEqual([]);
  const it = await told(A1, on('2027-01-12 18', '2027-01-13 08', 18, lights), [
    '2026-12-01',
    '2027-01-20',
  ]);
  expect(it.book.standing().map(({ last }) => last.subject)).toEqual([
    { type: 'institution', id: 'hq' },
  ]);
});

test('what has no hours of its own is not judged', () => {
  const applies = (more: Partial<Meter>) =>
    kind.appliesTo({ type: 'meter', meter: aMeter('m1', more), institution });
  expect(
    [{ subItem: 'A' }, { subItem: 'B1A' }, { circuit: 'boiler' } as const].map(applies),
  ).toEqual([true, true, true]);
  expect(
    [
      {},
      { subItem: 'D1' },
      { subItem: 'C2' },
      { circuit: 'machine-room', subItem: 'A' } as const,
    ].map(applies),
  ).toEqual([false, false, false, false]);
});

test('what somebody explains is over; the next evening is another, unless it lasts or was no alarm', async () => {
  const nights = ['2026-04-21', '2026-04-22', '2026-04-28'];
  const left: Load = (at) => {
    const evening = midnight(at.date) - (at.hour < 12 ? 86_400_000 : 0);
    const isLeft = nights.some((date) => midnight(date) === evening);
    return isLeft && (at.hour >= 18 || at.hour < 8) ? 18 : lights(at);
  };
  const all = readings(...spring, left);
  const things = { meters: [aMeter('m1', A1)] };
  const givenAt = midnight('2026-04-22') + 2.5 * 3_600_000;
  const say = async (verdict: 'explained' | 'false-alarm') =>
    spans(await withVerdict(kind, all, { verdict, givenAt }, things));
  expect(await say('explained')).toEqual([
    ['04-22 00:00', '04-22 02:30'],
    ['04-23 00:00', '04-24 12:15'],
    ['04-29 00:00', '04-30 12:15'],
  ]);
  expect(await say('false-alarm')).toEqual([
    ['04-22 00:00', '04-22 02:30'],
    ['04-29 00:00', '04-30 12:15'],
  ]);
});

test('a habit that is explained is not told again', async () => {
  const habit: Load = (at) => (at.date >= '2026-04-20' && at.hour < 5 ? 18 : lights(at));
  const all = readings(...spring, habit);
  const givenAt = midnight('2026-04-24') + 36_000_000;
  const things = { meters: [aMeter('m1', A1)] };
  const it = await withVerdict(kind, all, { verdict: 'explained', givenAt }, things);
  expect(spans(it)).toHaveLength(1);
  expect(spans(it)[0]?.[1]).toMatch(/^04-24 10/);
});

test('readings that come late end in the same, and a gap says nothing', async () => {
  const load = on('2026-04-21 18', '2026-04-22 08', 18, lights);
  const all = readings('2026-03-23', '2026-05-01', load);
  const things = { meters: [aMeter('m1', A1)] };
  const { late, inTime } = await toldLate(kind, all, things);
  expect(late).toEqual(inTime);
  expect(late).toHaveLength(1);
  const [from, to] = ['2026-04-21T18:30:00+08:00', '2026-04-22T08:30:00+08:00'].map(Date.parse);
  const gap = aWorld({ ...things, day }, [kind]);
  await gap.give(all.filter(({ at }) => at < Number(from) || at > Number(to)));
  expect(gap.book.standing()).toEqual([]);
});

test('the state of a meter stays small', async () => {
  const often: Load = (at) => (at.date > '2026-04-01' ? 18 : lights(at));
  const it = await told(A1, often, ['2026-03-01', '2026-08-01']);
  it.keep();
  const size = String(it.database.prepare('SELECT slots FROM rules_subject').get()?.['slots']);
  expect(size.length).toBeLessThan(2048);
});
