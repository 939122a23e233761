import { expect, test } from 'vitest';
import type { Observation } from '../../model/observation.ts';
import { dayMs, hourMs, minuteMs } from '../../model/time.ts';
import { consumptionAnomaly } from '../../rules/kinds/energy/consumption-anomaly.ts';
import { aMeter, aSample, aWorld, type Things, type World } from './world.ts';

/* An office that uses 20 kWh an hour from 8 to 18 on working days and 4 kWh otherwise, read every quarter of an hour. */

/** Monday, 0:00 in Shanghai. */
const monday = Date.UTC(2026, 9, 4, 16);
const meter = aMeter('m1', { ratedKw: 400 });
const hourOf = (at: number) => Math.floor((at - monday) / hourMs);
const office = (hour: number): number => {
  const [day, ofDay] = [Math.floor(hour / 24), hour % 24];
  return day % 7 < 5 && ofDay >= 8 && ofDay < 18 ? 20 : 4;
};

/** A counter read every quarter of an hour, in `from <= hour < to` of the weeks. */
function* quarters(
  from: number,
  to: number,
  use: (hour: number) => number,
  first: number,
): Generator<Observation> {
  let counter = first;
  for (let quarter = from * 4; quarter < to * 4; quarter += 1) {
    yield aSample('m1', monday + quarter * 15 * minuteMs, counter);
    counter += use(Math.floor(quarter / 4)) / 4;
  }
  yield aSample('m1', monday + to * hourMs, counter);
}

/** Three weeks as they should be and then what the story tells, hour by hour from Monday 0:00. */
async function live(
  story: (hour: number) => number,
  hours: number,
  more: Things = {},
): Promise<World> {
  const it = aWorld({ meters: [meter], ...more }, [consumptionAnomaly]);
  const from = 21 * 24;
  const use = (hour: number) => (hour < from ? office(hour) : story(hour - from));
  await it.give([...quarters(0, from + hours, use, 1000)]);
  return it;
}

const spans = (it: World) =>
  it.book
    .standing()
    .map(({ openedAt, clearedAt }) =>
      [openedAt, clearedAt].map((at) => at && hourOf(at) - 21 * 24),
    );
const normal = (hour: number) => office(hour);

test('normal weeks, with one and a half times the usual now and then, say nothing', async () => {
  expect(spans(await live((hour) => normal(hour) * (hour % 7 === 0 ? 1.5 : 1), 7 * 24))).toEqual(
    [],
  );
});

test('a spike is told before its hour is over, and cleared after six normal hours', async () => {
  const it = await live((hour) => (hour === 10 ? 80 : normal(hour)), 24);
  expect(spans(it)).toEqual([[10, 17]]);
  const { last, openedAt } = it.book.standing()[0] ?? {};
  expect((openedAt ?? 0) - monday - (21 * 24 + 10) * hourMs).toBe(30 * minuteMs);
  expect(last).toMatchObject({
    severity: 'warning',
    summary: {
      zh: '总表自 10-26 10:00 用量突增：1 小时共用 80 kWh，预期 20 kWh',
      en: '总表: consumption spike since 10-26 10:00, 80 kWh used in 1 h, expected 20 kWh',
    },
    evidence: {
      from: monday + (21 * 24 + 10) * hourMs,
      to: monday + (21 * 24 + 11) * hourMs,
      flagged: [monday + (21 * 24 + 10) * hourMs],
      observed: { unit: 'kWh' },
      expected: { unit: 'kWh' },
      method: {
        zh: expect.stringContaining('绝对中位差'),
        en: expect.stringContaining('median absolute deviation'),
      },
      context: {
        date: '2026-10-26',
        dayKind: 'workday',
        calendar: 'weekday-only',
        medium: 'electricity',
      },
    },
  });
  expect(last?.evidence.observed['wasted']).toBeCloseTo(60, 0);
  const bands = last?.evidence.expected['hours'] as Record<
    'start' | 'value' | 'low' | 'high',
    number
  >[];
  const band = bands.find(({ start }) => start === last?.evidence.from);
  expect(band?.value).toBeCloseTo(20, 0);
  expect(band?.low).toBeLessThan(18);
  expect(band?.high).toBeGreaterThan(22);
  expect(band?.high).toBeLessThan(80);
});

test('a running hour is told once its second reading bears out the first, with what was used so far', async () => {
  const it = await live(normal, 10);
  const running = [...quarters(21 * 24 + 10, 21 * 24 + 11, () => 160, counterOf(it))];
  await it.give(running.slice(1, 2));
  expect(it.book.standing()).toEqual([]);
  await it.give(running.slice(2, 3));
  expect(it.book.standing()[0]?.last).toMatchObject({
    summary: {
      zh: '总表自 10-26 10:00 用量突增：本小时尚未结束已用 80 kWh，预期 20 kWh',
      en: '总表: consumption spike since 10-26 10:00, 80 kWh used so far this hour, expected 20 kWh',
    },
    evidence: { quality: { runningHour: true } },
  });
  await it.give(running.slice(3));
  expect(it.book.standing()[0]?.last.summary.zh).toMatch(/1 小时共用 160 kWh，预期 20 kWh$/);
});

const counterOf = (it: World): number => {
  const last = it.stored.at(-1);
  return last?.type === 'sample' ? (last.values.energy_import_kwh ?? 0) : 0;
};

test('just under what decides is no finding, at it is', async () => {
  const hold = (factor: number) => (hour: number) =>
    normal(hour) * (hour >= 9 && hour < 15 ? factor : 1);
  expect(spans(await live(hold(1.35), 24))).toEqual([]);
  expect(spans(await live(hold(1.45), 24))).toHaveLength(1);
});

test('a night load is held for three hours before it is told, as one alert that is amended', async () => {
  const it = await live((hour) => (hour >= 24 && hour < 31 ? 14 : normal(hour)), 48);
  expect(spans(it)).toHaveLength(1);
  const { last } = it.book.standing()[0] ?? {};
  expect(last?.evidence.flagged.map((at) => hourOf(at) - 21 * 24)).toEqual([
    24, 25, 26, 27, 28, 29, 30,
  ]);
  expect(last?.summary.zh).toMatch(/7 小时共用 98 kWh，预期 28 kWh$/);
});

test('an hour of nothing where much is usual is told, a little less by night is not', async () => {
  expect(spans(await live((hour) => (hour >= 9 && hour < 14 ? 0 : normal(hour)), 24))).toEqual([
    [10, 20],
  ]);
  expect(spans(await live((hour) => (hour >= 2 && hour < 4 ? 3.2 : normal(hour)), 24))).toEqual([]);
});

test('while an episode lasts two fifths of what opens it keep it open', async () => {
  const after = (factor: number) => (hour: number) =>
    hour === 9 ? 80 : normal(hour) * (hour > 9 && hour < 16 ? factor : 1);
  expect(spans(await live(after(1.1), 36))).toEqual([[9, 16]]);
  expect(spans(await live(after(1.25), 36))).toEqual([[9, 22]]);
});

test('severity goes by what was wasted', async () => {
  const of = async (amount: number) =>
    (await live((hour) => (hour === 10 ? amount : normal(hour)), 24)).book.standing()[0]?.last
      .severity;
  expect([await of(39), await of(80), await of(3000)]).toEqual(['info', 'warning', 'critical']);
});

test('a holiday is a rest day, a Saturday that is worked a working day; without a calendar the weekday decides', async () => {
  const idle = (hour: number) => (hour < 24 ? 4 : normal(hour));
  const holiday: NonNullable<Things['day']> = (date) =>
    date === '2026-10-26' ? { date, kind: 'statutory-holiday', name: '假日' } : undefined;
  expect(spans(await live(idle, 36))).toHaveLength(1);
  expect(spans(await live(idle, 36, { day: holiday }))).toEqual([]);
  const saturday = (hour: number) => office(hour >= 120 && hour < 144 ? hour - 120 : hour);
  const transfer: NonNullable<Things['day']> = (date) =>
    date === '2026-10-31' ? { date, kind: 'transfer-workday', name: '调休' } : undefined;
  expect(spans(await live(saturday, 150))).toHaveLength(1);
  expect(spans(await live(saturday, 150, { day: transfer }))).toEqual([]);
});

test('a gap is neither a dead meter nor a spike afterwards', async () => {
  const it = aWorld({ meters: [meter] }, [consumptionAnomaly]);
  const all = [...quarters(0, 23 * 24, office, 1000)];
  await it.give(all.filter(({ at }) => hourOf(at) < 21 * 24 + 9 || hourOf(at) >= 21 * 24 + 14));
  expect(spans(it)).toEqual([]);
});

test('the evidence of an episode names the hours that were not measured, and only those', async () => {
  const it = aWorld({ meters: [meter] }, [consumptionAnomaly]);
  const from = 21 * 24;
  const night = (hour: number) => (hour >= from && hour < from + 7 ? 14 : office(hour));
  const all = [...quarters(0, from + 6, night, 1000)];
  await it.give(all.filter(({ at }) => hourOf(at) !== from + 3));
  const { last } = it.book.standing()[0] ?? {};
  // Between the last reading of one hour and the first after the next nothing tells the two apart.
  const notJudged = [2, 3].map((hour) => ({
    start: monday + (from + hour) * hourMs,
    quality: 'estimated',
  }));
  expect(last?.evidence.quality['notJudged']).toEqual(notJudged);
});

test('a counter that starts anew is no consumption', async () => {
  const it = await live(normal, 10);
  await it.give([...quarters(21 * 24 + 11, 21 * 24 + 20, (hour) => office(hour), 0)].slice(1));
  expect(spans(it)).toEqual([]);
});

test('readings that come late take the alert back, and the other way round', async () => {
  const it = aWorld({ meters: [meter] }, [consumptionAnomaly]);
  const all = [
    ...quarters(0, 22 * 24, (hour) => (hour === 21 * 24 + 10 ? 80 : office(hour)), 1000),
  ];
  const isMissing = ({ at }: Observation) => {
    const hour = hourOf(at) - 21 * 24;
    return hour >= 9 && hour < 13;
  };
  await it.give(all.filter((each) => !isMissing(each)));
  expect(spans(it)).toEqual([]);
  await it.give(all.filter(isMissing));
  expect(spans(it)).toEqual([[10, 17]]);
});

test('goes on after a restart in the middle of an episode', async () => {
  const all = [
    ...quarters(
      0,
      22 * 24,
      (hour) => (hour >= 21 * 24 + 9 && hour < 21 * 24 + 13 ? 60 : office(hour)),
      1000,
    ),
  ];
  const it = aWorld({ meters: [meter] }, [consumptionAnomaly]);
  const half = all.findIndex(({ at }) => hourOf(at) === 21 * 24 + 11);
  await it.give(all.slice(0, half));
  it.restart();
  await it.give(all.slice(half));
  expect(spans(it)).toEqual([[9, 19]]);
});

test('what lasts for two weeks is the new normal, and going back to the old is told', async () => {
  const it = await live((hour) => normal(hour) * (hour < 20 * 24 ? 3 : 1), 22 * 24);
  const [first, second] = it.book.standing();
  expect(first?.clearedAt && (first.clearedAt - first.openedAt) / dayMs).toBeCloseTo(14, 0);
  expect(first?.last.evidence.context).toMatchObject({ adapted: true });
  expect(second?.last.evidence.context).toMatchObject({ pattern: 'low' });
});

test('the state of a meter stays small', async () => {
  const it = await live(normal, 24 * 60);
  it.keep();
  const size = String(
    it.database.prepare('SELECT slots FROM rules_subject').get()?.['slots'],
  ).length;
  expect(size).toBeLessThan(8192);
});
