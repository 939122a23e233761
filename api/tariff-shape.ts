import { z } from 'zod';
import { pricedMedia, tariffBands } from '../model/tariff.ts';
import { idShape } from './words.ts';

/** Shapes of what the registry keeps for derived figures: tariffs, and the gas a meter counts. */

export const bandShape = z
  .enum(tariffBands)
  .meta({ description: '尖 sharp, 峰 peak, 平 flat, 谷 valley, 深谷 deep-valley' });

const price = z.number().exactOptional();
const prices = z
  .object({ sharp: price, peak: price, flat: price, valley: price, 'deep-valley': price })
  .meta({ description: 'Yuan for each kWh, m³ or GJ; only electricity has bands' });

export const tariffShape = z.object({
  id: idShape,
  version: z.int().meta({ description: 'Grows with every change' }),
  institution: idShape.meta({ description: 'And those below it that have no tariff of their own' }),
  name: z.string().exactOptional(),
  medium: z.enum(pricedMedia).meta({ description: 'Electricity where absent' }).exactOptional(),
  validFrom: z.iso.date(),
  validTo: z.iso.date().meta({ description: 'Exclusive' }).exactOptional(),
  source: z.string().meta({ description: 'The document that fixes it' }),
  prices,
  seasons: z.array(
    z.object({
      months: z.array(z.int()),
      periods: z.array(z.object({ from: z.string(), to: z.string(), band: bandShape })),
      prices: prices.exactOptional(),
    }),
  ),
});

export const gasShape = z
  .object({
    volumeCondition: z.enum(['standard', 'working']),
    temperatureC: z.number().exactOptional(),
    absolutePressureKpa: z
      .number()
      .meta({ description: 'Gauge pressure and the air’s together' })
      .exactOptional(),
    netHeatingValueMjPerM3: z
      .number()
      .meta({ description: 'As the supplier states it, for each standard m³' })
      .exactOptional(),
  })
  .meta({ description: 'Standard m³ are at 20 °C and 101.325 kPa' });
