import { expect, test } from 'vitest';
import { actor, mustImport, testRegistry } from './city.ts';

const users = (password: string) => `institutions: [{ id: a, name: 甲, level: municipal }]
users:
  - { id: li, name: 李四, role: energy-officer, institution: a, password: "${password}" }
  - { id: wang, name: 王五, role: viewer, institution: a }
`;

test('the first user is made once, with the password given or one that is told once', async () => {
  const { registry } = testRegistry();
  const password = await registry.ensureAdmin();
  expect(password).toMatch(/^[\w-]{20}$/);
  expect(await registry.verifyPassword('admin', password ?? '')).toMatchObject({
    id: 'admin',
    role: 'admin',
    institution: null,
  });
  expect(await registry.ensureAdmin('some other password')).toBeUndefined();
  expect(await registry.verifyPassword('admin', 'some other password')).toBeUndefined();

  const { registry: other } = testRegistry();
  await expect(other.ensureAdmin('short')).rejects.toMatchObject({ code: 'SETTINGS_INVALID' });
  expect(await other.ensureAdmin('given at the start')).toBeUndefined();
  expect(await other.verifyPassword('admin', 'given at the start')).toBeDefined();
});

test('a wrong name, a wrong password and a user without one are all the same from outside', async () => {
  const { registry } = testRegistry();
  await mustImport(registry, users('correct horse battery'));
  expect(await registry.verifyPassword('li', 'correct horse battery')).toMatchObject({
    id: 'li',
    role: 'energy-officer',
  });
  for (const [user, password] of [
    ['li', 'Correct horse battery'],
    ['nobody', 'correct horse battery'],
    ['wang', ''],
    ['wang', 'x'],
    ['li', 'x'.repeat(10_000_000)],
  ] as const) {
    expect(await registry.verifyPassword(user, password)).toBeUndefined();
  }
  const taken = async (user: string) => {
    const times: number[] = [];
    for (let i = 0; i < 5; i++) {
      const start = process.cpuUsage();
      await registry.verifyPassword(user, 'a wrong password');
      const { user: userUs, system } = process.cpuUsage(start);
      times.push(userUs + system);
    }
    return Math.min(...times);
  };
  expect((await taken('nobody')) / (await taken('li'))).toBeGreaterThan(0.5);
});

test('a password changed since is not set back by importing the old one again', async () => {
  const { registry } = testRegistry();
  await mustImport(registry, users('from the inventory'));
  await registry.setSecret('users', 'li', 'chosen by herself', { user: 'li' });
  await mustImport(registry, users('from the inventory'));
  expect(await registry.verifyPassword('li', 'chosen by herself')).toBeDefined();
  expect(await registry.verifyPassword('li', 'from the inventory')).toBeUndefined();
  await registry.update('users', 'li', { password: 'from the inventory' }, actor);
  expect(await registry.verifyPassword('li', 'from the inventory')).toBeDefined();
  const changes = await mustImport(registry, users('a new one in the inventory'));
  expect(changes.find(({ id }) => id === 'li')?.change).toBe('update');
  expect(await registry.verifyPassword('li', 'a new one in the inventory')).toBeDefined();
});

test('a one-time link lets its user set a password, once, within 72 hours', async () => {
  const { registry, clock } = testRegistry();
  await mustImport(registry, users('from the inventory'));
  const older = registry.oneTimeToken('wang', actor);
  const token = registry.oneTimeToken('wang', actor);
  const refused = { code: 'NOT_AUTHENTICATED' };
  await expect(registry.redeem(older, 'long enough to take')).rejects.toMatchObject(refused);
  await expect(registry.redeem(`${token}x`, 'long enough to take')).rejects.toMatchObject(refused);
  await expect(registry.redeem(token, 'short')).rejects.toMatchObject({
    code: 'INPUT_INVALID',
    faults: [{ path: 'password' }],
  });
  const outcomes = await Promise.allSettled([
    registry.redeem(token, 'long enough to take'),
    registry.redeem(token, 'second come, refused'),
  ]);
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
  expect(await registry.verifyPassword('wang', 'long enough to take')).toMatchObject({
    id: 'wang',
  });

  const late = registry.oneTimeToken('wang', actor);
  clock.now += 72 * 3_600_000;
  await expect(registry.redeem(late, 'long enough to take')).rejects.toMatchObject(refused);
  expect(() => registry.oneTimeToken('nobody', actor)).toThrow(
    expect.objectContaining({ code: 'NOT_FOUND' }),
  );
});

test('the last admin over everything stays one', async () => {
  const { registry } = testRegistry();
  await registry.ensureAdmin('given at the start');
  await mustImport(registry, users('from the inventory'));
  const refused = { code: 'INPUT_INVALID' };
  await expect(registry.remove('users', 'admin', actor)).rejects.toMatchObject(refused);
  await expect(
    registry.update('users', 'admin', { role: 'viewer', institution: 'a' }, actor),
  ).rejects.toMatchObject(refused);
  await expect(
    registry.update('users', 'admin', { institution: 'a' }, actor),
  ).rejects.toMatchObject(refused);
  expect(
    await registry.update('users', 'admin', { email: 'admin@example.cn' }, actor),
  ).toMatchObject({ institution: null });
  await registry.create('users', { id: 'second', name: '二', role: 'admin' }, actor);
  await registry.remove('users', 'admin', actor);
  expect(await registry.verifyPassword('admin', 'given at the start')).toBeUndefined();
  expect(await registry.ensureAdmin('given at the start')).toBeUndefined();
  expect(registry.get('users', 'admin')).toBeUndefined();
});

test('a removed user leaves no way in behind', async () => {
  const { registry } = testRegistry();
  await mustImport(registry, users('from the inventory'));
  const token = registry.oneTimeToken('li', actor);
  await registry.remove('users', 'li', actor);
  await registry.create(
    'users',
    { id: 'li', name: '另一人', role: 'viewer', institution: 'a' },
    actor,
  );
  expect(await registry.verifyPassword('li', 'from the inventory')).toBeUndefined();
  await expect(registry.redeem(token, 'long enough to take')).rejects.toMatchObject({
    code: 'NOT_AUTHENTICATED',
  });
});
