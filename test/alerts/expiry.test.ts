import { expect, test } from 'vitest';
import { createExpiry } from '../../alerts/expiry.ts';
import { dayMs } from '../../model/time.ts';
import { finding, morning, openDesk } from './samples.ts';

const rows = (desk: ReturnType<typeof openDesk>, table: string): number =>
  Number(desk.database.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.['n']);

test('alerts that were over long ago go with all their changes; open and younger ones stay', async () => {
  const desk = openDesk(morning);
  const alertOf = (id: string) => ({ subject: { type: 'vehicle', id } as const });
  desk.report([finding(alertOf('v1')), finding(alertOf('v2')), finding(alertOf('v3'))]);
  desk.report([finding({ ...alertOf('v1'), change: 'clear', at: morning + 1_000 })]);
  const later = morning + 30 * dayMs;
  desk.report([finding({ ...alertOf('v2'), change: 'clear', at: later })]);
  const expire = createExpiry(desk.database);
  expect(await expire(morning)).toBe(0);
  expect(rows(desk, 'transition')).toBe(5);
  expect(await expire(morning + dayMs)).toBe(1);
  const { items } = await desk.list({ limit: 10 });
  expect(items.map(({ subject }) => subject.id).sort()).toEqual(['v2', 'v3']);
  expect(rows(desk, 'transition')).toBe(3);
  expect(await expire(later + dayMs)).toBe(1);
  expect((await desk.list({ limit: 10 })).items).toMatchObject([{ subject: { id: 'v3' } }]);
});

test('it takes its time with many, so that nobody waits for long', async () => {
  const desk = openDesk(morning);
  const many = Array.from({ length: 700 }, (_, n) => ({ type: 'vehicle' as const, id: `v${n}` }));
  desk.report(many.map((subject) => finding({ subject })));
  desk.report(many.map((subject) => finding({ subject, change: 'clear', at: morning + 1_000 })));
  const expire = createExpiry(desk.database);
  const gone = [await expire(morning + dayMs), await expire(morning + dayMs)];
  expect(gone).toEqual([500, 200]);
  expect([rows(desk, 'alert'), rows(desk, 'transition')]).toEqual([0, 0]);
});
