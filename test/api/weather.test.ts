import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openWorld, type World } from './world.ts';

/** Outdoor temperatures from a file, over HTTP. */

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const post = (user: string, text: string, query = '', town = 'west') =>
  world.as(user).post(`/v1/institutions/${town}/weather${query}`, text, {
    headers: { 'content-type': 'text/csv' },
  });
const kept = () =>
  world.registry
    .directory()
    .all('weather')
    .filter(({ institution, month }) => institution === 'west' && month > '2026');

describe('a file', () => {
  test('is first only checked where that is asked', async () => {
    const { status, body } = await post('officer', '2026-10-31,9\n2026-11-01,8.5', '?dryRun');
    expect([status, body]).toEqual([
      200,
      { dryRun: true, added: 2, changed: 0, unchanged: 0, from: '2026-10-31', to: '2026-11-01' },
    ]);
    expect(kept()).toEqual([]);
  });

  test('is kept by months with where it comes from, and stands in the audit log', async () => {
    const { status } = await post('officer', '2026-10-31,9\n2026-11-01,8.5', '?source=CMA');
    expect(status).toBe(200);
    expect(kept()).toMatchObject([
      { id: 'west.2026-10', dailyMeanC: { '2026-10-31': 9 }, source: 'CMA' },
      { id: 'west.2026-11', dailyMeanC: { '2026-11-01': 8.5 }, source: 'CMA' },
    ]);
    const audited = world.registry.audit({ limit: 2 });
    expect(audited).toMatchObject([
      { user: 'officer', action: 'create', kind: 'weather', id: 'west.2026-11' },
      { user: 'officer', action: 'create', kind: 'weather', id: 'west.2026-10' },
    ]);
  });

  test('adds to what is there, replaces what it tells anew, and changes nothing twice', async () => {
    const text = '2026-11-03,4\n2026-11-01,8\n2026-11-02,6';
    const first = { dryRun: false, added: 2, changed: 1, unchanged: 0 };
    const ends = { from: '2026-11-01', to: '2026-11-03' };
    expect((await post('officer', text)).body).toEqual({ ...first, ...ends });
    const before = world.registry.directory().version;
    const again = { ...first, added: 0, changed: 0, unchanged: 3 };
    expect((await post('officer', text)).body).toEqual({ ...again, ...ends });
    expect(world.registry.directory().version).toBe(before);
    expect(Object.entries(kept()[1]?.dailyMeanC ?? {})).toEqual([
      ['2026-11-01', 8],
      ['2026-11-02', 6],
      ['2026-11-03', 4],
    ]);
    expect(kept()[1]?.source).toBe('CMA');
  });

  test('with a fault changes nothing and names every line', async () => {
    const { status, body } = await post('officer', 'date,mean\n2026-11-05,3\n2026-11-23,3\nx,3');
    expect(status).toBe(422);
    expect(body.errors).toMatchObject([
      { line: 3, path: 'date' },
      { line: 4, path: 'date' },
    ]);
    expect(kept()[1]?.dailyMeanC).not.toHaveProperty('2026-11-05');
  });
});

test('is for energy officers and admins, within their institutions', async () => {
  const text = '2026-11-04,3';
  for (const user of ['viewer', 'fleet', 'integrator'])
    expect((await post(user, text)).status).toBe(403);
  expect((await post('officer', text, '', 'east')).status).toBe(404);
  expect((await post('root', text, '', 'east')).status).toBe(200);
});

test('a month is listed for all who see the institution, and taken back by who may', async () => {
  const list = await world.as('viewer').get('/v1/weather?month=2026-10');
  expect(list.body.items).toMatchObject([{ id: 'west.2026-10', institution: 'west' }]);
  expect((await world.as('viewer').remove('/v1/weather/west.2026-10')).status).toBe(403);
  expect((await world.as('officer').remove('/v1/weather/west.2026-10')).status).toBe(204);
  expect((await world.as('viewer').get('/v1/weather?month=2026-10')).body.items).toEqual([]);
});
