import { expect, test } from 'vitest';
import type { Institution } from '../../model/entities.ts';
import { allYear, type Tariff } from '../../model/tariff.ts';
import { nightLoad } from '../../rules/kinds/energy/night-load.ts';
import type { RuleKind } from '../../rules/rule.ts';
import { day, type Load, live, midnight, noise, readings, spans } from './office-story.ts';
import { aMeter, aWorld, institution } from './world.ts';

const kind = nightLoad as RuleKind;
const office: Load = ({ hour, works }) => (works && hour >= 8 && hour < 18 ? 40 : 8);
const between = (date: string, from: string, to: string) => date >= from && date < to;
/** More by so much, on the days from the one to the other. */
const raised =
  (from: string, to: string, kw: number, load = office): Load =>
  (at) =>
    load(at) + (between(at.date, from, to) ? kw : 0);

const tariff: Tariff = {
  id: 't',
  institution: 'hq',
  validFrom: '2020-01-01',
  source: 'test',
  prices: { flat: 0.8 },
  seasons: allYear,
};

test('a base load that stays up is told on the third night, amended, and over after two usual nights', async () => {
  const story = raised('2026-04-20', '2026-04-26', 6);
  const it = await live(kind, '2026-03-16', '2026-05-01', story, { tariffs: [tariff] });
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

test('what somebody explains is the new normal at once', async () => {
  const all = readings('2026-03-16', '2026-07-01', raised('2026-04-20', '2027', 6));
  const it = aWorld({ meters: [aMeter('m1')], day }, [kind]);
  const givenAt = midnight('2026-04-24') + 36_000_000;
  await it.give(all.filter(({ at }) => at < givenAt));
  const found = it.book.standing()[0]?.last.evidence;
  it.book.opinions.push({
    verdict: 'explained',
    givenAt,
    from: Number(found?.from),
    to: Number(found?.to),
    flagged: found?.flagged ?? [],
    kind: kind.kind,
    subject: 'm1',
  });
  await it.give(all.filter(({ at }) => at >= givenAt));
  expect(spans(it)).toEqual([['04-22 05:00', '04-25 05:00']]);
  expect(it.book.standing()[0]?.last.evidence.context).toMatchObject({ adapted: true });
});

test('holidays do not make the nights after them look high, nor does the heating season', async () => {
  const pumps: Load = (at) => {
    const heats = at.date >= '2026-11-15' || at.date <= '2026-03-15';
    const empty = at.kind === 'statutory-holiday' ? 0.4 : 1;
    return office(at) * empty + (heats ? 5 : 0);
  };
  expect(spans(await live(kind, '2026-01-01', '2026-12-31', pumps))).toEqual([]);
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
  const inTime = aWorld({ meters: [aMeter('m1')] }, [kind]);
  await inTime.give(all);
  const late = aWorld({ meters: [aMeter('m1')] }, [kind]);
  const isLate = ({ at }: { readonly at: number }) => noise(Math.floor(at / 86_400_000), 3) < 0.3;
  await late.give(all.filter((each) => !isLate(each)));
  await late.give(all.filter(isLate));
  const told = (it: typeof late) => it.book.standing().map(({ last }) => last.evidence);
  expect(told(late)).toEqual(told(inTime));
  expect(told(late)).toHaveLength(1);
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
