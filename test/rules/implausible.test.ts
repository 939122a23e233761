import { describe, expect, test } from 'vitest';
import type { Meter } from '../../model/entities.ts';
import type { Metric } from '../../model/metrics.ts';
import { hourMs, minuteMs } from '../../model/time.ts';
import { meterImplausible } from '../../rules/kinds/meter/implausible.ts';
import { counterOfRate, dayAt, monday, type Said, story } from './meter-story.ts';
import { aMeter, aWorld, type World } from './world.ts';

const worldOf = (more: Partial<Meter> = {}) =>
  aWorld({ meters: [aMeter('m1', { ratedKw: 100, decimals: 2, ...more })] }, [meterImplausible]);

async function give(world: World, said: readonly Said[], atOnce = 53): Promise<void> {
  for (let i = 0; i < said.length; i += atOnce) await world.give(said.slice(i, i + atOnce));
}

const seen = (world: World) =>
  world.book.standing().map(({ openedAt, clearedAt, last }) => ({
    opened: (openedAt - monday) / minuteMs,
    cleared: clearedAt === null ? null : (clearedAt - monday) / minuteMs,
    problems: (last.evidence.observed['problems'] as readonly { problem: string }[]).map(
      ({ problem }) => problem,
    ),
  }));

type Values = Partial<Record<Metric, number>>;

/** Every five minutes, one after the other. */
const inTurn = (list: readonly Values[]): Said[] =>
  list.flatMap((values, i) =>
    story(monday + i * 5 * minuteMs, monday + i * 5 * minuteMs, () => values),
  );
const powers = (list: readonly number[]) => inTurn(list.map((power_kw) => ({ power_kw })));

describe('power beyond the rating', { timeout: 60_000 }, () => {
  test('is told when it has held for ten minutes and three readings', async () => {
    const world = worldOf();
    await give(world, powers([50, 121, 130, 125, 126, 60, 60, 60]));
    expect(seen(world)).toEqual([{ opened: 15, cleared: 35, problems: ['power'] }]);
    const [alert] = world.book.standing();
    expect(alert?.last.summary).toEqual({
      zh: '总表自 10-19 00:05 数值不合理：功率超过额定 130 kW',
      en: '总表: implausible since 10-19 00:05: power above the rating 130 kW',
    });
    expect(alert?.last.evidence).toMatchObject({
      flagged: [monday],
      expected: { mostKw: 120 },
    });
  });

  test.each([
    ['exactly at the limit', [120, 120, 120, 120, 120]],
    ['a single wrong value', [50, 90_000, 50, 50, 50]],
    ['flapping', [121, 50, 130, 50, 125, 50, 140, 50]],
    ['two readings', [50, 130, 130, 50, 50]],
  ])('not %s', async (_, list) => {
    const world = worldOf();
    await give(world, powers(list));
    expect(seen(world)).toEqual([]);
  });

  test('one quiet reading does not end it', async () => {
    const world = worldOf();
    await give(world, powers([130, 130, 130, 50, 130, 50, 130]));
    expect(seen(world)).toMatchObject([{ cleared: null }]);
  });

  test('nothing is said without a rating', async () => {
    const world = worldOf({ ratedKw: undefined } as unknown as Partial<Meter>);
    await give(world, powers([9000, 9000, 9000, 9000]));
    expect(seen(world)).toEqual([]);
  });
});

describe('more used than the rating allows', { timeout: 60_000 }, () => {
  const usedAt = (loadAt: (at: number) => number) => {
    const counter = counterOfRate(loadAt);
    return (at: number) => ({ energy_import_kwh: counter(at) });
  };

  test('is told after two hours of it, and over with the first that is right', async () => {
    const load = (at: number) => (at >= dayAt(0, 6) && at < dayAt(0, 12) ? 200 : 40);
    const world = worldOf();
    await give(world, story(monday, dayAt(1), usedAt(load)));
    const [alert, ...others] = seen(world);
    expect(others).toEqual([]);
    expect(alert?.problems).toEqual(['use']);
    expect(alert?.opened).toBeGreaterThan(8 * 60);
    expect(alert?.opened).toBeLessThanOrEqual(9 * 60);
    expect(alert?.cleared).toBeLessThanOrEqual(15 * 60);
  });

  test('one busy hour, and all that is just below, is not', async () => {
    const busy = worldOf();
    const load = (at: number) => (at >= dayAt(0, 6) && at < dayAt(0, 7) ? 200 : 40);
    await give(busy, story(monday, dayAt(1), usedAt(load)));
    const full = worldOf();
    await give(
      full,
      story(
        monday,
        dayAt(2),
        usedAt(() => 119),
      ),
    );
    expect([...seen(busy), ...seen(full)]).toEqual([]);
  });

  test.each([1, 2, 3])('%i wrong readings are not use, high or low', async (count) => {
    for (const wrong of [1600, 0, 2600]) {
      const right = usedAt(() => 40);
      const from = dayAt(0, 6);
      const world = worldOf({ ratedKw: 400 });
      await give(
        world,
        story(monday, dayAt(1), (at) =>
          at >= from && at < from + count * 15 * minuteMs
            ? { energy_import_kwh: wrong }
            : right(at),
        ),
      );
      expect(seen(world), `${wrong}`).toEqual([]);
    }
  });

  test('three days without data, and what was used meanwhile, are plausible; a counter of watt-hours is not', async () => {
    const right = usedAt(() => 80);
    const world = worldOf();
    await give(
      world,
      story(monday, dayAt(5), (at) => (at > dayAt(1) && at < dayAt(4) ? undefined : right(at))),
    );
    expect(seen(world)).toEqual([]);
    const scaled = worldOf();
    const wrong = usedAt(() => 1500);
    await give(scaled, story(monday, dayAt(1), wrong));
    expect(seen(scaled)).toMatchObject([{ problems: ['use'], cleared: null }]);
  });

  test('a swap, a reset and a wrap are none of it', async () => {
    for (const [before, after] of [
      [5000, 1200],
      [5000, 0],
      [999_990, 4],
    ] as const) {
      const world = worldOf({ digits: 6 });
      const at6 = dayAt(0, 6);
      const values = (at: number) => ({
        energy_import_kwh:
          at < at6 ? before + (at - at6) / hourMs : after + (40 * (at - at6)) / hourMs,
      });
      await give(world, story(monday, dayAt(1), values));
      expect(seen(world), `${before} ${after}`).toEqual([]);
    }
  });
});

describe('backwards', { timeout: 60_000 }, () => {
  const hours = (count: number, values: Values) => story(monday, dayAt(0, count), () => values);

  test('an hour of it in a meter that counts one way', async () => {
    const world = worldOf();
    await give(world, hours(2, { power_kw: -12 }));
    expect(seen(world)).toEqual([{ opened: 60, cleared: null, problems: ['backwards'] }]);
    const water = worldOf({ medium: 'water' });
    await give(water, hours(2, { flow_m3h: -1.5 }));
    expect(water.book.standing()[0]?.last.summary.en).toContain('-1.5 m³/h');
  });

  test('not where what goes out is counted, nor noise around zero, nor a lift going down', async () => {
    const solar = worldOf();
    await give(
      solar,
      story(monday, dayAt(1), (at) => ({
        power_kw: -40,
        energy_export_kwh: (at - monday) / hourMs,
      })),
    );
    const noise = worldOf();
    await give(noise, hours(5, { power_kw: -0.4 }));
    const lift = worldOf();
    await give(
      lift,
      story(monday, dayAt(1), (at) => ({ power_kw: (at / minuteMs) % 30 === 0 ? -20 : 15 })),
    );
    expect([...seen(solar), ...seen(noise), ...seen(lift)]).toEqual([]);
  });
});

describe('voltages', { timeout: 60_000 }, () => {
  const volts = (voltage_a_v: number, more: Values = {}) =>
    inTurn(Array.from({ length: 5 }, () => ({ voltage_a_v, ...more })));

  test.each([220, 176, 264, 231.4, 380, 57.7, 100, 10_000, 5774, 0])('%d V is one', async (v) => {
    const world = worldOf();
    await give(world, volts(v, { voltage_b_v: 0, voltage_c_v: 0 }));
    expect(seen(world)).toEqual([]);
  });

  test.each([2310, 23, 290, 150])('%d V is none', async (v) => {
    const world = worldOf();
    await give(world, volts(v, { voltage_b_v: 230, voltage_c_v: 0 }));
    expect(seen(world)).toMatchObject([{ opened: 10, problems: ['voltage'] }]);
  });

  test('behind voltage transformers it is multiplied', async () => {
    const world = worldOf({ ptRatio: 15 });
    await give(world, volts(865));
    expect(seen(world)).toEqual([]);
  });
});

test('two things at once are one alert that names both', async () => {
  const world = worldOf();
  await give(
    world,
    inTurn(
      Array.from({ length: 8 }, (_, i) => ({ power_kw: 150, voltage_a_v: i < 3 ? 220 : 400_000 })),
    ),
  );
  expect(seen(world)).toEqual([{ opened: 10, cleared: null, problems: ['power', 'voltage'] }]);
});

test('order and kills change nothing', { timeout: 60_000 }, async () => {
  const load = (at: number) => (at >= dayAt(0, 6) && at < dayAt(0, 12) ? 200 : 40);
  const counter = counterOfRate(load);
  const all = story(monday, dayAt(1), (at) => ({
    energy_import_kwh: counter(at),
    power_kw: load(at),
  }));
  const inOrder = worldOf();
  await give(inOrder, all);
  expect(seen(inOrder)).toHaveLength(1);
  const backwards = worldOf();
  await give(backwards, [...all].reverse(), 13);
  expect(seen(backwards)).toEqual(seen(inOrder));
  const killed = worldOf();
  for (let i = 0; i < all.length; i += 10) {
    await killed.give(all.slice(i, i + 10));
    killed.restart();
  }
  await killed.give([]);
  expect(seen(killed)).toEqual(seen(inOrder));
});
