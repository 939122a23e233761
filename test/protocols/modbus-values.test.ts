import { describe, expect, test } from 'vitest';
import type { Meter, Register, ScaleRegister } from '../../model/entities.ts';
import { createModbus } from '../../protocols/modbus/index.ts';
import { loadProfiles } from '../../protocols/profile.ts';
import type { BlockAnswer } from '../../protocols/protocol.ts';
import { aPolledMeter, aRegister } from './about.ts';

const modbus = createModbus(loadProfiles());
const about = (meter: Meter) => ({ type: 'meter', meter }) as const;
const answer = (fc: 3 | 4, address: number, hex: string): BlockAnswer => {
  const bytes = new Uint8Array(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
  return { fc, address, count: bytes.length / 2, bytes };
};

/** What one generic register says, alone. */
const valueOfWords = (words: string, over: Partial<Register>, meter: Partial<Meter> = {}) => {
  const polled = aPolledMeter('generic', meter, [aRegister(over)]);
  const poll = modbus.encode([answer(3, 0, words)]);
  const [sample] = modbus.decode(poll, about(polled), 0).observations;
  return sample?.type === 'sample' ? sample.values[over.metric ?? 'power_kw'] : undefined;
};

test.each([
  [[0, 0], 1],
  [[1, 1], 0],
  [[2, 2], 1],
  [[13, 15], 5],
  [[0, 15], 0b1010_0000_0000_0101],
  [[1, 3], 2],
] as const)('bits %j of 1010 0000 0000 0101 are %i', (bits, value) => {
  expect(valueOfWords('a005', { bits, metric: 'fuel_l', scale: 1 })).toBe(value);
});

test('bits of 32, in the order of the registers, with all of them set', () => {
  expect(valueOfWords('0000 8000', { type: 'u32', order: 'CDAB', bits: [31, 31] })).toBe(1);
  expect(valueOfWords('ffff ffff', { type: 'u32', bits: [28, 31] })).toBe(15);
  expect(valueOfWords('ffff', { bits: [0, 3], missing: [0xffff] })).toBeUndefined();
});

test.each([
  ['0917', { scale: 0.1, offset: -40 }, 192.7],
  ['0000', { scale: 0.1, offset: -40.1 }, -40.1],
  ['0064', { scale: 2, offset: 0.5 }, 200.5],
  ['ff9c', { type: 'i16', scale: 0.01, offset: 1 }, 0],
] as const)('%s × scale + offset, %j, is %s', (words, over, value) => {
  expect(valueOfWords(words, over)).toBe(value);
});

test('an offset is in the unit of the metric: ratios do not touch it', () => {
  const register = { scale: 0.1, offset: 5, side: 'secondary' } as const;
  expect(valueOfWords('0064', register, { ctRatio: 40 })).toBe(405);
});

test.each([
  ['7fff', { type: 'i16', metric: 'relative_humidity_pct' }, undefined],
  ['8000', { type: 'i16', metric: 'relative_humidity_pct' }, undefined],
  ['7fff', { type: 'i16', metric: 'power_kw', scale: 0.001 }, 32.767],
  ['7fff', { type: 'i16', metric: 'power_kw', scale: 0.001, missing: [0x7fff] }, undefined],
  ['8000', { type: 'i16', metric: 'power_kw', scale: 0.001, missing: [0x7fff] }, -32.768],
  ['ffff', { type: 'u16', metric: 'energy_import_kwh' }, 65535],
  ['ffff', { type: 'u16', metric: 'relative_humidity_pct', missing: [0x8000] }, 65535],
  ['ffff', { type: 'u16', metric: 'relative_humidity_pct', bits: [0, 15] }, 65535],
] as const)('%s of %j is %s', (words, over, value) => {
  expect(valueOfWords(words, over)).toBe(value);
});

describe('a register that says by what another is multiplied', () => {
  const scaling = (over: Partial<ScaleRegister>): ScaleRegister => ({
    address: 1,
    type: 'u16',
    order: 'ABCD',
    as: 'factor',
    scale: 1,
    ...over,
  });

  test.each([
    ['2315 0028', [scaling({})], 0.1, 35_924],
    ['0907 fffe', [scaling({ type: 'i16', as: 'power-of-ten' })], 1, 23.11],
    ['0907 0003', [scaling({ as: 'power-of-ten' })], 0.001, 2311],
    ['0002 0028 000a', [scaling({}), scaling({ address: 2, scale: 0.1 })], 1, 80],
  ])('%s', (words, scaleFrom, scale, value) => {
    expect(valueOfWords(words, { scaleFrom, scale })).toBe(value);
  });

  test.each([
    ['0907 0000', scaling({}), 'factor above 0'],
    ['0907 004d', scaling({ as: 'power-of-ten' }), 'power of ten'],
    ['0907 ff9c', scaling({ as: 'power-of-ten', type: 'i16' }), 'power of ten'],
    ['0907 12ab', scaling({ type: 'bcd16' }), 'decimal digits'],
  ])('%s is no value, and why is told', (words, scaleFrom, why) => {
    const meter = aPolledMeter('generic', {}, [aRegister({ scaleFrom: [scaleFrom] })]);
    const { observations, refused } = modbus.decode(
      modbus.encode([answer(3, 0, words)]),
      about(meter),
      0,
    );
    expect(observations).toEqual([]);
    expect(refused[0]?.detail).toContain(why);
  });

  test('that did not come, or is a fill, leaves the value out', () => {
    expect(valueOfWords('0907', { scaleFrom: [scaling({})] })).toBeUndefined();
    const wide = scaling({ type: 'u32' });
    expect(valueOfWords('0907 ffff ffff', { scaleFrom: [wide] })).toBeUndefined();
  });

  test('a DC meter that gives each number with its decimal point', () => {
    // Answers of a real DJSF1352-RN as its driver records them: number, power of ten plus three; energy in Wh.
    const point = (address: number) => [scaling({ address, as: 'power-of-ten' as const })];
    const meter = aPolledMeter('generic', {}, [
      aRegister({ metric: 'voltage_a_v', address: 0, scale: 0.001, scaleFrom: point(1) }),
      aRegister({ metric: 'current_a_a', address: 2, scale: 0.001, scaleFrom: point(3) }),
      aRegister({ metric: 'energy_import_kwh', address: 12, type: 'u32', scale: 0.001 }),
      aRegister({ metric: 'energy_export_kwh', address: 14, type: 'u32', scale: 0.001 }),
    ]);
    const poll = modbus.encode([
      answer(3, 0, '0000 0003 0000 0002 0000 014d'),
      answer(3, 12, '0000 521a 0000 0000 0001 00fa 0000 0000'),
    ]);
    expect(modbus.decode(poll, about(meter), 0).observations).toMatchObject([
      {
        values: {
          voltage_a_v: 0,
          current_a_a: 0,
          energy_import_kwh: 21.018,
          energy_export_kwh: 0,
        },
      },
    ]);
  });
});

test('a DDS238-2 says what its owner published of it', () => {
  const words =
    '0000 1bdd 0201 0000 0000 0000 0000 0000 0000 095f 0000 127d 0917 0000 0000 0000 03e8 1386';
  const poll = modbus.encode([answer(3, 0, words)]);
  expect(modbus.decode(poll, about(aPolledMeter('hiking-dds238')), 0).observations).toMatchObject([
    {
      values: {
        energy_export_kwh: 23.99,
        energy_import_kwh: 47.33,
        voltage_a_v: 232.7,
        current_a_a: 0,
        power_kw: 0,
        reactive_power_kvar: 0,
        power_factor: 1,
        frequency_hz: 49.98,
      },
    },
  ]);
});
