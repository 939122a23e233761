import { expect, test } from 'vitest';
import type { Judged } from '../../model/alert.ts';
import type { Institution } from '../../model/entities.ts';
import { holidayLoad } from '../../rules/kinds/energy/holiday-load.ts';
import type { RuleKind } from '../../rules/rule.ts';
import {
  day,
  flatTariff,
  type Load,
  live,
  midnight,
  readings,
  spans,
  toldLate,
  withVerdict,
} from './office-story.ts';
import { aMeter, aWorld, institution } from './world.ts';

const kind = holidayLoad as RuleKind;
const inOffice = (hour: number) => hour >= 8 && hour < 18;
const office: Load = ({ hour, works }) => (works && inOffice(hour) ? 40 : 8);
/** Used like a working day on these days, to a share. */
const usedOn =
  (dates: readonly string[], share = 0.95): Load =>
  (at) =>
    office(at) + (!at.works && inOffice(at.hour) && dates.includes(at.date) ? 32 * share : 0);
const say = async (load: Load, from = '2026-03-01', to = '2026-06-30') =>
  spans(await live(kind, from, to, load));

test('a weekend that is used like a working day is one alert, told on the first day and over on Monday', async () => {
  const story = usedOn(['2026-04-18', '2026-04-19']);
  const it = await live(kind, '2026-03-01', '2026-05-01', story, { tariffs: [flatTariff] });
  // Half of the way, 240 kWh, is passed after seven hours with 38 kWh each.
  expect(spans(it)).toEqual([['04-18 15:00', '04-20 09:00']]);
  const { last } = it.book.standing()[0] ?? {};
  expect(last?.summary.zh).toMatch(
    /^总表 04-18（周末）起 2 个休息日像工作日一样用电：办公时段 \d+ kWh，休息日通常 [\d.]+、工作日 \d+，共多用 [56]\d\d kWh、约 4\d\d 元$/,
  );
  expect(last?.severity).toBe('warning');
  expect(last?.evidence.flagged).toHaveLength(20);
  expect(last?.evidence.context).toMatchObject({
    days: [
      { date: '2026-04-18', dayKind: 'weekend' },
      { date: '2026-04-19', dayKind: 'weekend' },
    ],
  });
  expect(Number(last?.evidence.observed['wastedKwh'])).toBeCloseTo(608, -2);
});

test('a holiday is judged as a day of rest and a transfer workday as one of work', async () => {
  // Labour Day: off from 1 to 5 May, Saturday 9 May is worked.
  expect(await say(usedOn(['2026-05-02']))).toEqual([['05-02 15:00', '05-03 18:00']]);
  expect(await say(usedOn([]))).toEqual([]);
  // National Day: off from 1 to 7 October, worked on Sunday 20 September and Saturday 10 October.
  expect(await say(usedOn([]), '2026-08-01', '2026-11-01')).toEqual([]);
  const asEver: Load = ({ hour, kind: of, date }) =>
    inOffice(hour) && (of?.endsWith('workday') || date === '2026-10-10') ? 40 : 8;
  expect(await say(asEver, '2026-08-01', '2026-11-01')).toEqual([]);
});

test('Spring Festival, nearly empty, does not make the weekends after it look used', async () => {
  const empty: Load = (at) => office(at) * (at.kind === 'statutory-holiday' ? 0.3 : 1);
  expect(await say(empty, '2026-01-01', '2026-04-30')).toEqual([]);
  const left: Load = (at) =>
    empty(at) + (at.date >= '2026-02-17' && at.date <= '2026-02-19' ? 40 : 0);
  const it = await live(kind, '2026-01-01', '2026-03-10', left);
  expect(spans(it)).toEqual([['02-17 14:00', '02-20 18:00']]);
  expect(it.book.standing()[0]?.last.summary.zh).toContain('起 3 个休息日');
});

test('a morning of overtime, or Saturdays that are usually worked, say nothing', async () => {
  const morning: Load = (at) =>
    office(at) + (at.date === '2026-04-18' && at.hour >= 9 && at.hour < 12 ? 32 : 0);
  expect(await say(morning)).toEqual([]);
  const saturdays: Load = (at) => {
    const isSaturday = new Date(`${at.date}T00:00:00Z`).getUTCDay() === 6;
    return office(at) + (isSaturday && !at.works && inOffice(at.hour) ? 32 : 0);
  };
  expect(await say(saturdays, '2026-03-01', '2026-06-30')).toEqual([]);
});

test('a hospital, a venue that is open at weekends and a school after its vacation say nothing', async () => {
  const hospital: Load = ({ hour }) => (inOffice(hour) ? 40 : 30);
  expect(await say(hospital)).toEqual([]);
  const school: Institution = { ...institution, kind: 'education' };
  const away: Load = (at) =>
    at.date >= '2026-07-11' && at.date < '2026-08-31' ? 3 : office(at) + (at.works ? 20 : 4);
  const at = { institutions: [school] };
  expect(spans(await live(kind, '2026-04-01', '2026-12-01', away, at))).toEqual([]);
  const venue: Institution = { ...institution, openWeekdays: [2, 3, 4, 5, 6, 7] };
  const open: Load = ({ hour, date }) =>
    inOffice(hour) && new Date(`${date}T00:00:00Z`).getUTCDay() !== 1 ? 40 : 8;
  expect(
    spans(await live(kind, '2026-03-01', '2026-06-30', open, { institutions: [venue] })),
  ).toEqual([]);
});

test('in a year without a calendar it refuses and says so once, and goes on when there is one', async () => {
  const it = await live(kind, '2026-11-01', '2027-02-01', usedOn(['2027-01-09', '2027-01-10']));
  const [note, ...others] = it.book.standing();
  expect(others).toEqual([]);
  expect(note?.last).toMatchObject({
    subject: { type: 'institution', id: 'hq' },
    summary: { zh: expect.stringContaining('2027 年放假安排未导入') },
  });
});

const confirmedBy = ({ evidence: { from, to, flagged } }: Judged, givenAt: number) => ({
  verdict: 'confirmed' as const,
  ...{ givenAt, from, to, flagged, kind: kind.kind, subject: 'm1' },
});

const dates = (from: string, days: readonly number[]) =>
  days.map((day) => new Date(Date.parse(from) + day * 86_400_000).toISOString().slice(0, 10));

test('what somebody explains is over and not told again before the next working day', async () => {
  const used = usedOn(['2026-04-18', '2026-04-19', '2026-04-25']);
  const all = readings('2026-03-01', '2026-05-11', used);
  const givenAt = midnight('2026-04-19') + 8.5 * 3_600_000;
  const say = async (verdict: 'explained' | 'false-alarm' | 'confirmed') =>
    spans(await withVerdict(kind, all, { verdict, givenAt }));
  const explained = [
    ['04-18 15:00', '04-19 09:00'],
    ['04-25 15:00', '04-26 18:00'],
  ];
  expect(await say('explained')).toEqual(explained);
  expect(await say('confirmed')).toEqual([
    ['04-18 15:00', '04-20 09:00'],
    ['04-25 15:00', '04-26 18:00'],
  ]);
});

test('after a false alarm nothing is said until a usual day of rest', async () => {
  const used = usedOn(dates('2026-04-11', [0, 1, 7, 77]));
  const all = readings('2026-03-01', '2026-07-06', used);
  const givenAt = midnight('2026-04-12') + 8.5 * 3_600_000;
  const it = await withVerdict(kind, all, { verdict: 'false-alarm', givenAt });
  expect(spans(it)).toEqual([
    ['04-11 15:00', '04-12 09:00'],
    ['06-27 15:00', '06-28 18:00'],
  ]);
});

test('days of rest that were confirmed as waste never become usual', async () => {
  const saturdays = dates('2026-04-11', [0, 7, 14, 35, 42, 49]);
  const all = readings('2026-03-01', '2026-06-08', usedOn(saturdays));
  const told = async (isConfirmed: boolean) => {
    const it = aWorld({ meters: [aMeter('m1')], day }, [kind]);
    for (const week of Map.groupBy(all, ({ at }) => Math.floor(at / (7 * 86_400_000))).values()) {
      await it.give(week);
      const newest = it.book.standing().at(-1)?.last;
      if (!newest || !isConfirmed) continue;
      const givenAt = week.at(-1)?.at ?? 0;
      it.book.opinions.push(confirmedBy(newest, givenAt));
    }
    return spans(it).map(([opened]) => opened?.slice(0, 5));
  };
  expect(await told(true)).toEqual(['04-11', '04-18', '04-25', '05-16', '05-23', '05-30']);
  expect((await told(false)).length).toBeLessThan(6);
});

test('the state of a meter stays small in a long holiday that is worked through', async () => {
  const worked: Load = ({ hour, date, works }) =>
    inOffice(hour) && (works || date >= '2026-02-14') ? 40.123 : 8;
  const it = await live(kind, '2025-12-01', '2026-02-23', worked);
  expect(it.book.standing()[0]?.last.evidence.observed['days']).toHaveLength(8);
  it.keep();
  const size = String(it.database.prepare('SELECT slots FROM rules_subject').get()?.['slots']);
  expect(size.length).toBeLessThan(1536);
});

test('readings that come late end in the same', async () => {
  const all = readings('2026-03-16', '2026-05-11', usedOn(['2026-04-18', '2026-05-02']));
  const { late, inTime } = await toldLate(kind, all, {});
  expect(late).toEqual(inTime);
  expect(late).toHaveLength(2);
});
