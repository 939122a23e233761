import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { startPoller } from '../../gateway/poller.ts';
import { quiet } from '../../model/context.ts';
import type { Meter, ModbusAddress, Register } from '../../model/entities.ts';
import type { Metric } from '../../model/metrics.ts';
import { aMeter, aRegister } from '../protocols/about.ts';
import { languages, pollOnce, valuesOf } from './poll-kit.ts';
import { hasLibmodbus, startLibmodbus } from './servers/libmodbus.ts';
import { hasPymodbus, startPymodbus, wordsAt } from './servers/pymodbus.ts';
import { hasSocat, startSerialLine } from './servers/socat.ts';

/** Slaves of other makers, however they are reached: all types and orders come out right. */

const missing = [
  ...(hasPymodbus() ? [] : ['python3-pymodbus']),
  ...(hasLibmodbus() ? [] : ['libmodbus5']),
  ...(hasSocat() ? [] : ['socat']),
];
const able = missing.length === 0;
if (!able) console.log(`SKIPPED 1: ${missing.join(', ')} not installed`);

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

type Reach = Pick<ModbusAddress, 'host' | 'port' | 'framing' | 'serial'>;
type Words = Readonly<Record<number, number>>;

const serial = (path = '') => ({
  path,
  baudRate: 9_600,
  parity: 'none' as const,
  stopBits: 1 as const,
});
const host = '127.0.0.1';

const pymodbus = async (words: Words, framing: 'tcp' | 'rtu') => {
  const slave = await startPymodbus({ 3: words }, framing);
  closing.push(() => slave.stop());
  return slave.port;
};
const line = async (other?: string) => {
  const { paths, stop } = await startSerialLine(other);
  closing.push(stop);
  return paths;
};

/** Puts a slave with unit 3 there. */
const ways: Readonly<Record<string, (words: Words) => Promise<Reach>>> = {
  'Modbus TCP, pymodbus': async (words) => ({ host, port: await pymodbus(words, 'tcp') }),
  'Modbus TCP, libmodbus': async (words) => {
    const slave = await startLibmodbus('tcp', 3, words);
    closing.push(() => slave.stop());
    return { host, port: slave.port };
  },
  'RTU over TCP, pymodbus': async (words) => ({
    host,
    port: await pymodbus(words, 'rtu'),
    framing: 'rtu',
  }),
  'serial RTU, pymodbus': async (words) => {
    const [path] = await line(`tcp:${host}:${await pymodbus(words, 'rtu')}`);
    return { serial: serial(path) };
  },
  'serial RTU, libmodbus': async (words) => {
    const [ours, theirs] = await line();
    const slave = await startLibmodbus(`${theirs}:9600:N`, 3, words);
    closing.push(() => slave.stop());
    return { serial: serial(ours) };
  },
};

const words = {
  ...wordsAt(0, '04d2 fb2e'),
  ...wordsAt(10, '12345678 56781234 34127856 78563412'),
  ...wordsAt(18, 'edcba988 a988edcb cbed88a9 88a9cbed'),
  ...wordsAt(30, '47f12000 200047f1 f1470020 0020f147'),
  ...wordsAt(50, '4132d687e4000000 0000e400d6874132 324187d600e40000 000000e487d63241'),
  ...wordsAt(70, '0000000000bc614e 614e00bc00000000 0000 0000 bc00 4e61 4e61bc0000000000'),
  ...wordsAt(90, 'fffffffffffffffe feffffffffffffff'),
  ...wordsAt(100, '1234 12345678 56781234'),
};

const orders = ['ABCD', 'CDAB', 'BADC', 'DCBA'] as const;
const four: readonly Metric[] = ['power_kw', 'power_a_kw', 'power_b_kw', 'power_c_kw'];
const inOrders = (type: Register['type'], address: number, registers: number): Register[] =>
  orders.map((order, i) =>
    aRegister({
      metric: four[i] ?? 'power_kw',
      address: address + registers * i,
      type,
      order,
      fc: i % 2 === 0 ? 3 : 4,
    }),
  );

const meter = (id: string, reach: Reach, registers: readonly Register[]): Meter =>
  aMeter({ id, everyS: 3_600, modbus: { ...reach, unit: 3, profile: 'generic', registers } });

describe.skipIf(!able)('slaves of other makers', () => {
  test.each(Object.entries(ways))('%s: every type in every order', async (_, put) => {
    const reach = await put(words);
    const { values } = await pollOnce([
      meter('u32', reach, inOrders('u32', 10, 2)),
      meter('i32', reach, inOrders('i32', 18, 2)),
      meter('f32', reach, inOrders('f32', 30, 2)),
      meter('f64', reach, inOrders('f64', 50, 4)),
      meter('u64', reach, inOrders('u64', 70, 4)),
      meter('small', reach, [
        aRegister({ metric: 'power_a_kw', address: 0, type: 'u16' }),
        aRegister({ metric: 'power_b_kw', address: 1, type: 'i16', fc: 4, scale: 0.1 }),
        aRegister({ metric: 'power_c_kw', address: 90, type: 'i64' }),
        aRegister({ metric: 'energy_import_kwh', address: 100, type: 'bcd16' }),
        aRegister({ metric: 'energy_export_kwh', address: 101, type: 'bcd32' }),
        aRegister({ metric: 'power_kw', address: 103, type: 'bcd32', order: 'CDAB', fc: 4 }),
      ]),
    ]);
    const all = (value: number) => Object.fromEntries(four.map((metric) => [metric, value]));
    expect(values('u32')).toEqual(all(0x12345678));
    expect(values('i32')).toEqual(all(-305_419_896));
    expect(values('f32')).toEqual(all(123_456));
    expect(values('f64')).toEqual(all(1_234_567.890625));
    expect(values('u64')).toEqual(all(12_345_678));
    expect(values('small')).toEqual({
      power_a_kw: 1234,
      power_b_kw: -123.4,
      power_c_kw: -2,
      energy_import_kwh: 1234,
      energy_export_kwh: 12_345_678,
      power_kw: 12_345_678,
    });
  });

  test.each(Object.entries(ways))('%s: an illegal address costs only itself', async (_, put) => {
    const reach = await put(wordsAt(0, '0001 0002'));
    const { values, status } = await pollOnce([
      meter('m1', reach, [
        aRegister({ metric: 'power_kw', address: 0 }),
        aRegister({ metric: 'power_a_kw', address: 1 }),
        aRegister({ metric: 'power_b_kw', address: 500 }),
      ]),
    ]);
    expect(values('m1')).toEqual({ power_kw: 1, power_a_kw: 2 });
    expect(status[0]?.units).toMatchObject([
      {
        address: '3',
        state: 'ok',
        exceptions: { 2: 1 },
        trouble: 'exception 2, illegal data address, at address 500',
      },
    ]);
  });

  test('a serial port that is unplugged and plugged in again is taken up again', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'guanjia-serial-'));
    closing.push(() => rm(folder, { recursive: true }));
    const path = join(folder, 'port');
    const other = `tcp:${host}:${await pymodbus(wordsAt(0, '0007'), 'rtu')}`;
    const first = await startSerialLine(other, path);
    let polls = 0;
    const poller = startPoller(
      { timeoutMs: 500, firstPollWithinMs: 10 },
      () => [
        aMeter({
          id: 'm1',
          everyS: 1,
          modbus: { serial: serial(path), unit: 3, profile: 'generic', registers: [aRegister()] },
        }),
      ],
      languages,
      async () => {
        polls++;
      },
      quiet,
    );
    closing.push(() => poller.stop());
    const until = (happened: () => boolean) =>
      vi.waitFor(() => expect(happened()).toBe(true), { timeout: 15_000, interval: 20 });
    await until(() => polls >= 1);
    await first.stop();
    await until(() => poller.status()[0]?.reachable === false);
    const second = await startSerialLine(other, path);
    closing.push(() => second.stop());
    const before = polls;
    await until(() => polls > before);
    expect(poller.status()[0]).toMatchObject({ kind: 'serial', name: path, reachable: true });
  }, 40_000);

  const eightOn = { 1: 7, 2: 7, 3: 7, 5: 7, 6: 7, 7: 7, 8: 7 };
  const buses: Readonly<Record<string, () => Promise<Reach>>> = {
    'Modbus TCP': async () => {
      const slave = await startPymodbus(unitsOf(eightOn));
      closing.push(() => slave.stop());
      return { host, port: slave.port };
    },
    'RTU over TCP': async () => {
      const slave = await startPymodbus(unitsOf(eightOn), 'rtu');
      closing.push(() => slave.stop());
      return { host, port: slave.port, framing: 'rtu' };
    },
    'serial RTU': async () => {
      const slave = await startPymodbus(unitsOf(eightOn), 'rtu');
      closing.push(() => slave.stop());
      const [path] = await line(`tcp:${host}:${slave.port}`);
      return { serial: serial(path) };
    },
  };

  test.each(Object.entries(buses))(
    '%s: with one slave of eight dead the other seven keep their polls on time',
    async (_, open) => {
      const reach = await open();
      const everyS = 2;
      const meters = Array.from({ length: 8 }, (__, i) =>
        aMeter({
          id: `m${i + 1}`,
          everyS,
          modbus: { ...reach, unit: i + 1, profile: 'generic', registers: [aRegister()] },
        }),
      );
      const times = new Map<string, number[]>(meters.map(({ id }) => [id, []]));
      const poller = startPoller(
        { timeoutMs: 1_000, dtuTimeoutMs: 1_000, firstPollWithinMs: 500 },
        () => meters,
        languages,
        async (envelope) => {
          expect(valuesOf(envelope, meters)).toEqual({ power_kw: 7 });
          times.get(envelope.device)?.push(envelope.receivedAt);
        },
        quiet,
      );
      const seconds = 20;
      await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
      const status = poller.status()[0]?.units ?? [];
      await poller.stop();
      const wanted = 7 * (seconds / everyS);
      const counts = [...times].map(([id, { length }]) => `${id} ${length}`);
      const got = [...times.values()].flat().length;
      console.log(`${got} of ${wanted} polls: ${counts.join(', ')}`);
      expect(got).toBeGreaterThanOrEqual(0.95 * wanted);
      expect(status.filter(({ state }) => state === 'failing').map(({ meter: id }) => id)).toEqual([
        'm4',
      ]);
    },
    40_000,
  );
});

/** Units with that word at address 0. */
const unitsOf = (units: Readonly<Record<number, number>>) =>
  Object.fromEntries(Object.entries(units).map(([unit, word]) => [unit, { 0: word }]));
