import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { createCity, keyedSecrets } from '../../simulators/city.ts';
import { simulate } from '../../simulators/command.ts';
import { readLabels } from '../../simulators/faults.ts';
import { toInventory } from '../../simulators/inventory.ts';
import { startCity } from '../../simulators/run.ts';
import type { Label } from '../../simulators/simulator.ts';
import { folderOfTest } from './folders.ts';
import { runCommand, startGuanjia } from './guanjia.ts';
import { freePort } from './servers/program.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

interface Alert {
  readonly kind: string;
  readonly subject: { readonly id: string };
  readonly openedAt: string;
}

test('the service takes a month of a city: nothing in quarantine, an alert for every label and for nothing else', async () => {
  const folder = folderOfTest();
  const city = createCity({ seed: 2, institutions: 3, secretOf: keyedSecrets('a key') });
  const modbusPort = await freePort();
  const guanjia = await startGuanjia(folder, {
    inventory: toInventory(city, { modbusPort, now: Date.now() }),
  });
  closing.push(() => guanjia.stop());
  const lines: string[] = [];
  const labels = { write: (line: string) => lines.push(line) > 0 };
  const startedAt = Date.now();
  const running = await startCity({
    city,
    mqttUrl: `mqtt://127.0.0.1:${guanjia.ports.mqtt}`,
    modbusPort,
    speed: 'fast',
    backfill: { days: 30, everyS: 900 },
    faults: 'demo',
    labels: labels as never,
  });
  expect(Date.now() - startedAt).toBeLessThan(60_000);
  await guanjia.settled();
  const range = `from=${startedAt - 40 * 86_400_000}&to=${Date.now()}`;
  expect(await guanjia.get(`/api/v1/quarantine?${range}`)).toMatchObject({ items: [] });
  const positions = await guanjia.get<{ items: unknown[] }>('/api/v1/vehicles/positions');
  expect(positions.items).toHaveLength(city.vehicles.length);
  const known = lines.map((line): Label => JSON.parse(line));
  expect(known.length).toBeGreaterThan(5);
  const { items } = await guanjia.get<{ items: Alert[] }>('/api/v1/alerts');
  const explains = ({ from, to, device, expect: kinds, alsoOn }: Label, alert: Alert) =>
    kinds.includes(alert.kind) &&
    [device, ...alsoOn].includes(alert.subject.id) &&
    Date.parse(alert.openedAt) >= from &&
    Date.parse(alert.openedAt) <= to + 4 * 3_600_000;
  expect(known.filter((label) => !items.some((alert) => explains(label, alert)))).toEqual([]);
  expect(items.filter((alert) => !known.some((label) => explains(label, alert)))).toEqual([]);
  expect(running.sent()).toBeGreaterThan(30_000);
}, 120_000);

describe('simulate', () => {
  const run = (args: readonly string[]) => runCommand(folderOfTest(), 'simulate', ...args);

  test('help is in both languages', async () => {
    const { code, output } = await run(['--help']);
    expect(code).toBe(0);
    expect(output).toContain('--modbus-port');
    expect(output).toContain('同一种子');
    expect(output).toContain('the same seed is the same city');
  });

  test.each([
    [['--mqtt', 'nonsense'], /--mqtt/],
    [['--mqtt', 'mqtt://127.0.0.1:1', '--seed', 'x'], /--seed.*x/],
    [['--mqtt', 'mqtt://127.0.0.1:1', '--speed', '7'], /--speed.*1 \| fast/],
    [['--mqtt', 'mqtt://127.0.0.1:1', '--speed', 'fast'], /--days/],
    [['--mqtt', 'mqtt://127.0.0.1:1', '--user', 'me'], /--password/],
    [['--mqtt', 'mqtt://127.0.0.1:1', '--nonsense'], /nonsense/],
    [['--only-inventory'], /--inventory/],
    [['--only-inventory', '--inventory', '/nowhere/i.json', '--modbus-port', '0'], /--modbus-port/],
  ])('%j is refused and said', async (args, said) => {
    await expect(simulate(args)).rejects.toThrow(said);
  });

  test('an inventory is written for its owner alone, and written again keeps its secrets', async () => {
    const inventory = join(folderOfTest(), 'inventory.json');
    const args = ['--inventory', inventory, '--only-inventory', '--seed', '4'];
    expect(await simulate(args)).toBe(0);
    expect(statSync(inventory).mode & 0o777).toBe(0o600);
    const secrets = () =>
      (JSON.parse(readFileSync(inventory, 'utf8')) as ReturnType<typeof toInventory>).vehicles.map(
        ({ mqtt }) => mqtt?.secret,
      );
    const first = secrets();
    await simulate(args);
    expect(secrets()).toEqual(first);
    const other = join(folderOfTest(), 'inventory.json');
    await simulate(['--inventory', other, '--only-inventory', '--seed', '4']);
    expect(readFileSync(other, 'utf8')).not.toContain(first[0]);
  });

  test('speaks to the service that has imported its inventory, and ends when it is told', async () => {
    const folder = folderOfTest();
    const inventory = join(folder, 'inventory.json');
    const modbusPort = String(await freePort());
    const common = ['--seed', '6', '--institutions', '1', '--inventory', inventory];
    await simulate([...common, '--modbus-port', modbusPort, '--only-inventory']);
    const guanjia = await startGuanjia(folder);
    closing.push(() => guanjia.stop());
    const labels = join(folder, 'labels.jsonl');
    const mqtt = `mqtt://127.0.0.1:${guanjia.ports.mqtt}`;
    const { code, output } = await run([
      ...common,
      ...['--mqtt', mqtt, '--modbus-port', modbusPort, '--labels', labels, '--days', '16'],
      ...['--faults', 'demo', '--duration', '6'],
    ]);
    expect(output).toContain('100 %');
    expect(code).toBe(0);
    await guanjia.settled();
    const positions = await guanjia.get<{ items: unknown[] }>('/api/v1/vehicles/positions');
    expect(positions.items.length).toBe(7);
    expect(existsSync(labels) && readLabels(readFileSync(labels, 'utf8')).length).toBeGreaterThan(
      2,
    );
  }, 60_000);

  test('a broker that is not there is said, with exit code 2', async () => {
    const { code, output } = await run(['--mqtt', `mqtt://127.0.0.1:${await freePort()}`]);
    expect(code).toBe(2);
    expect(output).toContain('there is no broker');
  }, 40_000);
});
