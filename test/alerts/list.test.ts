import { expect, test } from 'vitest';
import type { AlertQuery } from '../../alerts/alerts.ts';
import type { Judged } from '../../model/alert.ts';
import { finding, morning, openDesk } from './samples.ts';

const all: AlertQuery = { limit: 100 };

test('lists filter by everything and come newest first', async () => {
  const desk = openDesk();
  const one = (over: Partial<Judged>) => desk.report([finding(over)]);
  one({ at: morning + 1, subject: { type: 'vehicle', id: 'v1' } });
  one({ at: morning + 2, subject: { type: 'vehicle', id: 'v2' }, institution: 'school' });
  one({
    at: morning + 3,
    subject: { type: 'meter', id: 'm1' },
    kind: 'energy.consumption-anomaly',
    severity: 'critical',
  });
  one({ at: morning + 4, subject: { type: 'meter', id: 'm2' }, kind: 'vehicle.off-route-like' });
  const [cleared] = desk.report([
    finding({ at: morning + 5, subject: { type: 'vehicle', id: 'v5' } }),
  ]);
  await desk.act(cleared?.id ?? '', { do: 'clear', user: 'u' });
  const found = async (query: Partial<AlertQuery>) =>
    (await desk.list({ ...all, ...query })).items.map(({ openedAt }) => openedAt - morning);
  expect(await found({})).toEqual([5, 4, 3, 2, 1]);
  expect(await found({ kind: 'vehicle.off-route' })).toEqual([5, 2, 1]);
  expect(await found({ kind: 'vehicle.*' })).toEqual([5, 4, 2, 1]);
  expect(await found({ kind: 'vehicle' })).toEqual([]);
  expect(await found({ kind: 'vehicl_.*' })).toEqual([]);
  expect(await found({ subject: 'm1' })).toEqual([3]);
  expect(await found({ institutions: ['school'] })).toEqual([2]);
  expect(await found({ institutions: [] })).toEqual([]);
  expect(await found({ institutions: ['school', 'lc-hq'], states: ['open'] })).toEqual([
    4, 3, 2, 1,
  ]);
  expect(await found({ from: morning + 2, to: morning + 4 })).toEqual([3, 2]);
  expect(await found({ severity: 'critical' })).toEqual([3]);
});

test('pages together are the whole list, each alert once, also where times are equal', async () => {
  const desk = openDesk();
  for (let index = 0; index < 25; index++)
    desk.report([
      finding({ at: morning + (index >> 3), subject: { type: 'vehicle', id: `v${index}` } }),
    ]);
  const whole = (await desk.list(all)).items.map(({ id }) => id);
  const paged: string[] = [];
  let cursor: string | null = null;
  do {
    const page = await desk.list({ limit: 7, ...(cursor ? { cursor } : {}) });
    paged.push(...page.items.map(({ id }) => id));
    cursor = page.next;
  } while (cursor);
  expect(paged).toEqual(whole);
  expect(paged).toHaveLength(25);
  for (const bad of ['', 'x', '1', '1_../', "1_a' OR 1"])
    await expect(desk.list({ ...all, cursor: bad })).rejects.toMatchObject({
      code: 'INPUT_INVALID',
    });
});

test('100,000 alerts: any list comes from an index', { timeout: 60_000 }, async () => {
  const desk = openDesk();
  const [alert] = desk.report([finding()]);
  const { evidence, comments, ...head } = alert ?? {};
  const bulk = JSON.stringify({
    evidence: { ...evidence, observed: { track: 'x'.repeat(1500) } },
    comments,
  });
  desk.database
    .prepare(
      `WITH RECURSIVE i(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM i WHERE k < 100000)
      INSERT INTO alert SELECT 'al-' || printf('%09d', k), 'r' || (k % 9), 'vehicle.off-route', 'warning', 'vehicle',
        'v' || (k % 8000), 'i' || (k % 300), iif(k > 99000, 'open', 'cleared'), k * 60000, NULL, NULL, 0, 0, NULL, ?, ? FROM i
        WHERE true ON CONFLICT DO NOTHING`,
    )
    .run(JSON.stringify(head), bulk);
  const queries: Partial<AlertQuery>[] = [
    {},
    { subject: 'v17' },
    { states: ['open'], institutions: ['i7'] },
    { institutions: ['i299'] },
    { kind: 'energy.*' },
    { severity: 'critical', from: 0, to: 100_000 * 60_000 },
    { cursor: `${50_000 * 60_000}_al-x` },
  ];
  for (const query of queries) {
    const before = process.threadCpuUsage();
    await desk.list({ limit: 100, ...query });
    const { user, system } = process.threadCpuUsage(before);
    expect((user + system) / 1000, `CPU ms of ${JSON.stringify(query)}`).toBeLessThan(100);
  }
});
