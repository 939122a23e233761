import { expect, test } from 'vitest';
import type { Institution, Meter, Vehicle } from '../../model/entities.ts';
import { minuteMs, secondMs } from '../../model/time.ts';
import type { Device } from '../../registry/registry.ts';
import { readinessOf, type State } from '../../threads/readiness.ts';

const now = Date.UTC(2026, 10, 22);
const institution = { id: 'hq', timeZone: 'Asia/Shanghai' } as Institution;
const meter = (more: Partial<Meter>): Device => ({
  type: 'meter',
  institution,
  meter: { id: 'm1', ...more } as Meter,
});
const vehicle = (more: Partial<Vehicle>): Device => ({
  type: 'vehicle',
  institution,
  vehicle: { id: 'v1', ...more } as Vehicle,
});
const modbus = { host: '127.0.0.1', port: 502, unit: 1, profile: 'generic' };

const readiness = (
  devices: readonly Device[],
  silentMs: { mqtt?: number; modbus?: number; jt808?: number },
  more: Partial<State> = {},
) =>
  readinessOf({
    journal: { head: 9, tail: 1, bytes: 1, segments: 1, state: 'ok', corrupt: 0 } as never,
    sinks: [{ name: 'store', position: 9, lagS: 0, trouble: null }],
    heard: Object.entries(silentMs).map(([door, ms]) => ({
      name: 'received',
      labels: { door },
      value: 1,
      at: now - ms,
    })),
    devices,
    startedAt: now - 60 * minuteMs,
    hasTerminal: () => false,
    isOpen: false,
    now,
    ...more,
  } as State);
const doors = ({ checks }: ReturnType<typeof readinessOf>) =>
  checks.filter(({ name }) => name.startsWith('door'));

test('a door that hears nobody it should hear is named and turns it red, and green again when it hears', () => {
  const devices = [meter({ everyS: 60, mqtt: {} }), meter({ everyS: 900, mqtt: {} })];
  const silent = readiness(devices, { mqtt: 3 * minuteMs + 1 });
  expect(silent.ready).toBe(false);
  expect(doors(silent)).toEqual([
    {
      name: 'door mqtt',
      ok: false,
      detail: expect.stringContaining('last heard 180 s ago'),
      door: { heardSAgo: 180, devices: 2, silentMostS: 180 },
    },
  ]);
  expect(readiness(devices, { mqtt: 3 * minuteMs }).ready).toBe(true);
  expect(readiness(devices, {}).checks.at(-1)).toMatchObject({
    ok: false,
    detail: expect.stringContaining('nothing heard since the start'),
  });
});

test('each door by its own devices: one that is heard does not speak for another', () => {
  const devices = [meter({ everyS: 15, mqtt: {} }), meter({ everyS: 15, modbus })];
  const one = readiness(devices, { mqtt: 0, modbus: minuteMs + secondMs });
  expect(doors(one).map(({ name, ok }) => [name, ok])).toEqual([
    ['door mqtt', true],
    ['door modbus', false],
  ]);
});

test('a door without devices that promise anything, or any at all, may be silent', () => {
  expect(doors(readiness([], {}))).toEqual([]);
  expect(doors(readiness([meter({ mqtt: {} })], {}))).toEqual([]);
});

test('parked vehicles say little: the door waits longer for them', () => {
  const devices = [vehicle({ everyS: 10, mqtt: {} })];
  expect(readiness(devices, { mqtt: 10 * minuteMs }).ready).toBe(true);
  expect(readiness(devices, { mqtt: 10 * minuteMs + 1 }).ready).toBe(false);
});

test('the door of terminals is to hear those that have registered, and no others', () => {
  const devices = [vehicle({ everyS: 10, jt808: { phone: '1' } })];
  expect(doors(readiness(devices, {}))).toEqual([]);
  const registered = readiness(devices, { jt808: 10 * minuteMs + 1 }, { hasTerminal: () => true });
  expect(doors(registered)).toMatchObject([{ name: 'door jt808', ok: false }]);
  expect(registered.ready).toBe(false);
});

test('an open door is shown in red and makes nothing less ready', () => {
  const open = readiness([], {}, { isOpen: true });
  expect(doors(open)).toMatchObject([
    { name: 'door jt808 open', ok: false, detail: expect.stringContaining('jt808Open') },
  ]);
  expect(open.ready).toBe(true);
});
