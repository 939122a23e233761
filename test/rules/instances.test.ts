import { expect, test } from 'vitest';
import type { Observation } from '../../model/observation.ts';
import { secondMs } from '../../model/time.ts';
import { above } from './above.ts';
import { aMeter, aSample, aWorld } from './world.ts';

const start = Date.UTC(2026, 10, 2, 8);
const meters = [aMeter('m1'), aMeter('m2')];
const world = (more: object = {}) => aWorld({ meters, ...more }, [above]);
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

const rule = (id: string, scope: object, more: object = {}) => ({
  id,
  kind: 'test.above',
  scope,
  params: {},
  enabled: true,
  ...more,
});

test('other parameters start a rule anew and end what its old self had open', async () => {
  const it = world({ rules: [rule('r1', {}, { params: { limit: 10 } })] });
  await it.give(values('m1', [20]));
  it.change({ meters, rules: [rule('r1', {}, { params: { limit: 30 } })] });
  await it.give(values('m1', [25], start + 10 * secondMs));
  expect(it.book.standing().map(({ clearedAt }) => clearedAt)).toEqual([start]);
  expect(slots(it, 'm1')['test.above'].state).toEqual({ seen: 1, high: false });
});

test('what changes nothing for the rule leaves its state alone', async () => {
  const it = world();
  await it.give(values('m1', [1, 2]));
  it.change({ meters: [aMeter('m1', { name: '另一个名字' })] });
  await it.give(values('m1', [3], start + 10 * secondMs));
  expect(slots(it, 'm1')['test.above'].state.seen).toBe(3);
});

test('the most specific scope wins, and the nearest institution', async () => {
  const institutions = [
    { id: 'low', name: '下级', level: 'unit', parent: 'mid', timeZone: 'Asia/Shanghai' },
    { id: 'mid', name: '中级', level: 'county', parent: 'top', timeZone: 'Asia/Shanghai' },
    { id: 'top', name: '上级', level: 'municipal', parent: null, timeZone: 'Asia/Shanghai' },
  ] as const;
  const scopes = [
    rule('everything', {}, { params: { limit: 1 } }),
    rule('top', { institution: 'top' }, { params: { limit: 2 } }),
    rule('mid', { institution: 'mid' }, { params: { limit: 3 } }),
    rule('building', { building: 'b1' }, { params: { limit: 4 } }),
    rule('meter', { meter: 'm1' }, { params: { limit: 5 } }),
  ];
  const winners: string[] = [];
  for (let count = scopes.length; count >= 0; count -= 1) {
    const it = world({ institutions, meters: [aMeter('m1')], rules: scopes.slice(0, count) });
    await it.give(values('m1', [100]));
    winners.push(it.book.standing()[0]?.rule ?? '');
  }
  expect(winners).toEqual(['meter', 'building', 'mid', 'top', 'everything', 'test.above']);
});

test('an instance that is not enabled switches the kind off where it is the most specific', async () => {
  const it = world({ rules: [rule('on', {}), rule('off', { meter: 'm1' }, { enabled: false })] });
  await it.give([...values('m1', [100]), ...values('m2', [100])]);
  expect(it.book.standing().map(({ subject, rule }) => [subject, rule])).toEqual([['m2', 'on']]);
});

test('an instance may set the severity; parameters it cannot have fall back to the defaults and are told', async () => {
  const it = world({
    rules: [rule('r1', {}, { severity: 'critical', params: { limit: 'many' } })],
  });
  await it.give(values('m1', [11]));
  expect(it.book.standing()[0]?.last).toMatchObject({
    severity: 'critical',
    rule: { id: 'r1', version: above.version, params: { limit: 10 } },
  });
  expect(it.logs).toEqual(['error parameters of a rule are refused, its defaults run']);
});
