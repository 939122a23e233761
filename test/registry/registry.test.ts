import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { quiet } from '../../model/context.ts';
import { openRegistry } from '../../registry/sqlite-registry.ts';
import {
  actor,
  exampleInventory,
  exampleSecrets,
  knowledge,
  mustImport,
  serverKey,
  testFolder,
  testRegistry,
  tree,
} from './city.ts';

test('the same text twice changes nothing', async () => {
  const { registry, clock } = testRegistry();
  await mustImport(registry, exampleInventory);
  expect(registry.isImported(exampleInventory)).toBe(true);
  expect(registry.isImported(`${exampleInventory} `)).toBe(false);
  const before = { version: registry.directory().version, audit: registry.audit({ limit: 1000 }) };
  clock.now += 1000;
  const changes = await mustImport(registry, exampleInventory);
  expect(new Set(changes.map(({ change }) => change))).toEqual(new Set(['unchanged']));
  expect(registry.directory().version).toBe(before.version);
  expect(registry.audit({ limit: 1000 })).toEqual(before.audit);
});

test('an import adds and updates what it names, and deletes nothing', async () => {
  const { registry } = testRegistry();
  await mustImport(registry, exampleInventory);
  const changes = await mustImport(
    registry,
    `buildings:
  - { id: b1, institution: lc-hq, name: 主楼, floorAreaM2: 21000 }
  - { id: b2, institution: lc-hq, name: 2号楼 }`,
  );
  expect(changes).toEqual([
    { kind: 'buildings', id: 'b1', change: 'update' },
    { kind: 'buildings', id: 'b2', change: 'add' },
  ]);
  expect(registry.get('buildings', 'b1')).toMatchObject({ name: '主楼', version: 2 });
  expect(registry.get('meters', 'm1')).toMatchObject({ version: 1 });
});

test('a new secret alone is a change, but no new version of the thing', async () => {
  const { registry } = testRegistry();
  await mustImport(registry, exampleInventory);
  const before = registry.directory().credential('v1')?.hash;
  const text = exampleInventory.replace('a chosen secret of the car', 'another chosen secret');
  const changed = (await mustImport(registry, text)).filter(({ change }) => change !== 'unchanged');
  expect(changed).toEqual([{ kind: 'vehicles', id: 'v1', change: 'update' }]);
  expect(registry.get('vehicles', 'v1')).toMatchObject({ version: 1 });
  expect(registry.directory().credential('v1')?.hash).not.toBe(before);
  expect(registry.audit({ limit: 2 })[1]?.detail).toEqual({
    fields: {},
    secret: 'set',
    by: 'import',
  });
});

test('a dry run tells the changes and makes none', async () => {
  const { registry } = testRegistry();
  const result = await registry.import(exampleInventory, actor, { dryRun: true });
  expect(result).toMatchObject({ ok: true });
  expect(registry.get('meters', 'm1')).toBeUndefined();
  expect(registry.isImported(exampleInventory)).toBe(false);
  expect(registry.directory().version).toBe(0);
});

test('the order of fields makes no difference', async () => {
  const { registry } = testRegistry();
  await mustImport(
    registry,
    'rules: [{ id: r, kind: device.silent, params: { factor: 2, floorS: 30 } }]',
  );
  const [change] = await mustImport(
    registry,
    'rules: [{ params: { floorS: 30, factor: 2 }, kind: device.silent, id: r }]',
  );
  expect(change?.change).toBe('unchanged');
});

test('no secret stands anywhere in the files, in bodies, lists or the audit log', async () => {
  const { registry, file } = testRegistry();
  await mustImport(registry, exampleInventory);
  await registry.setSecret('vehicles', 'v1', 'another chosen secret', actor);
  await registry.update('users', 'officer1', { password: 'a later long password' }, actor);
  const token = registry.oneTimeToken('officer1', actor);
  const secrets = [...exampleSecrets, 'another chosen secret', 'a later long password', token];
  const files = readdirSync(dirname(file)).map((name) => readFileSync(join(dirname(file), name)));
  const kinds = ['meters', 'vehicles', 'users', 'gateways', 'serviceAccounts', 'channels'] as const;
  const told = JSON.stringify([
    kinds.map((kind) => [registry.list(kind, { limit: 100 }), registry.directory().all(kind)]),
    registry.audit({ limit: 1000 }),
  ]);
  expect(files.some((bytes) => bytes.includes('鲁P12345'))).toBe(true);
  for (const secret of secrets) {
    expect(told).not.toContain(secret);
    expect(files.filter((bytes) => bytes.includes(secret))).toEqual([]);
  }
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test('who writes over an older version is told so', async () => {
  const { registry } = testRegistry();
  await mustImport(registry, exampleInventory);
  const first = await registry.update('meters', 'm1', { ratedKw: 500 }, actor, 1);
  expect(first).toMatchObject({ ratedKw: 500, name: '总表', version: 2 });
  await expect(registry.update('meters', 'm1', { ratedKw: 600 }, actor, 1)).rejects.toMatchObject({
    code: 'VERSION_CONFLICT',
  });
  const outcomes = await Promise.allSettled(
    [1, 2, 3].map((kw) => registry.update('meters', 'm1', { ratedKw: kw }, actor, 2)),
  );
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
  expect(registry.get('meters', 'm1')).toMatchObject({ ratedKw: 1, version: 3 });
  expect(await registry.update('meters', 'm1', { ratedKw: 1 }, actor)).toMatchObject({
    version: 3,
  });
});

test('a patch replaces fields as a whole, and null takes one away', async () => {
  const { registry } = testRegistry();
  await mustImport(registry, exampleInventory);
  const place = await registry.update(
    'places',
    'p1',
    {
      circle: null,
      polygon: [
        [1, 1],
        [2, 1],
        [2, 2],
      ],
    },
    actor,
  );
  expect(place).toMatchObject({
    polygon: [
      [1, 1],
      [2, 1],
      [2, 2],
    ],
  });
  expect(place).not.toHaveProperty('circle');
  expect(
    await registry.update('rules', 'off-route-default', { scope: { vehicle: 'v1' } }, actor),
  ).toMatchObject({ scope: { vehicle: 'v1' } });
  expect(
    await registry.update('dispatches', 'd1', { to: '2026-11-23T20:00:00+08:00' }, actor),
  ).toMatchObject({
    from: Date.parse('2026-11-23T00:00:00Z'),
    to: Date.parse('2026-11-23T12:00:00Z'),
  });
});

test('what cannot be is refused with its fields', async () => {
  const { registry } = testRegistry();
  await mustImport(registry, exampleInventory);
  await expect(
    registry.create('meters', { id: 'm3', building: 'b9', medium: 'steam' }, actor),
  ).rejects.toMatchObject({
    code: 'INPUT_INVALID',
    faults: [{ path: 'medium' }, { path: 'building' }],
  });
  await expect(
    registry.create('meters', { id: 'm1', building: 'b1', medium: 'gas' }, actor),
  ).rejects.toMatchObject({ code: 'VERSION_CONFLICT' });
  await expect(
    registry.create('meters', { id: 'v1', building: 'b1', medium: 'gas' }, actor),
  ).rejects.toMatchObject({ code: 'INPUT_INVALID' });
  await expect(registry.create('meters', null, actor)).rejects.toMatchObject({
    code: 'INPUT_INVALID',
  });
  await expect(registry.update('meters', 'm9', {}, actor)).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
  await expect(registry.update('meters', 'm1', { id: 'm9' }, actor)).rejects.toMatchObject({
    faults: [{ path: 'id' }],
  });
  await expect(registry.update('meters', 'm1', 'x', actor)).rejects.toMatchObject({
    code: 'INPUT_INVALID',
  });
  expect(registry.get('meters', 'm1')).toMatchObject({ version: 1 });
});

test('what others refer to cannot be removed; what is removed may come again', async () => {
  const { registry } = testRegistry();
  await mustImport(registry, exampleInventory);
  await expect(registry.remove('meters', 'm1', actor)).rejects.toMatchObject({
    code: 'INPUT_INVALID',
    faults: [
      { message: 'meter m2 refers to it (parent)' },
      { message: 'gateway g1 refers to it (devices[0])' },
    ],
  });
  await registry.remove('meters', 'm2', actor);
  expect(registry.get('meters', 'm2')).toBeUndefined();
  await expect(registry.remove('meters', 'm2', actor)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect(
    await registry.create('meters', { id: 'm2', building: 'b1', medium: 'gas' }, actor),
  ).toMatchObject({ medium: 'gas', version: 3 });
});

test('every change is told once, and stands in the audit log with who made it', async () => {
  const { registry } = testRegistry();
  const heard: number[] = [];
  const stop = registry.onChange((version) => heard.push(version));
  await mustImport(registry, tree);
  await registry.update('meters', 'm-low', { name: '总表', decimals: 2 }, { user: 'officer1' });
  await registry.remove('rules', 'r-all', actor);
  stop();
  await registry.remove('rules', 'r-low', actor);
  registry.note({
    user: 'officer1',
    action: 'acknowledge',
    kind: 'alerts',
    id: 'al-1',
    detail: {},
  });
  expect(heard).toEqual([1, 2, 3]);
  const [noted, removed, , updated, imported] = registry.audit({ limit: 5 });
  expect(noted).toMatchObject({ user: 'officer1', action: 'acknowledge', id: 'al-1' });
  expect(removed).toMatchObject({ user: 'tester', action: 'remove', kind: 'rules', id: 'r-low' });
  expect(updated).toMatchObject({
    user: 'officer1',
    action: 'update',
    kind: 'meters',
    id: 'm-low',
    detail: { fields: { name: { from: '水表', to: '总表' }, decimals: { from: null, to: 2 } } },
  });
  expect(imported).toMatchObject({
    action: 'import',
    detail: { add: 13, update: 0, unchanged: 0 },
  });
  expect(registry.audit({ limit: 5, before: imported?.n ?? 0 })).toHaveLength(5);
});

test('a failing listener harms neither the change nor the other listeners', async () => {
  const { registry } = testRegistry();
  const heard: number[] = [];
  registry.onChange(() => {
    throw new Error('broken');
  });
  registry.onChange((version) => heard.push(version));
  await mustImport(registry, tree);
  expect(heard).toEqual([1]);
});

test('everything stands after opening again, but not under another server key', async () => {
  const file = join(testFolder(), 'registry.db');
  const first = openRegistry(file, { ...knowledge, serverKey }, quiet);
  await mustImport(first, tree);
  const before = first.directory();
  first.close();
  const { registry } = testRegistry(undefined, file);
  expect(registry.directory().all('meters')).toEqual(before.all('meters'));
  expect(registry.directory().version).toBe(before.version);
  expect(() => openRegistry(file, { ...knowledge, serverKey: Buffer.alloc(32, 8) }, quiet)).toThrow(
    /does not belong/,
  );
  expect(() => openRegistry(testFolder(), { ...knowledge, serverKey }, quiet)).toThrow(
    expect.objectContaining({ code: 'DATA_DIR_UNUSABLE' }),
  );
});

test('when the disk takes no more, nothing is half written, and the registry goes on reading', async () => {
  const { registry, file } = testRegistry();
  await mustImport(registry, tree);
  const other = new DatabaseSync(file);
  const version = registry.directory().version;
  other.exec(
    "CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT RAISE(ROLLBACK, 'database or disk is full'); END",
  );
  await expect(registry.update('meters', 'm-low', { name: 'x' }, actor)).rejects.toMatchObject({
    code: 'DATA_DIR_UNUSABLE',
    message: expect.stringContaining('disk is full'),
  });
  expect(registry.get('meters', 'm-low')).toMatchObject({ name: '水表', version: 1 });
  expect(registry.directory().version).toBe(version);
  other.exec('DROP TRIGGER full');
  other.close();
  expect(await registry.update('meters', 'm-low', { name: 'x' }, actor)).toMatchObject({
    version: 2,
  });
});
