import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { toObserved } from '../../energy/replacement.ts';
import { dayMs, hourMs, isoInZone, minuteMs } from '../../model/time.ts';
import { judged, morning, openWorld, type World } from './world.ts';

let world: World;
beforeEach(async () => {
  world = await openWorld();
});
afterEach(() => world.close());

const iso = (at: number) => isoInZone(at, 'Asia/Shanghai');
const brokeAt = morning - dayMs;

/** The alert that proposes a replacement. */
function propose(town: string, at = brokeAt, more: object = {}) {
  const observed = {
    ...toObserved({
      cause: 'fall',
      before: { at: at - 15 * minuteMs, value: 5010 },
      after: { at, value: 1234 },
    }),
    ...more,
  };
  const finding = judged(town);
  world.book.report([
    {
      ...finding,
      kind: 'meter.counter-drop',
      rule: { id: 'meter.counter-drop', version: 1, params: {} },
      subject: { type: 'meter', id: `${town}-m` },
      at,
      openedAt: at,
      evidence: { ...finding.evidence, observed },
    },
  ]);
}

const facts = {
  at: iso(brokeAt - 5 * minuteMs),
  finalReading: 5012.5,
  firstReading: 1230,
  reason: '到期轮换',
};

/** When the meter of the west was replaced, since the year began. */
const recorded = () =>
  world.registry
    .directory()
    .replacementsOf('west-m')
    .filter(({ at }) => at > Date.UTC(2026, 0, 1))
    .map(({ at }) => iso(at));

async function open(user = 'officer', query = '?state=open') {
  const { body, status } = await world.as(user).get(`/v1/replacement-proposals${query}`);
  expect(status).toBe(200);
  return body.items;
}

describe('proposals', () => {
  test('are listed with their evidence, per meter and institution, within one’s scope', async () => {
    propose('west');
    propose('east');
    const [proposal, ...others] = await open();
    expect(others).toEqual([]);
    expect(proposal).toMatchObject({
      meter: 'west-m',
      institution: 'west',
      unit: 'kWh',
      cause: 'fall',
      before: { at: iso(brokeAt - 15 * minuteMs), value: 5010 },
      after: { at: iso(brokeAt), value: 1234 },
      state: 'open',
      decision: null,
      record: null,
    });
    expect(await open('root', '?meter=east-m')).toHaveLength(1);
    expect(await open('root', '?institution=west')).toHaveLength(1);
    expect(await open('officer', '?meter=east-m')).toEqual([]);
  });

  test('that were taken back are none', async () => {
    propose('west', brokeAt, { undone: true });
    expect(await open()).toEqual([]);
  });

  test('become a record when confirmed, with who and why in the audit log', async () => {
    propose('west');
    const [{ id, version }] = await open();
    const url = `/v1/replacement-proposals/${id}/confirm`;
    const { status, body } = await world.as('officer').post(url, { version, ...facts });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      state: 'confirmed',
      decision: { by: 'officer', at: iso(morning), reason: '到期轮换' },
    });
    const { body: records } = await world.as('viewer').get('/v1/replacements?meter=west-m');
    expect(records.items).toContainEqual({
      id: body.record,
      meter: 'west-m',
      ...facts,
      confirmedBy: 'officer',
      confirmedAt: iso(morning),
      version: 1,
    });
    expect(recorded()).toEqual([iso(brokeAt - 5 * minuteMs)]);
    const audit = world.registry.audit({ limit: 3 });
    expect(audit.map(({ user, action, kind }) => [user, action, kind])).toContainEqual([
      'officer',
      'replace',
      'meters',
    ]);
    expect(audit.find(({ action }) => action === 'replace')?.detail).toMatchObject({
      finalReading: 5012.5,
      firstReading: 1230,
      reason: '到期轮换',
    });
    expect(await open()).toEqual([]);
    const { body: alert } = await world.as('officer').get(`/v1/alerts/${id}`);
    expect(alert).toMatchObject({ state: 'cleared', verdict: { verdict: 'confirmed' } });
  });

  test('stay dismissed', async () => {
    propose('west');
    const [{ id }] = await open();
    const url = `/v1/replacement-proposals/${id}/dismiss`;
    const { status, body } = await world.as('officer').post(url, { reason: '通信故障' });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      state: 'dismissed',
      decision: { by: 'officer', reason: '通信故障' },
    });
    propose('west');
    expect(await open()).toEqual([]);
    expect(await open('officer', '?state=dismissed')).toHaveLength(1);
    expect(world.registry.audit({ limit: 1 })[0]).toMatchObject({ action: 'dismiss-replacement' });
  });

  test('are decided once', async () => {
    propose('west');
    const [{ id, version }] = await open();
    const url = `/v1/replacement-proposals/${id}`;
    const late = await world
      .as('officer')
      .post(`${url}/confirm`, { version: version + 7, ...facts });
    expect([late.status, late.body.code]).toEqual([409, 'VERSION_CONFLICT']);
    expect((await world.as('officer').post(`${url}/confirm`, facts)).status).toBe(200);
    expect((await world.as('officer').post(`${url}/confirm`, facts)).status).toBe(409);
    expect((await world.as('officer').post(`${url}/dismiss`, { reason: 'x' })).status).toBe(409);
  });

  test('are open again when the record is taken back', async () => {
    propose('west');
    const [{ id }] = await open();
    const { body } = await world
      .as('officer')
      .post(`/v1/replacement-proposals/${id}/confirm`, facts);
    expect((await world.as('viewer').remove(`/v1/replacements/${body.record}`)).status).toBe(403);
    expect((await world.as('east-officer').remove(`/v1/replacements/${body.record}`)).status).toBe(
      404,
    );
    expect((await world.as('officer').remove(`/v1/replacements/${body.record}`)).status).toBe(204);
    expect(await open()).toHaveLength(1);
  });

  test.each([
    ['a time outside', { at: iso(brokeAt + hourMs) }, 'at'],
    ['a final reading below the last one', { finalReading: 5000 }, 'finalReading'],
    ['a first reading above the first one', { firstReading: 1300 }, 'firstReading'],
    ['one ratio of two', { ratioBefore: 40 }, 'ratioAfter'],
    ['no reason', { reason: ' ' }, 'reason'],
    ['a reading below zero', { firstReading: -1 }, 'firstReading'],
    ['no time', { at: 'yesterday' }, 'at'],
  ])('%s is refused, and nothing is kept', async (_, change, path) => {
    propose('west');
    const [{ id }] = await open();
    const url = `/v1/replacement-proposals/${id}/confirm`;
    const { status, body } = await world.as('officer').post(url, { ...facts, ...change });
    expect([status, body.code, body.errors[0].path]).toEqual([422, 'INPUT_INVALID', path]);
    expect(await open()).toHaveLength(1);
    expect(recorded()).toEqual([]);
  });

  test('are nobody else’s to decide', async () => {
    propose('west');
    const [{ id }] = await open();
    for (const user of ['viewer', 'fleet', 'integrator']) {
      const { status } = await world
        .as(user)
        .post(`/v1/replacement-proposals/${id}/confirm`, facts);
      expect([user, status]).toEqual([user, 403]);
    }
    const url = `/v1/replacement-proposals/${id}/dismiss`;
    expect((await world.as('east-officer').post(url, { reason: 'x' })).status).toBe(404);
    const other = judged('west');
    world.book.report([other]);
    const alerts = await world.as('officer').get('/v1/alerts?kind=vehicle.*');
    const wrong = `/v1/replacement-proposals/${alerts.body.items[0].id}/dismiss`;
    expect((await world.as('officer').post(wrong, { reason: 'x' })).status).toBe(404);
  });
});

describe('reports', () => {
  test('need no proposal', async () => {
    const { status, body, headers } = await world
      .as('officer')
      .post('/v1/replacements', { meter: 'west-m', ...facts });
    expect(status).toBe(201);
    expect(headers['location']).toBe(`/api/v1/replacements/${body.id}`);
    expect(body).toMatchObject({ meter: 'west-m', ...facts, confirmedBy: 'officer' });
  });

  test('settle a proposal that is there already', async () => {
    propose('west');
    await world.as('officer').post('/v1/replacements', { meter: 'west-m', ...facts });
    expect(await open()).toEqual([]);
    expect(await open('officer', '?state=confirmed')).toHaveLength(1);
  });

  test('come before the proposal that would follow', async () => {
    await world.as('officer').post('/v1/replacements', { meter: 'west-m', ...facts });
    propose('west');
    expect(await open()).toEqual([]);
  });

  test('the same twice is a conflict', async () => {
    const body = { meter: 'west-m', ...facts };
    expect((await world.as('officer').post('/v1/replacements', body)).status).toBe(201);
    expect((await world.as('officer').post('/v1/replacements', body)).status).toBe(409);
  });

  test('that the readings around contradict are refused', async () => {
    const sample = (at: number, value: number) =>
      ({
        type: 'sample',
        device: 'west-m',
        at,
        timeSource: 'device',
        values: { energy_import_kwh: value },
      }) as const;
    const at = brokeAt - 5 * minuteMs;
    await world.keep(sample(at - minuteMs, 5013), sample(at + minuteMs, 1229));
    const report = (change: object) =>
      world.as('officer').post('/v1/replacements', { meter: 'west-m', ...facts, ...change });
    expect((await report({})).body.errors.map(({ path }: { path: string }) => path)).toEqual([
      'finalReading',
      'firstReading',
    ]);
    expect((await report({ finalReading: 5013, firstReading: 1229 })).status).toBe(201);
  });

  test('of the future, of nobody’s meter or in another’s name are refused', async () => {
    const report = (user: string, change: object) =>
      world.as(user).post('/v1/replacements', { meter: 'west-m', ...facts, ...change });
    expect((await report('officer', { at: iso(morning + dayMs) })).status).toBe(422);
    expect((await report('officer', { meter: 'east-m' })).status).toBe(404);
    expect((await report('officer', { confirmedBy: 'root' })).status).toBe(422);
    expect((await report('integrator', {})).status).toBe(403);
  });
});
