import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bytesOf, digitsOf, fromBcd, toBcd } from '../../protocols/bcd.ts';

test.each<[bytes: number[], signed: boolean, value: unknown]>([
  [[0x56, 0x34, 0x12, 0x00], false, 123_456],
  [[0x88, 0x51, 0x81], true, -15_188],
  [[0x00, 0x00, 0x80], true, 0],
  [[0x30, 0x80], false, 8030],
  [[0xff, 0xff, 0xff], false, undefined],
  [[0xff, 0xff, 0xff], true, undefined],
])('%j, sign bit %j, is %j', (bytes, signed, value) => {
  expect(fromBcd(Uint8Array.from(bytes), signed)).toBe(value);
});

test.each([[[0x0a]], [[0x00, 0xf0]], [[0xff, 0x00]]])('%j is no number and says so', (bytes) => {
  expect(fromBcd(Uint8Array.from(bytes))).toEqual({ refused: expect.stringContaining('BCD') });
});

test('every number comes back from its bytes', () => {
  fc.assert(
    fc.property(fc.integer({ min: -7_999_999, max: 9_999_999 }), (value) => {
      expect(fromBcd(toBcd(value, 4), value < 0)).toBe(value);
    }),
  );
});

test('a counter goes round at its last digit', () => {
  expect(fromBcd(toBcd(100_000_003, 4))).toBe(3);
});

test('digits and bytes are each other the other way round', () => {
  expect(digitsOf(Uint8Array.of(0x29, 0x25, 0x07))).toBe('072529');
  expect([...bytesOf('072529')]).toEqual([0x29, 0x25, 0x07]);
});
