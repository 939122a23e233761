import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { cityOf, makeFolder, removeFolder, runGuanjia, startGuanjia } from './guanjia.ts';

/** What is wrong at the start is said in words, all of it, with exit code 2, and nothing is changed. */

let folder: string;
beforeEach(() => {
  folder = makeFolder();
});
afterEach(() => removeFolder(folder));

async function failsWith(options: Parameters<typeof runGuanjia>[1]): Promise<string> {
  const run = runGuanjia(folder, options);
  expect(await run.exited).toBe(2);
  expect(run.output()).not.toMatch(/^\s+at /m);
  return run.output();
}

test('every wrong setting at once', async () => {
  const output = await failsWith({
    settings: { GUANJIA_HTTP_PORT: 'eighty', GUANJIA_BIND: '0.0.0.0', GUANJIA_SPEED: 'fast' },
  });
  expect(output).toContain('GUANJIA_HTTP_PORT');
  expect(output).toContain('GUANJIA_SPEED: there is no such setting');
});

test('an inventory with ten faults, each with its place, and nothing of it is kept', async () => {
  const faulty = `
institutions:
  - { id: hq, name: 局, level: city, timeZone: Asia/Shanghai }
  - { id: hq, name: 局, level: municipal, timeZone: Mars/Base }
buildings:
  - { id: b1, institution: nobody, name: 楼 }
meters:
  - { id: "a b", building: b1, medium: electricity, name: 表 }
  - { id: m1, building: b1, medium: steam, name: 表 }
  - { id: m2, building: b1, medium: water, name: 表, everyS: often }
  - { id: m3, building: b1, medium: water, name: 表, modbus: { host: h, port: 99999, unit: 1, profile: generic } }
vehicles:
  - { id: v1, institution: hq, plate: 鲁P1, class: spaceship, fuel: gasoline }
places:
  - { id: p1, institution: hq, name: 场, kind: parking }
users:
  - { id: u1, name: 人, role: viewer, institution: hq, password: short }
`;
  const output = await failsWith({ inventory: faulty });
  for (const path of [
    'institutions[0].level',
    'institutions[1]',
    'institutions[1].timeZone',
    'buildings[0].institution',
    'meters[0].id',
    'meters[1].medium',
    'meters[2].everyS',
    'meters[3].modbus.port',
    'vehicles[0].class',
    'places[0]',
    'users[0].password',
  ]) {
    expect(output).toContain(path);
  }
  expect(output).toMatch(/line 3\b/);
  expect(output).not.toContain('short');
  const guanjia = await startGuanjia(folder, { inventory: cityOf({ meters: 1 }) });
  expect(await guanjia.get('/api/v1/institutions')).toMatchObject({
    items: [{ id: 'hq', level: 'municipal' }],
  });
  expect(await guanjia.stop()).toBe(0);
});

test.each(['HTTP', 'MQTT'])('a port in use: %s', async (door) => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  const output = await failsWith({ settings: { [`GUANJIA_${door}_PORT`]: String(port) } });
  expect(output).toContain(`127.0.0.1:${port}`);
  server.close();
});

test('a data directory that cannot be one, or is in use', async () => {
  writeFileSync(join(folder, 'file'), '');
  expect(
    await failsWith({ settings: { GUANJIA_DATA_DIR: join(folder, 'file', 'data') } }),
  ).toContain('cannot be used');
  const guanjia = await startGuanjia(folder);
  expect(await failsWith({})).toContain('in use by another Guanjia');
  await guanjia.stop();
});

const isRoot = process.getuid?.() === 0;
if (isRoot)
  console.log(
    'SKIPPED 1: root may write everywhere, so a directory without permission cannot be shown',
  );
test.skipIf(isRoot)('a data directory without permission to write', async () => {
  mkdirSync(join(folder, 'data'));
  chmodSync(join(folder, 'data'), 0o500);
  expect(await failsWith({})).toContain('cannot be used');
});

test('a second start goes on where the first stopped, and does not show the password again', async () => {
  const first = await startGuanjia(folder, { inventory: cityOf({ meters: 2 }) });
  expect(await first.stop()).toBe(0);
  const second = await startGuanjia(folder);
  expect(await second.get('/api/v1/meters')).toMatchObject({ items: [{ id: 'm0' }, { id: 'm1' }] });
  expect(second.output()).not.toContain('login');
  await second.stop();
});
