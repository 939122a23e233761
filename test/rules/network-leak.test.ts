import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dayMs } from '../../model/time.ts';
import type { Directory } from '../../registry/registry.ts';
import {
  isRest,
  leak,
  live,
  monday,
  network,
  newWorld,
  told,
  upTo,
  type World,
} from './network-story.ts';
import type { aBook } from './world.ts';

describe('water that is lost between a meter and those below it', () => {
  test('is told by the end of the third day, once, with what an officer needs', async () => {
    const world = await live(leak(30), 36);
    expect(told(world)).toEqual([['water.network-leak', 'top', 33, null]]);
    const { last } = world.book.standing()[0] ?? {};
    expect(last?.evidence).toMatchObject({
      from: monday + 30 * dayMs,
      to: monday + 36 * dayMs,
      context: { risenSince: '2026-09-30', metersBelow: ['主楼', '食堂'] },
      quality: { daysNotMeasured: 0 },
    });
    const lost = Number(last?.evidence.observed['lostM3']);
    expect(lost).toBeGreaterThan(5);
    expect(lost).toBeLessThan(7);
    expect(last?.summary.zh).toContain('水总表与下级表（主楼、食堂）之间自 09-30 起');
    expect(last?.summary.en).toContain('between 水总表 and the meters below it (主楼, 食堂)');
  });

  test('is over when it is repaired: two days later', async () => {
    const world = await live(leak(30, 40), 60);
    expect(told(world)).toEqual([['water.network-leak', 'top', 33, 42]]);
  });

  test('is taken for usual after sixty days, and what comes on top of it is told', async () => {
    const lost = (n: number) => (n >= 100 ? 3 : n >= 30 ? 1 : 0);
    const world = await live({ lost }, 104);
    expect(told(world)).toEqual([
      ['water.network-leak', 'top', 33, 90],
      ['water.network-leak', 'top', 103, null],
    ]);
  });

  test('is told of water alone', async () => {
    const world = await live({ ...leak(30), medium: 'gas' }, 40);
    expect(told(world)).toEqual([]);
  });
});

describe('nothing is told', () => {
  test('of steady use that has no meter, over weekends and months', async () => {
    expect(told(await live({ lost: () => 30 }, 120))).toEqual([]);
  });

  test('of days on which a sub-meter was silent, or of which a part is estimated or replaced', async () => {
    const silent = upTo(20).map((n) => 30 + n);
    expect(told(await live({ ...leak(30, 50), silent }, 60))).toEqual([]);
    for (const poor of ['estimated', 'replaced', 'reset']) {
      const quality = (n: number) => (n >= 30 && n < 50 ? poor : 'measured');
      expect(told(await live({ ...leak(30, 50), quality }, 60))).toEqual([]);
    }
  });

  test('of a sub-meter that was replaced: the days around it decide nothing', async () => {
    const quality = (n: number) => (n === 31 ? 'replaced' : 'measured');
    const world = await live({ lost: (n) => (n === 31 ? -9 : 0), quality }, 60);
    expect(network(world)).toEqual([]);
    const through = await live({ ...leak(30), quality }, 40);
    expect(told(through)).toEqual([['water.network-leak', 'top', 34, null]]);
  });

  test('of a long holiday and the days after it, by the calendar', async () => {
    const isHoliday = (n: number) => n >= 31 && n < 39;
    const day = (date: string) => {
      const n = Math.round((Date.parse(`${date}T00:00:00+08:00`) - monday) / dayMs);
      const kind = isHoliday(n) ? 'statutory-holiday' : isRest(n) ? 'weekend' : 'workday';
      return { date, kind, name: '' } as ReturnType<Directory['day']>;
    };
    // Guests who have no meter, all through the holiday; quiet afterwards.
    const lost = (n: number) => (isHoliday(n) ? 0.8 : 0);
    expect(told(await live({ lost, day }, 70))).toEqual([]);
    // The same eight days without a holiday are no use of guests.
    expect(told(await live({ lost }, 70))).toHaveLength(1);
  });

  test('of another tree: with a meter less, or more, it begins anew', async () => {
    const world = newWorld({});
    await world.look(upTo(40));
    world.tree.pop();
    await world.look(upTo(40).map((n) => 40 + n));
    expect(told(world)).toEqual([]);
  });
});

describe('one leak, one alert', () => {
  const master = (openedDay: number) =>
    ({
      change: 'open',
      rule: { id: 'water.leak', version: 2, params: {} },
      kind: 'water.leak',
      institution: 'hq',
      subject: { type: 'meter', id: 'top' },
      at: monday + openedDay * dayMs,
      openedAt: monday + openedDay * dayMs,
      severity: 'warning',
      summary: { zh: '', en: '' },
      evidence: {},
    }) as unknown as Parameters<ReturnType<typeof aBook>['report']['report']>[0][number];
  test('what water.leak tells of the upper meter is not told again while it stands', async () => {
    const world = newWorld(leak(30));
    world.book.report.report([master(31)]);
    await world.look(upTo(40));
    expect(network(world)).toEqual([]);
    world.book.report.report([{ ...master(31), change: 'clear', at: monday + 41.5 * dayMs }]);
    await world.look([40, 41, 42]);
    expect(network(world)).toEqual([['water.network-leak', 'top', 42, null]]);
  });

  test('a leak of its own, from long before, hides none', async () => {
    const world = newWorld(leak(30));
    world.book.report.report([master(20)]);
    await world.look(upTo(40));
    expect(network(world)).toEqual([['water.network-leak', 'top', 33, null]]);
  });
});

describe('what a person holds', () => {
  const hold = (world: World, verdict: 'false-alarm' | 'explained' | 'confirmed') => {
    const [note] = world.book.standing();
    const { from, to, flagged } = note?.last.evidence ?? { from: 0, to: 0, flagged: [] };
    const kind = 'water.network-leak';
    const opinion = { verdict, givenAt: world.clock.at, from, to, flagged };
    world.book.opinions.push({ ...opinion, kind, subject: 'top' });
  };

  test.each(['false-alarm', 'explained'] as const)(
    '%s: it is over, and as much is not told again; more is',
    async (verdict) => {
      const lost = (n: number) => (n >= 80 ? 4 : n >= 30 ? 1 : 0);
      const world = newWorld({ lost });
      await world.look(upTo(35));
      hold(world, verdict);
      await world.look(upTo(50).map((n) => 35 + n));
      expect(told(world)).toEqual([
        ['water.network-leak', 'top', 33, 36],
        ['water.network-leak', 'top', 83, null],
      ]);
    },
  );

  test('confirmed: it goes on', async () => {
    const world = newWorld(leak(30));
    await world.look(upTo(35));
    hold(world, 'confirmed');
    await world.look(upTo(10).map((n) => 35 + n));
    expect(told(world)).toEqual([['water.network-leak', 'top', 33, null]]);
  });
});

describe('late data, restarts and the tree', () => {
  test('a day of a sub-meter that comes late changes the finding as if it had come in time', async () => {
    const silent = [31, 32, 33];
    const world = await live({ ...leak(30), silent }, 36);
    const before = told(world);
    world.late(silent);
    await world.look(silent, 'b');
    const inTime = await live(leak(30), 36);
    expect(before).not.toEqual(told(inTime));
    expect(told(world)).toEqual(told(inTime));
    expect(world.book.standing()[0]?.last.evidence).toEqual(
      inTime.book.standing()[0]?.last.evidence,
    );
  });

  test('days in any order, with restarts, give what days in order give', async () => {
    const inOrder = await live(leak(22, 29), 34);
    expect(told(inOrder)).toHaveLength(1);
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray([...upTo(34)], { minLength: 34 }), async (order) => {
        const world = newWorld(leak(22, 29));
        await world.look(order);
        await world.look([33]);
        expect(told(world)).toEqual(told(inOrder));
        expect(world.book.standing()[0]?.last).toEqual(inOrder.book.standing()[0]?.last);
      }),
      { numRuns: 15 },
    );
  });

  test('it is over when nothing is below the meter any more', async () => {
    const world = await live(leak(30), 36);
    world.tree.splice(1, 2);
    await world.tick();
    expect(told(world)).toEqual([['water.network-leak', 'top', 33, 36]]);
  });

  test('a restart in its midst changes nothing', async () => {
    const world = await live(leak(30), 35);
    world.restart();
    await world.look([35, 36]);
    expect(told(world)).toEqual([['water.network-leak', 'top', 33, null]]);
  });

  test('a year and more of days forgets old ones without taking back what was told of them', async () => {
    const world = await live(leak(30, 40), 470);
    expect(told(world)).toEqual([['water.network-leak', 'top', 33, 42]]);
  }, 60_000);
});
