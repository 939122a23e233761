import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RegisterType, WordOrder } from '../../model/entities.ts';
import { registerFaults, wordOrders } from '../../model/register-types.ts';
import { decodeRegister, encodeRegister, wordsOf } from '../../protocols/modbus/registers.ts';

const hex = (text: string) => new Uint8Array(Buffer.from(text.replaceAll(' ', ''), 'hex'));
const types = Object.keys(wordsOf) as readonly RegisterType[];
const ordersOf = (type: RegisterType) =>
  wordOrders.filter((order) => registerFaults({ type, order }).length === 0);

/** Words as other Modbus software writes them, not made by our encoder. */
const vectors: readonly [string, RegisterType, WordOrder, number | undefined][] = [
  ['04d2', 'u16', 'ABCD', 1234],
  ['d204', 'u16', 'BADC', 1234],
  ['04d2', 'u16', 'CDAB', 1234],
  ['d204', 'u16', 'DCBA', 1234],
  ['fb2e', 'i16', 'ABCD', -1234],
  ['8000', 'i16', 'ABCD', -32768],
  ['ffff', 'i16', 'ABCD', -1],
  ['ffff', 'u16', 'ABCD', 65535],
  ['1234 5678', 'u32', 'ABCD', 305419896],
  ['5678 1234', 'u32', 'CDAB', 305419896],
  ['3412 7856', 'u32', 'BADC', 305419896],
  ['7856 3412', 'u32', 'DCBA', 305419896],
  ['edcb a988', 'i32', 'ABCD', -305419896],
  ['a988 edcb', 'i32', 'CDAB', -305419896],
  ['ffff ffff', 'i32', 'ABCD', -1],
  ['47f1 2000', 'f32', 'ABCD', 123456],
  ['2000 47f1', 'f32', 'CDAB', 123456],
  ['f147 0020', 'f32', 'BADC', 123456],
  ['0020 f147', 'f32', 'DCBA', 123456],
  ['be20 0000', 'f32', 'ABCD', -0.15625],
  ['42f7 0000', 'f32', 'ABCD', 123.5],
  ['4132 d687 e400 0000', 'f64', 'ABCD', 1234567.890625],
  ['0000 e400 d687 4132', 'f64', 'CDAB', 1234567.890625],
  ['3241 87d6 00e4 0000', 'f64', 'BADC', 1234567.890625],
  ['0000 00e4 87d6 3241', 'f64', 'DCBA', 1234567.890625],
  ['ffff ffff ffff fffe', 'i64', 'ABCD', -2],
  ['001f ffff ffff ffff', 'u64', 'ABCD', Number.MAX_SAFE_INTEGER],
  ['1234', 'bcd16', 'ABCD', 1234],
  ['3412', 'bcd16', 'BADC', 1234],
  ['1234 5678', 'bcd32', 'ABCD', 12345678],
  ['5678 1234', 'bcd32', 'CDAB', 12345678],
  ['1234 5678 9012', 'bcd48', 'ABCD', 123456789012],
  ['9012 5678 1234', 'bcd48', 'CDAB', 123456789012],
  ['3412 7856 1290', 'bcd48', 'BADC', 123456789012],
  ['1290 7856 3412', 'bcd48', 'DCBA', 123456789012],
  ['0000 1234 5678 9012', 'bcd64', 'ABCD', 123456789012],
  ['5678 9012 0000 1234', 'bcd64', 'EFGHABCD', 123456789012],
  ['0064', 'sm16', 'ABCD', 100],
  ['8064', 'sm16', 'ABCD', -100],
  ['6480', 'sm16', 'BADC', -100],
  ['8000', 'sm16', 'ABCD', 0],
  ['ffff', 'sm16', 'ABCD', -32767],
  ['8000 0064', 'sm32', 'ABCD', -100],
  ['0064 8000', 'sm32', 'CDAB', -100],
  ['7fff ffff', 'sm32', 'ABCD', 2147483647],
  ['0001 0203 0405 0607', 'u64', 'ABCD', 283686952306183],
  ['0607 0405 0203 0001', 'u64', 'CDAB', 283686952306183],
  ['0100 0302 0504 0706', 'u64', 'BADC', 283686952306183],
  ['0706 0504 0302 0100', 'u64', 'DCBA', 283686952306183],
  ['0405 0607 0001 0203', 'u64', 'EFGHABCD', 283686952306183],
  ['0203 0001 0607 0405', 'u64', 'CDABGHEF', 283686952306183],
  ['0504 0706 0100 0302', 'u64', 'FEHGBADC', 283686952306183],
  ['0302 0100 0706 0504', 'u64', 'DCBAHGFE', 283686952306183],
  ['e400 0000 4132 d687', 'f64', 'EFGHABCD', 1234567.890625],
  ['ffff fffe ffff ffff', 'i64', 'EFGHABCD', -2],
  ['ffff ffff', 'sm32', 'ABCD', undefined],
  ['ffff ffff ffff', 'bcd48', 'ABCD', undefined],
  ['7fff ffff ffff ffff', 'i64', 'ABCD', undefined],
  ['7fc0 0000', 'f32', 'ABCD', undefined],
  ['7f80 0000', 'f32', 'ABCD', undefined],
  ['ff80 0000', 'f32', 'ABCD', undefined],
  ['ffff ffff', 'f32', 'ABCD', undefined],
  ['7ff8 0000 0000 0000', 'f64', 'ABCD', undefined],
  ['ffff ffff', 'u32', 'CDAB', undefined],
  ['8000 0000', 'i32', 'ABCD', undefined],
  ['7fff ffff', 'i32', 'ABCD', undefined],
  ['ffff ffff ffff ffff', 'u64', 'ABCD', undefined],
  ['8000 0000 0000 0000', 'i64', 'ABCD', undefined],
  ['ffff', 'bcd16', 'ABCD', undefined],
  ['ffff ffff', 'bcd32', 'ABCD', undefined],
];

test.each(vectors)('%s as %s %s is %s', (words, type, order, value) => {
  expect(decodeRegister(hex(words), type, order)).toBe(value);
});

test.each([
  ['0020 0000 0000 0001', 'u64', '2^53'],
  ['ffdf ffff ffff ffff', 'i64', '2^53'],
  ['12ab', 'bcd16', '12ab'],
  ['1234 567a', 'bcd32', '1234567a'],
  ['1234 567a 0000', 'bcd48', '1234567a'],
  ['9999 9999 9999 9999', 'bcd64', '2^53'],
] as const)('%s as %s is refused, not rounded', (words, type, why) => {
  expect(decodeRegister(hex(words), type, 'ABCD')).toEqual({
    refused: expect.stringContaining(why),
  });
});

describe('what means none can be told', () => {
  test.each([
    ['8000', 'i16', [0x8000], undefined],
    ['8000', 'i16', [-32768], undefined],
    ['7fff', 'i16', [0x7fff], undefined],
    ['7ffe', 'i16', [0x7fff, 0x8000], 0x7ffe],
    ['ffff', 'u16', [0xffff], undefined],
    ['ffff', 'i16', [0xffff], undefined],
    ['8000', 'sm16', [0x8000], undefined],
    ['0000', 'sm16', [0x8000], 0],
    ['8000 0000', 'i32', [0x8000_0000], undefined],
    ['ffff ffff', 'i32', [-1], undefined],
    ['ffff', 'bcd16', [0xffff], undefined],
    ['eeee', 'bcd16', [0xeeee], undefined],
    ['9999', 'bcd16', [9999], undefined],
    ['c61c 3c00', 'f32', [-9999], undefined],
    ['3dcc cccd', 'f32', [0.1], undefined],
    ['3dcc cccd', 'f32', [], Math.fround(0.1)],
    ['7fc0 0000', 'f32', [], undefined],
    ['c0c3 8780 0000 0000', 'f64', [-9999], undefined],
  ] as const)('%s as %s, none being %j, is %s', (words, type, missing, value) => {
    expect(decodeRegister(hex(words), type, 'ABCD', missing)).toBe(value);
  });

  test('the list stands instead of what is usual', () => {
    expect(decodeRegister(hex('ffff ffff'), 'u32', 'ABCD', [])).toBe(0xffff_ffff);
    expect(decodeRegister(hex('8000 0000'), 'i32', 'ABCD', [-1])).toBe(-0x8000_0000);
    expect(decodeRegister(hex('ffff'), 'bcd16', 'ABCD', [])).toEqual({
      refused: expect.stringContaining('ffff'),
    });
  });
});

describe('encode and decode', () => {
  const values: Record<RegisterType, fc.Arbitrary<number>> = {
    u16: fc.integer({ min: 0, max: 0xffff }),
    i16: fc.integer({ min: -0x8000, max: 0x7fff }),
    u32: fc.integer({ min: 0, max: 0xffff_fffe }),
    i32: fc.integer({ min: -0x7fff_ffff, max: 0x7fff_fffe }),
    u64: fc.maxSafeNat(),
    i64: fc.maxSafeInteger(),
    f32: fc.float({ noDefaultInfinity: true, noNaN: true }),
    f64: fc.double({ noDefaultInfinity: true, noNaN: true }),
    bcd16: fc.integer({ min: 0, max: 9999 }),
    bcd32: fc.integer({ min: 0, max: 99_999_999 }),
    bcd48: fc.integer({ min: 0, max: 999_999_999_999 }),
    bcd64: fc.maxSafeNat(),
    sm16: fc.integer({ min: -0x7fff, max: 0x7fff }),
    sm32: fc.integer({ min: -0x7fff_fffe, max: 0x7fff_ffff }),
  };
  test.each(types)('%s comes back as it was, in every order', (type) => {
    fc.assert(
      fc.property(values[type], fc.constantFrom(...ordersOf(type)), (value, order) => {
        expect(decodeRegister(encodeRegister(value, type, order), type, order)).toBe(value);
      }),
    );
  });

  test.each([
    ['u16', 65536],
    ['u16', -1],
    ['i16', 32768],
    ['u32', 1.5],
    ['bcd16', 10000],
    ['u64', 2 ** 53],
    ['bcd48', 1e12],
    ['sm16', -0x8000],
  ] as const)('%s cannot hold %s', (type, value) => {
    expect(() => encodeRegister(value, type, 'ABCD')).toThrow(
      expect.objectContaining({ code: 'INPUT_INVALID' }),
    );
  });
});

test('any bytes of the right length are a number, nothing or refused', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...types),
      fc.constantFrom(...wordOrders),
      fc.uint8Array({ minLength: 8, maxLength: 8 }),
      (type, order, bytes) => {
        const raw = decodeRegister(bytes.subarray(0, wordsOf[type] * 2), type, order);
        if (typeof raw === 'number') expect(Number.isFinite(raw)).toBe(true);
      },
    ),
  );
});

test.each(types)('%s of too few bytes is truncated', (type) => {
  for (let length = 0; length < wordsOf[type] * 2; length++) {
    expect(() => decodeRegister(new Uint8Array(length), type, 'ABCD')).toThrow(
      expect.objectContaining({ code: 'DECODE_TRUNCATED' }),
    );
  }
});
