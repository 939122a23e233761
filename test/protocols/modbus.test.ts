import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AppError } from '../../model/errors.ts';
import { createModbus } from '../../protocols/modbus/index.ts';
import { encodeRegister } from '../../protocols/modbus/registers.ts';
import { loadProfiles } from '../../protocols/profile.ts';
import type { BlockAnswer } from '../../protocols/protocol.ts';
import { aboutMeter, aboutVehicle, aMeter, aPolledMeter, aRegister } from './about.ts';

const modbus = createModbus(loadProfiles());
const about = (meter = aMeter()) => ({ type: 'meter', meter }) as const;
const answer = (fc: 3 | 4, address: number, hex: string): BlockAnswer => {
  const bytes = new Uint8Array(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
  return { fc, address, count: bytes.length / 2, bytes };
};

describe('fixtures', () => {
  const root = join(import.meta.dirname, '../fixtures/modbus');
  const cases = readdirSync(root);
  test('there are some', () => expect(cases).not.toEqual([]));

  test.each(cases)('%s', (name) => {
    const text = readFileSync(join(root, name, 'frame.hex'), 'utf8').replaceAll(/#.*|\s/g, '');
    const bytes = new Uint8Array(Buffer.from(text, 'hex'));
    const { meter, receivedAt, decoded } = JSON.parse(
      readFileSync(join(root, name, 'expected.json'), 'utf8'),
    );
    const subject = about(aPolledMeter(meter.profile, meter));
    expect(modbus.decode(bytes, subject, receivedAt)).toEqual(decoded);
    for (let cut = 0; cut < bytes.length; cut++) {
      expect(
        () => modbus.decode(bytes.subarray(0, cut), subject, receivedAt),
        `cut at ${cut}`,
      ).toThrow(AppError);
    }
    expect(() => modbus.decode(new Uint8Array([...bytes, 0]), subject, receivedAt)).toThrow(
      AppError,
    );
  });
});

test('a meter of profile generic is read by its own registers', () => {
  const meter = aPolledMeter('generic', { ctRatio: 40 }, [
    aRegister({ metric: 'power_kw', address: 100, type: 'i16', scale: 0.1 }),
    aRegister({
      metric: 'energy_import_kwh',
      address: 10,
      type: 'u32',
      order: 'CDAB',
      scale: 0.01,
    }),
  ]);
  expect(modbus.plan(meter)).toEqual([
    { fc: 3, address: 10, count: 2 },
    { fc: 3, address: 100, count: 1 },
  ]);
  const bytes = modbus.encode([answer(3, 10, '5678 1234'), answer(3, 100, 'ffc9')]);
  expect(modbus.decode(bytes, about(meter), 1_000)).toEqual({
    observations: [
      {
        type: 'sample',
        device: 'm1',
        at: 1_000,
        timeSource: 'receipt',
        values: { power_kw: -5.5, energy_import_kwh: 3_054_198.96 },
      },
    ],
    refused: [],
  });
});

test('ratios touch only what is of the secondary side: voltage PT, current CT, energy and power both, frequency none', () => {
  const of = (side: 'primary' | 'secondary') =>
    aPolledMeter('generic', { ctRatio: 40, ptRatio: 100 }, [
      aRegister({ metric: 'voltage_a_v', address: 0, side }),
      aRegister({ metric: 'current_a_a', address: 1, side }),
      aRegister({ metric: 'power_kw', address: 2, side }),
      aRegister({ metric: 'energy_import_kwh', address: 3, side }),
      aRegister({ metric: 'frequency_hz', address: 4, side }),
    ]);
  const bytes = modbus.encode([answer(3, 0, '0064 0005 0002 0007 0032')]);
  const values = (side: 'primary' | 'secondary') =>
    modbus.decode(bytes, about(of(side)), 0).observations[0];
  expect(values('primary')).toMatchObject({
    values: {
      voltage_a_v: 100,
      current_a_a: 5,
      power_kw: 2,
      energy_import_kwh: 7,
      frequency_hz: 50,
    },
  });
  expect(values('secondary')).toMatchObject({
    values: {
      voltage_a_v: 10_000,
      current_a_a: 200,
      power_kw: 8_000,
      energy_import_kwh: 28_000,
      frequency_hz: 50,
    },
  });
});

test('a block that did not come costs only its own values', () => {
  const meter = aPolledMeter('eastron-sdm630');
  const bytes = modbus.encode([answer(4, 0x48, '42f7 0000')]);
  expect(modbus.decode(bytes, about(meter), 5).observations).toEqual([
    {
      type: 'sample',
      device: 'm1',
      at: 5,
      timeSource: 'receipt',
      values: { energy_import_kwh: 123.5 },
    },
  ]);
});

test('values that are missing are left out; nothing left is no sample and no fault', () => {
  const meter = aPolledMeter('generic', {}, [
    aRegister({ metric: 'power_kw', address: 0, type: 'f32' }),
    aRegister({ metric: 'energy_import_kwh', address: 2, type: 'u32' }),
    aRegister({ metric: 'relative_humidity_pct', address: 4, type: 'u16' }),
    aRegister({ metric: 'indoor_temperature_c', address: 5, type: 'i16', scale: 0.1 }),
  ]);
  const bytes = modbus.encode([answer(3, 0, '7fc0 0000 ffff ffff ffff 8000')]);
  expect(modbus.decode(bytes, about(meter), 0)).toEqual({ observations: [], refused: [] });
});

test('what is no number is told, once, and the rest is kept', () => {
  const meter = aPolledMeter('generic', {}, [
    aRegister({ metric: 'power_kw', address: 0, type: 'bcd16' }),
    aRegister({ metric: 'energy_import_kwh', address: 1, type: 'u64' }),
    aRegister({ metric: 'frequency_hz', address: 5, type: 'u16', scale: 0.01 }),
  ]);
  const bytes = modbus.encode([answer(3, 0, '12ab 0020 0000 0000 0001 1388')]);
  const { observations, refused } = modbus.decode(bytes, about(meter), 0);
  expect(observations).toMatchObject([{ values: { frequency_hz: 50 } }]);
  expect(refused).toEqual([
    { part: 0, reason: 'malformed', detail: expect.stringMatching(/power_kw.*energy_import_kwh/) },
  ]);
});

test.each([
  ['a vehicle', aboutVehicle()],
  ['a meter without a Modbus address', aboutMeter()],
  ['an unknown profile', about(aPolledMeter('no-such-model'))],
])('%s is unsupported', (_, subject) => {
  const bytes = modbus.encode([answer(3, 0, '0001')]);
  expect(() => modbus.decode(bytes, subject, 0)).toThrow(
    expect.objectContaining({ code: 'DECODE_UNSUPPORTED' }),
  );
});

test('what a poll asked for and every type and order in it comes back', () => {
  const type = fc.constantFrom('u16', 'i16', 'u32', 'i32', 'f32', 'bcd32');
  const order = fc.constantFrom('ABCD', 'CDAB', 'BADC', 'DCBA');
  fc.assert(
    fc.property(
      type,
      order,
      fc.integer({ min: 0, max: 9999 }),
      fc.nat(0xfff0),
      (kind, words, value, address) => {
        const meter = aPolledMeter('generic', {}, [
          aRegister({ address, type: kind, order: words }),
        ]);
        const [block] = modbus.plan(meter);
        const bytes = encodeRegister(value, kind, words);
        expect(block).toEqual({ fc: 3, address, count: bytes.length / 2 });
        const poll = modbus.encode([{ fc: 3, address, count: bytes.length / 2, bytes }]);
        expect(modbus.decode(poll, about(meter), 0).observations).toMatchObject([
          { values: { power_kw: value } },
        ]);
      },
    ),
  );
});

test('random bytes throw AppError or nothing', () => {
  const meter = about(aPolledMeter('eastron-sdm630'));
  const any = fc.uint8Array({ maxLength: 64 });
  const shaped = any.map(
    (bytes) => new Uint8Array([1, 1 + ((bytes[0] ?? 0) % 3), 4, 0, 0x48, 0, 2, ...bytes]),
  );
  fc.assert(
    fc.property(fc.oneof(any, shaped), (bytes) => {
      try {
        modbus.decode(bytes, meter, 0);
      } catch (error) {
        expect(error).toBeInstanceOf(AppError);
      }
    }),
    { numRuns: 1_000 },
  );
});
