import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createCalendar } from '../../model/calendar.ts';
import type { Observation } from '../../model/observation.ts';
import type { Tariff } from '../../model/tariff.ts';
import { dayMs, hourMs, localTime } from '../../model/time.ts';
import { consumptionAnomaly } from '../../rules/kinds/energy/consumption-anomaly.ts';
import { aMeter, aSample, aWorld, type Things, type World } from './world.ts';

/* What an episode is called, what it cost, what people said of it, what a calendar makes of it, and data that come late. Read hourly. */

const zone = 'Asia/Shanghai';
/** Monday, 0:00 in Shanghai. */
const monday = Date.UTC(2026, 9, 12, 16) - dayMs;
const meter = aMeter('m1', { everyS: 3600 });
const learning = 28 * 24;

const office = (hour: number): number => {
  const [day, ofDay] = [Math.floor(hour / 24), hour % 24];
  const noise = 1 + 0.03 * Math.sin(hour * 1.7);
  return (day % 7 < 5 && ofDay >= 8 && ofDay < 18 ? 20 : 4) * noise;
};

function readings(use: (hour: number) => number, hours: number, from = monday): Observation[] {
  const all = [aSample('m1', from, 1000)];
  let counter = 1000;
  for (let hour = 0; hour < hours; hour += 1) {
    counter += use(hour);
    all.push(aSample('m1', from + (hour + 1) * hourMs, Number(counter.toFixed(2))));
  }
  return all;
}

/** Four weeks as they should be and then what the story tells, hour by hour from Monday 0:00. */
async function live(
  story: (hour: number) => number,
  hours: number,
  more: Things = {},
): Promise<World> {
  const it = aWorld({ meters: [meter], ...more }, [consumptionAnomaly]);
  const use = (hour: number) => (hour < learning ? office(hour) : story(hour - learning));
  await it.give(readings(use, learning + hours));
  return it;
}

const hourOf = (at: number) => Math.floor((at - monday) / hourMs) - learning;
const contextOf = (it: World) => it.book.standing()[0]?.last.evidence.context;

test('three days at another level are one alert that is called so, with every hour of it', async () => {
  const it = await live((hour) => office(hour) * (hour >= 8 && hour < 80 ? 1.8 : 1), 96);
  expect(it.book.standing()).toHaveLength(1);
  const { last } = it.book.standing()[0] ?? {};
  expect(last?.evidence.context).toMatchObject({ pattern: 'shift' });
  expect(last?.summary.zh).toContain('用量水平持续改变');
  const flagged = last?.evidence.flagged.map(hourOf) ?? [];
  expect(flagged.length).toBeGreaterThan(64);
  expect([flagged[0], flagged.at(-1)]).toEqual([8, 79]);
  const hours = last?.evidence.observed['hours'] as unknown[];
  expect(hours.length).toBeLessThanOrEqual(24);
});

test('a level a third higher is told after three days, though no hour stands out, and over when it is', async () => {
  const it = await live((hour) => office(hour) * (hour < 7 * 24 ? 1.33 : 1), 11 * 24);
  expect(it.book.standing()).toHaveLength(1);
  const { openedAt, clearedAt, last } = it.book.standing()[0] ?? {};
  expect(hourOf(openedAt ?? 0)).toBe(3 * 24 + 1);
  expect(hourOf(clearedAt ?? 0)).toBe(9 * 24 + 1);
  expect(last?.evidence.context).toMatchObject({ pattern: 'shift' });
  expect(last?.evidence.observed['risePct']).toBeCloseTo(33, -1);
  expect(last?.summary.en).toMatch(/higher level since 11-09, 3\d(\.\d)? % above like days before/);
  expect(last?.summary.zh).toContain('用量水平升高');
});

test('a level that lasts is the new normal after two weeks and the days it took to see', async () => {
  const it = await live((hour) => office(hour) * (hour < 30 * 24 ? 1.33 : 1), 24 * 30);
  expect(it.book.standing()).toHaveLength(1);
  const { clearedAt } = it.book.standing()[0] ?? {};
  expect(hourOf(clearedAt ?? 0)).toBe(18 * 24 + 1);
});

test('a weekend that is used like working days is no new level', async () => {
  const used = (hour: number) =>
    Math.floor(hour / 24) % 7 >= 5 ? office(hour % 24) : office(hour);
  const it = await live((hour) => (hour < 7 * 24 ? used(hour) : office(hour)), 12 * 24);
  const patterns = it.book.standing().map(({ last }) => last.evidence.context['pattern']);
  expect(patterns).not.toContain('shift');
});

test('lights after hours are left to the rule for that, in office hours they are judged', async () => {
  const lights = aMeter('m1', { everyS: 3600, subItem: 'A1' });
  const of = (hours: readonly number[]) =>
    live((hour) => (hours.includes(hour) ? 70 : office(hour)), 36, { meters: [lights] });
  expect((await of([20, 21, 22])).book.standing()).toEqual([]);
  expect((await of([10, 11])).book.standing()).toHaveLength(1);
});

test('heat begins and ends with its season', async () => {
  const heat = aMeter('m1', { medium: 'heat', everyS: 3600 });
  const it = aWorld({ meters: [heat] }, [consumptionAnomaly]);
  const all = readings((hour) => (hour >= learning && hour < 2 * learning ? 3 : 0), 3 * learning);
  await it.give(
    all.map((each) =>
      each.type === 'sample'
        ? { ...each, values: { heat_gj: each.values.energy_import_kwh ?? 0 } }
        : each,
    ),
  );
  expect(it.book.standing()).toEqual([]);
});

test('the use of a day at night, as much as ever, is called another course of the day', async () => {
  const turned = (hour: number) => office(hour % 24 < 12 ? hour + 12 : hour - 12);
  const it = await live((hour) => (hour < 24 ? turned(hour) : office(hour)), 36);
  expect(it.book.standing()).toHaveLength(1);
  expect(contextOf(it)).toMatchObject({ pattern: 'shape' });
});

/** Such a share of the way from how it should be to the mean of its day. */
const flattened = (share: number) => (hour: number) =>
  hour < 5 * 24 ? office(hour) + share * ((10 * 20 + 14 * 4) / 24 - office(hour)) : office(hour);

test('a flatter course of the day is told when the first day is over, though no hour stands out', async () => {
  const it = await live(flattened(0.6), 7 * 24);
  expect(it.book.standing()).toHaveLength(1);
  const { openedAt, last } = it.book.standing()[0] ?? {};
  expect(hourOf(openedAt ?? 0)).toBe(25);
  expect(last?.evidence.context).toMatchObject({ pattern: 'shape' });
  const flagged = last?.evidence.flagged.map(hourOf) ?? [];
  expect(flagged.filter((hour) => hour < 24)).toHaveLength(24);
  expect(flagged.at(-1)).toBe(5 * 24 - 1);
});

test('a little flatter is no other course', async () => {
  expect((await live(flattened(0.4), 7 * 24)).book.standing()).toEqual([]);
});

test('what a restless meter does every week is nothing, for a steady one it is told', async () => {
  const wild = (hour: number) =>
    office(hour) * (Math.floor(hour / 24) % 3 === 0 && hour % 24 === 11 ? 1.7 : 1);
  const it = aWorld({ meters: [meter] }, [consumptionAnomaly]);
  await it.give(readings(wild, learning + 14 * 24));
  const late = it.book.standing().filter(({ openedAt }) => hourOf(openedAt) > 0);
  expect(late).toEqual([]);
  const steady = await live((hour) => office(hour) * (hour === 11 ? 1.7 : 1), 24);
  expect(steady.book.standing()).toHaveLength(1);
});

const tariff: Tariff = {
  id: 't1',
  institution: 'hq',
  validFrom: '2026-01-01',
  source: '试算',
  prices: { flat: 2 },
  seasons: [
    {
      months: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
      periods: [{ from: '00:00', to: '24:00', band: 'flat' }],
    },
  ],
};

test('what was wasted is told in yuan where a tariff is known, and weighs as much as the amount', async () => {
  const story = (hour: number) => (hour === 10 ? 35 : office(hour));
  const without = (await live(story, 24)).book.standing()[0]?.last;
  expect(without?.severity).toBe('info');
  expect(without?.evidence.observed['wastedYuan']).toBeNull();
  const it = (await live(story, 24, { tariffs: [tariff] })).book.standing()[0]?.last;
  expect(it?.severity).toBe('warning');
  expect(it?.evidence.observed['wastedYuan']).toBeCloseTo(30, -1);
  expect(it?.summary.zh).toMatch(/多支出约 \d+(\.\d+)? 元$/);
});

test('says how sure it is', async () => {
  const it = await live((hour) => (hour === 10 ? 90 : office(hour)), 24);
  const { last } = it.book.standing()[0] ?? {};
  expect(last?.evidence.expected).toMatchObject({ days: 10, certainty: 'fair' });
  expect(last?.evidence.method.zh).toContain('把握中等');
});

/** A week of nights that are left on, judged by a person, and the days on which it is told again. */
async function afterVerdict(verdict: 'confirmed' | 'explained') {
  const night = (hour: number) => (hour % 24 < 6 ? 12 : office(hour));
  const it = aWorld({ meters: [meter] }, [consumptionAnomaly]);
  const use = (hour: number) => (hour < learning ? office(hour) : night(hour - learning));
  const all = readings(use, learning + 8 * 24);
  const first = all.filter(({ at }) => hourOf(at) <= 4 * 24);
  await it.give(first);
  const alert = it.book.standing()[0]?.last;
  if (!alert) throw new Error('nothing was found');
  const [from, to] = [alert.evidence.from, alert.evidence.to];
  it.book.opinions.push({
    kind: consumptionAnomaly.kind,
    subject: 'm1',
    verdict,
    givenAt: first.at(-1)?.at ?? 0,
    from,
    to: verdict === 'explained' ? from + 3 * dayMs : to,
    flagged: it.book.standing().flatMap(({ last }) => last.evidence.flagged),
  });
  await it.give(all.slice(first.length));
  return it.book
    .standing()
    .filter(({ openedAt }) => hourOf(openedAt) > 4 * 24)
    .map(({ openedAt }) => Math.floor(hourOf(openedAt) / 24));
}

test('a change that was explained is expected at once, one that was confirmed never', async () => {
  expect((await afterVerdict('confirmed')).length).toBeGreaterThanOrEqual(3);
  // What working days are like says nothing of the weekend, until there have been two such days.
  expect(await afterVerdict('explained')).toEqual([5, 6]);
});

/** An office by the published calendar: less on holidays than at weekends, full days on Saturdays that are worked. */
async function yearsTurn(from: string, days: number): Promise<World> {
  const day = createCalendar(new Map());
  const first = Date.parse(`${from}T00:00:00+08:00`);
  const use = (hour: number) => {
    const { date, weekday } = localTime(first + hour * hourMs, zone);
    const kind = day(date)?.kind ?? (weekday >= 6 ? 'weekend' : 'workday');
    const noise = 1 + 0.04 * Math.sin(hour * 1.7);
    if (kind === 'statutory-holiday') return 2.2 * noise;
    const isWorked = kind === 'workday' || kind === 'transfer-workday';
    return (isWorked && hour % 24 >= 8 && hour % 24 < 18 ? 20 : 4) * noise;
  };
  const it = aWorld({ meters: [meter], day }, [consumptionAnomaly]);
  await it.give(readings(use, days * 24, first));
  return it;
}

test.each([
  ['Spring Festival', '2026-01-05', 70],
  ['National Day', '2025-09-01', 60],
])('%s, and the workdays moved for it, raise nothing', async (_name, from, days) => {
  expect((await yearsTurn(from, days)).book.standing()).toEqual([]);
});

const history = readings((hour) => {
  if (hour >= 24 * 24 + 1 && hour < 24 * 24 + 5) return 15;
  return hour === 29 * 24 + 10 ? 70 : office(hour);
}, 34 * 24).filter(({ at }) => {
  const hour = Math.floor((at - monday) / hourMs);
  return hour < 26 * 24 + 3 || hour >= 26 * 24 + 9;
});

async function outcome(order: readonly Observation[], size: number) {
  const it = aWorld({ meters: [meter] }, [consumptionAnomaly]);
  for (let from = 0; from < order.length; from += size)
    await it.give(order.slice(from, from + size));
  it.keep();
  const slots = it.database.prepare('SELECT slots FROM rules_subject').get()?.['slots'];
  const alerts = it.book
    .standing()
    .map(({ openedAt, clearedAt, last }) => ({ openedAt, clearedAt, last }));
  return { alerts, slots: JSON.parse(String(slots)) };
}

test('late data give the same baseline and the same findings as if they had come in time', {
  timeout: 120_000,
}, async () => {
  const wanted = await outcome(history, 500);
  expect(wanted.alerts.length).toBeGreaterThanOrEqual(2);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(history.length - 2), fc.integer({ min: 1, max: 60 })), {
        minLength: 1,
        maxLength: 4,
      }),
      fc.integer({ min: 60, max: 400 }),
      async (holes, size) => {
        const isLate = (index: number) =>
          index > 0 && holes.some(([from, count]) => index >= from && index < from + count);
        const late = history.filter((_, index) => isLate(index));
        const order = [...history.filter((_, index) => !isLate(index)), ...late.toReversed()];
        expect(await outcome(order, size)).toEqual(wanted);
      },
    ),
    { numRuns: 8 },
  );
});
