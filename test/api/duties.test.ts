import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { maySetRule } from '../../model/duties.ts';
import type { Role, Scope } from '../../model/entities.ts';
import { dayMs, hourMs, isoInZone } from '../../model/time.ts';
import { ruleKinds } from '../../rules/index.ts';
import { recordTrips } from './a-trip.ts';
import { morning, openWorld, type World } from './world.ts';

/** Rules, the calendar and orders: each by who looks after what they are about. */

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const west: Scope = { institution: 'west' };
const add = async (user: string, id: string, kind: string, scope: Scope = west) => {
  const { status, body } = await world.as(user).post('/v1/rules', { id, kind, scope });
  return [status, body.code, body.detail] as const;
};
const refused = (words: string) => [403, 'NOT_ALLOWED', expect.stringContaining(words)];
const made = [201, undefined, undefined];

describe('rules', () => {
  test('vehicle rules are the fleet manager’s, those of energy and meters the energy officer’s', async () => {
    expect(await add('fleet', 'a', 'vehicle.off-hours')).toEqual(made);
    expect(await add('officer', 'b', 'energy.consumption-anomaly')).toEqual(made);
    expect(await add('officer', 'c', 'meter.gap', { meter: 'west-m' })).toEqual(made);
    expect(await add('fleet', 'x', 'energy.consumption-anomaly')).toEqual(
      refused('energy.consumption-anomaly'),
    );
    expect(await add('officer', 'x', 'vehicle.off-hours')).toEqual(refused('vehicle.off-hours'));
    expect(await add('integrator', 'x', 'vehicle.off-hours')).toEqual(refused('vehicle.off-hours'));
    expect((await add('viewer', 'x', 'vehicle.off-hours'))[0]).toBe(403);
  });

  test('a rule about devices by who looks after the device it names', async () => {
    const vehicle = { vehicle: 'west-v' };
    const meter = { meter: 'west-m' };
    expect(await add('fleet', 'd', 'device.silent', vehicle)).toEqual(made);
    expect(await add('officer', 'e', 'device.silent', meter)).toEqual(made);
    expect(await add('integrator', 'f', 'device.silent')).toEqual(made);
    for (const [user, scope] of [
      ['fleet', meter],
      ['fleet', west],
      ['officer', vehicle],
      ['officer', west],
    ] as const)
      expect(await add(user, 'x', 'device.silent', scope)).toEqual(
        refused('device you look after'),
      );
  });

  test('what is another’s is not changed, removed, or made one’s own', async () => {
    const patch = async (user: string, id: string, body: object) =>
      (await world.as(user).patch(`/v1/rules/${id}`, body)).status;
    expect(await patch('fleet', 'a', { enabled: false })).toBe(200);
    expect(await patch('fleet', 'b', { enabled: false })).toBe(403);
    expect(await patch('fleet', 'b', { kind: 'vehicle.off-hours' })).toBe(403);
    expect(await patch('fleet', 'a', { kind: 'energy.consumption-anomaly' })).toBe(403);
    expect(await patch('fleet', 'd', { scope: { meter: 'west-m' } })).toBe(403);
    expect((await world.as('fleet').remove('/v1/rules/b')).status).toBe(403);
    expect((await world.as('officer').remove('/v1/rules/a')).status).toBe(403);
    expect(world.registry.get('rules', 'b')).toMatchObject({ enabled: true });
    expect((await world.as('fleet').remove('/v1/rules/d')).status).toBe(204);
  });

  test('within one’s institutions, and for everything by none but an admin over everything', async () => {
    expect((await add('fleet', 'x', 'vehicle.off-hours', {}))[0]).toBe(403);
    expect((await add('fleet', 'x', 'vehicle.off-hours', { institution: 'east' }))[0]).toBe(422);
    expect((await add('fleet', 'x', 'vehicle.off-hours', { vehicle: 'east-v' }))[0]).toBe(422);
    expect((await world.as('fleet').patch('/v1/rules/east-rule', {})).status).toBe(404);
    expect(await add('fleet', 'g', 'vehicle.off-hours', { institution: 'west-school' })).toEqual(
      made,
    );
    expect(await add('root', 'h', 'vehicle.off-hours', {})).toEqual(made);
  });

  test('what is no rule is refused for what is wrong with it', async () => {
    const { status } = await world.as('fleet').post('/v1/rules', { id: 'x', scope: west });
    expect(status).toBe(422);
    expect((await add('fleet', 'x', 'vehicle.nonsense'))[0]).toBe(422);
  });

  test('every change says who made it', () => {
    const by = (id: string) =>
      world.registry
        .audit({ limit: 100 })
        .filter((entry) => entry.kind === 'rules' && entry.id === id)
        .map(({ user, action }) => `${user} ${action}`);
    expect(by('a')).toEqual(['fleet update', 'fleet create']);
    expect(by('d')).toEqual(['fleet remove', 'fleet create']);
    expect(by('b')).toEqual(['officer create']);
  });

  test('every kind is somebody’s beside the admin’s, and a viewer’s is none', () => {
    const roles: readonly Role[] = ['energy-officer', 'fleet-manager', 'integrator'];
    for (const { kind } of ruleKinds) {
      const scopes: readonly Scope[] = [west, { vehicle: 'v' }, { meter: 'm' }];
      const may = (role: Role) => scopes.some((scope) => maySetRule(role, { kind, scope }));
      expect(roles.some(may), kind).toBe(true);
      expect([may('admin'), may('viewer')], kind).toEqual([true, false]);
    }
  });

  test('an import reaches no farther', async () => {
    const bring = async (user: string, inventory: object) => {
      const { status, body } = await world.as(user).post('/v1/inventory', inventory);
      return [status, body.errors?.[0]?.path, body.errors?.[0]?.message];
    };
    const rule = (kind: string) => ({ rules: [{ id: 'i', kind, scope: west }] });
    const others = [422, 'rules[0]', 'is not for your role to import'];
    expect(await bring('integrator', rule('vehicle.off-hours'))).toEqual(others);
    expect(await bring('integrator', rule('vehicle.terminal-fatigue'))).toEqual([
      200,
      undefined,
      undefined,
    ]);
    // A rule of others does not become one's own by another kind.
    const taken = { rules: [{ id: 'a', kind: 'device.silent', scope: west }] };
    expect(await bring('integrator', taken)).toEqual(others);
    expect((await bring('west-admin', rule('vehicle.off-hours')))[0]).toBe(200);
  });
});

test('the calendar holds for every institution: none but an admin over everything amends it', async () => {
  const day = { date: '2026-10-10', kind: 'transfer-workday' };
  for (const user of ['fleet', 'officer', 'integrator', 'viewer', 'west-admin'])
    expect((await world.as(user).post('/v1/calendar', day)).status, user).toBe(403);
  expect((await world.as('root').post('/v1/calendar', day)).status).toBe(201);
  expect((await world.as('fleet').remove('/v1/calendar/2026-10-10')).status).toBe(403);
});

test('office hours are set by an admin of the institution', async () => {
  const hours = { officeHours: { from: '08:30', to: '17:30' } };
  for (const user of ['fleet', 'officer', 'integrator', 'viewer'])
    expect((await world.as(user).patch('/v1/institutions/west', hours)).status, user).toBe(403);
  expect((await world.as('west-admin').patch('/v1/institutions/west', hours)).status).toBe(200);
});

describe('emergency slips', () => {
  const slip = (id: string, hours: number, more: object = {}) => ({
    id,
    vehicle: 'west-v',
    from: isoInZone(morning + hours * hourMs, 'Asia/Shanghai'),
    to: isoInZone(morning + (hours + 1) * hourMs, 'Asia/Shanghai'),
    ...more,
  });
  const verdicts = async () => {
    const { body } = await world
      .as('fleet')
      .get(`/v1/vehicles/west-v/trips?from=${morning - 2 * dayMs}&to=${morning}`);
    return body.items.map(
      ({ dispatch, verdicts: all }: { dispatch: string | null; verdicts: string[] }) =>
        [dispatch, ...all].join(' '),
    );
  };

  test('one filed within a day of its trip covers it, a later one does not; the service says when', async () => {
    await world.as('root').remove('/v1/dispatches/west-d');
    recordTrips(world, 'west', -26 * 60, -22 * 60);
    expect(await verdicts()).toEqual([' no-dispatch', ' no-dispatch']);
    expect((await world.as('fleet').post('/v1/dispatches', slip('late', -26))).status).toBe(201);
    const { status, body } = await world.as('fleet').post('/v1/dispatches', slip('in-time', -22));
    expect([status, body.filedAt]).toEqual([201, '2026-11-23T08:00:00+08:00']);
    expect(await verdicts()).toEqual([' no-dispatch', 'in-time matched slip']);
  });

  test('nobody says otherwise but the inventory of an admin', async () => {
    const filedAt = '2026-11-22T07:00:00+08:00';
    for (const user of ['fleet', 'west-admin', 'root']) {
      const api = world.as(user);
      const { status, body } = await api.post('/v1/dispatches', slip('x', -26, { filedAt }));
      expect([status, body.errors[0].path]).toEqual([422, 'filedAt']);
      expect((await api.patch('/v1/dispatches/late', { filedAt })).status).toBe(422);
    }
    const bring = async (user: string) =>
      (await world.as(user).post('/v1/inventory', { dispatches: [slip('late', -26, { filedAt })] }))
        .status;
    expect(await bring('integrator')).toBe(422);
    expect(await verdicts()).toContain(' no-dispatch');
    expect(await bring('west-admin')).toBe(200);
    expect(await verdicts()).toEqual(['late matched slip', 'in-time matched slip']);
  });
});
