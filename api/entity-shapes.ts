import { z } from 'zod';
import type { Entities, EntityKind } from '../model/entities.ts';
import { circuitKinds, roomKinds } from '../model/meter-use.ts';
import { goalShapes } from './goal-shapes.ts';
import { cjt188Shape, dlt645Shape, modbusShape } from './meter-way-shapes.ts';
import { gasShape, tariffShape } from './tariff-shape.ts';
import { dispatch, place, route } from './way-shapes.ts';
import { weatherShape } from './weather-shape.ts';
import { idShape, instantShape, roleShape, severityShape, versioned } from './words.ts';

/** Shapes of what the registry keeps, as HTTP shows them. Secrets and passwords go in and never come out. */

const date = z.iso.date();
const mediumShape = z.enum(['electricity', 'water', 'gas', 'heat', 'environment']);
const mqttShape = z.object({
  mapping: z
    .string()
    .meta({ description: 'Name of the mapping its payloads are read by' })
    .exactOptional(),
  id: z
    .string()
    .meta({ description: 'What it is called in topics and payloads, where not by its id' })
    .exactOptional(),
});

const virtualShape = z
  .object({
    parts: z.array(
      z.object({
        meter: idShape,
        factor: z.number().meta({ description: 'Below 0 takes the part away' }),
        share: z
          .object({
            by: z.enum(['area', 'headcount']),
            own: idShape,
            among: z.array(z.object({ id: idShape, weight: z.number() })),
          })
          .meta({ description: 'Own size over the sizes of all among whom the part is shared' })
          .exactOptional(),
      }),
    ),
  })
  .meta({ description: 'Worked out from other meters of the same medium; counts nothing itself' });

const terminalAddressShape = z.object({
  phone: z.string(),
  edition: z
    .literal([2011, 2013, 2019])
    .meta({ description: 'Of JT/T 808, where the terminal does not say it rightly' })
    .exactOptional(),
  utcOffsetMinutes: z
    .int()
    .meta({ description: 'Of the clock it sends; 480 where absent' })
    .exactOptional(),
  datum: z.enum(['wgs84', 'gcj02']).exactOptional(),
  profile: z.string().meta({ description: 'Vendor profile' }).exactOptional(),
});

const institution = z.object({
  ...versioned,
  name: z.string(),
  level: z.enum(['national', 'provincial', 'municipal', 'county', 'township', 'unit']),
  division: z.string().exactOptional(),
  kind: z.string().exactOptional(),
  climateZone: z
    .enum(['A', 'B'])
    .meta({ description: 'Of the province’s quotas; in Shandong A on the coast, B inland' })
    .exactOptional(),
  department: idShape
    .meta({ description: 'The institution that leads its department; else the one above it' })
    .exactOptional(),
  energyUsers: z.number().exactOptional(),
  floorAreaM2: z.number().exactOptional(),
  parent: idShape.nullable(),
  timeZone: z.string(),
  officeHours: z
    .object({ from: z.string(), to: z.string() })
    .meta({ description: 'Of a working day, HH:MM; 08:00 to 18:00 where absent' })
    .exactOptional(),
  openWeekdays: z
    .array(z.int())
    .meta({ description: 'Open by weekday instead of by the calendar: 1 Monday … 7 Sunday' })
    .exactOptional(),
  closures: z
    .array(z.object({ from: z.string(), to: z.string() }))
    .meta({ description: 'Vacations, YYYY-MM-DD, `to` exclusive' })
    .exactOptional(),
});

const building = z.object({
  ...versioned,
  institution: idShape,
  name: z.string(),
  floorAreaM2: z.number().exactOptional(),
});

const meter = z.object({
  ...versioned,
  building: idShape,
  medium: mediumShape,
  name: z.string(),
  subItem: z.string().exactOptional(),
  parent: idShape.exactOptional(),
  ratedKw: z.number().exactOptional(),
  everyS: z.number().exactOptional(),
  ctRatio: z.number(),
  ptRatio: z.number(),
  digits: z.int().exactOptional(),
  decimals: z.int().exactOptional(),
  timeZone: z.string().exactOptional(),
  mqtt: mqttShape.exactOptional(),
  modbus: modbusShape.exactOptional(),
  dlt645: dlt645Shape.exactOptional(),
  cjt188: cjt188Shape.exactOptional(),
  virtual: virtualShape.exactOptional(),
  gas: gasShape.exactOptional(),
  circuit: z
    .enum(circuitKinds)
    .meta({ description: 'What an electric circuit feeds, where its sub-item does not say it' })
    .exactOptional(),
  room: z
    .enum(roomKinds)
    .meta({ description: 'Of a room that an environment meter is in' })
    .exactOptional(),
});

const vehicle = z.object({
  ...versioned,
  institution: idShape,
  plate: z.string(),
  name: z.string().exactOptional(),
  model: z.string().exactOptional(),
  class: z.enum(['courier', 'emergency', 'law-enforcement', 'special', 'reception', 'general']),
  fuel: z.enum(['gasoline', 'diesel', 'electric', 'hybrid', 'gas']),
  tankL: z.number().exactOptional(),
  parking: idShape.exactOptional(),
  everyS: z.number().exactOptional(),
  jt808: terminalAddressShape.exactOptional(),
  mqtt: z.object({}).exactOptional(),
  exempt: z.array(z.string()),
  sealed: z.array(z.object({ from: date, to: date })),
});

const rule = z.object({
  ...versioned,
  kind: z.string(),
  scope: z
    .object({
      meter: idShape.exactOptional(),
      vehicle: idShape.exactOptional(),
      building: idShape.exactOptional(),
      institution: idShape.exactOptional(),
    })
    .meta({
      description: 'Exactly one of the keys, or none for everything; the most specific wins',
    }),
  params: z.record(z.string(), z.unknown()),
  enabled: z.boolean(),
  severity: severityShape.exactOptional(),
});

const user = z.object({
  ...versioned,
  name: z.string(),
  role: roleShape,
  institution: idShape.nullable(),
  email: z.string().exactOptional(),
});

const gateway = z.object({
  ...versioned,
  devices: z.array(idShape),
  mqtt: mqttShape.exactOptional(),
});
const serviceAccount = z.object({
  ...versioned,
  institution: idShape,
  subscribe: z.array(z.string()).meta({ description: 'MQTT topic filters' }),
});
const calendarDay = z.object({
  ...versioned,
  date,
  kind: z.enum(['workday', 'weekend', 'statutory-holiday', 'transfer-workday']),
  name: z.string().exactOptional(),
});
const channel = z.object({
  ...versioned,
  kind: z.enum(['webhook', 'email']),
  url: z.string().exactOptional(),
  to: z.array(z.string()).exactOptional(),
});
const routing = z.object({
  ...versioned,
  institution: idShape,
  kinds: z.array(z.string()),
  severity: severityShape,
  channel: idShape,
});

const replacement = z.object({
  ...versioned,
  meter: idShape,
  at: instantShape.meta({ description: 'When the new meter began to count' }),
  finalReading: z.number().meta({ description: 'Last value of the old meter' }),
  firstReading: z.number().meta({ description: 'First value of the new meter' }),
  reason: z.string(),
  confirmedBy: idShape,
  confirmedAt: instantShape,
  ratioBefore: z.number().exactOptional(),
  ratioAfter: z.number().exactOptional(),
});

/** What the answers hold. Times are text at the edge; `model/entities.ts` has the meaning of every field. */
export type EntityView<K extends EntityKind> = {
  readonly version: number;
} & (K extends 'dispatches'
  ? Omit<Entities['dispatches'], 'from' | 'to' | 'filedAt'> & {
      readonly from: string;
      readonly to: string;
      readonly filedAt?: string;
    }
  : K extends 'replacements'
    ? Omit<Entities['replacements'], 'at' | 'confirmedAt'> & {
        readonly at: string;
        readonly confirmedAt: string;
      }
    : Entities[K]);

export const entityViews = {
  institutions: institution.meta({ id: 'Institution' }),
  buildings: building.meta({ id: 'Building' }),
  meters: meter.meta({ id: 'Meter' }),
  vehicles: vehicle.meta({ id: 'Vehicle' }),
  places: place.meta({ id: 'Place' }),
  routes: route.meta({ id: 'Route' }),
  dispatches: dispatch.meta({ id: 'Dispatch' }),
  rules: rule.meta({ id: 'Rule' }),
  users: user.meta({ id: 'User' }),
  gateways: gateway.meta({ id: 'Gateway' }),
  serviceAccounts: serviceAccount.meta({ id: 'ServiceAccount' }),
  calendar: calendarDay.meta({ id: 'CalendarDay' }),
  channels: channel.meta({ id: 'Channel' }),
  routing: routing.meta({ id: 'Routing' }),
  replacements: replacement.meta({ id: 'Replacement' }),
  tariffs: tariffShape.meta({ id: 'Tariff' }),
  targets: goalShapes.targets.meta({ id: 'Target' }),
  caps: goalShapes.caps.meta({ id: 'Cap' }),
  corrections: goalShapes.corrections.meta({ id: 'Correction' }),
  weather: weatherShape.meta({ id: 'WeatherMonth' }),
} as const;

const secret = z.string().min(1).optional();
const mqttIn = z.object({ secret }).optional();
const mappedIn = mqttShape.extend({ secret }).optional();
const unversioned = { version: true } as const;

/**
 * What a POST takes: as in the inventory file. Documentation; the registry is the one judge of a body and names every fault.
 */
export const entityBodies = {
  institutions: institution.omit(unversioned).partial({ parent: true, timeZone: true }),
  buildings: building.omit(unversioned),
  meters: meter
    .omit(unversioned)
    .partial({ name: true, ctRatio: true, ptRatio: true })
    .extend({ mqtt: mappedIn }),
  vehicles: vehicle
    .omit(unversioned)
    .partial({ exempt: true, sealed: true })
    .extend({ mqtt: mqttIn }),
  places: place.omit(unversioned),
  routes: route.omit(unversioned).partial({ widthM: true }),
  dispatches: dispatch.omit(unversioned),
  rules: rule.omit(unversioned).partial({ scope: true, params: true, enabled: true }),
  users: user
    .omit(unversioned)
    .partial({ institution: true })
    .extend({ password: z.string().min(12).optional() }),
  gateways: gateway.omit(unversioned).extend({ secret, mqtt: mappedIn }),
  serviceAccounts: serviceAccount.omit(unversioned).extend({ secret }),
  calendar: calendarDay.omit({ version: true, id: true }),
  channels: channel.omit(unversioned).extend({ secret }),
  routing: routing.omit(unversioned).partial({ id: true }),
  replacements: replacement.omit(unversioned),
  tariffs: tariffShape.omit(unversioned).partial({ seasons: true }),
  targets: goalShapes.targets.omit(unversioned).partial({ calibre: true }),
  caps: goalShapes.caps.omit(unversioned),
  corrections: goalShapes.corrections.omit(unversioned),
  weather: weatherShape.omit(unversioned),
} as const satisfies Record<EntityKind, z.ZodObject>;
