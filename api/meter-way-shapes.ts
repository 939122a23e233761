import { z } from 'zod';
import { cjt188Types } from '../model/line-address.ts';
import { registerTypes, wordOrders } from '../model/register-types.ts';

/** How meters that are asked are reached, as HTTP shows it. */

const registerShape = z.object({
  metric: z.string(),
  address: z.int(),
  fc: z.literal([3, 4]),
  type: z.enum(registerTypes),
  order: z.enum(wordOrders),
  bits: z
    .tuple([z.int(), z.int()])
    .meta({ description: 'Lowest and highest bit taken, 0 the lowest of all' })
    .exactOptional(),
  scale: z.number(),
  scaleFrom: z
    .array(
      z.object({
        address: z.int(),
        type: z.enum(registerTypes),
        order: z.enum(wordOrders),
        as: z.enum(['factor', 'power-of-ten']),
        scale: z.number(),
      }),
    )
    .meta({ description: 'Registers the value is multiplied by' })
    .exactOptional(),
  offset: z.number().exactOptional(),
  missing: z
    .array(z.number())
    .meta({ description: 'Raw numbers or bit patterns that mean none' })
    .exactOptional(),
  side: z.enum(['primary', 'secondary']),
});

const serialShape = z.object({
  path: z.string(),
  baudRate: z.int(),
  parity: z.enum(['none', 'even', 'odd']),
  stopBits: z.literal([1, 2]),
});
const reachShape = {
  host: z.string().exactOptional(),
  port: z.int().exactOptional(),
  dtu: z
    .object({
      id: z.string().meta({ description: 'Registration packet: text, or hexadecimal after 0x' }),
    })
    .meta({ description: 'A DTU that dials in' })
    .exactOptional(),
  serial: serialShape.exactOptional(),
};
export const modbusShape = z.object({
  ...reachShape,
  framing: z
    .enum(['tcp', 'rtu'])
    .meta({ description: 'rtu: serial frames through a DTU that passes bytes on' })
    .exactOptional(),
  unit: z.int(),
  profile: z.string(),
  registers: z.array(registerShape).exactOptional(),
});

const lineShape = {
  ...reachShape,
  wakeUpBytes: z.int().exactOptional(),
};
export const dlt645Shape = z.object({
  ...lineShape,
  address: z.string().meta({ description: '12 digits, as printed on the meter' }),
  items: z
    .array(z.string())
    .meta({ description: 'Data identifiers DI3 to DI0, 8 hex digits each' })
    .exactOptional(),
});
export const cjt188Shape = z.object({
  ...lineShape,
  address: z.string().meta({ description: '14 digits, as printed on the meter' }),
  type: z.enum(cjt188Types).exactOptional(),
  identifierOrder: z.enum(['low-first', 'high-first']).exactOptional(),
});
