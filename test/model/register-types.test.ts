import { expect, test } from 'vitest';
import { registerTypes, shortTypeName } from '../../model/register-types.ts';
import { schemas } from '../../registry/schemas.ts';

test('types may be written long', () => {
  const long = ['uint16', 'int16', 'uint32', 'int32', 'uint64', 'int64', 'float32', 'float64'];
  expect(long.map(shortTypeName)).toEqual(registerTypes.slice(0, long.length));
  expect(['u16', 'float16', 7].map(shortTypeName)).toEqual(['u16', 'float16', 7]);
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
