import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cityOf } from './guanjia.ts';
import { guanjiaOfSuite } from './guanjia-of-suite.ts';
import { until } from './mosquitto.ts';
import { startSlave } from './servers/misbehaving-slave.ts';
import { freePort } from './servers/program.ts';
import { hasPymodbus, startPymodbus, wordsAt } from './servers/pymodbus.ts';

/** Slaves of other makers, polled by the service: what they hold comes out of the API, and one that is dead delays nobody. */

const able = hasPymodbus();
if (!able) console.log('SKIPPED 1: python3-pymodbus is not installed');

const orders = ['ABCD', 'CDAB', 'BADC', 'DCBA'] as const;

/** 0x12345678, 123456.25 and -305419896 in each order of bytes, and -1234 alone. */
const words = {
  ...wordsAt(1, 'fb2e'),
  ...wordsAt(10, '12345678 56781234 34127856 78563412'),
  ...wordsAt(20, '47f12020 202047f1 f1472020 2020f147'),
  ...wordsAt(30, 'edcba988 a988edcb cbed88a9 88a9cbed'),
  ...wordsAt(40, '7fc00000 ffffffff'),
};

interface Register {
  readonly metric: string;
  readonly address: number;
  readonly fc?: 3 | 4;
  readonly type: string;
  readonly order?: string;
  readonly scale?: number;
}

const meter = (id: string, port: number, unit: number, registers: readonly Register[]) => ({
  id,
  building: 'b1',
  medium: 'electricity',
  name: id,
  everyS: 1,
  modbus: {
    host: '127.0.0.1',
    port,
    unit,
    profile: 'generic',
    registers: registers.map((register) => ({ fc: 3, ...register })),
  },
});

const inventoryOf = (port: number, mute: number, nobody: number) => {
  const one = [{ metric: 'power_kw', address: 1, type: 'i16' }];
  return {
    ...cityOf({ meters: 0 }),
    meters: [
      ...orders.map((order, n) =>
        meter(`w-${order}`, port, 1, [
          { metric: 'energy_import_kwh', address: 10 + 2 * n, type: 'u32', order },
          { metric: 'energy_export_kwh', address: 20 + 2 * n, type: 'f32', order, fc: 4 },
          { metric: 'power_kw', address: 30 + 2 * n, type: 'i32', order, scale: 0.00001 },
        ]),
      ),
      meter('small', port, 2, [
        { metric: 'power_kw', address: 1, type: 'i16', scale: 0.1 },
        { metric: 'energy_import_kwh', address: 40, type: 'f32' },
        { metric: 'energy_export_kwh', address: 42, type: 'u32' },
      ]),
      meter('half', port, 4, [
        { metric: 'power_kw', address: 1, type: 'i16' },
        { metric: 'energy_import_kwh', address: 900, type: 'u32' },
      ]),
      meter('absent', port, 9, one),
      meter('mute', mute, 1, one),
      meter('gone', nobody, 1, one),
    ],
  };
};

describe.skipIf(!able)('Modbus slaves', () => {
  let slave: Awaited<ReturnType<typeof startPymodbus>>;
  let mute: Awaited<ReturnType<typeof startSlave>>;
  let nobody: number;
  beforeAll(async () => {
    slave = await startPymodbus({ 1: words, 2: words, 4: words });
    mute = await startSlave(() => {});
    nobody = await freePort();
  });
  afterAll(async () => {
    await slave?.stop();
    await mute?.stop();
  });
  const guanjia = guanjiaOfSuite(() => ({ inventory: inventoryOf(slave.port, mute.port, nobody) }));

  interface Reading {
    readonly at: string;
    readonly value: number;
  }
  async function readings(id: string, metric: string): Promise<readonly Reading[]> {
    const now = Date.now();
    const query = `metric=${metric}&from=${now - 600_000}&to=${now + 60_000}`;
    return (await guanjia.get<{ items: Reading[] }>(`/api/v1/meters/${id}/readings?${query}`))
      .items;
  }
  const some = (id: string, metric: string) =>
    until(
      () => readings(id, metric),
      (items) => items.length > 0,
      20_000,
    );

  test.each(orders)('uint32, float32 and int32 in order %s', async (order) => {
    expect((await some(`w-${order}`, 'energy_import_kwh'))[0]?.value).toBe(0x12345678);
    expect((await some(`w-${order}`, 'energy_export_kwh'))[0]?.value).toBe(123_456.25);
    expect((await some(`w-${order}`, 'power_kw'))[0]?.value).toBeCloseTo(-3054.19896, 6);
  });

  test('int16 with a scale; NaN and all FF are no values', async () => {
    expect((await some('small', 'power_kw'))[0]?.value).toBeCloseTo(-123.4, 9);
    expect(await readings('small', 'energy_import_kwh')).toEqual([]);
    expect(await readings('small', 'energy_export_kwh')).toEqual([]);
  });

  test('an exception for one register does not take the others of its meter along', async () => {
    expect((await some('half', 'power_kw'))[0]?.value).toBe(-1234);
    expect(await readings('half', 'energy_import_kwh')).toEqual([]);
  });

  test('slaves that do not answer, are not there or refuse delay nobody', async () => {
    const from = Date.now();
    await until(
      async () =>
        Math.min(
          ...(
            await Promise.all(
              [...orders.map((order) => `w-${order}`), 'small', 'half'].map((id) =>
                readings(id, 'power_kw'),
              ),
            )
          ).map((items) => items.filter(({ at }) => Date.parse(at) >= from).length),
        ),
      (least) => least >= 4,
      20_000,
    );
    const seconds = (Date.now() - from) / 1000;
    console.log(
      `four readings of each slave that lives took ${seconds.toFixed(1)} s beside three that are dead`,
    );
    expect(seconds).toBeLessThan(15);
    for (const id of ['absent', 'mute', 'gone']) expect(await readings(id, 'power_kw')).toEqual([]);
    expect(mute.requests.length).toBeGreaterThan(0);
  });
});
