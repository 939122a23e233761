import { connectAsync } from 'mqtt';
import { expect, test } from 'vitest';
import type { PipelineView } from '../../api/contract.ts';
import { folderOfTest } from './folders.ts';
import { type Guanjia, runCommand, secretOf, startGuanjia } from './guanjia.ts';
import { fleetOf, phoneOf, plateOf } from './jt808-fleet.ts';
import { location, openTerminal, registration } from './terminal-kit.ts';

/** A bought terminal is pointed at our port, and its car is seen. */

const portOf = ({ ports }: Guanjia): number => (ports as unknown as { jt808: number }).jt808;

test('who may register, who takes whose place, and what a person can do about it', {
  timeout: 240_000,
}, async () => {
  const folder = folderOfTest();
  const guanjia = await startGuanjia(folder, { inventory: fleetOf(3) });
  const terminal = (n: number, layout: 2013 | 2019 = 2013) =>
    openTerminal(portOf(guanjia), phoneOf(n), layout);
  const bodyOf = (n: number, more: Parameters<typeof registration>[0] = {}) =>
    registration({ plate: plateOf(n), terminal: `T${n}`, ...more });

  const first = await terminal(0);
  const { result, code } = await first.register(bodyOf(0));
  expect(result).toBe(0);
  expect(code).toMatch(/^[A-Z2-7]{16,}$/);
  expect(await first.authenticate(code)).toBe(0);

  // Its answer was lost: it asks again and gets the same.
  expect(await (await terminal(0)).register(bodyOf(0))).toEqual({ result: 0, code });
  // Another terminal for the same car; not its plate; the terminal of another car; a phone of nobody.
  expect((await (await terminal(0)).register(bodyOf(0, { terminal: 'OTHER' }))).result).toBe(1);
  expect((await (await terminal(1)).register(bodyOf(2))).result).toBe(2);
  expect((await (await terminal(1)).register(bodyOf(1, { terminal: 'T0' }))).result).toBe(3);
  expect((await (await terminal(9)).register(bodyOf(1))).result).toBe(4);
  const newer = await terminal(1, 2019);
  const code1 = await newer.enter(bodyOf(1, { edition: 2019 }));
  expect(code1).not.toBe(code);
  expect(await (await terminal(0)).authenticate(code1)).toBe(1);

  const bi = await connectAsync(`mqtt://127.0.0.1:${guanjia.ports.mqtt}`, {
    clientId: 'bi',
    username: 'bi',
    password: secretOf('bi'),
  });
  const states: string[] = [];
  bi.on('message', (topic, payload) => states.push(`${topic} ${payload}`));
  await bi.subscribeAsync('v1/devices/+/state');

  const view = await guanjia.get<{ registered: object; link: object }>(
    '/api/v1/vehicles/v0/terminal',
  );
  expect(view).toMatchObject({
    vehicle: 'v0',
    phone: phoneOf(0),
    registered: {
      maker: 'MAKER',
      model: 'BD-T1',
      terminal: 'T0',
      plate: plateOf(0),
      edition: 2013,
    },
    link: { layout: 2013, address: '127.0.0.1' },
  });
  expect(JSON.stringify(view)).not.toContain(code);

  // The terminal is swapped: a person says so, by the API or from a shell.
  const reset = await guanjia.fetch('/api/v1/vehicles/v0/terminal', { method: 'DELETE' });
  expect(reset.status).toBe(204);
  expect(await first.next()).toBe('closed');
  expect(await (await terminal(0)).authenticate(code)).toBe(1);
  const swapped = await terminal(0);
  const code2 = await swapped.enter(bodyOf(0, { terminal: 'OTHER' }));
  expect(code2).not.toBe(code);
  expect((await runCommand(folder, 'terminal', 'reset', 'v1')).code).toBe(0);
  expect(await newer.next()).toBe('closed');

  // A car that is taken out of the registry is refused at once.
  const gone = await terminal(2);
  const code3 = await gone.enter(bodyOf(2));
  const removed = await guanjia.fetch('/api/v1/vehicles/v2', { method: 'DELETE' });
  expect(removed.status).toBe(204);
  expect(await gone.next()).toBe('closed');
  expect(await (await terminal(2)).authenticate(code3)).toBe(1);

  expect(states).toContain('v1/devices/v0/state online');
  expect(states).toContain('v1/devices/v1/state offline');
  bi.end(true);
  const { items } = await guanjia.get<{ items: { action: string; id: string }[] }>('/api/v1/audit');
  expect(items.filter(({ action }) => action.endsWith('-terminal')).map(({ id }) => id)).toEqual([
    'v2',
    'v1',
    'v0',
    'v0',
    'v1',
    'v0',
  ]);

  // The code outlives a restart, and is written down nowhere.
  expect(await guanjia.stop()).toBe(0);
  for (const secret of [code, code1, code2, code3]) expect(guanjia.output()).not.toContain(secret);
  const again = await startGuanjia(folder, {});
  const back = await openTerminal(portOf(again), phoneOf(0));
  expect(await back.authenticate(code2)).toBe(0);
  back.send(0x0200, location({ at: Date.now() - 1000, lat: 36.45, lon: 115.98, speedKmh: 45.3 }));
  expect((await back.general())[2]).toBe(0);
  await again.settled();
  const positions = await again.get<{ items: object[] }>('/api/v1/vehicles/positions');
  expect(positions.items).toMatchObject([
    { vehicle: 'v0', lat: 36.45, lon: 115.98, speedKmh: 45.3, online: true },
  ]);
  const { terminals } = await again.get<PipelineView>('/api/v1/pipeline');
  expect(terminals).toMatchObject({ open: false, online: 1 });
  const metrics = await (await again.fetch('/metrics')).text();
  expect(metrics).toMatch(/guanjia_journalled_total\{door="jt808"\} 1/);
  expect(metrics).toMatch(/guanjia_stored_total\{door="jt808"\} 1/);
  expect(await again.stop()).toBe(0);
});

test('the open mode is shown wherever one looks', { timeout: 120_000 }, async () => {
  const folder = folderOfTest();
  const settings = { GUANJIA_JT808_OPEN: '1' };
  const guanjia = await startGuanjia(folder, { inventory: fleetOf(1), settings });
  expect(guanjia.output()).toMatch(/the door is OPEN/);
  const terminal = await openTerminal(portOf(guanjia), phoneOf(0));
  expect(await terminal.authenticate('anything')).toBe(0);
  const { terminals } = await guanjia.get<PipelineView>('/api/v1/pipeline');
  expect(terminals.open).toBe(true);
  const { checks } = await guanjia.get<{ checks: { name: string; ok: boolean }[] }>('/readyz');
  expect(checks).toContainEqual(expect.objectContaining({ name: 'door jt808 open', ok: false }));
  await guanjia.stop();
});
