import { expect, test } from 'vitest';
import type { AlertReport } from '../../alerts/alerts.ts';
import type { Observation } from '../../model/observation.ts';
import { dayMs, minuteMs, secondMs } from '../../model/time.ts';
import { above } from './above.ts';
import { aMeter, aSample, aWorld } from './world.ts';

const start = Date.UTC(2026, 10, 2, 8);
const meters = [aMeter('m1'), aMeter('m2')];
const world = (more: object = {}, reports?: (report: AlertReport) => AlertReport) =>
  aWorld({ meters, ...more }, [above], reports);
const values = (device: string, list: readonly number[], from = start): Observation[] =>
  list.map((value, second) => aSample(device, from + second * secondMs, value));
const slots = (of: ReturnType<typeof world>, id: string) => {
  of.keep();
  return JSON.parse(
    String(
      of.database.prepare('SELECT slots FROM rules_subject WHERE subject = ?').get(id)?.['slots'],
    ),
  );
};

test('one episode is one alert, and it ends in event time', async () => {
  const it = world();
  await it.give(values('m1', [9, 11, 12, 10, 11]));
  expect(
    it.book
      .standing()
      .map(({ openedAt, clearedAt }) => [openedAt - start, clearedAt && clearedAt - start]),
  ).toEqual([
    [1000, 3000],
    [4000, null],
  ]);
});

test('a batch that was kept changes nothing when it comes again, one that was kept in part only the rest', async () => {
  const it = world();
  await it.give(values('m1', [1, 2, 3]));
  await it.sink().write({ after: 0, upTo: 3, observations: it.stored });
  expect(slots(it, 'm1')['test.above'].state.seen).toBe(3);
  const more = values('m1', [4, 5], start + 10 * secondMs).map((each, index) => ({
    ...each,
    seq: 4 + index,
    receivedAt: each.at,
  }));
  await it.sink().write({ after: 0, upTo: 5, observations: [...it.stored, ...more] });
  expect(slots(it, 'm1')['test.above'].state.seen).toBe(5);
  expect(await it.sink().position()).toBe(5);
});

test('states, position and alerts are kept together or not at all', async () => {
  let broken = true;
  const it = world({}, (report) => ({
    ...report,
    report(judged) {
      if (broken && judged.length > 0) throw new Error('disk full');
      return report.report(judged);
    },
  }));
  await it.give(values('m1', [1, 2]));
  const failing = it.give(values('m1', [20], start + 10 * secondMs));
  await expect(failing).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE', retryable: true });
  expect(slots(it, 'm1')['test.above'].state).toEqual({ seen: 2, high: false });
  expect(await it.sink().position()).toBe(2);
  broken = false;
  await it.sink().write({ after: 2, upTo: 3, observations: it.stored.slice(2) });
  expect(slots(it, 'm1')['test.above'].state).toEqual({ seen: 3, high: true });
  expect(it.book.standing()).toHaveLength(1);
});

test('states that only moved on are written after a while, and the position stays behind the first that is not', async () => {
  const it = world();
  const rows = () => it.database.prepare('SELECT seq FROM rules_subject ORDER BY subject').all();
  await it.give([...values('m1', [1]), ...values('m2', [1])]);
  const first = [{ seq: 2 }, { seq: 2 }];
  expect(rows()).toEqual(first);
  await it.give(values('m1', [1], start + 10 * secondMs));
  await it.give(values('m2', [1], start + 25 * secondMs));
  expect(rows()).toEqual(first);
  expect(await it.sink().position()).toBe(2);
  await it.give(values('m2', [2], start + 31 * secondMs));
  expect(rows()).toEqual([{ seq: 5 }, { seq: 2 }]);
  expect(await it.sink().position()).toBe(3);
  it.clockMs = start + 300 * secondMs;
  it.sink().tick(it.clockMs);
  expect(rows()).toEqual([{ seq: 5 }, { seq: 5 }]);
  expect(await it.sink().position()).toBe(5);
});

test('a finding is on disk at once with the states of its subject', async () => {
  const it = world();
  await it.give([...values('m1', [1]), ...values('m2', [1])]);
  await it.give([...values('m1', [20], start + secondMs), ...values('m2', [2], start + secondMs)]);
  const rows = it.database.prepare('SELECT seq FROM rules_subject ORDER BY subject').all();
  expect(rows).toEqual([{ seq: 4 }, { seq: 2 }]);
  expect(it.book.standing()).toHaveLength(1);
  expect(await it.sink().position()).toBe(2);
  it.restart();
  await it.give(values('m2', [3], start + 2 * secondMs));
  expect(it.counts.get('rules_replays')).toBeUndefined();
  expect([slots(it, 'm1'), slots(it, 'm2')].map((each) => each['test.above'].state.seen)).toEqual([
    2, 3,
  ]);
});

test('goes on after a restart where it was, with the episode that is open', async () => {
  const it = world();
  await it.give(values('m1', [9, 11]));
  it.restart();
  expect(await it.sink().position()).toBe(2);
  await it.give(values('m1', [12, 3], start + 10 * secondMs));
  expect(
    it.book
      .standing()
      .map(({ openedAt, clearedAt }) => [openedAt - start, clearedAt && clearedAt - start]),
  ).toEqual([[1000, 11_000]]);
});

const told = (of: ReturnType<typeof world>) =>
  of.database
    .prepare('SELECT found FROM rules_told')
    .all()
    .map(({ found }) => JSON.parse(String(found)));

test.each(['rule', 'key'])(
  'goes on with states of a format before, which kept the episode and the %s with each',
  async (name) => {
    const it = world();
    await it.give(values('m1', [9, 11]));
    it.keep();
    const { state, key } = slots(it, 'm1')['test.above'];
    const [episode] = told(it);
    const of = name === 'rule' ? { rule: episode.rule } : { key };
    const earlier = JSON.stringify({ 'test.above': { ...of, state, episode } });
    it.database.prepare("UPDATE rules_subject SET slots = ? WHERE subject = 'm1'").run(earlier);
    it.database.exec('DELETE FROM rules_told');
    it.restart();
    await it.give(values('m1', [12, 3], start + 10 * secondMs));
    expect(slots(it, 'm1')['test.above'].state.seen).toBe(4);
    expect(it.book.standing().map(({ clearedAt }) => clearedAt)).toEqual([start + 11_000]);
  },
);

test('what was told last of an open episode is kept once, and forgotten when nothing names it', async () => {
  const it = world();
  await it.give(values('m1', [20]));
  for (let day = 0; day < 5; day += 1) it.keep();
  for (let day = 1; day < 5; day += 1) {
    await it.give([aSample('m2', start + day * dayMs, 5)]);
    it.keep();
  }
  expect(told(it)).toEqual([it.book.standing()[0]?.last]);
  expect(JSON.stringify(slots(it, 'm1'))).not.toContain('evidence');
  for (let day = 1; day < 80; day += 1) {
    await it.give(values('m1', [21, 22, 23, 24], start + day * dayMs));
    it.keep();
  }
  expect(told(it).length).toBeLessThan(20);
  await it.give(values('m1', [5], start + 80 * dayMs));
  expect(it.book.standing()).toHaveLength(1);
  for (let day = 81; day < 140; day += 1) await it.give(values('m1', [5], start + day * dayMs));
  expect(told(it)).toEqual([]);
});

test('a late reading takes back what it shows to be wrong', async () => {
  const it = world();
  await it.give(values('m1', [9, 9, 9]));
  await it.give(values('m1', [20, 20], start + 20 * secondMs));
  await it.give([aSample('m1', start + 20 * secondMs + 500, 1)]);
  expect(
    it.book
      .standing()
      .map(({ openedAt, clearedAt }) => [openedAt - start, clearedAt && clearedAt - start]),
  ).toEqual([
    [20_000, 20_500],
    [21_000, null],
  ]);
  await it.give([aSample('m1', start + 5 * secondMs, 20)]);
  expect(it.book.standing().map(({ openedAt }) => openedAt - start)).toEqual([5000, 21_000]);
  expect(
    it.book
      .all()
      .filter(({ withdrawn }) => withdrawn)
      .map(({ openedAt }) => openedAt - start),
  ).toEqual([20_000]);
  expect(slots(it, 'm1')['test.above'].state.seen).toBe(7);
});

test('an episode that was open before the late reading is told again as it then was', async () => {
  const told: unknown[] = [];
  const it = world({}, (report) => ({
    ...report,
    rejudge(rule, subject, from, judged) {
      told.push([
        from - start,
        ...judged.map(({ change, evidence }) => [change, evidence.observed['value']]),
      ]);
      return report.rejudge(rule, subject, from, judged);
    },
  }));
  await it.give(values('m1', [9, 20, 21, 22]));
  await it.give([aSample('m1', start + 2500, 30)]);
  expect(told).toEqual([[1000, ['open', 21], ['amend', 30], ['amend', 22]]]);
});

test('what another sink already stored beyond the batch is not judged with it', async () => {
  const it = world();
  await it.give(values('m1', [9, 9], start + 60 * secondMs));
  const ahead = { ...aSample('m1', start + 30 * secondMs, 50), seq: 99, receivedAt: start };
  it.stored.push(ahead);
  await it.give([aSample('m1', start, 1)]);
  expect(slots(it, 'm1')['test.above'].state.seen).toBe(3);
});

test('a reading 45 days late is judged, one older is counted and left', async () => {
  const it = world();
  await it.give(values('m1', [9], start));
  await it.give(values('m1', [20], start - 45 * dayMs));
  expect(it.book.standing()).toHaveLength(1);
  await it.give(values('m1', [21], start - 45 * dayMs - 1));
  expect(it.book.standing()).toHaveLength(1);
  expect(it.counts.get('rules_not_judged')).toBe(1);
});

test('history of any age is judged when it is the first that comes', async () => {
  const it = world();
  await it.give(values('m1', [20, 1], start - 400 * dayMs));
  expect(it.book.standing()).toHaveLength(1);
  expect(it.counts.get('rules_not_judged')).toBeUndefined();
});

test('a late reading is judged exactly from snapshots that have become few', async () => {
  const it = world();
  for (let day = 0; day < 40; day += 1) await it.give(values('m1', [5], start + day * dayMs));
  const snapshots = it.database.prepare('SELECT count(*) AS n FROM rules_snapshot').get()?.['n'];
  expect(Number(snapshots)).toBeLessThan(16);
  for (const day of [30, 13, 3, 21, 0])
    await it.give(values('m1', [20], start + day * dayMs + 1000));
  expect(slots(it, 'm1')['test.above'].state.seen).toBe(45);
  expect(it.book.standing()).toHaveLength(5);
});

test('snapshots beyond what may come late are pruned', async () => {
  const it = world();
  for (let day = 0; day < 200; day += 1) await it.give(values('m1', [5], start + day * dayMs));
  const row = it.database
    .prepare('SELECT count(*) AS n, min(day) AS oldest FROM rules_snapshot')
    .get();
  expect(Number(row?.['n'])).toBeLessThan(18);
  expect(Number(row?.['oldest'])).toBeLessThanOrEqual(
    Math.floor((start + 199 * dayMs) / dayMs) - 45,
  );
});

test('a rule that throws misses its event, is counted, told once, and holds up nobody', async () => {
  const it = world();
  await it.give([...values('m1', [666, 11, 666]), ...values('m2', [20])]);
  expect(
    it.book
      .standing()
      .map(({ subject }) => subject)
      .toSorted(),
  ).toEqual(['m1', 'm2']);
  expect(it.counts.get('rule_failures')).toBe(2);
  expect(it.logs).toEqual(['error a rule failed']);
});

test('what a device had open ends when it is gone; when it is back its rules go on', async () => {
  const it = world();
  await it.give(values('m1', [9, 20]));
  it.change({ meters: [] });
  it.sink().tick(start + dayMs);
  expect(it.book.standing()[0]?.clearedAt).toBe(start + 1000);
  it.restart();
  it.change({ meters });
  await it.give(values('m1', [9], start + 10 * secondMs));
  expect(slots(it, 'm1')['test.above'].state.seen).toBe(3);
});

test('what comes a little late needs only a little history', async () => {
  const it = world();
  const asked: number[] = [];
  it.onHistory = ({ from, to }) => asked.push((to - from) / secondMs);
  for (let minute = 0; minute < 600; minute += 1)
    await it.give(values('m1', [5], start + minute * minuteMs));
  const newest = start + 599 * minuteMs;
  for (const minutes of [2, 30, 300])
    await it.give(values('m1', [5], newest - minutes * minuteMs + 500));
  expect(asked[0]).toBeLessThan(5 * 60);
  expect(asked[1]).toBeLessThan(70 * 60);
  expect(asked[2]).toBeLessThan(601 * 60);
  expect(slots(it, 'm1')['test.above'].state.seen).toBe(603);
});
