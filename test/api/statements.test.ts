import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { statementShape } from '../../api/statement-shape.ts';
import { dayMs } from '../../model/time.ts';
import { morning, openWorld, type World } from './world.ts';

/** Imports of what was paid for vehicles, and how they are taken back. */

let world: World;

const head = '车牌号,加油时间,升数,金额,卡号';
const west = '鲁Pwest,2026-11-23 09:10,35.5,280.45,1000113700004321';
const other = '鲁Pwest,2026-11-24 09:10,30,240,1000113700004321';
const east = '鲁Peast,2026-11-23 10:00,20,160.1,';

const send = async (user: string, ...lines: readonly string[]) => {
  world.clock.at += 1000;
  const headers = { 'content-type': 'text/csv' };
  const { status } = await world
    .as(user)
    .post('/v1/fuel-cards', [head, ...lines].join('\n'), { headers });
  expect(status).toBe(200);
};
const listed = async (user: string) => {
  const { status, body } = await world.as(user).get('/v1/fuel-cards');
  expect(status).toBe(200);
  return statementShape.strict().array().parse(body.items);
};
const takeBack = (user: string, id = '') => world.as(user).remove(`/v1/fuel-cards/${id}`);
const entries = async (user = 'fleet') => {
  const { body } = await world.as(user).get('/v1/vehicles/west-v/ledger?month=2026-11');
  return body.expenses as readonly { id: string; yuan: number }[];
};

beforeAll(async () => {
  world = await openWorld();
  world.clock.at = morning + 10 * dayMs;
});
afterAll(() => world.close());

describe('a whole import', () => {
  test('is listed with what it tells, taken back, and stands in the audit log', async () => {
    await send('fleet', west, other);
    const [statement] = await listed('fleet');
    expect(statement).toEqual({
      id: expect.any(String),
      importedAt: '2026-12-03T08:00:01+08:00',
      importedBy: 'fleet',
      entries: 2,
      vehicles: 1,
      yuan: 520.45,
      from: '2026-11-23T09:10:00+08:00',
      to: '2026-11-24T09:10:00+08:00',
      isWhole: true,
    });
    const { status, body } = await takeBack('fleet', statement?.id);
    expect([status, body]).toEqual([200, { removed: 2, kept: 0 }]);
    expect(await listed('fleet')).toEqual([]);
    expect(await entries()).toEqual([]);
    expect(world.registry.audit({ limit: 1 })[0]).toMatchObject({
      user: 'fleet',
      action: 'remove',
      kind: 'expenses',
      id: statement?.id,
      detail: { entries: 2, vehicles: 1, yuan: 520.45, removed: 2, kept: 0 },
    });
    expect((await takeBack('fleet', statement?.id)).status).toBe(404);
  });

  test('of two institutions is taken back by who looks after both', async () => {
    await send('root', west, east);
    const [own] = await listed('fleet');
    expect(own).toMatchObject({ importedBy: 'root', entries: 1, yuan: 280.45, isWhole: false });
    const { status, body } = await takeBack('fleet', own?.id);
    expect([status, body.code, body.detail]).toEqual([
      403,
      'NOT_ALLOWED',
      expect.stringContaining('other institutions'),
    ]);
    expect((await listed('root'))[0]).toMatchObject({ entries: 2, yuan: 440.55, isWhole: true });
    expect((await takeBack('root', own?.id)).body).toEqual({ removed: 2, kept: 0 });
  });

  test('of another institution is not there', async () => {
    await send('root', east);
    const [foreign] = await listed('root');
    expect(await listed('fleet')).toEqual([]);
    expect((await takeBack('fleet', foreign?.id)).status).toBe(404);
    expect(await listed('root')).toHaveLength(1);
    await takeBack('root', foreign?.id);
  });

  test('leaves what another one tells, and says so', async () => {
    await send('fleet', west);
    await send('fleet', west, other);
    const [later, earlier] = await listed('fleet');
    expect((await takeBack('fleet', earlier?.id)).body).toEqual({ removed: 0, kept: 1 });
    expect(await entries()).toHaveLength(2);
    expect((await takeBack('fleet', later?.id)).body).toEqual({ removed: 2, kept: 0 });
  });
});

test('one entry is taken back by itself, and stands in the audit log without the card', async () => {
  await send('fleet', west, other);
  const [first] = await entries();
  const path = `vehicles/west-v/expenses/${first?.id}`;
  expect((await world.as('viewer').remove(`/v1/${path}`)).status).toBe(403);
  expect((await world.as('fleet').remove(`/v1/vehicles/east-v/expenses/${first?.id}`)).status).toBe(
    404,
  );
  expect((await world.as('fleet').remove(`/v1/${path}`)).status).toBe(204);
  expect((await world.as('fleet').remove(`/v1/${path}`)).status).toBe(404);
  expect((await entries()).map(({ yuan }) => yuan)).toEqual([240]);
  expect((await listed('fleet'))[0]).toMatchObject({ entries: 1, yuan: 240 });
  const [note] = world.registry.audit({ limit: 1 });
  expect(note).toMatchObject({
    user: 'fleet',
    action: 'remove',
    kind: 'expenses',
    id: first?.id,
    detail: { vehicle: 'west-v', kind: 'fuel', yuan: 280.45, litres: 35.5 },
  });
  expect(JSON.stringify(note)).not.toContain('4321');
});

test('pages hold no more than asked for, also where others lie between', async () => {
  await send('root', east);
  await send('fleet', west, other);
  await send('fleet', west);
  const ids = (await listed('fleet')).map(({ id }) => id);
  expect(ids).toHaveLength(2);
  const seen: string[] = [];
  let next: string | null = '';
  while (next !== null) {
    const path = `/v1/fuel-cards?limit=1${next && `&cursor=${next}`}`;
    const { body } = await world.as('fleet').get(path);
    expect(body.items.length).toBeLessThanOrEqual(1);
    seen.push(...body.items.map(({ id }: { id: string }) => id));
    next = body.next;
  }
  expect(seen).toEqual(ids);
  expect((await world.as('fleet').get('/v1/fuel-cards?cursor=x')).status).toBe(400);
});

test('only fleet managers and admins see and take back imports', async () => {
  const [statement] = await listed('root');
  for (const user of ['viewer', 'officer', 'integrator']) {
    expect((await world.as(user).get('/v1/fuel-cards')).status).toBe(403);
    expect((await takeBack(user, statement?.id)).status).toBe(403);
  }
});
