import { expect, test } from 'vitest';
import type { Institution } from '../../model/entities.ts';
import { nightLoad } from '../../rules/kinds/energy/night-load.ts';
import type { RuleKind } from '../../rules/rule.ts';
import {
  flatTariff,
  type Load,
  live,
  midnight,
  noise,
  readings,
  spans,
  toldLate,
  withVerdict,
} from './office-story.ts';
import { aMeter, institution } from './world.ts';

const kind = nightLoad as RuleKind;
const office: Load = ({ hour, works }) => (works && hour >= 8 && hour < 18 ? 40 : 8);
const between = (date: string, from: string, to: string) => date >= from && date < to;
/** More by so much, on the days from the one to the other. */
const raised =
  (from: string, to: string, kw: number, load = office): Load =>
  (at) =>
    load(at) + (between(at.date, from, to) ? kw : 0);

test('a base load that stays up is told on the third night, amended, and over after two usual nights', async () => {
  const story = raised('2026-04-20', '2026-04-26', 6);
  const it = await live(kind, '2026-03-16', '2026-05-01', story, { tariffs: [flatTariff] });
  expect(spans(it)).toEqual([['04-22 05:00', '04-27 05:00']]);
  const { last } = it.book.standing()[0] ?? {};
  expect(last?.summary).toEqual({
    zh: expect.stringMatching(
      /^总表自 04-20 起 6 个夜晚基础负荷偏高：最近 1[34].* kW，同类夜晚通常 \S+ kW，夜间多用约 \d+ kWh、约 \d+ 元$/,
    ),
    en: expect.stringContaining('base load too high on 6 nights since 04-20, lately 1'),
  });
  expect(last?.severity).toBe('warning');
  expect(last?.evidence.flagged).toHaveLength(30);
  expect(last?.evidence.context).toMatchObject({ calendar: 'published', adapted: false });
  // Six nights of 14 hours with 6 kW too much, at 0.8 yuan.
  const wasted = Number(last?.evidence.observed['wastedKwh']);
  expect(Math.abs(wasted - 504)).toBeLessThan(15);
  expect(last?.evidence.observed['yuan']).toBeCloseTo(0.8 * wasted, 0);
});

test('two nights, or a small rise, or a late evening say nothing', async () => {
  const say = async (load: Load) => spans(await live(kind, '2026-03-16', '2026-05-10', load));
  expect(await say(raised('2026-04-20', '2026-04-22', 6))).toEqual([]);
  expect(await say(raised('2026-04-20', '2026-04-28', 1.2))).toEqual([]);
  expect(await say((at) => office(at) + (at.works && at.hour >= 18 ? 12 : 0))).toEqual([]);
});

test('what lasts for four weeks is the new normal', async () => {
  const it = await live(kind, '2026-03-16', '2026-07-20', raised('2026-04-20', '2027', 6));
  expect(spans(it)).toEqual([['04-22 05:00', '05-18 05:00']]);
  expect(it.book.standing()[0]?.last.evidence.context).toMatchObject({ adapted: true });
});

test('what somebody explains is the new normal at once, what is confirmed is not', async () => {
  const all = readings('2026-03-16', '2026-07-01', raised('2026-04-20', '2027', 6));
  const givenAt = midnight('2026-04-24') + 36_000_000;
  const it = await withVerdict(kind, all, { verdict: 'explained', givenAt });
  expect(spans(it)).toEqual([['04-22 05:00', '04-25 05:00']]);
  expect(it.book.standing()[0]?.last.evidence.context).toMatchObject({ adapted: true });
  const other = await withVerdict(kind, all, { verdict: 'confirmed', givenAt });
  expect(spans(other)).toEqual([['04-22 05:00', '05-18 05:00']]);
});

test('what stays above a limit for a season is told with all that was wasted', async () => {
  const buildings = [{ id: 'b1', institution: 'hq', name: '1号楼', floorAreaM2: 4000 }];
  const params = { limitWPerM2: 1.5 };
  const rules = [{ id: 'area', kind: kind.kind, scope: {}, enabled: true, params }];
  const it = await live(kind, '2026-04-07', '2026-07-07', office, { rules, buildings });
  const { last } = it.book.standing()[0] ?? {};
  expect(last?.summary.zh).toContain('总表自 04-07 起 91 个夜晚');
  // 8 kW where 6 are allowed, for 14 hours.
  expect(Number(last?.evidence.observed['wastedKwh']) / (91 * 14 * 2)).toBeCloseTo(1, 1);
  expect(last?.evidence.from).toBe(midnight('2026-04-07'));
  it.keep();
  const size = String(it.database.prepare('SELECT slots FROM rules_subject').get()?.['slots']);
  expect(size.length).toBeLessThan(2560);
});

test('holidays do not make the nights after them look high, nor does the heating season', async () => {
  const pumps: Load = (at) => {
    const heats = at.date >= '2026-11-15' || at.date <= '2026-03-15';
    const empty = at.kind === 'statutory-holiday' ? 0.4 : 1;
    return office(at) * empty + (heats ? 5 : 0);
  };
  expect(spans(await live(kind, '2026-01-01', '2026-12-31', pumps))).toEqual([]);
});

test('what rises just before or in the first weeks of the heating season is told where no pumps run, and not taken for them', async () => {
  const say = async (load: Load) => spans(await live(kind, '2026-09-15', '2026-12-15', load));
  expect(await say(raised('2026-11-19', '2026-11-27', 6))).toEqual([
    ['11-21 05:00', '11-28 05:00'],
  ]);
  expect(await say(raised('2026-11-13', '2026-11-27', 6))).toEqual([
    ['11-15 05:00', '11-28 05:00'],
  ]);
  expect(await say(raised('2026-11-15', '2027', 5))).toEqual([]);
});

test('a school after its vacation is as it was before', async () => {
  const school: Institution = { ...institution, kind: 'education' };
  const away: Load = (at) => (between(at.date, '2026-07-11', '2026-08-31') ? 3 : office(at));
  const say = async (institutions: readonly Institution[]) =>
    spans(await live(kind, '2026-04-01', '2026-10-20', away, { institutions }));
  expect(await say([school])).toEqual([]);
  expect(await say([institution])).toHaveLength(1);
});

test('a limit by floor area is judged where one is set', async () => {
  const buildings = [{ id: 'b1', institution: 'hq', name: '1号楼', floorAreaM2: 4000 }];
  const rule = {
    id: 'area',
    kind: 'energy.night-load',
    scope: {},
    enabled: true,
    params: { limitWPerM2: 1.5 },
  };
  const say = async (rules: readonly (typeof rule)[]) =>
    live(kind, '2026-04-07', '2026-04-20', office, { rules, buildings });
  expect(spans(await say([]))).toEqual([]);
  const it = await say([rule]);
  expect(spans(it)).toEqual([['04-09 05:00', null]]);
  expect(it.book.standing()[0]?.last.summary.zh).toContain('按面积限值 6 kW');
});

test('a year without a calendar is judged by the weekday, and says so', async () => {
  const it = await live(kind, '2027-03-16', '2027-05-01', raised('2027-04-20', '2027-04-26', 6));
  expect(spans(it)).toHaveLength(1);
  expect(it.book.standing()[0]?.last.evidence.context).toMatchObject({ calendar: 'weekday-only' });
});

test('noise of a fifth, coarse steps and gaps say nothing in a year', async () => {
  const lively: Load = (at) => {
    const seed = Date.parse(at.date) + Math.floor(at.hour * 4) * 900_000;
    return office(at) * (0.8 + 0.4 * noise(seed, 7));
  };
  expect(spans(await live(kind, '2026-01-01', '2026-12-31', lively, { step: 1 }))).toEqual([]);
});

test('readings that come late end in the same', async () => {
  const all = readings('2026-03-16', '2026-05-01', raised('2026-04-20', '2026-04-26', 6));
  const { late, inTime } = await toldLate(kind, all, {}, 86_400_000);
  expect(late).toEqual(inTime);
  expect(late).toHaveLength(1);
});

test('charging by night, landscape lights and air conditioning are not base load', () => {
  const applies = (more: object) =>
    kind.appliesTo({ type: 'meter', meter: aMeter('m1', more), institution });
  expect(applies({})).toBe(true);
  expect(
    [{ circuit: 'charging' }, { subItem: 'A3' }, { subItem: 'B1A' }, { medium: 'water' }].map(
      applies,
    ),
  ).toEqual([false, false, false, false]);
});
