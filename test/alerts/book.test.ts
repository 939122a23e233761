import { expect, test } from 'vitest';
import type { AlertQuery } from '../../alerts/alerts.ts';
import type { Judged } from '../../model/alert.ts';
import { isId } from '../../model/ids.ts';
import { distance, finding, morning, openDesk } from './samples.ts';

const all: AlertQuery = { limit: 100 };
const amend = (distanceM: number, at: number, openedAt = morning) =>
  distance(distanceM, { change: 'amend', at, openedAt });
const clear = (at: number, openedAt = morning) => finding({ change: 'clear', at, openedAt });
const first = <T>(list: readonly T[]): T => {
  const [item] = list;
  if (item === undefined) throw new Error('there is none');
  return item;
};
const dump = ({ database }: { database: import('node:sqlite').DatabaseSync }) =>
  JSON.stringify([
    database.prepare('SELECT * FROM alert ORDER BY id').all(),
    database.prepare('SELECT * FROM transition ORDER BY n').all(),
  ]);

test('an episode is one alert from open to clear, and every change is numbered', async () => {
  const desk = openDesk();
  desk.report([finding()]);
  desk.report([amend(500, morning + 1000), clear(morning + 2000)]);
  const { items } = await desk.list(all);
  expect(items).toHaveLength(1);
  expect(items[0]).toMatchObject({
    state: 'cleared',
    openedAt: morning,
    clearedAt: morning + 2000,
    evidence: { observed: { distanceM: 500 } },
  });
  const transitions = await desk.transitions(0, 10);
  expect(transitions.map(({ n, change, at }) => [n, change, at - morning])).toEqual([
    [1, 'opened', 0],
    [2, 'amended', 1000],
    [3, 'cleared', 2000],
  ]);
  expect(transitions.map(({ alert }) => alert.state)).toEqual(['open', 'open', 'cleared']);
  expect(await desk.transitions(2, 10)).toHaveLength(1);
});

test('a change is never before the one before it, although event time lags behind the clock', async () => {
  const desk = openDesk(morning + 5000);
  const { id } = first(desk.report([finding()]));
  await desk.act(id, { do: 'acknowledge', user: 'officer1' });
  desk.report([clear(morning + 2000)]);
  expect((await desk.get(id))?.clearedAt).toBe(morning + 2000);
  const transitions = await desk.transitions(0, 10);
  expect(transitions.map(({ at }) => at - morning)).toEqual([0, 5000, 5000]);
});

test('ids are valid, sort by time and are the same in a replay', () => {
  const ids = (at: number) =>
    openDesk(at).report([
      finding(),
      finding({ at: morning + 86_400_000, subject: { type: 'vehicle', id: 'v2' } }),
    ]);
  const made = ids(morning).map(({ id }) => id);
  expect(made.every(isId)).toBe(true);
  expect([...made].sort()).toEqual(made);
  expect(ids(morning + 999).map(({ id }) => id)).toEqual(made);
});

test('a replay changes nothing', () => {
  const desk = openDesk();
  const story: Judged[] = [
    finding(),
    amend(400, morning + 10),
    amend(500, morning + 20),
    clear(morning + 30),
    finding({ at: morning + 40 }),
    amend(700, morning + 50, morning + 40),
  ];
  desk.report(story);
  const before = dump(desk);
  desk.clock.at += 1000;
  expect(desk.report(story)).toEqual([]);
  for (const one of story) expect(desk.report([one])).toEqual([]);
  expect(dump(desk)).toBe(before);
});

test('an open finding while one is open amends it, and its later findings find it', async () => {
  const desk = openDesk();
  desk.report([finding()]);
  desk.report([distance(900, { at: morning + 60_000 })]);
  desk.report([clear(morning + 90_000, morning + 60_000)]);
  const { items } = await desk.list(all);
  expect(items).toHaveLength(1);
  expect(items[0]).toMatchObject({
    state: 'cleared',
    openedAt: morning,
    evidence: { observed: { distanceM: 900 } },
  });
});

test('a condition that comes back is a new alert; other subjects and rules have their own', async () => {
  const desk = openDesk();
  desk.report([finding(), clear(morning + 10), finding({ at: morning + 11 })]);
  desk.report([finding({ subject: { type: 'vehicle', id: 'v2' } })]);
  desk.report([finding({ rule: { id: 'other', version: 1, params: {} } })]);
  const { items } = await desk.list(all);
  expect(items.map(({ state }) => state).sort()).toEqual(['cleared', 'open', 'open', 'open']);
});

test('an amend whose opening is unknown opens; a clear without an alert is nothing', async () => {
  const desk = openDesk();
  expect(desk.report([clear(morning + 5)])).toEqual([]);
  desk.report([amend(400, morning + 10)]);
  expect((await desk.list(all)).items[0]).toMatchObject({ state: 'open', openedAt: morning });
});

test('what a person cleared, the same episode does not open again', async () => {
  const desk = openDesk();
  const { id } = first(desk.report([finding()]));
  await desk.act(id, { do: 'clear', user: 'officer1' });
  desk.report([amend(900, morning + 10), clear(morning + 20)]);
  expect(await desk.get(id)).toMatchObject({ state: 'cleared', clearedAt: morning, version: 2 });
});

test('late data withdraws what is no longer found and amends the rest', async () => {
  const desk = openDesk();
  desk.report([finding(), clear(morning + 10)]);
  desk.report([finding({ at: morning + 100 })]);
  desk.report([finding({ subject: { type: 'vehicle', id: 'v2' } })]);
  const changed = desk.rejudge('off-route-default', 'v1', morning, [
    distance(333, { at: morning + 100 }),
  ]);
  expect(changed.map(({ openedAt, state }) => [openedAt - morning, state])).toEqual([
    [0, 'withdrawn'],
    [100, 'open'],
  ]);
  const { items } = await desk.list({ ...all, subject: 'v1' });
  expect(items.map(({ evidence }) => evidence.observed['distanceM'])).toEqual([333, 320]);
  expect((await desk.list({ ...all, subject: 'v2' })).items[0]?.state).toBe('open');
});

test('judging again with the same result changes nothing', () => {
  const desk = openDesk();
  const story = [finding(), clear(morning + 10), finding({ at: morning + 100 })];
  desk.report(story);
  const before = dump(desk);
  expect(desk.rejudge('off-route-default', 'v1', morning, story)).toEqual([]);
  expect(dump(desk)).toBe(before);
});

test('late data can open an alert between others, and find a withdrawn one again under its id', async () => {
  const desk = openDesk();
  const { id } = first(desk.report([finding(), clear(morning + 10)]));
  desk.rejudge('off-route-default', 'v1', morning, []);
  expect((await desk.get(id))?.state).toBe('withdrawn');
  desk.rejudge('off-route-default', 'v1', morning - 500, [
    finding({ at: morning - 400 }),
    clear(morning - 300, morning - 400),
    finding(),
    clear(morning + 12),
  ]);
  expect(await desk.get(id)).toMatchObject({ state: 'cleared', clearedAt: morning + 12 });
  const { items } = await desk.list(all);
  expect(items.map(({ openedAt }) => openedAt - morning)).toEqual([0, -400]);
});

test('what people held of a subject is told with the stretch it is about, not of what was withdrawn', async () => {
  const desk = openDesk();
  const { id } = first(desk.report([finding(), clear(morning + 10)]));
  const { kind, evidence } = finding();
  const told = (from: number) => desk.opinions(kind, 'v1', from);
  expect(told(morning)).toEqual([]);
  await desk.act(id, { do: 'verdict', verdict: 'confirmed', user: 'officer1' });
  const { from, to, flagged } = evidence;
  expect(told(morning)).toEqual([
    { verdict: 'confirmed', givenAt: expect.any(Number), from, to, flagged },
  ]);
  expect(told(morning + 1)).toEqual([]);
  expect(desk.opinions(kind, 'v2', morning)).toEqual([]);
  expect(desk.opinions('energy.night-load', 'v1', morning)).toEqual([]);
  desk.rejudge('off-route-default', 'v1', morning, []);
  expect(told(morning)).toEqual([]);
});

test('from when to when alerts stood is told, not of what was withdrawn', () => {
  const desk = openDesk();
  desk.report([finding(), clear(morning + 10), finding({ at: morning + 100 })]);
  const { kind } = finding();
  const stood = (from: number) => desk.episodes(kind, 'v1', from).map((each) => ({ ...each }));
  expect(stood(morning)).toEqual([
    { openedAt: morning, clearedAt: morning + 10 },
    { openedAt: morning + 100, clearedAt: null },
  ]);
  expect(stood(morning + 1)).toHaveLength(1);
  expect(desk.episodes(kind, 'v2', morning)).toEqual([]);
  expect(desk.episodes('energy.night-load', 'v1', morning)).toEqual([]);
  desk.rejudge('off-route-default', 'v1', morning, []);
  expect(stood(morning)).toEqual([]);
});

test('late data that shows the condition going on opens the alert again, also one that began before the stretch', async () => {
  const desk = openDesk();
  const { id } = first(desk.report([finding(), clear(morning + 1000)]));
  desk.rejudge('off-route-default', 'v1', morning + 500, []);
  expect(await desk.get(id)).toMatchObject({ state: 'open', clearedAt: null });
  desk.rejudge('off-route-default', 'v1', morning + 500, [clear(morning + 3000)]);
  expect(await desk.get(id)).toMatchObject({ state: 'cleared', clearedAt: morning + 3000 });
  desk.rejudge('off-route-default', 'v1', morning, [finding()]);
  expect(await desk.get(id)).toMatchObject({ state: 'open', clearedAt: null });
});

test('however findings come, at most one alert of a rule and subject is open', async () => {
  const desk = openDesk();
  desk.report([finding(), clear(morning + 100), finding({ at: morning + 200 })]);
  desk.rejudge('off-route-default', 'v1', morning + 50, [finding({ at: morning + 200 })]);
  desk.rejudge('off-route-default', 'v1', morning, [finding(), finding({ at: morning + 200 })]);
  desk.report([finding({ at: morning + 300 })]);
  const open = await desk.list({ ...all, states: ['open', 'acknowledged', 'shelved'] });
  expect(open.items).toHaveLength(1);
});

test('a report within a transaction that is rolled back leaves nothing, and numbers have no gaps', async () => {
  const desk = openDesk();
  desk.report([finding()]);
  desk.database.exec('BEGIN');
  desk.report([amend(400, morning + 1)]);
  let seen: number | undefined;
  const asked = desk.transitions(0, 10).then((transitions) => {
    seen = transitions.length;
  });
  await Promise.resolve();
  expect(seen).toBeUndefined();
  desk.database.exec('ROLLBACK');
  await asked;
  expect(seen).toBe(1);
  desk.report([amend(500, morning + 2)]);
  expect((await desk.transitions(0, 10)).map(({ n }) => n)).toEqual([1, 2]);
});

test('an action waits until the engine has ended its transaction', async () => {
  const desk = openDesk();
  const { id } = first(desk.report([finding()]));
  desk.database.exec('BEGIN');
  const acknowledged = desk.act(id, { do: 'acknowledge', user: 'officer1' });
  desk.report([amend(400, morning + 1)]);
  desk.database.exec('ROLLBACK');
  expect(await acknowledged).toMatchObject({ state: 'acknowledged', version: 2 });
});

test('actions are refused for unknown alerts and stale versions', async () => {
  const desk = openDesk();
  const { id } = first(desk.report([finding()]));
  const user = 'officer1';
  await expect(desk.act('al-none', { do: 'clear', user })).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
  await desk.act(id, { do: 'acknowledge', user, version: 1 });
  await expect(desk.act(id, { do: 'clear', user, version: 1 })).rejects.toMatchObject({
    code: 'VERSION_CONFLICT',
  });
  expect(await desk.get('al-none')).toBeUndefined();
});

test('shelves end by the clock', async () => {
  const desk = openDesk();
  const { id } = first(desk.report([finding()]));
  await desk.act(id, { do: 'shelve', user: 'officer1', until: morning + 1000 });
  expect(await desk.endShelves()).toEqual([]);
  desk.clock.at += 1000;
  expect(await desk.endShelves()).toMatchObject([{ id, state: 'open' }]);
  expect(await desk.endShelves()).toEqual([]);
});
