import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RegisterType, WordOrder } from '../../model/entities.ts';
import { decodeRegister, encodeRegister, wordsOf } from '../../protocols/modbus/registers.ts';

const hex = (text: string) => new Uint8Array(Buffer.from(text.replaceAll(' ', ''), 'hex'));
const orders: readonly WordOrder[] = ['ABCD', 'CDAB', 'BADC', 'DCBA'];
const types = Object.keys(wordsOf) as readonly RegisterType[];

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
] as const)('%s as %s is refused, not rounded', (words, type, why) => {
  expect(decodeRegister(hex(words), type, 'ABCD')).toEqual({
    refused: expect.stringContaining(why),
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
  };
  test.each(types)('%s comes back as it was, in every order', (type) => {
    fc.assert(
      fc.property(values[type], fc.constantFrom(...orders), (value, order) => {
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
      fc.constantFrom(...orders),
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
