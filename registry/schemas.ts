import { z } from 'zod';
import type { Building, Dispatch, Entities, EntityKind, RuleInstance } from '../model/entities.ts';
import { circuitKinds, roomKinds } from '../model/meter-use.ts';
import { registerShape } from '../model/register-shape.ts';
import {
  corners,
  date,
  id,
  instant,
  lonLat,
  password,
  ruleKind,
  seconds,
  secret,
  severity,
  text,
  timeZone,
  topicFilter,
  webUrl,
} from './fields.ts';
import { gas } from './gas-shape.ts';
import { goals } from './goal-shapes.ts';
import { institutions } from './institution-shape.ts';
import { modbusReach } from './line-reach.ts';
import { cjt188, dlt645 } from './line-shapes.ts';
import { mappedMqtt, mqtt } from './mqtt-shapes.ts';
import { tariffs } from './tariff-shape.ts';
import { terminalAddress } from './terminal-shape.ts';
import { weather } from './weather-shape.ts';

/** The shapes of the inventory, as written there: secrets and passwords in clear, what may be left out with its default. */

const modbus = z.strictObject({
  ...modbusReach,
  framing: z.enum(['tcp', 'rtu']).exactOptional(),
  unit: z.number().int().min(0).max(255),
  profile: z.string().min(1).max(64),
  registers: z.array(registerShape).min(1).max(1000).exactOptional(),
});

const virtualShare = z.strictObject({
  by: z.enum(['area', 'headcount']),
  own: id,
  among: z
    .array(z.strictObject({ id, weight: z.number().positive().default(1) }))
    .min(1)
    .max(1000),
});

const virtual = z.strictObject({
  parts: z
    .array(
      z.strictObject({
        meter: id,
        factor: z
          .number()
          .refine((factor) => factor !== 0, { error: 'want a number other than 0' })
          .default(1),
        share: virtualShare.exactOptional(),
      }),
    )
    .min(1)
    .max(1000),
});

const scope = z.strictObject({
  meter: id.exactOptional(),
  vehicle: id.exactOptional(),
  building: id.exactOptional(),
  institution: id.exactOptional(),
});

const buildings = z.strictObject({
  id,
  institution: id,
  name: text,
  floorAreaM2: z.number().min(0).exactOptional(),
}) satisfies z.ZodType<Building>;

const meters = z.strictObject({
  id,
  building: id,
  medium: z.enum(['electricity', 'water', 'gas', 'heat', 'environment']),
  name: text.exactOptional(),
  subItem: z
    .string()
    .regex(/^[A-Za-z0-9.-]{1,16}$/, { error: 'want a sub-item code such as B1' })
    .exactOptional(),
  parent: id.exactOptional(),
  ratedKw: z.number().positive().exactOptional(),
  everyS: seconds.exactOptional(),
  ctRatio: z.number().positive().default(1),
  ptRatio: z.number().positive().default(1),
  digits: z.number().int().min(1).max(18).exactOptional(),
  decimals: z.number().int().min(0).max(9).exactOptional(),
  timeZone: timeZone.exactOptional(),
  mqtt: mappedMqtt.exactOptional(),
  modbus: modbus.exactOptional(),
  dlt645: dlt645.exactOptional(),
  cjt188: cjt188.exactOptional(),
  virtual: virtual.exactOptional(),
  gas: gas.exactOptional(),
  circuit: z.enum(circuitKinds).exactOptional(),
  room: z.enum(roomKinds).exactOptional(),
});

const vehicles = z.strictObject({
  id,
  institution: id,
  plate: z.string().min(1).max(20),
  name: text.exactOptional(),
  model: text.exactOptional(),
  class: z.enum(['courier', 'emergency', 'law-enforcement', 'special', 'reception', 'general']),
  fuel: z.enum(['gasoline', 'diesel', 'electric', 'hybrid', 'gas']),
  tankL: z.number().positive().exactOptional(),
  parking: id.exactOptional(),
  everyS: seconds.exactOptional(),
  jt808: terminalAddress.exactOptional(),
  mqtt: mqtt.exactOptional(),
  exempt: z.array(ruleKind).default([]),
  sealed: z.array(z.strictObject({ from: date, to: date })).default([]),
});

const places = z.strictObject({
  id,
  institution: id,
  name: text.exactOptional(),
  kind: z.enum(['parking', 'area', 'fuel', 'repair', 'charging', 'poi']),
  circle: z
    .strictObject({ center: lonLat, radiusM: z.number().positive().max(1_000_000) })
    .exactOptional(),
  polygon: z
    .array(lonLat)
    .max(10_000)
    .refine((ring) => corners(ring) >= 3, { error: 'want at least 3 different corners' })
    .exactOptional(),
});

const way = z
  .array(lonLat)
  .max(100_000)
  .refine((line) => corners(line) >= 2, { error: 'want at least 2 different points' });
const metresWide = z.number().positive().max(100_000);

const routes = z
  .strictObject({
    id,
    institution: id,
    name: text.exactOptional(),
    line: way,
    widthM: metresWide.default(150),
    lines: z.array(way).max(20).exactOptional(),
    segmentWidthsM: z.array(metresWide).min(1).max(100_000).exactOptional(),
    oneWay: z.boolean().exactOptional(),
    mustVisit: z.array(id).min(1).max(200).exactOptional(),
  })
  .refine(({ line, segmentWidthsM: widths }) => !widths || widths.length === line.length - 1, {
    error: 'want one number fewer than `line` has points',
    path: ['segmentWidthsM'],
  });

const dispatches = z.strictObject({
  id,
  vehicle: id,
  driver: text.exactOptional(),
  from: instant,
  to: instant,
  route: id.exactOptional(),
  area: id.exactOptional(),
  purpose: text.exactOptional(),
  passengers: z.number().int().min(0).max(1000).exactOptional(),
  distanceKm: z.number().positive().max(100_000).exactOptional(),
  filedAt: instant.exactOptional(),
}) satisfies z.ZodType<Dispatch>;

const rules = z.strictObject({
  id,
  kind: ruleKind,
  scope: scope.default({}),
  params: z.record(z.string(), z.unknown()).default({}),
  enabled: z.boolean().default(true),
  severity: severity.exactOptional(),
}) satisfies z.ZodType<RuleInstance>;

const email = z.email({ error: 'want an e-mail address' });

const users = z.strictObject({
  id,
  name: text,
  role: z.enum(['admin', 'energy-officer', 'fleet-manager', 'viewer', 'integrator']),
  institution: id.nullable().default(null),
  email: email.exactOptional(),
  password: password.exactOptional(),
});

const gateways = z.strictObject({
  id,
  secret,
  devices: z.array(id).min(1).max(100_000),
  mqtt: mappedMqtt.exactOptional(),
});

const serviceAccounts = z.strictObject({
  id,
  secret,
  institution: id,
  subscribe: z.array(topicFilter).default([]),
});

const calendar = z.strictObject({
  id: date.exactOptional(),
  date,
  kind: z.enum(['workday', 'weekend', 'statutory-holiday', 'transfer-workday']),
  name: text.exactOptional(),
});

const channels = z.strictObject({
  id,
  kind: z.enum(['webhook', 'email']),
  url: webUrl.exactOptional(),
  to: z.array(email).min(1).max(100).exactOptional(),
  secret,
});

const routing = z.strictObject({
  id: id.exactOptional(),
  institution: id,
  kinds: z
    .array(
      z.string().regex(/^(?:\*|[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:\*|[a-z0-9-]+))$/, {
        error: 'want a rule kind, or a family such as vehicle.*',
      }),
    )
    .min(1),
  severity,
  channel: id,
});

const reading = z.number().min(0).max(1e15);

const replacements = z.strictObject({
  id,
  meter: id,
  at: instant,
  finalReading: reading,
  firstReading: reading,
  reason: z.string().min(1).max(2000),
  confirmedBy: id,
  confirmedAt: instant,
  ratioBefore: z.number().positive().exactOptional(),
  ratioAfter: z.number().positive().exactOptional(),
}) satisfies z.ZodType<Entities['replacements']>;

export const schemas = {
  institutions,
  buildings,
  meters,
  vehicles,
  places,
  routes,
  dispatches,
  rules,
  users,
  gateways,
  serviceAccounts,
  calendar,
  channels,
  routing,
  replacements,
  tariffs,
  ...goals,
  weather,
} as const satisfies Record<EntityKind, z.ZodType>;

export const entityKinds = Object.keys(schemas) as readonly EntityKind[];

export const isEntityKind = (name: string): name is EntityKind => Object.hasOwn(schemas, name);
