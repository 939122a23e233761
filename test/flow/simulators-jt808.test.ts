import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { createCity, keyedSecrets } from '../../simulators/city.ts';
import { simulate } from '../../simulators/command.ts';
import { toInventory } from '../../simulators/inventory.ts';
import { startCity } from '../../simulators/run.ts';
import { type AcknowledgedReport, type Fault, manners } from '../../simulators/simulator.ts';
import { folderOfTest } from './folders.ts';
import { type Guanjia, startGuanjia } from './guanjia.ts';
import { freePort } from './servers/program.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const city = createCity({
  seed: 2,
  institutions: 2,
  secretOf: keyedSecrets('a key'),
  terminals: 1,
});

interface Item {
  readonly at: string;
  readonly lat: number;
  readonly lon: number;
}

/** A card reader that does not work: nobody is told, but the terminal reports every few seconds. */
const cardFault = 12;
const powerCut = 8;

/** Every kind of trouble at once, each on a vehicle of its own. */
function troubleOf(from: number, to: number): readonly Fault[] {
  const kinds = [...manners, 'blind-area', 'terminal-alarm'] as const;
  return kinds.flatMap((fault, n): readonly Fault[] => {
    const device = city.vehicles[n]?.id ?? '';
    const isAlarm = fault === 'terminal-alarm';
    return [
      { fault, device, from, to, magnitude: isAlarm ? powerCut : 0 },
      {
        fault: 'terminal-alarm',
        device,
        from: from - 5_000,
        to: to + 10_000,
        magnitude: cardFault,
      },
    ];
  });
}

test('terminals of every edition in every kind of trouble, over a service that is killed: what was acknowledged is there, once, and nobody is alarmed without a reason', async () => {
  const folder = folderOfTest();
  const port = await freePort();
  const settings = { GUANJIA_JT808_PORT: String(port) };
  let guanjia = await startGuanjia(folder, {
    inventory: toInventory(city, { now: Date.now() }),
    settings,
  });
  closing.push(() => guanjia.stop());
  const acknowledged: AcknowledgedReport[] = [];
  const write = (lines: string) => {
    for (const line of lines.trim().split('\n')) acknowledged.push(JSON.parse(line));
    return true;
  };
  const startedAt = Date.now();
  const trouble = { from: startedAt + 15_000, to: startedAt + 40_000 };
  const running = await startCity({
    city,
    jt808: { host: '127.0.0.1', port, patience: { timeoutMs: 1_500, retries: 3 } },
    speed: 1,
    from: startedAt - 1_800_000,
    faults: 'none',
    pastFaults: troubleOf(trouble.from, trouble.to),
    acknowledged: { write } as never,
  });
  closing.push(() => running.stop());
  await wait(trouble.to - Date.now() - 4_000);
  const refused = await refusedBy(guanjia);
  const before = acknowledged.length;
  await guanjia.kill();
  await wait(1_000);
  guanjia = await startGuanjia(folder, { settings });
  await wait(20_000);
  await running.stop();
  expect(acknowledged.length).toBeGreaterThan(before);
  expect(acknowledged.length).toBe(running.sent());
  await guanjia.settled();
  for (const reason of ['checksum', 'credentials', 'truncated'])
    expect(refused, reason).toContain(reason);

  const range = `from=${startedAt - 3_600_000}&to=${Date.now()}`;
  const byDevice = Map.groupBy(acknowledged, ({ device }) => device);
  expect(byDevice.size).toBe(city.vehicles.length);
  for (const [device, own] of byDevice) {
    const { items } = await guanjia.get<{ items: Item[] }>(
      `/api/v1/vehicles/${device}/track?${range}&limit=10000`,
    );
    const stored = new Map(items.map((item) => [Date.parse(item.at), item]));
    expect(stored.size, device).toBe(items.length);
    for (const { at, lat, lon } of own) expect(stored.get(at), device).toMatchObject({ lat, lon });
  }
  const blind = byDevice.get(city.vehicles[manners.length]?.id ?? '') ?? [];
  const keptInBlindArea = blind.filter(({ at }) => at >= trouble.from && at < trouble.to);
  expect(keptInBlindArea.length).toBeGreaterThanOrEqual(4);
  expect(await guanjia.get(`/api/v1/quarantine?${range}`)).toMatchObject({ items: [] });
  const { items: alerts } = await guanjia.get<{ items: object[] }>('/api/v1/alerts');
  const alarmed = city.vehicles[manners.length + 1]?.id;
  expect(alerts).toMatchObject([{ kind: 'vehicle.terminal-power-cut', subject: { id: alarmed } }]);
}, 180_000);

/** Why the door turned something away. */
async function refusedBy(guanjia: Guanjia): Promise<readonly string[]> {
  const text = await (await guanjia.fetch('/metrics')).text();
  const counted = text.matchAll(/^guanjia_refused_total\{door="jt808",reason="([^"]+)"\} [1-9]/gm);
  return [...counted].map(([, reason = '']) => reason);
}

test.each([
  [['--jt808', 'nonsense'], /--jt808/],
  [['--jt808', '127.0.0.1:70000'], /--jt808/],
  [['--jt808', '127.0.0.1:1', '--terminals', '101'], /--terminals.*100/],
  [['--jt808', '127.0.0.1:1', '--mqtt', 'nonsense'], /--mqtt/],
])('%j is refused and said', async (args, said) => {
  await expect(simulate(args)).rejects.toThrow(said);
});

test('a platform that does not know the terminals is said', async () => {
  const folder = folderOfTest();
  const guanjia = await startGuanjia(folder, {
    inventory: toInventory(createCity({ seed: 1, institutions: 1 }), { now: Date.now() }),
  });
  closing.push(() => guanjia.stop());
  const { jt808: port } = guanjia.ports as unknown as { jt808: number };
  const jt808 = { host: '127.0.0.1', port };
  await expect(startCity({ city, jt808, speed: 1, faults: 'none' })).rejects.toMatchObject({
    code: 'DEVICE_REFUSED',
  });
}, 60_000);
