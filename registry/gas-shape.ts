import { z } from 'zod';
import type { GasSupply } from '../model/gas-supply.ts';

/** What the inventory may say of the gas a meter counts. */
export const gas = z.strictObject({
  volumeCondition: z.enum(['standard', 'working']),
  temperatureC: z.number().min(-60).max(100).exactOptional(),
  absolutePressureKpa: z.number().min(50).max(10_000).exactOptional(),
  netHeatingValueMjPerM3: z.number().min(1).max(150).exactOptional(),
}) satisfies z.ZodType<GasSupply>;
