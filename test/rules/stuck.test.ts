import { describe, expect, test } from 'vitest';
import { createCalendar } from '../../model/calendar.ts';
import type { Meter } from '../../model/entities.ts';
import { dayMs, hourMs, minuteMs } from '../../model/time.ts';
import { meterStuck } from '../../rules/kinds/meter/stuck.ts';
import { disordered, numbers } from '../energy/random.ts';
import { clockOf, counterOfRate, dayAt, monday, quarter, type Said, story } from './meter-story.ts';
import { aMeter, aWorld, type World } from './world.ts';

const day = createCalendar(new Map());
const worldOf = (more: Partial<Meter> = {}) =>
  aWorld({ meters: [aMeter('m1', { ratedKw: 100, decimals: 2, ...more })], day }, [meterStuck]);

async function give(world: World, said: readonly Said[], atOnce = 97): Promise<void> {
  for (let i = 0; i < said.length; i += atOnce) await world.give(said.slice(i, i + atOnce));
}

const seen = (world: World) =>
  world.book.standing().map(({ openedAt, clearedAt, last }) => ({
    opened: (openedAt - monday) / hourMs,
    cleared: clearedAt === null ? null : (clearedAt - monday) / hourMs,
    cause: last.evidence.observed['cause'],
  }));

const kw = 8;
/** Loaded all the time, with a counter that stands in `from <= at < to` and goes on from there. */
const stuckBetween = (from: number, to: number) => {
  const counter = counterOfRate((at) => (at >= from && at < to ? 0 : kw));
  return (at: number) => ({ energy_import_kwh: counter(at), power_kw: kw });
};

describe('a counter that stands while its meter says that something flows', {
  timeout: 60_000,
}, () => {
  test('is told after an hour, not a reading before, and over when it has moved twice', async () => {
    const [from, to] = [dayAt(0, 6), dayAt(0, 12)];
    const world = worldOf();
    await give(world, story(monday, dayAt(0, 18), stuckBetween(from, to)));
    const [alert, ...others] = world.book.standing();
    expect(others).toEqual([]);
    expect(seen(world)).toEqual([{ opened: 7.25, cleared: 12.5, cause: 'flowing' }]);
    expect(alert?.last).toMatchObject({
      severity: 'warning',
      summary: {
        zh: expect.stringContaining('总表自 10-19 06:00 读数停在 1048 kWh'),
        en: expect.stringContaining('counter at 1048 kWh unchanged for 6 h since 10-19 06:00'),
      },
      evidence: { from, to, observed: { unit: 'kWh' } },
    });
    expect(alert?.last.evidence.flagged).toHaveLength(6);
    // Most of what flowed is missing in the counter, and the evidence says how much.
    expect(Number(alert?.last.evidence.expected['used'])).toBeCloseTo(6 * kw, 0);
  });

  test('an hour is what it takes: 45 minutes of the same value are none', async () => {
    const world = worldOf();
    await give(world, story(monday, dayAt(1), stuckBetween(dayAt(0, 6), dayAt(0, 6.75))));
    expect(seen(world)).toEqual([]);
  });

  test('coarse counters stand for long without being stuck', async () => {
    const coarse = counterOfRate(() => 0.7, 1000, 1);
    const world = worldOf({ decimals: 0 });
    const values = (at: number) => ({ energy_import_kwh: coarse(at), power_kw: 0.7 });
    await give(world, story(monday, dayAt(4), values));
    const unknown = worldOf({ ratedKw: 20, ctRatio: 40 });
    const secondary = counterOfRate(() => 4, 1000, 40);
    await give(
      unknown,
      story(monday, dayAt(4), (at) => ({ energy_import_kwh: secondary(at), power_kw: 4 })),
    );
    expect([...seen(world), ...seen(unknown)]).toEqual([]);
  });

  test('one step in between does not end it, and it is one alert', async () => {
    const counter = (at: number) =>
      at < dayAt(0, 6) ? 1000 + at / hourMs : at < dayAt(0, 9) ? 5 : 6;
    const base = dayAt(0, 5.75) / hourMs;
    const values = (at: number) => ({
      energy_import_kwh: at < dayAt(0, 6) ? counter(at) : 1000 + base + counter(at),
      power_kw: 30,
    });
    const world = worldOf();
    await give(world, story(monday, dayAt(0, 14), values));
    expect(seen(world)).toMatchObject([{ cleared: null }]);
  });

  test.each([
    ['power flows out', { power_kw: -30 }],
    ['there is only stand-by', { power_kw: 0.2 }],
    ['nothing is said of power', {}],
  ])('not while %s', async (_, gauges) => {
    const world = worldOf();
    const still = (at: number) => ({
      energy_import_kwh: 1000 + Math.min(at - monday, hourMs),
      ...gauges,
    });
    await give(world, story(monday, dayAt(3), still));
    expect(seen(world)).toEqual([]);
  });

  test('not where it is counted as export: a current transformer is the wrong way round', async () => {
    const out = counterOfRate(() => 30);
    const world = worldOf();
    const values = (at: number) => ({
      ...{ energy_import_kwh: 1000, energy_export_kwh: out(at), power_kw: 30 },
    });
    await give(world, story(monday, dayAt(1), values));
    expect(seen(world)).toEqual([]);
  });

  test('a time without data is no time of standing', async () => {
    const values = (at: number) =>
      at > dayAt(0, 6) && at < dayAt(2) ? undefined : stuckBetween(dayAt(0, 6), dayAt(2))(at);
    const world = worldOf();
    await give(world, story(monday, dayAt(3), values));
    expect(seen(world)).toEqual([]);
  });
});

/** An office: idle at night and at weekends, the counter stands there. */
const officeLoad = (at: number) => {
  const { hour, isWeekend } = clockOf(at);
  return isWeekend || hour < 7 || hour >= 20 ? 0 : 1.2;
};

describe('a counter that stands in hours in which it always moved', { timeout: 60_000 }, () => {
  const water = { medium: 'water', ratedKw: undefined, decimals: 3 } as unknown as Partial<Meter>;
  const waterOf = (loadAt: (at: number) => number) => {
    const counter = counterOfRate(loadAt, 500, 0.001);
    return (at: number) => ({ volume_m3: counter(at), flow_m3h: 0 });
  };

  test('is told after twelve of them', async () => {
    const stuck = waterOf((at) => (at >= dayAt(14, 10) && at < dayAt(15, 12) ? 0 : officeLoad(at)));
    const world = worldOf(water);
    await give(world, story(monday, dayAt(18), stuck));
    const [alert] = seen(world);
    expect(seen(world)).toHaveLength(1);
    // Ten until it always stands, at 20 o’clock, and two from 7 o’clock of the next day.
    expect(alert).toEqual({ opened: 15 * 24 + 9, cleared: 15 * 24 + 12.5, cause: 'usual' });
    expect(world.book.standing()[0]?.last.severity).toBe('info');
  });

  test('never at night, at weekends, or in an empty building that was always empty', async () => {
    const world = worldOf(water);
    await give(world, story(monday, dayAt(28), waterOf(officeLoad)));
    const empty = worldOf(water);
    const drips = (at: number) => (clockOf(at).hour === 12 ? 0.1 : 0);
    await give(empty, story(monday, dayAt(28), waterOf(drips)));
    expect([...seen(world), ...seen(empty)]).toEqual([]);
  });

  test('not on statutory holidays, which are like no other days', async () => {
    const from = Date.parse('2026-09-07T00:00:00+08:00');
    const load = (at: number) =>
      at >= Date.parse('2026-10-01T00:00:00+08:00') && at < Date.parse('2026-10-08T00:00:00+08:00')
        ? 0
        : 1;
    let used = 0;
    const values = (at: number) => {
      used += load(at) / 4;
      return { volume_m3: used };
    };
    const world = worldOf(water);
    await give(world, story(from, from + 40 * dayMs, values));
    expect(seen(world)).toEqual([]);
  });

  test('not heat, which ends with the winter', async () => {
    const heat = worldOf({ ...water, medium: 'heat' });
    const counter = counterOfRate((at) => (at < dayAt(20) ? 2 : 0));
    await give(
      heat,
      story(monday, dayAt(27), (at) => ({ heat_gj: counter(at) })),
    );
    expect(seen(heat)).toEqual([]);
  });
});

describe('momentary values that are exactly the same', { timeout: 60_000 }, () => {
  const lively = (at: number, frozenFrom: number) => {
    const t = Math.min(at, frozenFrom) / minuteMs;
    return {
      energy_import_kwh: 1000 + ((at - monday) / hourMs) * 5,
      power_kw: Number((5 + Math.sin(t)).toFixed(2)),
      voltage_a_v: Number((230 + 2 * Math.sin(t * 1.3)).toFixed(1)),
    };
  };

  test('are told after four hours, once a week is known', async () => {
    const world = worldOf();
    await give(
      world,
      story(monday, dayAt(9), (at) => lively(at, dayAt(8))),
    );
    expect(seen(world)).toEqual([{ opened: 8 * 24 + 4, cleared: null, cause: 'frozen' }]);
    const young = worldOf();
    await give(
      young,
      story(monday, dayAt(6.9), (at) => lively(at, dayAt(6))),
    );
    expect(seen(young)).toEqual([]);
  });

  test('zeros of an idle circuit are not', async () => {
    const world = worldOf();
    const idle = (at: number) => ({
      power_kw: at < dayAt(8) ? 5 + Math.sin(at) : 0,
      current_a_a: 0,
    });
    await give(world, story(monday, dayAt(12), idle));
    expect(seen(world)).toEqual([]);
  });
});

test('late data takes back what it explains, and order and kills change nothing', {
  timeout: 60_000,
}, async () => {
  const [from, to] = [dayAt(0, 6), dayAt(0, 12)];
  const all = story(monday, dayAt(1), stuckBetween(from, to));
  const inOrder = worldOf();
  await give(inOrder, all);
  const mixed = worldOf();
  const shuffled = disordered(all, numbers(5)).filter((each, i, list) => list.indexOf(each) === i);
  await give(mixed, shuffled, 17);
  expect(seen(mixed)).toEqual(seen(inOrder));
  const killed = worldOf();
  for (let i = 0; i < all.length; i += 10) {
    await killed.give(all.slice(i, i + 10));
    if (i % 20 === 0) killed.keep();
    killed.restart();
  }
  await killed.give([]);
  expect(seen(killed)).toEqual(seen(inOrder));
});

test('readings that come late and moved withdraw the alert', async () => {
  const still = story(monday, dayAt(0, 12), stuckBetween(dayAt(0, 6), dayAt(1)));
  const world = worldOf();
  await give(world, still);
  expect(seen(world)).toHaveLength(1);
  // The counter had moved in between and fell back: no standing of an hour is left.
  const late = story(dayAt(0, 6) + quarter / 2, dayAt(0, 12), (at) => ({
    energy_import_kwh: 1100 + (at - monday) / hourMs,
  }));
  await give(world, late);
  expect(seen(world)).toEqual([]);
});
