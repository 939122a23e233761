import { expect, onTestFinished, test } from 'vitest';
import { createCity } from '../../simulators/city.ts';
import { createFaultBook } from '../../simulators/faults.ts';
import type { Fault } from '../../simulators/simulator.ts';
import { type TerminalReport, terminalOf } from '../../simulators/terminal.ts';
import type { TerminalUnit } from '../../simulators/terminal-link.ts';
import { createTerminals } from '../../simulators/terminals.ts';
import { createFleet } from '../../simulators/vehicle.ts';
import { openTerminalDoor, phoneOf, plateOf, type TerminalDoor, until } from './terminal-door.ts';

/** Simulated terminals at the door, with a registry and a journal that do what they are told. */

const city = createCity({ seed: 1, institutions: 1 });
const fleet = createFleet(city, createFaultBook());
const [{ id: somebody } = { id: '' }] = city.vehicles;

const reportAt = (at: number): TerminalReport => ({
  at,
  position: fleet.positionAt(somebody, at),
  alarms: 0,
});

const unitOf = (n: number, kind: number, faults: readonly Fault[] = []): TerminalUnit => ({
  id: `v${n}`,
  plate: plateOf(n),
  seed: n + 1,
  everyS: 5,
  terminal: { ...terminalOf(kind), phone: phoneOf(n) },
  faults: () => faults,
  reportAt,
});

function aCrowd(door: TerminalDoor, timeoutMs = 10_000) {
  const acknowledged: TerminalReport[] = [];
  const crowd = createTerminals({
    host: '127.0.0.1',
    port: door.terminals.port,
    now: Date.now,
    patience: { timeoutMs, retries: 3 },
    onAcknowledged: (_, reports) => acknowledged.push(...reports),
  });
  onTestFinished(crowd.stop);
  return { crowd, acknowledged };
}

/** One of each: 2013, 2019, 2011, and 2019 under headers of 2013. */
const kinds = [0, 1, 2, 5];
const none = new Uint8Array(0);

test('every edition is let in and answers what it is sent', async () => {
  const door = await openTerminalDoor({ vehicles: 4 });
  door.registry.add(3, { edition: 2019 });
  const { crowd } = aCrowd(door);
  const links = await Promise.all(kinds.map((kind, n) => crowd.connect(unitOf(n, kind))));
  expect(crowd.online()).toBe(4);
  for (const n of kinds.keys()) {
    const ask = (id: number, body: Uint8Array = none) => door.terminals.send(`v${n}`, id, body);
    expect(await ask(0x8201)).toMatchObject({ id: 0x0201 });
    expect(await ask(0x8104)).toMatchObject({ id: 0x0104 });
    expect(await ask(0x8107)).toMatchObject({ id: 0x0107 });
    expect(await ask(0x8300, Uint8Array.of(8, 1, 0x41))).toMatchObject({ id: 1, result: 0 });
    expect(await ask(0x8f00)).toMatchObject({ id: 1, result: 3 });
  }
  expect(await door.terminals.send('v0', 0x8105, Uint8Array.of(4))).toMatchObject({ result: 0 });
  await until(() => door.told.filter((line) => line === 'v0 online').length === 2);
  expect(door.told).toContain('v0 offline');
  await Promise.all(links.map((link) => link.close()));
});

test('what is not answered is sent again as it was, and acknowledged once', async () => {
  const door = await openTerminalDoor();
  const { crowd, acknowledged } = aCrowd(door, 300);
  const link = await crowd.connect(unitOf(0, 0));
  door.terminals.frames('v0');
  door.journal.hold = true;
  const report = reportAt(1_795_000_000_000);
  link.push('', report);
  await until(() => door.journal.waiting() >= 2);
  expect(acknowledged).toEqual([]);
  door.journal.release();
  await link.drained();
  expect(acknowledged).toEqual([report]);
  const [first, second] = door.journal.taken;
  expect(first?.bytes.equals(second?.bytes ?? none)).toBe(true);
  await link.close();
});

test('what was said in a blind area comes behind it, late and whole', async () => {
  const door = await openTerminalDoor();
  const faults: Fault[] = [];
  const { crowd, acknowledged } = aCrowd(door);
  const link = await crowd.connect(unitOf(0, 1, faults));
  const now = Date.now();
  faults.push({ fault: 'blind-area', device: 'v0', from: now, to: now + 1_500, magnitude: 0 });
  await until(() => crowd.online() === 0);
  const reports = Array.from({ length: 90 }, (_, n) => reportAt(1_795_000_000_000 + n * 5_000));
  for (const report of reports) link.push('', report);
  await link.drained();
  expect(Date.now()).toBeGreaterThanOrEqual(now + 1_500);
  expect(acknowledged).toEqual(reports);
  // Type 1, and split: 60 reports do not fit into a frame.
  const [batch] = door.journal.taken;
  expect(batch?.bytes.readUInt16BE(1)).toBe(0x0704);
  expect(batch?.bytes.filter((byte) => byte === 0x7e).length).toBeGreaterThan(4);
  await link.close();
});

test('what the bus says is kept, and a picture is acknowledged, in every edition', async () => {
  const door = await openTerminalDoor({ vehicles: 4 });
  door.registry.add(3, { edition: 2019 });
  let ahead = 0;
  const crowd = createTerminals({
    host: '127.0.0.1',
    port: door.terminals.port,
    now: () => Date.now() + ahead,
    patience: { timeoutMs: 300_000, retries: 3 },
  });
  onTestFinished(crowd.stop);
  const driving = (at: number): TerminalReport => {
    const report = reportAt(at);
    return { ...report, position: { ...report.position, acc: true, speed_kmh: 50 } };
  };
  const units = kinds.map((kind, n) => ({ ...unitOf(n, kind), reportAt: driving }));
  const links = await Promise.all(units.map((unit) => crowd.connect(unit)));
  // One tick looks at the clock for the first time.
  await new Promise((resolve) => setTimeout(resolve, 500));
  const count = (n: number, direction: 'in' | 'out', id: number) =>
    door.terminals
      .frames(`v${n}`)
      .filter(
        (frame) => frame.direction === direction && Buffer.from(frame.bytes).readUInt16BE(1) === id,
      ).length;
  for (const n of kinds.keys()) count(n, 'in', 0);
  ahead = 12 * 60_000;
  await until(() => kinds.every((_, n) => count(n, 'out', 0x8800) === 1));
  expect(kinds.map((_, n) => Math.min(count(n, 'in', 0x0801), 2))).toEqual([2, 2, 2, 2]);
  // 2011 has no such message.
  const can = kinds.map((_, n) =>
    door.journal.taken.filter(
      ({ device, bytes }) => device === `v${n}` && bytes[1] === 7 && bytes[2] === 5,
    ),
  );
  expect(can.map(({ length }) => length)).toEqual([1, 1, 0, 1]);
  await until(() => links.every((link) => link.isIdle()));
  expect(door.refused('malformed')).toBe(0);

  await Promise.all(links.map((link) => link.close()));
});

test('who may not register is told why', async () => {
  const door = await openTerminalDoor({ vehicles: 1 });
  const { crowd } = aCrowd(door);
  const stranger = crowd.connect(unitOf(7, 0));
  await expect(stranger).rejects.toMatchObject({ code: 'DEVICE_REFUSED' });
  await expect(stranger).rejects.toThrow('there is no terminal of this phone');
});
