import { expect, test } from 'vitest';
import { createReader } from '../../protocols/bytes.ts';

test('reads from the front, in big-endian order, also of a view into a larger buffer', () => {
  const reader = createReader(new Uint8Array([9, 1, 2, 3, 4, 5, 9]).subarray(1, 6));
  expect(reader.u8()).toBe(1);
  expect(reader.u16()).toBe(0x0203);
  expect(reader.remaining()).toBe(2);
  expect([...reader.take(2)]).toEqual([4, 5]);
  expect(reader.remaining()).toBe(0);
});

test.each(['u8', 'u16'] as const)('%s does not run past the end', (read) => {
  const reader = createReader(new Uint8Array(1));
  if (read === 'u8') reader.u8();
  expect(() => reader[read]()).toThrow(expect.objectContaining({ code: 'DECODE_TRUNCATED' }));
});

test('take does not run past the end and then has taken nothing', () => {
  const reader = createReader(new Uint8Array(3));
  expect(() => reader.take(4)).toThrow(expect.objectContaining({ code: 'DECODE_TRUNCATED' }));
  expect(reader.remaining()).toBe(3);
});
