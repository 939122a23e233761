import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { connectDevice } from './device.ts';
import { actAs } from './field-kit.ts';
import { folderOfSuite } from './folders.ts';
import { adminPassword, cityOf, type Guanjia, runCommand, startGuanjia } from './guanjia.ts';

/** `npm run guanjia -- <command>`, while the service runs and while it does not. */

const folder = folderOfSuite();
const command = (...args: readonly string[]) => runCommand(folder, ...args);

function write(name: string, content: unknown): string {
  const file = join(folder, name);
  writeFileSync(file, JSON.stringify(content));
  return file;
}

const connectAs = async (guanjia: Guanjia, id: string, password: string): Promise<void> => {
  const client = await connectDevice(guanjia, id, { password, reconnectPeriod: 0 });
  await client.endAsync();
};

/** Behind the `#` of a link that sets a password. */
const tokenOf = (output: string): string => /set-password#([\w-]+)/.exec(output)?.[1] ?? '';

async function setPassword(guanjia: Guanjia, token: string, password: string): Promise<number> {
  const answer = await fetch(`http://127.0.0.1:${guanjia.ports.http}/api/v1/session/redeem`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token, password }),
  });
  return answer.status;
}

describe('commands', () => {
  let guanjia: Guanjia;
  let secretMadeWhileDown: string;
  let linkMadeWhileDown: string;
  afterAll(() => guanjia?.stop());

  test('while the service is down they open the files themselves', async () => {
    const file = write('city.json', cityOf({ meters: 2 }));
    const checked = await command('check', file);
    expect(checked).toMatchObject({ code: 0, output: expect.stringContaining('m0') });
    expect((await command('device', 'secret', 'm0')).code).toBe(1);
    expect(await command('import', file)).toMatchObject({ code: 0 });
    const again = await command('check', file);
    expect(again.output).toMatch(/0 added, 0 updated/);
    const made = await command('device', 'secret', 'm0');
    expect(made.code).toBe(0);
    secretMadeWhileDown = made.output.trim().split('\n').at(-1) ?? '';
    expect(secretMadeWhileDown.length).toBeGreaterThanOrEqual(22);
    const user = await command('user', 'add', 'anna', '--role', 'viewer', '--institution', 'hq');
    expect(user.code).toBe(0);
    linkMadeWhileDown = tokenOf(user.output);
  });

  test('what they did holds when the service starts', async () => {
    guanjia = await startGuanjia(folder);
    await connectAs(guanjia, 'm0', secretMadeWhileDown);
    expect(await setPassword(guanjia, linkMadeWhileDown, 'a password of anna')).toBe(200);
    expect(await setPassword(guanjia, linkMadeWhileDown, 'another of anna’s')).not.toBe(200);
    const anna = await actAs(guanjia, 'anna', 'a password of anna');
    expect((await anna('/api/v1/meters')).body.items.length).toBe(2);
  });

  test('while it runs they ask it, and it knows at once', async () => {
    const file = write('more.json', {
      meters: [{ id: 'm9', building: 'b1', medium: 'water', name: '水表', mqtt: {} }],
    });
    expect(await command('check', file)).toMatchObject({
      code: 0,
      output: expect.stringContaining('m9'),
    });
    expect((await guanjia.fetch('/api/v1/meters/m9')).status).toBe(404);
    expect(await command('import', file)).toMatchObject({ code: 0 });
    expect((await guanjia.fetch('/api/v1/meters/m9')).status).toBe(200);
    const made = await command('device', 'secret', 'm9');
    expect(made.code, made.output).toBe(0);
    await connectAs(guanjia, 'm9', made.output.trim().split('\n').at(-1) ?? '');
    const user = await command(
      'user',
      'add',
      'bert',
      '--role',
      'energy-officer',
      '--institution',
      'hq',
    );
    expect(user.code, user.output).toBe(0);
    expect(user.output).toContain(`:${guanjia.ports.http}/`);
    expect(await setPassword(guanjia, tokenOf(user.output), 'a password of bert')).toBe(200);
    await actAs(guanjia, 'bert', 'a password of bert');
    await actAs(guanjia, 'admin', adminPassword);
  });

  test.each(['running', 'stopped'])('faults are told with place and line: %s', async (state) => {
    if (state === 'stopped') await guanjia.stop();
    const file = join(folder, 'faulty.yaml');
    writeFileSync(
      file,
      'meters:\n  - { id: mx, building: nowhere, medium: water, name: x }\n  - { id: my, building: b1, medium: steam, name: y }\n',
    );
    for (const name of ['check', 'import']) {
      const { code, output } = await command(name, file);
      expect(code).not.toBe(0);
      expect(output).toMatch(/meters\[0\]\.building.*line 2/);
      expect(output).toMatch(/meters\[1\]\.medium.*line 3/);
      expect(output).not.toMatch(/^\s+at /m);
    }
    const wrong = await command('user', 'add', 'carl', '--role', 'king', '--institution', 'hq');
    expect(wrong.code).not.toBe(0);
    expect(wrong.output).toMatch(/role/);
    expect((await command('device', 'secret', 'nobody')).code).not.toBe(0);
    expect((await command('fly')).code).toBe(2);
    expect((await command('import', join(folder, 'no-such-file'))).output).not.toMatch(/^\s+at /m);
  });
});
