import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { openAlertBook } from '../../alerts/book.ts';
import { quiet } from '../../model/context.ts';
import type { Accepted } from '../../model/observation.ts';
import { secondMs } from '../../model/time.ts';
import { openRulesSink } from '../../rules/engine.ts';
import { openTripBook } from '../../trips/book.ts';
import { above } from './above.ts';
import { aDirectory, aMeter, aSample } from './world.ts';

/* The engine and the real book on one connection: what the rules find is what a person sees. */

const start = Date.UTC(2026, 10, 2, 8);

function open(database: DatabaseSync, stored: Accepted[]) {
  const directory = aDirectory({ meters: [aMeter('m1')] });
  const alerts = openAlertBook(database, quiet);
  const history = async (_device: string, { from, to }: { from: number; to: number }) =>
    stored.filter(({ at }) => at >= from && at < to).sort((a, b) => a.at - b.at);
  const sink = openRulesSink({
    database,
    kinds: [above],
    directory: () => directory,
    history,
    alerts,
    trips: openTripBook(database, quiet),
    context: quiet,
  });
  const give = async (readings: readonly (readonly [second: number, value: number])[]) => {
    const after = stored.length;
    const observations = readings.map(([second, value], index): Accepted => {
      const at = start + second * secondMs;
      return { ...aSample('m1', at, value), seq: after + index + 1, receivedAt: at };
    });
    stored.push(...observations);
    await sink.write({ after, upTo: stored.length, observations });
  };
  const list = async () =>
    (await alerts.list({ limit: 10 })).items.map(({ state, openedAt, clearedAt, evidence }) => ({
      state,
      openedS: (openedAt - start) / secondMs,
      clearedS: clearedAt && (clearedAt - start) / secondMs,
      value: evidence.observed['value'],
    }));
  return { sink, alerts, give, list };
}

test('opens, amends and clears, over a restart', async () => {
  const database = new DatabaseSync(':memory:');
  const stored: Accepted[] = [];
  const first = open(database, stored);
  await first.give([
    [0, 5],
    [10, 20],
    [20, 30],
  ]);
  const second = open(database, stored);
  await second.give([[30, 5]]);
  expect(await second.list()).toEqual([{ state: 'cleared', openedS: 10, clearedS: 30, value: 30 }]);
});

test('late readings withdraw what never was, bring to light what was, and open again what goes on', async () => {
  const it = open(new DatabaseSync(':memory:'), []);
  await it.give([
    [0, 5],
    [100, 20],
    [200, 5],
  ]);
  await it.give([[90, 20]]);
  expect(await it.list()).toEqual([
    { state: 'withdrawn', openedS: 100, clearedS: 200, value: 20 },
    { state: 'cleared', openedS: 90, clearedS: 200, value: 20 },
  ]);
  await it.give([[150, 5]]);
  expect((await it.list()).at(-1)).toEqual({
    state: 'cleared',
    openedS: 90,
    clearedS: 150,
    value: 20,
  });
});

test('an episode learned late, before one that stands, is an alert of its own, also when it was withdrawn meanwhile', async () => {
  const it = open(new DatabaseSync(':memory:'), []);
  await it.give([
    [0, 5],
    [300, 30],
  ]);
  await it.give([
    [100, 20],
    [200, 5],
  ]);
  const later = { state: 'open', openedS: 300, clearedS: null, value: 30 };
  const earlier = { state: 'cleared', openedS: 100, clearedS: 200, value: 20 };
  expect(await it.list()).toEqual([later, earlier]);
  await it.give([[90, 25]]);
  expect(await it.list()).toEqual([
    later,
    { ...earlier, state: 'withdrawn' },
    { ...earlier, openedS: 90 },
  ]);
  await it.give([[95, 5]]);
  expect(await it.list()).toEqual([
    later,
    earlier,
    { state: 'cleared', openedS: 90, clearedS: 95, value: 25 },
  ]);
});

test('a person’s clearing and the rule’s going on do not disturb one another', async () => {
  const it = open(new DatabaseSync(':memory:'), []);
  await it.give([[0, 20]]);
  const [alert] = (await it.alerts.list({ limit: 1 })).items;
  await it.alerts.act(alert?.id ?? '', { do: 'clear', user: 'u1' });
  await it.give([
    [10, 25],
    [20, 5],
    [30, 40],
  ]);
  expect((await it.list()).map(({ state, openedS }) => [state, openedS])).toEqual([
    ['open', 30],
    ['cleared', 0],
  ]);
});

test('a batch that fails leaves no alert behind', async () => {
  const database = new DatabaseSync(':memory:');
  const it = open(database, []);
  await it.give([[0, 5]]);
  database.exec(
    `CREATE TRIGGER full BEFORE UPDATE ON rules_position BEGIN SELECT RAISE(ABORT, 'disk full'); END`,
  );
  await expect(it.give([[10, 20]])).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  expect(await it.list()).toEqual([]);
  expect(await it.sink.position()).toBe(1);
});
