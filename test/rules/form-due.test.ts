import { DatabaseSync } from 'node:sqlite';
import { beforeEach, describe, expect, test } from 'vitest';
import { openAlertBook } from '../../alerts/book.ts';
import { openFormBook } from '../../forms/book.ts';
import type { FormBook, Frozen } from '../../forms/forms.ts';
import { quiet } from '../../model/context.ts';
import type { Institution, RuleInstance } from '../../model/entities.ts';
import type { Directory } from '../../registry/registry.ts';
import { formDue } from '../../rules/kinds/statistics/form-due.ts';
import { createReminder } from '../../rules/statistics/reminder.ts';

const zone = 'Asia/Shanghai';
const at = (text: string) => Date.parse(`${text}:00+08:00`);
const school: Institution = {
  id: 'school',
  name: '小学',
  level: 'unit',
  parent: null,
  timeZone: zone,
};
const court: Institution = { ...school, id: 'court' };
const frozen: Frozen = {
  form: { definition: 'f', calibre: 'calorific', edition: 'month', cells: [], factors: [] },
  base: [],
  inputs: [],
  kgPerL: { gasoline: 0.73, diesel: 0.84, kerosene: 0.8 },
  checks: [],
};

let clock: number;
let book: FormBook;
let alerts: ReturnType<typeof openAlertBook>;
let rules: RuleInstance[];
let tick: () => Promise<void>;

/** As after a restart: only the databases are left. */
function restart() {
  const directory = () =>
    ({
      all: (kind: string) => (kind === 'institutions' ? [school, court] : rules),
      institution: (id: string) => [school, court].find((each) => each.id === id),
    }) as unknown as Directory;
  const asked = {
    list: alerts.list,
    report: async (...args: Parameters<typeof alerts.report>) => alerts.report(...args),
    rejudge: async (...args: Parameters<typeof alerts.rejudge>) => alerts.rejudge(...args),
  };
  tick = createReminder({
    book,
    alerts: asked,
    directory,
    context: { ...quiet, now: () => clock },
  }).tick;
}

beforeEach(() => {
  clock = at('2026-10-20T09:00');
  const context = { ...quiet, now: () => clock };
  book = openFormBook(new DatabaseSync(':memory:'), context);
  alerts = openAlertBook(new DatabaseSync(':memory:'), context);
  rules = [];
  restart();
});

const october = { institution: 'school', period: '2026-10' };
const september = { institution: 'school', period: '2026-09' };
const li = { user: 'li' };
const told = async () =>
  (await alerts.list({ limit: 10 })).items.map(({ subject, state, severity, summary }) => [
    subject.id,
    state,
    severity,
    summary.zh,
  ]);
const go = async (text: string) => {
  clock = at(text);
  await tick();
};

/** Filing begins with September. */
function begin() {
  book.submit(september, frozen, li);
}

describe('who files here is reminded', () => {
  test('not on the 9th, on the 10th, late on the 15th, and no more once it is submitted', async () => {
    begin();
    await go('2026-11-09T23:50');
    expect(await told()).toEqual([]);
    await go('2026-11-10T00:05');
    expect(await told()).toEqual([
      ['school', 'open', 'info', '2026-10 能源资源消费统计尚未报送，须在 2026-11-15 前报送'],
    ]);
    await go('2026-11-14T23:59');
    expect((await told())[0]?.[2]).toBe('info');
    await go('2026-11-15T00:10');
    expect(await told()).toEqual([
      ['school', 'open', 'warning', '能源资源消费统计逾期未报送：2026-10'],
    ]);
    book.submit(october, frozen, li);
    await go('2026-11-15T10:00');
    expect((await told()).map(([, state]) => state)).toEqual(['cleared']);
  });

  test('who submits in time hears nothing, and in December it is November', async () => {
    begin();
    clock = at('2026-11-05T10:00');
    book.submit(october, frozen, li);
    await go('2026-11-12T10:00');
    expect(await told()).toEqual([]);
    await go('2026-12-10T00:05');
    expect((await told())[0]?.[3]).toContain('2026-11 ');
  });

  test('what was sent back is not submitted', async () => {
    begin();
    clock = at('2026-11-05T10:00');
    book.submit(october, frozen, li);
    clock = at('2026-11-16T10:00');
    book.sendBack(october, { user: 'wang', comment: '不符' });
    await tick();
    expect(await told()).toMatchObject([
      ['school', 'open', 'warning', expect.stringContaining('2026-10')],
    ]);
  });

  test('months add up in one alert', async () => {
    begin();
    await go('2026-11-20T10:00');
    await go('2026-12-16T10:00');
    expect(await told()).toEqual([
      ['school', 'open', 'warning', '能源资源消费统计逾期未报送：2026-10、2026-11'],
    ]);
    clock = at('2026-12-17T10:00');
    book.submit(october, frozen, li);
    await tick();
    expect(await told()).toEqual([
      ['school', 'open', 'warning', '能源资源消费统计逾期未报送：2026-11'],
    ]);
  });

  test('a restart, or the same look again, changes nothing', async () => {
    begin();
    await go('2026-11-15T00:10');
    const before = (await alerts.list({ limit: 10 })).items;
    await tick();
    restart();
    await go('2026-11-15T00:20');
    expect((await alerts.list({ limit: 10 })).items).toEqual(before);
  });

  test('after an outage the alert is as it would have been', async () => {
    begin();
    await go('2026-11-18T10:00');
    expect((await alerts.list({ limit: 10 })).items).toMatchObject([
      { openedAt: at('2026-11-10T00:00'), severity: 'warning' },
    ]);
  });
});

describe('others', () => {
  test('are not, unless an instance asks for it', async () => {
    await go('2026-11-20T10:00');
    expect(await told()).toEqual([]);
    rules = [
      {
        id: 'all',
        kind: formDue.kind,
        scope: {},
        params: { remindDay: 5, dueDay: 12 },
        enabled: true,
      },
    ];
    await go('2026-11-20T10:05');
    expect((await told()).map(([id, , severity]) => [id, severity])).toEqual([
      ['school', 'warning'],
      ['court', 'warning'],
    ]);
    await go('2026-12-06T10:00');
    expect((await told())[0]?.[3]).toContain('2026-10、2026-11');
  });

  test('and one that is switched off ends what stands', async () => {
    begin();
    await go('2026-11-11T10:00');
    rules = [
      {
        id: 'off',
        kind: formDue.kind,
        scope: { institution: 'school' },
        params: {},
        enabled: false,
      },
    ];
    await go('2026-11-11T11:00');
    expect((await told()).map(([, state]) => state)).toEqual(['cleared']);
  });
});

test('the days must be in order', () => {
  expect(formDue.params.safeParse({ remindDay: 15, dueDay: 15 }).success).toBe(false);
  expect(formDue.params.parse({})).toEqual({ remindDay: 10, dueDay: 15 });
});
