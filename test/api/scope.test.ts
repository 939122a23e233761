import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openWorld, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const place = {
  id: 'depot',
  institution: 'west',
  name: '油库',
  kind: 'fuel',
  circle: { center: [115.9, 36.4], radiusM: 80 },
};

describe('one’s scope', () => {
  const refused = async (user: string, method: 'post' | 'patch', url: string, body: object) => {
    const answer = await world.as(user)[method](url, body);
    return [answer.status, answer.body.code, answer.body.errors?.[0]?.path];
  };

  test('nothing is made in, moved to, or tied to another institution', async () => {
    const notThere = (path: string) => [422, 'INPUT_INVALID', path];
    const admin = 'west-admin';
    expect(await refused(admin, 'post', '/v1/places', { ...place, institution: 'east' })).toEqual(
      notThere('institution'),
    );
    expect(await refused(admin, 'post', '/v1/places', { ...place, institution: 'city' })).toEqual(
      notThere('institution'),
    );
    expect(await refused(admin, 'patch', '/v1/vehicles/west-v', { institution: 'east' })).toEqual(
      notThere('institution'),
    );
    expect(await refused(admin, 'patch', '/v1/vehicles/west-v', { parking: 'east-p' })).toEqual(
      notThere('parking'),
    );
    expect(await refused(admin, 'patch', '/v1/meters/west-m', { building: 'east-b' })).toEqual(
      notThere('building'),
    );
    expect(await refused(admin, 'patch', '/v1/dispatches/west-d', { route: 'east-r' })).toEqual(
      notThere('route'),
    );
    expect(
      await refused(admin, 'patch', '/v1/rules/west-rule', { scope: { vehicle: 'east-v' } }),
    ).toEqual(notThere('scope.vehicle'));
    expect(
      await refused(admin, 'patch', '/v1/gateways/west-g', { devices: ['west-m', 'east-m'] }),
    ).toEqual(notThere('devices[1]'));
    expect(await refused(admin, 'patch', '/v1/users/viewer', { institution: 'east' })).toEqual(
      notThere('institution'),
    );
    expect(
      await refused(admin, 'patch', '/v1/institutions/west-school', { parent: 'east' }),
    ).toEqual(notThere('parent'));
  });

  test('nothing is made that concerns everybody', async () => {
    const admin = 'west-admin';
    const notAllowed = [403, 'NOT_ALLOWED', undefined];
    const calendar = { date: '2026-10-10', kind: 'transfer-workday' };
    const rule = { id: 'all', kind: 'vehicle.off-route', scope: {} };
    const account = { id: 'spy', secret: 'x'.repeat(40), institution: 'west', subscribe: ['v1/#'] };
    const user = { id: 'boss', name: '大', role: 'admin' };
    expect(await refused(admin, 'post', '/v1/calendar', calendar)).toEqual(notAllowed);
    expect(await refused(admin, 'post', '/v1/rules', rule)).toEqual(notAllowed);
    expect(await refused(admin, 'post', '/v1/rules', { ...rule, scope: undefined })).toEqual(
      notAllowed,
    );
    expect(await refused(admin, 'post', '/v1/serviceAccounts', account)).toEqual(notAllowed);
    expect(
      await refused(admin, 'post', '/v1/channels', { id: 'c', kind: 'email', to: ['a@b.cn'] }),
    ).toEqual(notAllowed);
    expect(await refused(admin, 'post', '/v1/users', user)).toEqual(notAllowed);
    expect(await refused(admin, 'post', '/v1/users', { ...user, institution: null })).toEqual(
      notAllowed,
    );
    expect(await refused(admin, 'patch', '/v1/users/viewer', { institution: null })).toEqual(
      notAllowed,
    );
    expect(await refused(admin, 'patch', '/v1/rules/west-rule', { scope: {} })).toEqual(notAllowed);
    expect(
      await refused(admin, 'post', '/v1/institutions', { id: 'free', name: '自', level: 'unit' }),
    ).toEqual(notAllowed);
    expect(await refused(admin, 'patch', '/v1/institutions/west', { parent: null })).toEqual(
      notAllowed,
    );
    expect(
      await refused(admin, 'post', '/v1/gateways', { id: 'g', secret: 'x', devices: [] }),
    ).toEqual(notAllowed);
  });

  test('one’s own can be made and changed, and what lies below', async () => {
    const admin = world.as('west-admin');
    const unit = { id: 'west-clinic', name: '诊所', level: 'unit', parent: 'west' };
    expect((await admin.post('/v1/institutions', unit)).status).toBe(201);
    expect(
      (await admin.post('/v1/places', { ...place, id: 'c', institution: 'west-clinic' })).status,
    ).toBe(201);
    const user = { id: 'nurse', name: '护士', role: 'viewer', institution: 'west-clinic' };
    expect((await admin.post('/v1/users', user)).status).toBe(201);
    expect((await admin.patch('/v1/vehicles/west-v', { parking: 'c' })).status).toBe(200);
    expect(
      (await admin.patch('/v1/gateways/west-g', { devices: ['west-m', 'west-v'] })).status,
    ).toBe(200);
  });

  test('a rule for everything is read by all and changed by those over everything', async () => {
    const rule = { id: 'everywhere', kind: 'vehicle.off-route', scope: {}, params: {} };
    expect((await world.as('root').post('/v1/rules', rule)).status).toBe(201);
    expect((await world.as('viewer').get('/v1/rules/everywhere')).status).toBe(200);
    const { body } = await world.as('viewer').get('/v1/rules');
    expect(body.items.map(({ id }: { id: string }) => id)).toEqual(['everywhere', 'west-rule']);
    const { status } = await world
      .as('integrator')
      .patch('/v1/rules/everywhere', { enabled: false });
    expect(status).toBe(403);
    expect((await world.as('integrator').remove('/v1/rules/everywhere')).status).toBe(403);
    expect((await world.as('west-admin').remove('/v1/calendar/2026-12-31')).status).toBe(403);
  });

  test('nobody raises himself, and nobody removes himself', async () => {
    const admin = world.as('west-admin');
    expect((await admin.patch('/v1/users/west-admin', { institution: null })).status).toBe(403);
    expect((await admin.patch('/v1/users/west-admin', { role: 'viewer' })).status).toBe(403);
    expect((await admin.remove('/v1/users/west-admin')).status).toBe(403);
    expect((await admin.patch('/v1/users/west-admin', { name: '西区管理员' })).status).toBe(200);
    for (const user of ['officer', 'fleet', 'integrator', 'viewer']) {
      const { status } = await world.as(user).patch(`/v1/users/${user}`, { role: 'admin' });
      expect([user, status]).toEqual([user, 403]);
    }
  });

  test('roles write what is theirs', async () => {
    const status = async (user: string, url: string, body: object) =>
      (await world.as(user).patch(url, body)).status;
    expect(await status('officer', '/v1/meters/west-m', { name: '表' })).toBe(200);
    expect(await status('officer', '/v1/vehicles/west-v', { tankL: 60 })).toBe(403);
    expect(await status('fleet', '/v1/vehicles/west-v', { tankL: 60 })).toBe(200);
    expect(await status('fleet', '/v1/meters/west-m', { name: '表' })).toBe(403);
    expect(await status('integrator', '/v1/meters/west-m', { everyS: 30 })).toBe(200);
    expect(await status('integrator', '/v1/vehicles/west-v', { everyS: 30 })).toBe(200);
    expect(await status('integrator', '/v1/dispatches/west-d', { driver: '李' })).toBe(403);
  });
});
