import { describe, expect, test } from 'vitest';
import { createCalendar } from '../../model/calendar.ts';
import type { Meter } from '../../model/entities.ts';
import { dayMs, hourMs, minuteMs } from '../../model/time.ts';
import { peakDemand } from '../../rules/kinds/energy/peak-demand.ts';
import { powerFactor } from '../../rules/kinds/energy/power-factor.ts';
import type { RuleKind } from '../../rules/rule.ts';
import { surchargePct } from '../../rules/shared/power-month.ts';
import { numbers } from '../energy/random.ts';
import { give, sameInAnyOrder } from './any-order.ts';
import { clockOf, counterOfRate, dayAt, monday, quarter, story } from './meter-story.ts';
import { aMeter, aWorld, type World } from './world.ts';

const day = createCalendar(new Map());
const worldOf = (kind: unknown, more: Partial<Meter> = {}, params: Record<string, unknown> = {}) =>
  aWorld(
    {
      meters: [aMeter('m1', { everyS: 60, ratedKw: 100, decimals: 2, ...more })],
      rules: [{ id: 'own', kind: (kind as RuleKind).kind, scope: {}, params, enabled: true }],
      day,
    },
    [kind as RuleKind],
  );

const seen = (world: World) =>
  world.book.standing().map(({ openedAt, clearedAt, last }) => ({
    opened: (openedAt - monday) / minuteMs,
    cleared: clearedAt === null ? null : (clearedAt - monday) / minuteMs,
    severity: last.severity,
    observed: last.evidence.observed,
  }));

/** Minutes of `monday`. */
const at = (minutes: number) => monday + minutes * minuteMs;

/** By power alone, or with a counter that counts it. */
const loadOf =
  (kwAt: (at: number) => number, name: 'power' | 'both' = 'power') =>
  (when: number) => ({
    power_kw: kwAt(when),
    ...(name === 'both' && { energy_import_kwh: counterOfRate(kwAt)(when) }),
  });

describe('energy.peak-demand', { timeout: 60_000 }, () => {
  const surge = (kw: number, from: number, to: number) => (when: number) =>
    when > at(from) && when <= at(to) ? kw : 60;

  test('is foreseen within the quarter and told as reached when it is over', async () => {
    const world = worldOf(peakDemand);
    await give(world, story(monday, at(300), loadOf(surge(130, 60, 90)), minuteMs));
    const [alert, ...others] = seen(world);
    expect(others).toEqual([]);
    expect(alert).toMatchObject({
      opened: 65,
      // The first minute after the load went, found an hour later.
      cleared: 91,
      severity: 'critical',
      observed: { basis: 'rating', stage: 'reached', source: 'quarter', demandKw: 130 },
    });
  });

  test('load that is shed in time is told as averted, and is no demand', async () => {
    const world = worldOf(peakDemand);
    await give(world, story(monday, at(300), loadOf(surge(130, 60, 68)), minuteMs));
    expect(seen(world)).toMatchObject([
      { opened: 65, severity: 'warning', observed: { stage: 'coming' } },
    ]);
    const [alert] = world.book.standing();
    expect(alert?.last.summary.zh).toContain('实际未超');
  });

  test('a minute of switching on is none', async () => {
    const world = worldOf(peakDemand);
    await give(world, story(monday, at(300), loadOf(surge(400, 67, 68)), minuteMs));
    expect(seen(world)).toEqual([]);
  });

  test('a counter read every quarter of an hour is enough', async () => {
    const world = worldOf(peakDemand, { everyS: 900 });
    const counter = counterOfRate((when) => (when >= at(120) && when < at(165) ? 110 : 60));
    const values = (when: number) => ({ energy_import_kwh: counter(when) });
    await give(world, story(monday, at(600), values, quarter));
    expect(seen(world)).toMatchObject([
      { opened: 150, cleared: 195, severity: 'warning', observed: { demandKw: 110 } },
    ]);
  });

  test('a demand that power bears out needs no second reading', async () => {
    const world = worldOf(peakDemand, { everyS: 900 });
    const kw = (when: number) => (when > at(120) && when <= at(165) ? 110 : 60);
    const values = (when: number) => ({
      energy_import_kwh: counterOfRate((moment) => kw(moment + 1))(when),
      power_kw: kw(when),
    });
    await give(world, story(monday, at(600), values, quarter));
    expect(seen(world)).toMatchObject([{ opened: 135, observed: { demandKw: 110 } }]);
  });

  const up = (kwh: number) => (counted: number) => counted + kwh;

  test.each([[{}], [{ ratedKw: undefined } as never]])(
    'one wrong reading is no demand',
    async (more) => {
      const wrongs = [() => 0, () => 5000, () => 1_000_000, up(20), up(-20), up(2 ** 12)];
      for (const [index, wrong] of wrongs.entries()) {
        const world = worldOf(peakDemand, { everyS: 900, ...more }, { contractKw: 90 });
        const counter = counterOfRate(() => 60);
        const values = (when: number) => ({
          energy_import_kwh: when === at(300) ? wrong(counter(when)) : counter(when),
        });
        await give(world, story(monday, at(900), values, quarter));
        expect(seen(world), `number ${index}`).toEqual([]);
      }
    },
  );

  test('so is what the meter itself says', async () => {
    const world = worldOf(peakDemand, { everyS: 900 });
    const values = (when: number) => ({
      demand_import_max_kw: when < at(300) ? 80 : 104,
      energy_import_kwh: counterOfRate(() => 60)(when),
    });
    await give(world, story(monday, at(600), values, quarter));
    expect(seen(world)).toMatchObject([
      { opened: 300, observed: { source: 'meter', demandKw: 104 } },
    ]);
  });

  test('under a contract the month is told once, and again only when it is worse', async () => {
    const params = { contractKw: 80, yuanPerKw: 38 };
    const world = worldOf(peakDemand, { everyS: 900 }, params);
    const kw = (when: number) => {
      const { hour } = clockOf(when);
      const day = Math.floor((when - monday) / dayMs);
      if (hour !== 10) return 50;
      return [100, 99, 100.5, 120][day] ?? 50;
    };
    const values = (when: number) => ({ energy_import_kwh: counterOfRate(kw)(when) });
    await give(world, story(monday, dayAt(5), values, quarter));
    expect(seen(world).map(({ opened }) => Math.floor(opened / 1440))).toEqual([0, 3]);
    // 20 above the contract, of which 16 are above 105 % of it and billed twice.
    expect(seen(world)[0]?.observed).toMatchObject({ excessYuan: (20 + 16) * 38 });
    expect(world.book.standing()[0]?.last.severity).toBe('critical');
  });

  test('quarters with gaps are not judged', async () => {
    const world = worldOf(peakDemand);
    const said = story(monday, at(300), loadOf(surge(130, 60, 90)), minuteMs);
    const kept = said.filter((each) => each.at <= at(58) || each.at >= at(88));
    await give(world, kept);
    expect(seen(world)).toEqual([]);
  });

  test('without contract or rating: a peak well above all of a year', async () => {
    const world = worldOf(peakDemand, { ratedKw: undefined, everyS: 900 } as never);
    const start = Date.parse('2025-11-01T00:00:00+08:00');
    const kwAt = (when: number) => (when >= dayAt(2, 10) && when < dayAt(2, 11) ? 75 : 50);
    const values = (when: number) => ({ power_kw: kwAt(when) });
    // A day of each month is enough to know its greatest.
    const early = Array.from({ length: 11 }, (_, month) => start + month * 30.5 * dayMs);
    for (const from of early) {
      const began = Math.floor(from / quarter) * quarter;
      await give(
        world,
        story(began, began + 6 * hourMs, () => ({ demand_kw: 50 }), quarter),
      );
    }
    const dense = (when: number) => ({ ...values(when), demand_kw: kwAt(when) });
    await give(world, story(dayAt(1), dayAt(3), dense, quarter));
    expect(seen(world)).toMatchObject([
      { severity: 'info', observed: { basis: 'history', demandKw: 75 } },
    ]);
  });
});

describe('energy.power-factor', { timeout: 60_000 }, () => {
  const office = (when: number) => {
    const { hour, isWeekend } = clockOf(when);
    return !isWeekend && hour >= 8 && hour < 18 ? 60 : 8;
  };
  const factorOf = (factor: (at: number) => number) => (when: number) => ({
    power_kw: office(when),
    power_factor: factor(when),
  });

  test('a bank of capacitors that fails is told after four loaded hours', async () => {
    const world = worldOf(powerFactor, { everyS: 900 });
    const factor = (when: number) =>
      when >= dayAt(1, 10) && when < dayAt(2, 12) && office(when) > 50 ? 0.78 : 0.95;
    await give(world, story(monday, dayAt(5), factorOf(factor), quarter));
    expect(seen(world)).toMatchObject([
      {
        opened: 24 * 60 + 14 * 60,
        severity: 'warning',
        observed: { cause: 'held', lowestPowerFactor: 0.78 },
      },
    ]);
    expect(seen(world)[0]?.cleared).not.toBeNull();
  });

  test('what it does at night with no load says nothing, nor does an hour', async () => {
    const world = worldOf(powerFactor, { everyS: 900 });
    const factor = (when: number) => (office(when) < 50 || clockOf(when).hour === 9 ? 0.6 : 0.99);
    await give(world, story(monday, dayAt(3), factorOf(factor), quarter));
    expect(seen(world)).toEqual([]);
  });

  test('the mean of the month by the counters, with what it adds to the bill', async () => {
    const world = worldOf(powerFactor, { everyS: 900 });
    const begin = Date.parse('2026-10-31T00:00:00+08:00');
    const values = (when: number) => {
      const hours = (when - begin) / hourMs;
      // tan φ 0.6 is cos φ 0.857.
      return { energy_import_kwh: 40 * hours, reactive_import_kvarh: 24 * hours };
    };
    await give(world, story(begin, begin + 8 * dayMs, values, quarter));
    const [alert, ...others] = seen(world);
    expect(others).toEqual([]);
    // After four hours it is told, and as the mean of the month once five days of it are counted.
    expect(alert?.opened).toBe((begin + 4.25 * hourMs - monday) / minuteMs);
    expect(alert?.severity).toBe('warning');
    expect(alert?.observed).toMatchObject({
      cause: 'month',
      month: '2026-11',
      monthPowerFactor: 0.857,
      surchargePct: 2,
      surchargeYuan: null,
    });
  });

  test('only main meters, unless asked', async () => {
    const low = factorOf(() => 0.7);
    const branch = worldOf(powerFactor, { everyS: 900, parent: 'm0' });
    await give(branch, story(monday, dayAt(2), low, quarter));
    expect(seen(branch)).toEqual([]);
    const asked = worldOf(powerFactor, { everyS: 900, parent: 'm0' }, { branches: true });
    await give(asked, story(monday, dayAt(2), low, quarter));
    expect(seen(asked)).toHaveLength(1);
  });

  test.each([
    [0.9, 0],
    [0.95, 0],
    [0.895, 0],
    [0.89, 0.5],
    [0.7, 10],
    [0.69, 11],
    [0.65, 15],
    [0.64, 17],
  ])('%f against 0.90 adds %f %%', (factor, pct) => {
    expect(surchargePct(factor, 0.9)).toBeCloseTo(pct, 10);
  });
});

test('late data, batches and kills change nothing', { timeout: 120_000 }, async () => {
  const random = numbers(11);
  const kw = (when: number) => {
    const { hour } = clockOf(when);
    return hour >= 8 && hour < 18 ? 85 + 30 * ((hour * 7) % 5 === 0 ? 1 : 0) : 10;
  };
  const values = (when: number) => ({
    power_kw: kw(when) + random(),
    power_factor: Number((0.82 + 0.06 * random()).toFixed(3)),
  });
  const all = story(monday, dayAt(2), values, 5 * minuteMs).filter(() => random() > 0.02);
  const kinds = [peakDemand, powerFactor] as unknown as RuleKind[];
  const newWorld = () =>
    aWorld({ meters: [aMeter('m1', { everyS: 300, ratedKw: 100 })], day }, kinds);
  const ways = { seeds: [1, 2], lateAtOnce: 41, killedAtOnce: 50 };
  const inOrder = await sameInAnyOrder(newWorld, all, ways);
  expect(inOrder.book.standing().length).toBeGreaterThan(1);
});
