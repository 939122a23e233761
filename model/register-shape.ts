import { z } from 'zod';
import type { Register } from './entities.ts';
import { type Metric, metricNames } from './metrics.ts';
import {
  registerFaults,
  registerTypes,
  shortOrderName,
  shortTypeName,
  wordOrders,
} from './register-types.ts';

/** Registers as people write them, in a profile and in the inventory alike: what may be left out gets its default. */

const address = z.int().min(0).max(65_535);
const type = z.preprocess(shortTypeName, z.enum(registerTypes));
const order = z.preprocess(shortOrderName, z.enum(wordOrders).default('ABCD'));
const scale = z
  .number()
  .refine((factor) => factor !== 0, { error: 'want a number other than 0' })
  .default(1);
const bit = z.int().min(0).max(31);

const scaleRegisterShape = z.strictObject({
  address,
  type,
  order,
  as: z.enum(['factor', 'power-of-ten']).default('factor'),
  scale,
});

export const registerShape = z
  .strictObject({
    metric: z.enum(metricNames as readonly [Metric, ...Metric[]]),
    address,
    fc: z.literal([3, 4]).default(3),
    type,
    order,
    bits: z
      .preprocess((bits) => (typeof bits === 'number' ? [bits, bits] : bits), z.tuple([bit, bit]))
      .exactOptional(),
    scale,
    scaleFrom: z.array(scaleRegisterShape).min(1).max(4).exactOptional(),
    offset: z.number().exactOptional(),
    missing: z.array(z.number()).max(8).exactOptional(),
    side: z.enum(['primary', 'secondary']).default('primary'),
  })
  .superRefine((described, context) => {
    for (const { field, message } of registerFaults(described))
      context.addIssue({ code: 'custom', path: [field], message });
  }) satisfies z.ZodType<Register>;
