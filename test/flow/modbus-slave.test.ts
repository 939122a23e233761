import { expect, test } from 'vitest';
import type { Meter, Register } from '../../model/entities.ts';
import { aMeter, aRegister } from '../protocols/about.ts';
import { pollOnce as pollMeters } from './poll-kit.ts';
import { hasPymodbus, type SlaveMap, startPymodbus, wordsAt } from './servers/pymodbus.ts';

const there = hasPymodbus();
if (!there)
  console.log(
    'SKIPPED 1: python3-pymodbus is not installed, so no Modbus slave of other makers was polled',
  );

/** Polls the slaves of pymodbus until so many meters have come once, or all. */
async function pollOnce(
  units: SlaveMap,
  meters: (port: number) => readonly Meter[],
  wanted?: number,
) {
  const slave = await startPymodbus(units);
  try {
    return await pollMeters(meters(slave.port), wanted);
  } finally {
    await slave.stop();
  }
}

const generic = (id: string, port: number, registers: readonly Register[]): Meter =>
  aMeter({
    id,
    everyS: 3600,
    modbus: { host: '127.0.0.1', port, unit: 1, profile: 'generic', registers },
  });

test.skipIf(!there)(
  'int16, uint32, int32 and float32 in every word order come out right',
  async () => {
    const one = {
      ...wordsAt(1, 'fb2e'),
      ...wordsAt(10, '12345678 56781234 34127856 78563412'),
      ...wordsAt(18, 'edcba988'),
      ...wordsAt(30, '47f12000 200047f1 f1470020 0020f147'),
      ...wordsAt(38, 'be200000 7fc00000'),
      ...wordsAt(50, '4132d687e4000000'),
      ...wordsAt(100, '090bffc9'),
    };
    const orders = ['ABCD', 'CDAB', 'BADC', 'DCBA'] as const;
    const four = ['power_kw', 'power_a_kw', 'power_b_kw', 'power_c_kw'] as const;
    const inOrders = (type: Register['type'], address: number) =>
      orders.map((order, i) =>
        aRegister({
          metric: four[i] ?? 'power_kw',
          address: address + 2 * i,
          type,
          order,
          fc: i % 2 === 0 ? 3 : 4,
        }),
      );
    const { values } = await pollOnce({ 1: one }, (port) => [
      generic('u32', port, inOrders('u32', 10)),
      generic('f32', port, inOrders('f32', 30)),
      generic('mixed', port, [
        aRegister({ metric: 'power_kw', address: 1, type: 'i16' }),
        aRegister({ metric: 'reactive_power_kvar', address: 18, type: 'i32' }),
        aRegister({ metric: 'power_a_kw', address: 38, type: 'f32', fc: 4 }),
        aRegister({ metric: 'power_b_kw', address: 40, type: 'f32', fc: 4 }),
        aRegister({ metric: 'energy_import_kwh', address: 50, type: 'f64' }),
        aRegister({ metric: 'voltage_a_v', address: 100, type: 'u16', scale: 0.1 }),
        aRegister({ metric: 'indoor_temperature_c', address: 101, type: 'i16', scale: 0.1 }),
      ]),
    ]);
    const all = (value: number) => Object.fromEntries(four.map((metric) => [metric, value]));
    expect(values('u32')).toEqual(all(305_419_896));
    expect(values('f32')).toEqual(all(123_456));
    expect(values('mixed')).toEqual({
      power_kw: -1234,
      reactive_power_kvar: -305_419_896,
      power_a_kw: -0.15625,
      energy_import_kwh: 1_234_567.890625,
      voltage_a_v: 231.5,
      indoor_temperature_c: -5.5,
    });
  },
);

test.skipIf(!there)('an Eastron SDM630 is read by its profile', async () => {
  const words = {
    ...wordsAt(
      0x00,
      '43668000 43670000 43678000 41200000 41300000 41400000 44fa0000 44fa0000 44fa0000',
    ),
    ...wordsAt(0x34, '45bb8000'),
    ...wordsAt(0x38, '45bb8000'),
    ...wordsAt(0x3c, '00000000 3f800000'),
    ...wordsAt(0x46, '42480000 42f70000 3f800000 00000000 00000000'),
  };
  const { values } = await pollOnce({ 3: words }, (port) => [
    aMeter({
      id: 'm2',
      ctRatio: 40,
      modbus: { host: '127.0.0.1', port, unit: 3, profile: 'eastron-sdm630' },
    }),
  ]);
  expect(values('m2')).toMatchObject({
    voltage_a_v: 230.5,
    voltage_c_v: 231.5,
    current_b_a: 11,
    power_a_kw: 2,
    power_kw: 6,
    frequency_hz: 50,
    energy_import_kwh: 123.5,
    energy_export_kwh: 1,
    power_factor: 1,
  });
});

test.skipIf(!there)(
  'an illegal address is counted with its code and costs nothing else',
  async () => {
    const { values, status } = await pollOnce({ 1: wordsAt(0, '0001 0002') }, (port) => [
      generic('m1', port, [
        aRegister({ metric: 'power_kw', address: 0 }),
        aRegister({ metric: 'power_a_kw', address: 1 }),
        aRegister({ metric: 'power_b_kw', address: 2 }),
        aRegister({ metric: 'power_c_kw', address: 500 }),
      ]),
    ]);
    expect(values('m1')).toEqual({ power_kw: 1, power_a_kw: 2 });
    expect(status[0]?.units[0]).toMatchObject({
      state: 'ok',
      exceptions: { 2: 3 },
      trouble: 'exception 2, illegal data address, at address 500',
    });
  },
);

test.skipIf(!there)(
  'a slave that is not there does not keep the others from being read',
  async () => {
    const started = performance.now();
    const at = (port: number, unit: number) => ({
      host: '127.0.0.1',
      port,
      unit,
      profile: 'generic',
      registers: [aRegister()],
    });
    const { values } = await pollOnce(
      { 1: wordsAt(0, '0007'), 3: wordsAt(0, '0009') },
      (port) => [1, 2, 3].map((unit) => aMeter({ id: `m${unit}`, modbus: at(port, unit) })),
      2,
    );
    expect([values('m1'), values('m3')]).toEqual([{ power_kw: 7 }, { power_kw: 9 }]);
    expect(performance.now() - started).toBeLessThan(5_000);
  },
);
