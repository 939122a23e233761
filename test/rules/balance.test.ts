import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import type { Context } from '../../model/context.ts';
import type { Meter, RuleInstance } from '../../model/entities.ts';
import type { Accepted } from '../../model/observation.ts';
import { dayMs, hourMs, minuteMs } from '../../model/time.ts';
import type { Directory } from '../../registry/registry.ts';
import type { BalanceDay } from '../../rules/balance/kind.ts';
import { createBalanceWatch } from '../../rules/balance/watch.ts';
import { balanceFindings } from '../../rules/kinds/meter/balance.ts';
import { aBook, aDirectory, aMeter } from './world.ts';

/** Midnight in Shanghai. */
const monday = Date.UTC(2026, 10, 1, 16);
const top = aMeter('top');
const meters: readonly Meter[] = [top, aMeter('a', { parent: 'top' }), aMeter('lone')];

const day = (n: number, difference: number | null, off = 0.05): BalanceDay => ({
  from: monday + n * dayMs,
  to: monday + (n + 1) * dayMs,
  own: difference === null ? null : 100,
  below: difference === null ? null : 100 - difference,
  difference,
  upper: difference === null ? null : difference + off,
  quality: 'measured',
  meters: 2,
});

describe('what days say together', () => {
  const say = (days: readonly BalanceDay[], tolerancePct = 0) =>
    balanceFindings(days, top, { tolerancePct }).map(({ change, at }) => [
      change,
      (at - monday) / dayMs,
    ]);

  test('from the first negative day to the first that is not', () => {
    expect(say([day(0, 5), day(1, -3), day(2, -4), day(3, 1), day(4, -2)])).toEqual([
      ['open', 2],
      ['amend', 3],
      ['clear', 4],
      ['open', 5],
    ]);
  });

  test('a day of which too little is known decides nothing', () => {
    expect(say([day(1, -3), day(2, null), day(3, 2)])).toEqual([
      ['open', 2],
      ['clear', 4],
    ]);
  });

  test('within the resolution, or the tolerance, is no fault', () => {
    expect(say([day(0, -0.04)])).toEqual([]);
    expect(say([day(0, -0.9)], 1)).toEqual([]);
    expect(say([day(0, -1.2)], 1)).toEqual([['open', 1]]);
  });

  test('the evidence adds the days up', () => {
    const [, last] = balanceFindings([day(0, -3), day(1, -4)], top, { tolerancePct: 0 });
    expect(last?.evidence).toMatchObject({
      from: monday,
      to: monday + 2 * dayMs,
      flagged: [monday, monday + dayMs],
      observed: { own: 200, below: 207, difference: -7, unit: 'kWh', meters: 2 },
    });
  });
});

function aWatch(rules: readonly RuleInstance[] = []) {
  const database = new DatabaseSync(':memory:');
  const book = aBook();
  const came = new Map<number, number | null>();
  const replacements: { id: string; meter: string; at: number }[] = [];
  const asked: number[] = [];
  const tree = [...meters];
  const clock = { at: monday };
  const context: Context = { log: () => {}, count: () => {}, now: () => clock.at };
  const plain = aDirectory({ meters, rules });
  const directory = {
    ...plain,
    all: (kind: string) => ({ meters: tree, rules, replacements })[kind] ?? [],
  } as unknown as Directory;
  const open = (newest: ReadonlyMap<string, number> = new Map()) =>
    createBalanceWatch({
      database,
      directory: () => directory,
      alerts: book.report,
      newest,
      context,
      balance: async (_, __, { from }) => {
        asked.push((from - monday) / dayMs);
        const n = (from - monday) / dayMs;
        const { from: _from, to: _to, ...rest } = day(n, came.get(n) ?? null);
        return rest;
      },
    });
  return { database, book, came, asked, clock, open, replacements, tree };
}

const reading = (device: string, at: number): Accepted => ({
  type: 'sample',
  device,
  at,
  timeSource: 'device',
  values: { energy_import_kwh: 1 },
  seq: 1,
  receivedAt: at,
});

describe('the watch', () => {
  test('looks at a day when it is over, and only then', async () => {
    const { book, came, asked, clock, open } = aWatch();
    const watch = open();
    came.set(0, -3);
    watch.note([reading('a', monday + hourMs), reading('lone', monday + hourMs)]);
    clock.at = monday + 20 * hourMs;
    await watch.tick();
    expect(asked).toEqual([]);
    clock.at = monday + dayMs + 3 * hourMs;
    await watch.tick();
    await watch.tick();
    expect(asked).toEqual([0]);
    expect(book.standing()).toMatchObject([{ subject: 'top', openedAt: monday + dayMs }]);
  });

  test('a gap makes all its days be looked at, also over a restart', async () => {
    const { asked, clock, open } = aWatch();
    open().note([reading('a', monday + hourMs)]);
    open(new Map([['a', monday + hourMs]])).note([reading('a', monday + 3 * dayMs + hourMs)]);
    clock.at = monday + 4 * dayMs + 3 * hourMs;
    await open().tick();
    expect(asked).toEqual([0, 1, 2, 3]);
  });

  test('late data takes back what it shows was never so', async () => {
    const { book, came, clock, open } = aWatch();
    const watch = open();
    came.set(0, -3);
    came.set(1, -4);
    watch.note([reading('a', monday + hourMs), reading('a', monday + dayMs + hourMs)]);
    clock.at = monday + 3 * dayMs;
    await watch.tick();
    expect(book.standing()).toMatchObject([{ openedAt: monday + dayMs }]);
    came.set(0, 2);
    watch.note([reading('a', monday + 2 * hourMs)]);
    clock.at += 5 * minuteMs;
    await watch.tick();
    expect(book.standing()).toMatchObject([{ openedAt: monday + 2 * dayMs, clearedAt: null }]);
  });

  test('a replacement that is recorded has its days looked at again', async () => {
    const { asked, clock, open, replacements } = aWatch();
    const watch = open();
    clock.at = monday + 9 * dayMs;
    await watch.tick();
    expect(asked).toEqual([]);
    replacements.push({ id: 'r', meter: 'a', at: monday + 3 * dayMs + hourMs });
    await watch.tick();
    expect(asked).toEqual([2, 3, 4]);
  });

  test('a rule that is not enabled looks at nothing', async () => {
    const off: RuleInstance = {
      id: 'off',
      kind: 'meter.balance',
      scope: { meter: 'top' },
      params: {},
      enabled: false,
    };
    const { asked, clock, open } = aWatch([off]);
    const watch = open();
    watch.note([reading('a', monday + hourMs)]);
    clock.at = monday + 2 * dayMs;
    await watch.tick();
    expect(asked).toEqual([]);
  });

  describe('an alert is cleared when nobody looks any more', () => {
    const off: RuleInstance = {
      id: 'off',
      kind: 'meter.balance',
      scope: { meter: 'top' },
      params: {},
      enabled: false,
    };
    async function standing(rules: RuleInstance[] = []) {
      const world = aWatch(rules);
      world.came.set(0, -3);
      world.open().note([reading('a', monday + hourMs)]);
      world.clock.at = monday + dayMs + 3 * hourMs;
      await world.open().tick();
      expect(world.book.standing()).toMatchObject([{ subject: 'top', clearedAt: null }]);
      return world;
    }
    const cleared = [{ subject: 'top', openedAt: monday + dayMs, clearedAt: monday + dayMs }];

    test('the rule is switched off', async () => {
      const rules: RuleInstance[] = [];
      const { book, open } = await standing(rules);
      rules.push(off);
      await open().tick();
      expect(book.standing()).toMatchObject(cleared);
    });

    test('the last meter below is taken away', async () => {
      const { book, open, tree } = await standing();
      tree.splice(1, 1);
      await open().tick();
      expect(book.standing()).toMatchObject(cleared);
    });

    test('the rule has other parameters: it starts anew', async () => {
      const rules: RuleInstance[] = [];
      const { book, open, came, clock } = await standing(rules);
      rules.push({ ...off, enabled: true, params: { tolerancePct: 1 } });
      const watch = open();
      await watch.tick();
      expect(book.standing()).toMatchObject(cleared);
      came.set(1, -3);
      watch.note([reading('a', monday + dayMs + hourMs)]);
      clock.at += dayMs;
      await watch.tick();
      expect(book.standing().map(({ rule, openedAt }) => [rule, openedAt])).toEqual([
        ['meter.balance', monday + dayMs],
        ['off', monday + 2 * dayMs],
      ]);
    });

    test('it was found by a version that knew of one kind only', async () => {
      const { book, database, open, tree } = await standing();
      database.exec(`CREATE TABLE balance_open (meter TEXT PRIMARY KEY, found TEXT NOT NULL);
        INSERT INTO balance_open SELECT meter, found FROM balance_found; DROP TABLE balance_found`);
      tree.splice(1, 1);
      await open().tick();
      expect(book.standing()).toMatchObject(cleared);
    });

    test('while it is looked at it stands', async () => {
      const { book, open } = await standing();
      await open().tick();
      expect(book.standing()).toMatchObject([{ clearedAt: null }]);
    });
  });
});
