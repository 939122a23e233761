import { expect, test } from 'vitest';
import {
  registerTypes,
  shortOrderName,
  shortTypeName,
  wordOrders,
} from '../../model/register-types.ts';
import { schemas } from '../../registry/schemas.ts';

test('types may be written long', () => {
  const long = ['uint16', 'int16', 'uint32', 'int32', 'uint64', 'int64', 'float32', 'float64'];
  expect(long.map(shortTypeName)).toEqual(registerTypes.slice(0, long.length));
  expect(['u16', 'float16', 7].map(shortTypeName)).toEqual(['u16', 'float16', 7]);
});

test('orders may be written out for their width', () => {
  const written = ['AB', 'BA', 'ABCDEFGH', 'GHEFCDAB', 'BADCFEHG', 'HGFEDCBA'];
  const short = ['ABCD', 'DCBA', 'ABCD', 'CDAB', 'BADC', 'DCBA'];
  expect(written.map(shortOrderName)).toEqual(short);
  expect(wordOrders.map(shortOrderName)).toEqual(wordOrders);
  expect(['ACBD', 7].map(shortOrderName)).toEqual(['ACBD', 7]);
});

test('an inventory names what a profile may, and hears what does not go together', () => {
  const parse = (register: object) => {
    const registers = [{ metric: 'power_kw', address: 32, ...register }];
    const modbus = { host: '127.0.0.1', port: 502, unit: 1, profile: 'generic', registers };
    const meter = { id: 'm1', building: 'b1', medium: 'electricity', name: '总表', modbus };
    return schemas.meters.safeParse(meter);
  };
  const whole = {
    type: 'u16',
    bits: 3,
    offset: -40,
    missing: [0xffff],
    scaleFrom: [{ address: 6, type: 'i16', as: 'power-of-ten' }],
  };
  expect(parse(whole).data?.modbus?.registers?.[0]).toMatchObject({
    bits: [3, 3],
    offset: -40,
    missing: [65535],
    scaleFrom: [{ address: 6, type: 'i16', order: 'ABCD', as: 'power-of-ten', scale: 1 }],
  });
  expect(parse({ type: 'u16' }).data?.modbus?.registers?.[0]).toEqual({
    metric: 'power_kw',
    address: 32,
    fc: 3,
    type: 'u16',
    order: 'ABCD',
    scale: 1,
    side: 'primary',
  });
  const pathsOf = (register: object) =>
    parse(register).error?.issues.map(({ path }) => path.at(-1));
  expect(pathsOf({ type: 'f32', bits: 3 })).toEqual(['bits']);
  expect(pathsOf({ type: 'u16', bits: [5, 3] })).toEqual(['bits']);
  expect(pathsOf({ type: 'u32', order: 'EFGHABCD' })).toEqual(['order']);
  expect(pathsOf({ type: 'u32', scaleFrom: [] })).toEqual(['scaleFrom']);
});

test('an inventory may name registers either way, and need not name what is usual', () => {
  const registers = [
    { metric: 'power_kw', address: 32, type: 'float32', order: 'CDAB' },
    { metric: 'energy_import_kwh', address: 10, fc: 4, type: 'u32', scale: 0.01 },
  ];
  const modbus = { host: '127.0.0.1', port: 502, unit: 1, profile: 'generic', registers };
  const meter = { id: 'm1', building: 'b1', medium: 'electricity', name: '总表', modbus };
  expect(schemas.meters.parse(meter)).toMatchObject({
    modbus: {
      registers: [
        { type: 'f32', fc: 3, order: 'CDAB', scale: 1, side: 'primary' },
        { type: 'u32', fc: 4, order: 'ABCD', scale: 0.01 },
      ],
    },
  });
});
