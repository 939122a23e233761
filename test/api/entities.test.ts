import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { entityBodies, entityViews } from '../../api/entity-shapes.ts';
import { entityKinds } from '../../api/roles.ts';
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

describe('lists', () => {
  test('every collection answers in its shape', async () => {
    for (const kind of entityKinds) {
      const { status, body } = await world.as('root').get(`/v1/${kind}`);
      expect([kind, status, body.next]).toEqual([kind, 200, null]);
      expect(body.items.length, kind).toBeGreaterThan(0);
      for (const item of body.items) expect(entityViews[kind].strict().parse(item)).toEqual(item);
    }
  });

  test('go on at the cursor, ascending by id', async () => {
    const first = await world.as('root').get('/v1/users?limit=3');
    expect(first.body.items.map(({ id }: { id: string }) => id)).toEqual([
      'east-officer',
      'fleet',
      'integrator',
    ]);
    expect(first.body.next).toBe('integrator');
    const rest = await world.as('root').get(`/v1/users?limit=10&cursor=${first.body.next}`);
    expect(rest.body.items).toHaveLength(4);
    expect(rest.body.next).toBeNull();
  });

  test('go on although what one may not see lies in between', async () => {
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page = await world
        .as('viewer')
        .get(`/v1/rules?limit=1${cursor && `&cursor=${cursor}`}`);
      seen.push(...page.body.items.map(({ id }: { id: string }) => id));
      cursor = page.body.next;
    }
    expect(seen).toEqual(['west-rule']);
  });

  test('can be searched and narrowed', async () => {
    const ids = async (url: string) =>
      (await world.as('root').get(url)).body.items.map(({ id }: { id: string }) => id);
    expect(await ids('/v1/vehicles?search=pwest')).toEqual(['west-v']);
    expect(await ids('/v1/institutions?institution=west')).toEqual(['west', 'west-school']);
    expect(await ids('/v1/institutions?parent=city')).toEqual(['east', 'west']);
    expect(await ids('/v1/meters?medium=water')).toEqual([]);
    expect(await ids('/v1/meters?building=east-b')).toEqual(['east-m']);
    expect(await ids('/v1/dispatches?vehicle=west-v')).toEqual(['west-d']);
    expect(await ids('/v1/users?role=viewer&unknown=1')).toEqual(['viewer']);
  });

  test('orders can be narrowed to a range they reach into, and to a vehicle', async () => {
    const { body } = await world.as('root').get('/v1/dispatches');
    const [known] = body.items;
    const [from, to] = [Date.parse(known.from), Date.parse(known.to)];
    const ids = async (query: string) =>
      (await world.as('root').get(`/v1/dispatches?${query}`)).body.items.map(
        ({ id }: { id: string }) => id,
      );
    expect(await ids(`from=${from + 1}&to=${from + 2}`)).toContain(known.id);
    expect(await ids(`from=${from - 10}&to=${from + 1}`)).toContain(known.id);
    expect(await ids(`from=${to - 1}`)).toContain(known.id);
    expect(await ids(`from=${to}`)).not.toContain(known.id);
    expect(await ids(`to=${from}`)).not.toContain(known.id);
    expect(await ids(`vehicle=${known.vehicle}`)).toContain(known.id);
    expect(await ids('vehicle=none')).toEqual([]);
    const wrong = await world.as('root').get(`/v1/dispatches?from=${to}&to=${from}`);
    expect([wrong.status, wrong.body.code]).toEqual([400, 'INPUT_MALFORMED']);
  });

  test('asking for another institution shows nothing of it', async () => {
    expect((await world.as('viewer').get('/v1/meters?institution=east')).body.items).toEqual([]);
    expect((await world.as('viewer').get('/v1/meters?institution=city')).body.items).toHaveLength(
      1,
    );
  });

  test.each(['limit=0', 'limit=10001', 'limit=x', 'limit=', 'limit=1.5', 'limit=1&limit=2'])(
    '%s is refused as malformed',
    async (query) => {
      const { status, body } = await world.as('root').get(`/v1/meters?${query}`);
      expect(status).toBe(400);
      expect(body).toMatchObject({ code: 'INPUT_MALFORMED', errors: [{ path: 'limit' }] });
    },
  );
});

describe('one thing', () => {
  test('times are those of the institution', async () => {
    const { body } = await world.as('fleet').get('/v1/dispatches/west-d');
    expect(body.from).toBe('2026-11-23T08:00:00+08:00');
    expect(body.to).toBe('2026-11-23T18:00:00+08:00');
  });

  test('secrets never come out', async () => {
    for (const kind of ['gateways', 'serviceAccounts', 'channels', 'users', 'meters']) {
      const { text } = await world.as('root').get(`/v1/${kind}`);
      expect(text).not.toMatch(/0123456789abcdef|8f0e1d2c|hush|horse|hash|secret|password/i);
    }
  });

  test('an address is for the admin and oneself', async () => {
    expect((await world.as('root').get('/v1/users/west-admin')).body.email).toBe('w@example.org');
    expect((await world.as('viewer').get('/v1/users/west-admin')).body.email).toBeUndefined();
  });

  test('names that are none are not there', async () => {
    for (const id of ['nothing', '%00', '..%2f..', '__proto__', 'constructor', 'x'.repeat(150)]) {
      expect([id, (await world.as('root').get(`/v1/meters/${id}`)).status]).toEqual([id, 404]);
    }
  });
});

describe('changes', () => {
  test('add, change by version, remove', async () => {
    const fleet = world.as('fleet');
    const added = await fleet.post('/v1/places', place);
    expect(added.status).toBe(201);
    expect(added.headers['location']).toBe('/api/v1/places/depot');
    expect(added.headers['etag']).toBe('"1"');
    expect(added.body).toEqual({ ...place, version: 1 });

    const again = await fleet.post('/v1/places', place);
    expect([again.status, again.body.code]).toEqual([409, 'VERSION_CONFLICT']);

    const changed = await fleet.patch(
      '/v1/places/depot',
      { name: '加油站' },
      { headers: { 'if-match': '"1"' } },
    );
    expect([changed.status, changed.body.name, changed.headers['etag']]).toEqual([
      200,
      '加油站',
      '"2"',
    ]);
    const late = await fleet.patch(
      '/v1/places/depot',
      { name: '旧' },
      { headers: { 'if-match': '"1"' } },
    );
    expect([late.status, late.body.code]).toEqual([409, 'VERSION_CONFLICT']);
    const inBody = await fleet.patch('/v1/places/depot', { name: '旧', version: 1 });
    expect(inBody.status).toBe(409);
    const current = await fleet.patch('/v1/places/depot', { name: '新', version: 2, id: 'depot' });
    expect([current.status, current.body.version]).toEqual([200, 3]);

    expect((await fleet.remove('/v1/places/depot')).status).toBe(204);
    expect((await fleet.get('/v1/places/depot')).status).toBe(404);
    expect((await fleet.remove('/v1/places/depot')).status).toBe(404);
  });

  test('of two at once by the same version, one wins', async () => {
    await world.as('fleet').post('/v1/places', { ...place, id: 'contested' });
    const both = await Promise.all(
      ['甲', '乙'].map((name) => world.as('fleet').patch('/v1/places/contested', { name })),
    );
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
  });

  test('every fault is named at once', async () => {
    const { status, body } = await world.as('root').post('/v1/meters', {
      id: 'no good',
      building: 'nowhere',
      medium: 'steam',
      colour: 'red',
    });
    expect([status, body.code]).toEqual([422, 'INPUT_INVALID']);
    const paths = body.errors.map(({ path }: { path: string }) => path);
    expect(paths).toEqual(expect.arrayContaining(['id', 'medium', 'building', 'colour']));
  });

  test('what is no object is refused', async () => {
    for (const body of [[], 'text', 7, null]) {
      const { status } = await world.as('root').post('/v1/meters', JSON.stringify(body), {
        headers: { 'content-type': 'application/json' },
      });
      expect(status).toBe(422);
    }
    expect((await world.as('root').post('/v1/meters')).status).toBe(422);
  });

  test('an id never changes', async () => {
    const { status, body } = await world.as('root').patch('/v1/meters/west-m', { id: 'other' });
    expect([status, body.errors[0].path]).toEqual([422, 'id']);
  });

  test('a version that is none is malformed', async () => {
    const headers = { 'if-match': '"x"' };
    expect((await world.as('root').patch('/v1/meters/west-m', {}, { headers })).status).toBe(400);
    expect((await world.as('root').patch('/v1/meters/west-m', { version: 'x' })).status).toBe(400);
  });

  test('what others refer to stays', async () => {
    expect((await world.as('root').remove('/v1/buildings/west-b')).status).toBe(422);
  });

  test('everything is in the audit log, with who did it', async () => {
    await world.as('fleet').patch('/v1/routes/west-r', { widthM: 90 });
    const { body } = await world.as('root').get('/v1/audit?limit=1');
    expect(body.items[0]).toMatchObject({
      user: 'fleet',
      action: 'update',
      kind: 'routes',
      id: 'west-r',
    });
    const older = await world.as('root').get(`/v1/audit?limit=1&cursor=${body.next}`);
    expect(older.body.items[0].n).toBeLessThan(body.items[0].n);
  });
});

test('the bodies described are those the registry takes', async () => {
  for (const kind of entityKinds) {
    const { body } = await world.as('root').get(`/v1/${kind}?limit=5`);
    for (const { version: _, ...item } of body.items) {
      expect(entityBodies[kind].safeParse(item).error?.issues ?? [], kind).toEqual([]);
    }
  }
});
