import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type AlertView, alertShape } from '../../api/contract.ts';
import { hourMs } from '../../model/time.ts';
import { judged, morning, openWorld, type World } from './world.ts';

let world: World;
/** An off-route alert in the west, another one for every test. */
let id: string;
let made = 0;
beforeAll(async () => {
  world = await openWorld();
  world.book.report([
    judged('west'),
    judged('east'),
    judged('west', {
      kind: 'energy.consumption-anomaly',
      rule: { id: 'anomaly', version: 1, params: {} },
      subject: { type: 'meter', id: 'west-m' },
      severity: 'critical',
      at: morning + hourMs,
      openedAt: morning + hourMs,
    }),
    judged('west', {
      kind: 'device.silent',
      rule: { id: 'silent', version: 1, params: {} },
      at: morning - hourMs,
      openedAt: morning - hourMs,
    }),
  ]);
});
afterAll(() => world.close());

const kinds = async (query: string, user = 'viewer') =>
  (await world.as(user).get(`/v1/alerts?${query}`)).body.items.map(
    ({ kind }: { kind: string }) => kind,
  );

describe('the list', () => {
  test('is of one’s scope, newest first, in the shape of the contract', async () => {
    const { status, body } = await world.as('viewer').get('/v1/alerts');
    expect([status, body.next]).toEqual([200, null]);
    expect(body.items.map(({ kind }: { kind: string }) => kind)).toEqual([
      'energy.consumption-anomaly',
      'vehicle.off-route',
      'device.silent',
    ]);
    for (const item of body.items) expect(alertShape.strict().parse(item)).toEqual(item);
    expect(body.items[1]).toMatchObject({
      openedAt: '2026-11-23T08:00:00+08:00',
      raisedAt: '2026-11-23T08:00:00+08:00',
      clearedAt: null,
      evidence: { flagged: ['2026-11-23T08:00:00+08:00'], observed: { distanceM: 320 } },
    });
  });

  test('can be narrowed', async () => {
    expect(await kinds('kind=vehicle.*')).toEqual(['vehicle.off-route']);
    expect(await kinds('subject=west-v&state=open')).toEqual([
      'vehicle.off-route',
      'device.silent',
    ]);
    expect(await kinds('state=cleared,withdrawn')).toEqual([]);
    expect(await kinds('state=open&state=cleared')).toHaveLength(3);
    expect(await kinds('severity=critical')).toEqual(['energy.consumption-anomaly']);
    expect(await kinds(`from=${morning}&to=${morning + hourMs}`)).toEqual(['vehicle.off-route']);
    expect(await kinds('institution=west-school')).toEqual([]);
    expect(await kinds('institution=city', 'root')).toHaveLength(4);
    expect(await kinds('institution=east')).toEqual([]);
  });

  test('goes on at the cursor', async () => {
    const first = await world.as('viewer').get('/v1/alerts?limit=2');
    const second = await world.as('viewer').get(`/v1/alerts?limit=2&cursor=${first.body.next}`);
    expect(first.body.items).toHaveLength(2);
    expect(second.body.items).toHaveLength(1);
    expect(second.body.next).toBeNull();
  });

  test.each(['state=lost', 'from=today', 'severity=bad'])('%s is malformed', async (query) => {
    expect((await world.as('viewer').get(`/v1/alerts?${query}`)).status).toBe(400);
  });
});

describe('what people do', () => {
  beforeEach(() => {
    made++;
    const [alert] = world.book.report([
      judged('west', { rule: { id: `off-route-${made}`, version: 1, params: {} } }),
    ]);
    id = alert?.id ?? '';
  });

  const act = (user: string, action: string, body?: object, headers = {}) =>
    world.as(user).post(`/v1/alerts/${id}/${action}`, body, { headers });

  test('acknowledge, assign, comment, judge, clear: each is in the alert', async () => {
    const acknowledged = await act('fleet', 'acknowledge');
    expect([acknowledged.status, acknowledged.body.state]).toEqual([200, 'acknowledged']);
    expect(acknowledged.body.acknowledgedBy).toBe('fleet');
    expect((await act('fleet', 'assign', { user: 'fleet' })).body.assignee).toBe('fleet');
    const commented = await act('fleet', 'comment', { text: '已电话联系司机' });
    expect(commented.body.comments).toEqual([
      { at: '2026-11-23T08:00:00+08:00', user: 'fleet', text: '已电话联系司机' },
    ]);
    const verdict = { verdict: 'explained', reason: '道路施工' };
    expect((await act('fleet', 'verdict', verdict)).body.verdict).toMatchObject({
      ...verdict,
      user: 'fleet',
    });
    const cleared = await act('fleet', 'clear', {});
    expect(cleared.body.state).toBe('cleared');
    expect(alertShape.strict().parse(cleared.body)).toEqual(cleared.body);
    expect((await world.as('viewer').get(`/v1/alerts/${id}`)).body).toEqual(cleared.body);
  });

  test('an empty JSON body is as good as none', async () => {
    const headers = { 'content-type': 'application/json' };
    expect((await act('fleet', 'acknowledge', undefined, headers)).status).toBe(200);
  });

  test('shelve until a time', async () => {
    const shelved = await act('fleet', 'shelve', { until: '2026-11-24T08:00:00+08:00' });
    expect([shelved.status, shelved.body.state]).toEqual([200, 'shelved']);
  });

  test('by the version one has seen', async () => {
    const { body } = await world.as('fleet').get(`/v1/alerts/${id}`);
    const version = body.version as number;
    expect((await act('fleet', 'comment', { text: '一', version })).status).toBe(200);
    const late = await act('fleet', 'comment', { text: '二', version });
    expect([late.status, late.body.code]).toEqual([409, 'VERSION_CONFLICT']);
    expect((await act('fleet', 'acknowledge', {}, { 'if-match': `"${version}"` })).status).toBe(
      409,
    );
  });

  test('is noted with who did it', async () => {
    await act('fleet', 'acknowledge');
    const { body } = await world.as('root').get('/v1/audit?limit=1');
    expect(body.items[0]).toMatchObject({
      user: 'fleet',
      action: 'acknowledge',
      kind: 'alerts',
      id,
    });
  });

  test('each role on its own kinds', async () => {
    const { body } = await world.as('root').get('/v1/alerts?institution=west&state=open');
    const ofEachKind = new Map(body.items.map((alert: { kind: string }) => [alert.kind, alert]));
    const allowed: Record<string, string[]> = {};
    for (const user of ['west-admin', 'officer', 'fleet', 'integrator', 'viewer']) {
      allowed[user] = [];
      for (const alert of ofEachKind.values() as Iterable<AlertView>) {
        const answer = await world.as(user).post(`/v1/alerts/${alert.id}/comment`, { text: user });
        if (answer.status === 200) allowed[user].push(alert.kind);
        else expect([user, answer.status]).toEqual([user, 403]);
      }
    }
    expect(allowed).toEqual({
      'west-admin': ['energy.consumption-anomaly', 'vehicle.off-route', 'device.silent'],
      officer: ['energy.consumption-anomaly'],
      fleet: ['vehicle.off-route', 'device.silent'],
      integrator: ['device.silent'],
      viewer: [],
    });
  });

  test('nobody is put in charge of what he cannot see', async () => {
    for (const user of ['east-officer', 'nobody']) {
      const { status, body } = await act('fleet', 'assign', { user });
      expect([status, body.errors[0].path]).toEqual([422, 'user']);
    }
    expect((await act('fleet', 'assign', { user: 'root' })).status).toBe(200);
    expect((await act('fleet', 'assign', { user: null })).body.assignee).toBeNull();
  });

  test.each([
    ['verdict', { verdict: 'maybe' }, 'verdict'],
    ['comment', {}, 'text'],
    ['comment', { text: 'x'.repeat(5_000) }, 'text'],
    ['shelve', { until: 'soon' }, 'until'],
    ['assign', {}, 'user'],
  ])('%s with %o is invalid in %s', async (action, body, path) => {
    const answer = await act('fleet', action, body);
    expect([answer.status, answer.body.code, answer.body.errors[0].path]).toEqual([
      422,
      'INPUT_INVALID',
      path,
    ]);
  });

  test('nothing else', async () => {
    expect((await act('fleet', 'delete')).status).toBe(404);
  });
});
