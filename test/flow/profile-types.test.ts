import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createModbusLink, type ModbusLink } from '../../gateway/modbus-link.ts';
import type { Register } from '../../model/entities.ts';
import { registerShape } from '../../model/register-shape.ts';
import { planReads } from '../../protocols/modbus/plan.ts';
import { toValue } from '../../protocols/modbus/values.ts';
import { hasPymodbus, type SlaveRow, startPymodbus } from './servers/pymodbus.ts';

/** Every type in every order of bytes, packed by Python letter by letter, read from a slave that is not ours. */

const there = hasPymodbus();
if (!there)
  console.log('SKIPPED 1: python3-pymodbus is not installed, so no types of others were read');

const orders = {
  2: ['AB', 'BA'],
  4: ['ABCD', 'CDAB', 'BADC', 'DCBA'],
  8: [
    ...['ABCDEFGH', 'GHEFCDAB', 'BADCFEHG', 'HGFEDCBA'],
    ...['EFGHABCD', 'CDABGHEF', 'FEHGBADC', 'DCBAHGFE'],
  ],
} as const;

/** Type, bytes, Python's format, what Python packs, what it means. */
const cases: readonly [Register['type'], 2 | 4 | 8, SlaveRow[2], number, number?][] = [
  ['u16', 2, 'H', 54_321],
  ['i16', 2, 'h', -12_345],
  ['sm16', 2, 'H', 0x8000 + 12_345, -12_345],
  ['bcd16', 2, 'H', 0x1234, 1234],
  ['u32', 4, 'I', 4_023_456_789],
  ['i32', 4, 'i', -1_234_567_890],
  ['sm32', 4, 'I', 0x8000_0000 + 1_234_567, -1_234_567],
  ['f32', 4, 'f', -1234.5625],
  ['bcd32', 4, 'I', 0x1234_5678, 12_345_678],
  ['u64', 8, 'Q', 2 ** 53 - 12_345],
  ['i64', 8, 'q', 12_345 - 2 ** 53],
  ['f64', 8, 'd', -1_234_567.890625],
  ['bcd64', 8, 'Q', 0x1_2345_6789_0123, 1_2345_6789_0123],
];

const rows: SlaveRow[] = [];
const told: { readonly name: string; readonly register: Register; readonly means: number }[] = [];
for (const [type, bytes, format, number, means = number] of cases) {
  for (const order of orders[bytes]) {
    const address = rows.length * 4;
    const fc = rows.length % 2 === 0 ? 3 : 4;
    const register = registerShape.parse({ metric: 'power_kw', address, fc, type, order });
    rows.push([fc, address, format, number, order]);
    told.push({ name: `${type} ${order}`, register, means });
  }
}

describe.skipIf(!there)('against python3-pymodbus', () => {
  let slave: Awaited<ReturnType<typeof startPymodbus>>;
  let link: ModbusLink;
  beforeAll(async () => {
    slave = await startPymodbus({ 1: rows });
    const { port } = slave;
    link = createModbusLink({ host: '127.0.0.1', port, timeoutMs: 5_000, connectTimeoutMs: 5_000 });
  });
  afterAll(async () => {
    link?.close();
    await slave?.stop();
  });

  test.each(told)('$name', async ({ register, means }) => {
    const [block] = planReads([register], { maxRegisters: 80, readable: [] });
    const got = block && (await link.read(1, block));
    if (got?.kind !== 'data') throw new Error(JSON.stringify(got));
    expect(toValue(register, [got.answer], { ctRatio: 1, ptRatio: 1 })).toBe(means);
  });
});
