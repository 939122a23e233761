import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Cap, Target } from '../../model/goals.ts';
import { allYear } from '../../model/tariff.ts';
import { dayMs, hourMs } from '../../model/time.ts';
import { anInstitution, aStandingWorld } from './standing-world.ts';

/** Midnight in Shanghai, 1 January 2026. */
const newYear = Date.UTC(2025, 11, 31, 16);

const ids = ['a', 'b', 'c', 'd', 'e', 'f'];
const institutions = ids.map((id) => anInstitution(id));

interface Reading {
  readonly meter: string;
  readonly at: number;
  readonly kwh: number;
}

/** Twice a day, from the year's first hour on, evenly. */
function readingsOf(meter: string, kwhADay: (day: number) => number, days: number): Reading[] {
  const readings: Reading[] = [{ meter, at: newYear, kwh: 1000 }];
  let kwh = 1000;
  for (let day = 0; day < days; day++) {
    for (const half of [1, 2]) {
      kwh += kwhADay(day) / 2;
      readings.push({ meter, at: newYear + (day + half / 2) * dayMs, kwh });
    }
  }
  return readings;
}

const cap: Cap = {
  id: 'cap-a',
  institution: 'a',
  item: 'electricity-kwh',
  year: 2026,
  cap: 36_500,
};

const target: Target = {
  id: 'target-a',
  institution: 'a',
  indicator: 'per-m2-kgce',
  year: 2026,
  baseYear: 2025,
  baseValue: 1,
  changePct: -3.2,
  calibre: 'calorific',
};

/** `a` uses twice what the others use. */
const all = (days: number): Reading[] =>
  ids.flatMap((id) => readingsOf(id, () => (id === 'a' ? 200 : 100), days));

describe('the watch over institutions', () => {
  test('tells at the end of a month, and of a month that is not over nothing', async () => {
    const world = aStandingWorld(institutions, { caps: [cap] });
    world.clock.at = newYear;
    const watch = await world.open();
    await world.tell(watch, all(85));
    world.clock.at = newYear + 90 * dayMs - hourMs;
    await world.tick(watch);
    expect(await world.alerts()).toEqual([]);
    await world.tell(
      watch,
      all(91).filter(({ at }) => at > newYear + 85 * dayMs),
    );
    world.clock.at = newYear + 90 * dayMs + 3 * hourMs;
    await world.tick(watch);
    await world.tick(watch);
    const found = await world.alerts();
    expect(world.log).toEqual([]);
    expect(found.map(({ kind, subject }) => [kind, subject.id]).sort()).toEqual([
      ['energy.peer', 'a'],
      ['energy.total-cap', 'a'],
    ]);
    const peer = found.find(({ kind }) => kind === 'energy.peer');
    expect(peer?.openedAt).toBe(newYear + 90 * dayMs);
    expect(peer?.severity).toBe('warning');
    expect(peer?.summary.zh).toContain('重点提醒');
    expect(peer?.evidence.expected).toMatchObject({
      indicators: [{ indicator: 'per-m2-kgce', members: 6 }, { indicator: 'per-head-kgce' }],
    });
    expect(peer?.evidence.from).toBeLessThan(peer?.evidence.to ?? 0);
  });

  test('a cap that is forecast to break becomes critical when it is broken, in one alert', async () => {
    const tariff = {
      id: 'flat',
      institution: 'a',
      validFrom: '2026-01-01',
      source: 'made up for this test',
      prices: { flat: 0.6 },
      seasons: allYear,
    };
    const world = aStandingWorld(institutions, { caps: [cap], tariffs: [tariff] });
    world.clock.at = newYear;
    const watch = await world.open();
    await world.tell(watch, all(150));
    world.clock.at = newYear + 121 * dayMs;
    await world.tick(watch);
    const capOf = async () =>
      (await world.alerts()).filter(({ kind }) => kind === 'energy.total-cap');
    expect(await capOf()).toMatchObject([{ severity: 'warning', state: 'open' }]);
    await world.tell(
      watch,
      all(230).filter(({ at }) => at > newYear + 150 * dayMs),
    );
    world.clock.at = newYear + 220 * dayMs;
    await world.tick(watch);
    expect(await capOf()).toMatchObject([{ severity: 'critical', state: 'open' }]);
    const [one] = await capOf();
    expect(one?.summary.en).toContain('already');
    const goals = (one?.evidence.observed['goals'] ?? []) as { over: number; overYuan: number }[];
    const [goal] = goals;
    expect(goal?.over).toBeGreaterThan(30_000);
    expect(goal?.overYuan).toBeCloseTo((goal?.over ?? 0) * 0.6, 6);
  });

  test('what stands survives a restart and is told once', async () => {
    const world = aStandingWorld(institutions, { caps: [cap], targets: [target] });
    world.clock.at = newYear;
    const watch = await world.open();
    await world.tell(watch, all(125));
    await watch.stop();
    world.clock.at = newYear + 121 * dayMs;
    const again = await world.open();
    await world.tick(again);
    const before = await world.standing();
    expect(before.length).toBeGreaterThan(1);
    await again.stop();
    const third = await world.open();
    await world.tick(third);
    expect(await world.standing()).toEqual(before);
    expect((await world.alerts()).every(({ state }) => state === 'open')).toBe(true);
  });

  test('a correction that is entered takes back what it explains', async () => {
    const world = aStandingWorld(institutions);
    world.clock.at = newYear;
    const watch = await world.open();
    await world.tell(watch, all(125));
    world.clock.at = newYear + 121 * dayMs;
    await world.tick(watch);
    const peers = async () => (await world.alerts()).filter(({ kind }) => kind === 'energy.peer');
    expect(await peers()).toMatchObject([{ state: 'open', subject: { id: 'a' } }]);
    world.set('corrections', [
      {
        id: 'k',
        institution: 'a',
        item: 'electricity-kwh',
        from: '2026-01',
        to: '2026-04',
        amount: -12_000,
        reason: '机房为全市共用',
      },
    ]);
    await world.tick(watch);
    expect(await peers()).toMatchObject([{ state: 'withdrawn' }]);
  });

  test('a rule that is switched off clears what stands', async () => {
    const world = aStandingWorld(institutions);
    world.clock.at = newYear;
    const watch = await world.open();
    await world.tell(watch, all(125));
    world.clock.at = newYear + 121 * dayMs;
    await world.tick(watch);
    world.set('rules', [{ id: 'off', kind: 'energy.peer', scope: {}, params: {}, enabled: false }]);
    await world.tick(watch);
    expect(await world.alerts()).toMatchObject([{ kind: 'energy.peer', state: 'cleared' }]);
  });

  test('a meter that is another has all months counted anew, also over a restart', async () => {
    const world = aStandingWorld(institutions);
    world.clock.at = newYear;
    const watch = await world.open();
    await world.tell(watch, all(125));
    world.clock.at = newYear + 121 * dayMs;
    await world.tick(watch);
    expect(watch.figures(['a']).get('a')?.[0]?.size.floorAreaM2).toBe(5000);
    await watch.stop();
    world.set('meters', []);
    const again = await world.open();
    await world.tick(again);
    expect(again.figures(['a']).get('a')).toEqual([]);
  });
});

const monthly = {
  id: 'monthly',
  kind: 'energy.peer',
  scope: {},
  params: { wholeMonths: 1 },
  enabled: true,
};

test('the order of arrival makes no difference', { timeout: 60_000 }, async () => {
  // One uses too much in February and March, and no more in April.
  const use = (id: string) => (day: number) =>
    (id === 'a' && day > 30 && day < 90 ? 180 : 100) + (ids.indexOf(id) % 3) * 3;
  const readings = ids.flatMap((id) => readingsOf(id, use(id), 125));
  const end = newYear + 126 * dayMs;
  const goals = {
    caps: [{ ...cap, cap: 30_000 }],
    targets: [{ ...target, baseValue: 0.6 }],
    rules: [monthly],
  };

  const inTime = aStandingWorld(institutions, goals);
  inTime.clock.at = newYear;
  const live = await inTime.open();
  const byTime = [...readings].sort((x, y) => x.at - y.at);
  for (let day = 0; day < 126; day++) {
    const [from, to] = [newYear + (day - 1) * dayMs, newYear + day * dayMs];
    inTime.clock.at = to;
    await inTime.tell(
      live,
      byTime.filter(({ at }) => at > from && at <= to),
    );
    if (day % 15 === 0) await inTime.tick(live);
  }
  inTime.clock.at = end;
  await inTime.tick(live);
  await inTime.tick(live);
  const expected = await inTime.standing();
  expect(inTime.log).toEqual([]);
  expect(expected.map((one) => JSON.parse(one).kind).sort()).toEqual([
    'energy.peer',
    'energy.target',
    'energy.total-cap',
  ]);
  expect(expected.some((one) => JSON.parse(one).clearedAt !== null)).toBe(true);

  const orders = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), {
    minLength: 24,
    maxLength: 24,
  });
  await fc.assert(
    fc.asyncProperty(orders, async (keys) => {
      const world = aStandingWorld(institutions, goals);
      world.clock.at = end;
      let watch = await world.open();
      const pieces = [
        ...Map.groupBy(readings, ({ meter, at }) =>
          [meter, Math.floor((at - newYear) / (40 * dayMs))].join(' '),
        ).values(),
      ]
        .map((piece, n) => ({ piece, key: keys[n % keys.length] ?? 0 }))
        .sort((x, y) => x.key - y.key);
      for (const [n, { piece, key }] of pieces.entries()) {
        await world.tell(watch, key > 0.5 ? piece.toReversed() : piece);
        if (n % 8 === 7) await world.tick(watch);
        if (n % 12 === 11) {
          await watch.stop();
          watch = await world.open();
        }
      }
      await world.tick(watch);
      await world.tick(watch);
      expect(world.log).toEqual([]);
      expect(await world.standing()).toEqual(expected);
    }),
    { numRuns: 4 },
  );
});
