import { describe, expect, test } from 'vitest';
import { createCalendar } from '../../model/calendar.ts';
import type { Meter } from '../../model/entities.ts';
import { hourMs, minuteMs } from '../../model/time.ts';
import { phaseImbalance } from '../../rules/kinds/energy/phase-imbalance.ts';
import { voltage } from '../../rules/kinds/energy/voltage.ts';
import type { RuleKind } from '../../rules/rule.ts';
import { give, sameInAnyOrder } from './any-order.ts';
import { dayAt, monday, story } from './meter-story.ts';
import { aMeter, aWorld, type World } from './world.ts';

const day = createCalendar(new Map());
const worldOf = (kind: unknown, more: Partial<Meter> = {}) =>
  aWorld({ meters: [aMeter('m1', { everyS: 60, ratedKw: 100, ...more })], day }, [
    kind as RuleKind,
  ]);

const seen = (world: World) =>
  world.book.standing().map(({ openedAt, clearedAt, last }) => ({
    opened: (openedAt - monday) / minuteMs,
    cleared: clearedAt === null ? null : (clearedAt - monday) / minuteMs,
    severity: last.severity,
    ...('cause' in last.evidence.observed && { cause: last.evidence.observed['cause'] }),
  }));

type Volts = readonly [number, number, number];
const [from, to] = [dayAt(0, 2), dayAt(0, 5)];
const within = (at: number) => at >= from && at < to;
const voltsOf =
  (usual: Volts, wrong: Volts = usual) =>
  (at: number) => {
    const [a, b, c] = within(at) ? wrong : usual;
    const drift = Math.sin(at / 3e5);
    const shown = (volts: number) => (volts === 0 ? 0 : Number((volts + drift).toFixed(1)));
    return { voltage_a_v: shown(a), voltage_b_v: shown(b), voltage_c_v: shown(c) };
  };
const usual: Volts = [226, 227, 225];
const run = async (
  values: (at: number) => object,
  more: Partial<Meter> = {},
  until = dayAt(0, 8),
) => {
  const world = worldOf(voltage, more);
  await give(world, story(monday, until, values, minuteMs));
  return world;
};

describe('energy.voltage', { timeout: 60_000 }, () => {
  test('tells of a high phase after half an hour, once, and ends it when it is back', async () => {
    const world = await run(voltsOf(usual, [226, 242, 225]));
    expect(seen(world)).toEqual([{ opened: 150, cleared: 300, severity: 'info', cause: 'high' }]);
    const [alert] = world.book.standing();
    expect(alert?.last).toMatchObject({
      summary: { zh: expect.stringContaining('B 相电压偏高') },
      evidence: {
        from,
        to: to - minuteMs,
        observed: { phase: 'b', heldMinutes: 179 },
        expected: { nominalV: 220, abovePct: 7, belowPct: 10 },
      },
    });
    expect(alert?.last.evidence.flagged).toHaveLength(3);
  });

  test.each<[string, Volts, Volts, string | null, Partial<Meter>?]>([
    ['220 V may be 10 % low', usual, [200, 201, 200.5], null],
    ['and no more', usual, [195, 201, 200], 'low'],
    ['380 V may be 7 % low', [382, 381, 380], [350, 351, 352], 'low'],
    [
      'behind transformers of 10 kV',
      [10_100, 10_050, 10_000],
      [9_200, 9_300, 9_250],
      'low',
      { ptRatio: 100 },
    ],
    ['secondary of the same', [100, 101, 100], [91, 92, 92], 'low', { ptRatio: 100 }],
    ['57.7 V secondary', [58, 57.5, 57.7], [62.9, 57, 58], 'high'],
    ['a dead phase', usual, [226, 3, 225], 'dead-phase'],
    ['a broken neutral', usual, [180, 261, 225], 'neutral'],
    ['all phases without voltage are switched off', usual, [0, 0, 0], null],
    ['a single-phase meter has two that never were', [226, 0, 0], [227, 0, 0], null],
    ['its own is watched', [226, 0, 0], [190, 0, 0], 'low'],
  ])('%s', async (_, before, wrong, cause, more) => {
    const found = seen(await run(voltsOf(before, wrong), more));
    expect(found.map((each) => each.cause)).toEqual(cause === null ? [] : [cause]);
  });

  test('a dead phase is critical and does not wait half an hour', async () => {
    const found = seen(await run(voltsOf(usual, [0.4, 227, 225])));
    expect(found).toMatchObject([{ opened: 122, severity: 'critical' }]);
  });

  test('twenty minutes are none; nor is a gap that hides whether it went on', async () => {
    const short = (at: number) =>
      voltsOf(usual, at < from + 20 * minuteMs ? [226, 242, 225] : usual)(at);
    expect(seen(await run(short))).toEqual([]);
    const world = worldOf(voltage);
    const said = story(monday, dayAt(0, 8), voltsOf(usual, [226, 242, 225]), minuteMs);
    const inGap = (at: number) => at > from + 20 * minuteMs && at < to - 20 * minuteMs;
    await give(
      world,
      said.filter(({ at }) => !inGap(at)),
    );
    expect(seen(world)).toEqual([]);
  });

  test('silence ends it; what is so afterwards is another', async () => {
    const world = worldOf(voltage);
    const said = story(monday, dayAt(0, 8), voltsOf(usual, [226, 242, 225]), minuteMs);
    const inGap = (at: number) => at > from + hourMs && at < from + 2 * hourMs;
    await give(
      world,
      said.filter(({ at }) => !inGap(at)),
    );
    expect(seen(world)).toMatchObject([
      { opened: 150, cleared: 180 },
      { opened: 270, cleared: 300 },
    ]);
  });

  test('a nominal voltage that is given needs not be learned', async () => {
    const rules = [
      { id: 'r', kind: 'energy.voltage', scope: {}, enabled: true, params: { nominalV: 230 } },
    ];
    const world = aWorld({ meters: [aMeter('m1', { everyS: 60 })], rules, day }, [
      voltage as RuleKind,
    ]);
    await give(
      world,
      story(monday, dayAt(0, 8), voltsOf([232, 231, 233], [200, 231, 233]), minuteMs),
    );
    expect(seen(world)).toMatchObject([{ cause: 'low' }]);
  });
});

type Amperes = readonly [number, number, number];
const loadOf =
  (before: Amperes, wrong: Amperes, volts: Volts = usual) =>
  (at: number) => {
    const [a, b, c] = within(at) ? wrong : before;
    const kw = ((a + b + c) * 225 * 0.95) / 1000;
    return {
      ...voltsOf(volts)(at),
      ...{ current_a_a: a, current_b_a: b, current_c_a: c, power_kw: kw },
    };
  };

describe('energy.phase-imbalance', { timeout: 60_000 }, () => {
  const look = async (values: (at: number) => object, more: Partial<Meter> = {}) => {
    const world = worldOf(phaseImbalance, more);
    await give(world, story(monday, dayAt(0, 12), values, minuteMs));
    return world;
  };

  test('tells of a main meter above 15 % after an hour, as information', async () => {
    const world = await look(loadOf([60, 61, 62], [75, 60, 50]));
    expect(seen(world)).toEqual([{ opened: 180, cleared: 300, severity: 'info' }]);
    const [alert] = world.book.standing();
    expect(alert?.last.evidence.observed).toMatchObject({
      what: 'current',
      imbalancePct: 21.6,
      currentsA: [75, 60, 50],
    });
  });

  test.each<[string, Amperes, Amperes, number, Partial<Meter>?]>([
    ['a branch may be so uneven', [60, 61, 62], [75, 60, 50], 0, { parent: 'm0' }],
    ['twice the limit is a warning', [60, 61, 62], [90, 60, 40], 1],
    ['not under little load', [20, 21, 22], [30, 15, 14], 0],
    ['not a single-phase meter', [60, 0, 0], [75, 0, 0], 0],
    ['not one with two transformers', [60, 0, 61], [60, 0, 61], 0],
    ['a phase that carries nothing any more is', [60, 61, 62], [60, 0, 62], 1],
  ])('%s', async (_, before, wrong, count, more) => {
    expect(seen(await look(loadOf(before, wrong), more))).toHaveLength(count);
  });

  test('a dead phase is told by the voltage alone', async () => {
    const dead = (at: number) => ({
      ...loadOf([60, 61, 62], [60, 0, 62])(at),
      ...(within(at) && { voltage_b_v: 2 }),
    });
    expect(seen(await look(dead))).toEqual([]);
  });

  test('voltages that differ for long', async () => {
    const uneven = (at: number) => ({ ...voltsOf(usual, [235, 222, 218])(at) });
    expect(seen(await look(uneven))).toMatchObject([{ opened: 180 }]);
  });
});

test('late data, batches and kills change nothing', { timeout: 60_000 }, async () => {
  const all = story(monday, dayAt(0, 8), voltsOf(usual, [226, 242, 225]), 5 * minuteMs);
  const ways = { seeds: [1, 2, 3], lateAtOnce: 13, killedAtOnce: 10 };
  const inOrder = await sameInAnyOrder(() => worldOf(voltage, { everyS: 300 }), all, ways);
  expect(seen(inOrder)).toHaveLength(1);
});
