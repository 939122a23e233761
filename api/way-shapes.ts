import { z } from 'zod';
import { idShape, instantShape, versioned } from './words.ts';

/** Shapes of places, of ways between them, and of orders to drive them, as HTTP shows them. */

const lonLat = z
  .tuple([z.number(), z.number()])
  .meta({ description: 'Longitude, latitude in WGS-84 degrees' });

export const place = z.object({
  ...versioned,
  institution: idShape,
  name: z.string(),
  kind: z.enum(['parking', 'area', 'fuel', 'repair', 'charging', 'poi']),
  circle: z.object({ center: lonLat, radiusM: z.number() }).exactOptional(),
  polygon: z.array(lonLat).exactOptional(),
});

export const route = z.object({
  ...versioned,
  institution: idShape,
  name: z.string(),
  line: z.array(lonLat),
  widthM: z.number().meta({ description: 'Half width of the corridor, m' }),
  lines: z
    .array(z.array(lonLat))
    .meta({ description: 'Other ways that may be driven instead, or stretches of them' })
    .exactOptional(),
  segmentWidthsM: z
    .array(z.number())
    .meta({ description: 'Half width of each segment of `line`, m' })
    .exactOptional(),
  oneWay: z.boolean().exactOptional(),
  mustVisit: z
    .array(idShape)
    .meta({ description: 'Places a trip on this route must come by' })
    .exactOptional(),
});

export const dispatch = z.object({
  ...versioned,
  vehicle: idShape,
  driver: z.string().exactOptional(),
  from: instantShape,
  to: instantShape,
  route: idShape.exactOptional(),
  area: idShape.exactOptional(),
  purpose: z.string().exactOptional(),
  passengers: z.int().exactOptional(),
  distanceKm: z
    .number()
    .meta({ description: 'Way that was approved, there and back' })
    .exactOptional(),
  filedAt: instantShape
    .meta({ description: 'When it was filed, where that was not before the trip' })
    .exactOptional(),
});
