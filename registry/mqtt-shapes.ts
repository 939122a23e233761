import { z } from 'zod';
import { secret } from './fields.ts';

/** How devices and gateways reach the MQTT door, as the inventory writes it. */

export const mqtt = z.strictObject({ secret });

/** A secret is for who connects; a meter behind a gateway may have a mapping or a name alone. */
export const mappedMqtt = mqtt.extend({
  mapping: z
    .string()
    .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, { error: 'want the name of a mapping such as neuron' })
    .exactOptional(),
  id: z
    .string()
    .regex(/^[^/+#\p{Cc}]{1,128}$/u, { error: 'want a name of up to 128 characters without / + #' })
    .exactOptional(),
});
