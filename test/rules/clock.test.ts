import { describe, expect, test } from 'vitest';
import type { Gateway, Meter } from '../../model/entities.ts';
import { dayMs, hourMs, minuteMs, secondMs } from '../../model/time.ts';
import { meterClock } from '../../rules/kinds/meter/clock.ts';
import { disordered, numbers } from '../energy/random.ts';
import { dayAt, monday, type Said } from './meter-story.ts';
import { aMeter, aWorld, type World } from './world.ts';

const worldOf = (meters: readonly Meter[] = [aMeter('m1')], gateways: readonly Gateway[] = []) =>
  aWorld({ meters, gateways }, [meterClock]);

async function give(world: World, said: readonly Said[], atOnce = 31): Promise<void> {
  for (let i = 0; i < said.length; i += atOnce) await world.give(said.slice(i, i + atOnce));
}

const seen = (world: World) =>
  world.book.standing().map(({ subject, openedAt, clearedAt, last }) => ({
    subject,
    opened: (openedAt - monday) / minuteMs,
    cleared: clearedAt === null ? null : (clearedAt - monday) / minuteMs,
    lagS: last.evidence.observed['lagS'],
  }));

/** Readings of a clock, and when they came. */
function spoken(
  list: readonly (readonly [at: number, receivedAt: number])[],
  more: { readonly device?: string; readonly timeSource?: 'device' | 'receipt' } = {},
): Said[] {
  const { device = 'm1', timeSource = 'device' } = more;
  return list.map(([at, receivedAt]) => ({
    ...{ type: 'sample', device, at, receivedAt, timeSource },
    values: { energy_import_kwh: 1 },
  }));
}

/** One reading each interval, so many seconds late; negative is ahead. */
const steadily = (
  lagS: number,
  count: number,
  everyMs = 5 * minuteMs,
  from = monday,
): (readonly [number, number])[] =>
  Array.from({ length: count }, (_, i) => {
    const receivedAt = from + i * everyMs;
    return [receivedAt - lagS * secondMs, receivedAt];
  });

describe('ahead', { timeout: 60_000 }, () => {
  test('three readings more than two minutes ahead are told, and three that are right end it', async () => {
    const world = worldOf();
    await give(world, spoken([...steadily(2, 3), ...steadily(-180, 3, 5 * minuteMs, dayAt(0, 1))]));
    expect(seen(world)).toEqual([{ subject: 'm1', opened: 73, cleared: null, lagS: -180 }]);
    expect(world.book.standing()[0]?.last).toMatchObject({
      summary: {
        zh: '总表的时钟快 3 分钟（收到时 10-19 01:10，表上 10-19 01:13）',
        en: 'Clock of 总表 is 3 min ahead: it said 10-19 01:13 when it was 10-19 01:10',
      },
      evidence: { observed: { deviceTime: '2026-10-19T01:13:00+08:00' } },
    });
    await give(world, spoken(steadily(1, 3, 5 * minuteMs, dayAt(0, 2))));
    expect(seen(world)[0]?.cleared).toBeCloseTo(130, 0);
  });

  test.each([
    ['exactly at the limit', -120, 10],
    ['only two of them', -180, 2],
  ])('not %s', async (_, lagS, count) => {
    const world = worldOf();
    await give(world, spoken(steadily(lagS, count)));
    await give(world, spoken(steadily(1, 5, 5 * minuteMs, dayAt(0, 3))));
    expect(seen(world)).toEqual([]);
  });

  test('not where now and then one is', async () => {
    const world = worldOf();
    const list = steadily(1, 40).map(([at, receivedAt], i): [number, number] =>
      i % 3 === 0 ? [at + 200 * secondMs, receivedAt] : [at, receivedAt],
    );
    await give(world, spoken(list));
    expect(seen(world)).toEqual([]);
  });
});

describe('behind', { timeout: 60_000 }, () => {
  test('twelve readings over an hour, all late by the same', async () => {
    const world = worldOf();
    await give(world, spoken(steadily(1200, 12)));
    expect(seen(world)).toEqual([]);
    await give(world, spoken(steadily(1200, 1, 5 * minuteMs, dayAt(0, 1))));
    expect(seen(world)).toEqual([{ subject: 'm1', opened: 40, cleared: null, lagS: 1200 }]);
  });

  test('it drifts: slowly is by the same', async () => {
    const world = worldOf();
    const list = steadily(1200, 30).map(([at, receivedAt], i): [number, number] => [
      at - i * 1500,
      receivedAt,
    ]);
    await give(world, spoken(list));
    expect(seen(world)).toMatchObject([{ cleared: null }]);
  });

  test.each([
    ['just under five minutes', steadily(299, 40, minuteMs)],
    ['readings of a quarter that always come one late', steadily(1020, 40, 15 * minuteMs)],
    ['a daily reading that is sent some hours later', steadily(8_100, 60, dayMs)],
    ['too few', steadily(1200, 11, 10 * minuteMs)],
  ])('not %s', async (_, list) => {
    const world = worldOf();
    await give(world, spoken(list));
    expect(seen(world)).toEqual([]);
  });

  test('not what is back-filled: three days at once, ever less late, or every night for the day', async () => {
    const three = Array.from({ length: 288 }, (_, i): [number, number] => [
      monday + i * 15 * minuteMs,
      monday + 3 * dayMs + i * 100,
    ]);
    const faster = Array.from({ length: 600 }, (_, i): [number, number] => [
      monday + i * 5 * minuteMs,
      monday + 2 * dayMs + i * 4 * minuteMs,
    ]);
    const nightly = Array.from({ length: 7 * 96 }, (_, i): [number, number] => {
      const at = monday + i * 15 * minuteMs;
      return [at, Math.ceil((at + 1) / dayMs) * dayMs + 2 * hourMs];
    });
    for (const list of [three, faster, nightly]) {
      const world = worldOf();
      await give(world, spoken(list));
      expect(seen(world)).toEqual([]);
    }
  });

  test('a time that is ours says nothing of the meter', async () => {
    const world = worldOf();
    await give(world, spoken(steadily(1200, 40), { timeSource: 'receipt' }));
    expect(seen(world)).toEqual([]);
  });
});

test('one clock of a gateway is told once, by the first of its meters; another of its own is too', async () => {
  const ids = ['m1', 'm2', 'm3', 'm4'];
  const meters = ids.map((id) => aMeter(id));
  const gateways = [{ id: 'g1', devices: ['m3', 'm1', 'm4', 'm2'] }];
  const world = worldOf(meters, gateways);
  for (let i = 0; i < 80; i++) {
    const one = (lagS: number) => steadily(lagS, 1, 5 * minuteMs, monday + i * 5 * minuteMs);
    // In the order in which the first of them comes last.
    for (const device of ['m2', 'm3', 'm1']) await give(world, spoken(one(1200), { device }));
    await give(world, spoken(one(-400), { device: 'm4' }));
  }
  expect(seen(world).map(({ subject, lagS }) => [subject, lagS])).toEqual(
    expect.arrayContaining([
      ['m1', 1200],
      ['m4', -400],
    ]),
  );
  expect(seen(world)).toHaveLength(2);
});

test('order and kills change nothing', { timeout: 60_000 }, async () => {
  const all = spoken([
    ...steadily(5, 30),
    ...steadily(1200, 30, 5 * minuteMs, dayAt(0, 4)),
    ...steadily(5, 30, 5 * minuteMs, dayAt(0, 8)),
  ]);
  const inOrder = worldOf();
  await give(inOrder, all);
  expect(seen(inOrder)).toHaveLength(1);
  const mixed = worldOf();
  const shuffled = disordered(all, numbers(3)).filter((each, i, list) => list.indexOf(each) === i);
  await give(mixed, shuffled, 7);
  expect(seen(mixed)).toEqual(seen(inOrder));
  const killed = worldOf();
  for (let i = 0; i < all.length; i += 7) {
    await killed.give(all.slice(i, i + 7));
    killed.restart();
  }
  await killed.give([]);
  expect(seen(killed)).toEqual(seen(inOrder));
});
